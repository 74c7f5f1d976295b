//! What a person was asked, sealed, so that their yes is worth something for that alone.
//!
//! The state goes to the client and comes back with the answer. It says nothing but when it expires;
//! everything else that it holds for is in its MAC.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use switchboard::jiff::Timestamp;
use switchboard_api::{Code, Problem, Secrets, caller::Caller, problem::Result};

/// How long a confirmation holds.
pub(crate) const HOLDS: Duration = Duration::from_secs(10 * 60);

const EXPIRY: usize = 8;
const MAC: usize = 32;
/// The state as text: 40 bytes in base64.
const TEXT: usize = (EXPIRY + MAC).div_ceil(3) * 4;

/// Seals and opens states.
#[derive(Clone)]
pub(crate) struct Seals(Vec<[u8; MAC]>);

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seals").finish_non_exhaustive()
    }
}

/// What a confirmation is for.
#[derive(Debug)]
pub(crate) struct Bound<'a> {
    /// Who asks.
    pub(crate) caller: &'a Caller,
    /// What they ask for, whole.
    pub(crate) arguments: &'a Value,
    /// The idempotency key. The ledger takes it once, so a state that is used again places nothing.
    pub(crate) key: &'a str,
}

impl Seals {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        Self(secrets.all().map(|secret| secret.derive("mcp/confirmation")).collect())
    }

    /// A state that opens until it expires, for this and nothing else.
    pub(crate) fn seal(&self, bound: &Bound<'_>, now: Timestamp) -> String {
        let expiry = now.checked_add(HOLDS).unwrap_or(now).as_second().to_be_bytes();
        let mut state = expiry.to_vec();
        if let Some(secret) = self.0.first() {
            state.extend(mac(secret, bound, &expiry));
        }
        URL_SAFE_NO_PAD.encode(state)
    }

    /// Refuses a state that was not sealed for this.
    ///
    /// # Errors
    /// `confirmation_invalid`.
    pub(crate) fn open(&self, state: &str, bound: &Bound<'_>, now: Timestamp) -> Result<()> {
        let invalid = |detail: &'static str| {
            Err(Problem::new(Code::ConfirmationInvalid, detail)
                .field("requestState")
                .fix("call the tool again without it, so that the person is asked anew"))
        };
        let other = "the confirmation was given to another key, or for other arguments";
        if state.len() > TEXT {
            return invalid(other);
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(state) else {
            return invalid(other);
        };
        let Some((expiry, theirs)) = bytes.split_first_chunk::<EXPIRY>() else {
            return invalid(other);
        };
        let ours = |secret: &[u8; MAC]| bool::from(mac(secret, bound, expiry).ct_eq(theirs));
        if !self.0.iter().any(ours) {
            return invalid(other);
        }
        if now.as_second() >= i64::from_be_bytes(*expiry) {
            return invalid("the confirmation has expired: it holds for ten minutes");
        }
        Ok(())
    }
}

fn mac(secret: &[u8; MAC], bound: &Bound<'_>, expiry: &[u8; EXPIRY]) -> [u8; MAC] {
    // A secret of any length is accepted: `Err` cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return [0; MAC];
    };
    let digest = digest(bound.arguments);
    let tenant = bound.caller.tenant().map_or("*", |tenant| tenant.as_str());
    let who = bound.caller.operator().unwrap_or_default();
    let parts = [bound.caller.id().as_str(), who, tenant, bound.key].map(str::as_bytes).into_iter();
    // Each part with its length, so that no two things are written alike.
    for part in parts.chain([&digest[..], expiry]) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The digest of a value, whatever the order of its fields.
fn digest(value: &Value) -> [u8; MAC] {
    let mut hash = Sha256::new();
    canonical(value, &mut |bytes| hash.update(bytes));
    hash.finalize().into()
}

fn canonical(value: &Value, write: &mut impl FnMut(&[u8])) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            write(b"{");
            for name in names {
                write(Value::from(name.as_str()).to_string().as_bytes());
                write(b":");
                canonical(fields.get(name).unwrap_or(&Value::Null), write);
                write(b",");
            }
            write(b"}");
        }
        Value::Array(values) => {
            write(b"[");
            for value in values {
                canonical(value, write);
                write(b",");
            }
            write(b"]");
        }
        plain => write(plain.to_string().as_bytes()),
    }
}
