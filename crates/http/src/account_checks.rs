//! What every backend checks of its account's settings.

use secrecy::{ExposeSecret, SecretString};
use switchboard_core::is_loopback;
use url::Url;

/// True if this may be an API key: printable ASCII without spaces and quotes.
pub fn is_plausible_key(key: &SecretString) -> bool {
    let key = key.expose_secret();
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

/// True if a key that is sent there is protected: over TLS, or on this machine.
pub fn protects_keys(url: &Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && is_loopback(url)
}

/// True for a provider's code such as `dial_busy` or `call.start.error-x`; prose may hold names and
/// numbers.
pub fn is_code(text: &str) -> bool {
    let is_of_code =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.".contains(&byte);
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_lowercase())
        && text.len() <= 120
        && text.bytes().all(is_of_code)
}
