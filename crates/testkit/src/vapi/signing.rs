//! How a webhook proves who sends it: what the account configures.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::VapiSignature;
use crate::host::{Headers, Sign};

/// The signature of the account's webhooks.
pub(crate) fn sign(kind: VapiSignature, secret: &str) -> Option<Sign> {
    let secret = secret.to_owned();
    let pick = move |forged: bool| if forged { "a stranger's secret" } else { &secret }.to_owned();
    let one = |name: &str, value: String| vec![(name.to_owned(), value)];
    match kind {
        VapiSignature::Hmac => Some(Arc::new(move |at, body, forged| {
            hmac(&pick(forged), &at.as_second().to_string(), body)
        })),
        VapiSignature::Bearer => Some(Arc::new(move |_, _, forged| {
            one("authorization", format!("Bearer {}", pick(forged)))
        })),
        VapiSignature::Secret => {
            Some(Arc::new(move |_, _, forged| one("x-vapi-secret", pick(forged))))
        }
        VapiSignature::Unsigned => None,
    }
}

/// The documented defaults: `x-signature` over `{timestamp}.{body}`, in hexadecimal digits. The unit
/// of the timestamp is not documented: here it is seconds.
fn hmac(secret: &str, timestamp: &str, body: &str) -> Headers {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return Headers::new();
    };
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-timestamp".to_owned(), timestamp.to_owned()), ("x-signature".to_owned(), hex)]
}
