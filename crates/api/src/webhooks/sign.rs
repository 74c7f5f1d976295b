//! Signatures as Standard Webhooks has them, version `v1`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::secret::hmac;

/// A secret as receivers write it down: `whsec_` and its bytes in base64.
pub fn secret_text(secret: &[u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The header `webhook-signature`: one signature for each secret, so that a receiver that knows one
/// of them accepts it while they are replaced.
///
/// ```
/// let secret = [7; 32];
/// let signature = switchboard_api::webhooks::sign(&[secret], "evt_1", 1_674_087_231, b"{}");
/// assert!(signature.starts_with("v1,"));
/// ```
pub fn sign(secrets: &[[u8; 32]], id: &str, timestamp: i64, body: &[u8]) -> String {
    let head = format!("{id}.{timestamp}.");
    let one = |secret| {
        let mac: [u8; 32] = hmac(secret, &[head.as_bytes(), body]);
        format!("v1,{}", STANDARD.encode(mac))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}
