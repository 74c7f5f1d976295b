//! The signature of a delivery.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use switchboard_core::{Error, ErrorKind, IncomingWebhook, Result};

use crate::config::WebhookConfig;

/// Verifies signatures with one secret: HMAC-SHA256 over the timestamp, a dot and the raw body, in
/// hex after `sha256=`. No document defines this; it is what a public receiver of KaiCalls
/// deliveries does.
#[derive(Debug, Clone)]
pub(crate) struct Verifier {
    secret: SecretString,
    timestamp_header: String,
    signature_header: String,
    tolerance: Duration,
}

impl Verifier {
    /// `None` if no secret is configured.
    pub(crate) fn new(config: &WebhookConfig) -> Option<Self> {
        Some(Self {
            secret: config.secret.clone()?,
            timestamp_header: config.timestamp_header.to_ascii_lowercase(),
            signature_header: config.signature_header.to_ascii_lowercase(),
            tolerance: Duration::from_secs(config.tolerance_seconds.into()),
        })
    }

    pub(crate) fn verify(&self, delivery: &IncomingWebhook) -> Result<()> {
        let timestamp =
            delivery.header(&self.timestamp_header).ok_or_else(|| rejected("has no timestamp"))?;
        let signatures =
            delivery.header(&self.signature_header).ok_or_else(|| rejected("has no signature"))?;
        let at =
            timestamp.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let at = at.ok_or_else(|| rejected("has a timestamp that is not in Unix seconds"))?;
        if delivery.received_at.duration_since(at).unsigned_abs() > self.tolerance {
            return Err(rejected("is too old, or its timestamp is in the future"));
        }
        // While a secret is being rotated, a sender may sign with both.
        let matches = signatures
            .split([',', ' '])
            .filter_map(|one| unhex(one.trim().strip_prefix("sha256=")?))
            .any(|signature| {
                Hmac::<Sha256>::new_from_slice(self.secret.expose_secret().as_bytes()).is_ok_and(
                    |mac| {
                        mac.chain_update(timestamp.as_bytes())
                            .chain_update(b".")
                            .chain_update(&delivery.body)
                            .verify_slice(&signature)
                            .is_ok()
                    },
                )
            });
        if matches { Ok(()) } else { Err(rejected("has a wrong signature")) }
    }
}

fn rejected(why: &str) -> Error {
    Error::new(ErrorKind::Unauthorized, format!("the delivery {why}"))
        .with_operation("webhooks.receive")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}
