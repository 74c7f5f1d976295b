//! The signature of a webhook.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use ring::signature::{ED25519, UnparsedPublicKey};
use switchboard_core::{Error, ErrorKind, IncomingWebhook, Result};

const TIME_HEADER: &str = "telnyx-timestamp";
const SIGNATURE_HEADER: &str = "telnyx-signature-ed25519";
/// How far the time of signing may be from ours, either way (`telnyx` 4.189.0, webhooks).
const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);

/// Verifies `telnyx-signature-ed25519`, Base64 of an Ed25519 signature over `<Unix seconds>|<body>`,
/// with the account's public key.
pub(crate) fn verify(public_key: &[u8], delivery: &IncomingWebhook) -> Result<()> {
    let time = delivery.header(TIME_HEADER).ok_or_else(|| rejected("has no time of signing"))?;
    let signature =
        delivery.header(SIGNATURE_HEADER).ok_or_else(|| rejected("has no signature"))?;
    let is_number = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    let at = time.parse().ok().filter(|_| is_number);
    let at = at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let at = at.ok_or_else(|| rejected("has an unreadable time of signing"))?;
    if delivery.received_at.duration_since(at).unsigned_abs() > TOLERANCE.unsigned_abs() {
        return Err(rejected("is too old, or its time of signing is in the future"));
    }
    let signature =
        STANDARD.decode(signature).map_err(|_| rejected("has an unreadable signature"))?;
    let signed = [time.as_bytes(), b"|", delivery.body.as_slice()].concat();
    UnparsedPublicKey::new(&ED25519, public_key)
        .verify(&signed, &signature)
        .map_err(|_| rejected("has a wrong signature"))
}

fn rejected(why: &str) -> Error {
    Error::new(ErrorKind::Unauthorized, format!("the delivery {why}"))
        .with_operation("webhooks.receive")
}
