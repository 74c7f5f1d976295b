//! The id of our attempt, as Telnyx carries it: Base64 in `client_state`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The text to send.
pub(crate) fn encode(attempt: &str) -> String {
    STANDARD.encode(attempt)
}

/// The id in a `client_state`; `None` for what is not readable text.
pub(crate) fn decode(client_state: &str) -> Option<String> {
    let bytes = STANDARD.decode(client_state.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic()))
        .then_some(text)
}
