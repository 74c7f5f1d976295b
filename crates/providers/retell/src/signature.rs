//! The signature of a webhook.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use switchboard_core::{Error, ErrorKind, IncomingWebhook, Result};

const HEADER: &str = "x-retell-signature";
/// How far the time of signing may be from ours, either way (docs.retellai.com,
/// features/secure-webhook).
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Verifies `x-retell-signature: v=<Unix milliseconds>,d=<hex>`: HMAC-SHA256 with the API key that
/// has the webhook mark, over the raw body followed by the digits of the time.
pub(crate) fn verify(key: &SecretString, delivery: &IncomingWebhook) -> Result<()> {
    let header = delivery.header(HEADER).ok_or_else(|| rejected("has no signature"))?;
    let (time, digest) = parts(header).ok_or_else(|| rejected("has an unreadable signature"))?;
    let at = time.parse().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let at = at.ok_or_else(|| rejected("has an unreadable time of signing"))?;
    if delivery.received_at.duration_since(at).unsigned_abs() > WINDOW.unsigned_abs() {
        return Err(rejected("is too old, or its time of signing is in the future"));
    }
    let matches = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).is_ok_and(|mac| {
        mac.chain_update(&delivery.body).chain_update(time.as_bytes()).verify_slice(&digest).is_ok()
    });
    if matches { Ok(()) } else { Err(rejected("has a wrong signature")) }
}

/// The digits of the time, and the digest.
fn parts(header: &str) -> Option<(&str, [u8; 32])> {
    let (time, digest) = header.trim().strip_prefix("v=")?.split_once(",d=")?;
    let is_number = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && digest.len() == 64).then_some(())?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digest.as_bytes().chunks(2)) {
        *byte = pair.iter().try_fold(0, |sum, half| {
            let digit = u8::try_from(char::from(*half).to_digit(16)?).ok()?;
            Some(sum << 4 | digit)
        })?;
    }
    Some((time, bytes))
}

fn rejected(why: &str) -> Error {
    Error::new(ErrorKind::Unauthorized, format!("the delivery {why}"))
        .with_operation("webhooks.receive")
}
