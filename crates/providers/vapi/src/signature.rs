//! The signature of webhooks.

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Sha256, Sha512};
use switchboard_core::{Error, ErrorKind, IncomingWebhook, Result};

use crate::webhook_check::{Algorithm, Encoding, HmacCheck, WebhookCheck};

/// How far the signed time may be from ours. No document names a bound.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// Whole numbers from here on are milliseconds, and smaller ones seconds: no document says which.
const FIRST_MILLIS: i64 = 100_000_000_000;

/// Refuses a delivery that is not signed as the account's credential does.
pub(crate) fn verify(
    check: &WebhookCheck,
    secret: &SecretString,
    delivery: &IncomingWebhook,
) -> Result<()> {
    match check {
        WebhookCheck::Bearer { header } => bearer(header, secret, delivery),
        WebhookCheck::Hmac(hmac) => signed(hmac, secret, delivery),
    }
}

fn header<'a>(delivery: &'a IncomingWebhook, name: &str) -> Option<&'a str> {
    delivery.header(&name.to_ascii_lowercase()).map(str::trim).filter(|value| !value.is_empty())
}

fn bearer(name: &str, secret: &SecretString, delivery: &IncomingWebhook) -> Result<()> {
    let given = header(delivery, name).ok_or_else(|| rejected("has no secret"))?;
    let given = match given.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_start(),
        Some(_) | None => given,
    };
    // A digest of both is compared, so that the time shows nothing of the secret.
    let digest = |key: &str| Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok();
    let matches = digest(secret.expose_secret())
        .zip(digest(given))
        .is_some_and(|(own, given)| own.verify_slice(&given.finalize().into_bytes()).is_ok());
    if matches { Ok(()) } else { Err(rejected("has a wrong secret")) }
}

fn signed(check: &HmacCheck, secret: &SecretString, delivery: &IncomingWebhook) -> Result<()> {
    let signature = header(delivery, &check.header).ok_or_else(|| rejected("has no signature"))?;
    let digest = signature
        .strip_prefix(&check.prefix)
        .and_then(|text| decoded(check.encoding, text))
        .ok_or_else(|| rejected("has an unreadable signature"))?;
    let time = if check.signs_time() {
        let time = header(delivery, &check.timestamp_header)
            .ok_or_else(|| rejected("has no time of signing"))?;
        let at = moment(time).ok_or_else(|| rejected("has an unreadable time of signing"))?;
        if delivery.received_at.duration_since(at).unsigned_abs() > WINDOW.unsigned_abs() {
            return Err(rejected("is too old, or its time of signing is in the future"));
        }
        time
    } else {
        ""
    };
    let key = check.key(secret).ok_or_else(|| rejected("cannot be checked"))?;
    let text = text(&check.text, time, &delivery.body);
    let matches = match check.algorithm {
        Algorithm::Sha256 => Hmac::<Sha256>::new_from_slice(&key)
            .is_ok_and(|mac| mac.chain_update(&text).verify_slice(&digest).is_ok()),
        Algorithm::Sha512 => Hmac::<Sha512>::new_from_slice(&key)
            .is_ok_and(|mac| mac.chain_update(&text).verify_slice(&digest).is_ok()),
    };
    if matches { Ok(()) } else { Err(rejected("has a wrong signature")) }
}

/// The signed text: its places are filled from left to right, and what they are filled with is not
/// looked at again.
fn text(template: &str, time: &str, body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(template.len() + body.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.extend_from_slice(before.as_bytes());
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        match place {
            "timestamp" => text.extend_from_slice(time.as_bytes()),
            "body" => text.extend_from_slice(body),
            // A webhook is a POST.
            "method" => text.extend_from_slice(b"POST"),
            _ => {}
        }
        rest = after;
    }
    text.extend_from_slice(rest.as_bytes());
    text
}

/// Unix seconds or milliseconds, or RFC 3339.
fn moment(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let number: i64 = text.parse().ok()?;
    let at = if number < FIRST_MILLIS {
        Timestamp::from_second(number)
    } else {
        Timestamp::from_millisecond(number)
    };
    at.ok()
}

fn decoded(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Base64 => base64::engine::general_purpose::STANDARD.decode(text).ok(),
        Encoding::Hex => {
            let digit = |half: &u8| u8::try_from(char::from(*half).to_digit(16)?).ok();
            let byte = |pair: &[u8]| match pair {
                [high, low] => Some(digit(high)? << 4 | digit(low)?),
                _ => None,
            };
            text.as_bytes().chunks(2).map(byte).collect()
        }
    }
}

fn rejected(why: &str) -> Error {
    Error::new(ErrorKind::Unauthorized, format!("the delivery {why}"))
        .with_operation("webhooks.receive")
}
