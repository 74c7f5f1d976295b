//! How the account's webhooks are signed: what the credential at Vapi is set up to do.

use base64::Engine as _;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How webhooks prove where they come from (OpenAPI, the credential that a `server` names).
///
/// OAuth 2, which Vapi has too, is not supported: Vapi would ask us for tokens.
///
/// ```
/// # let text = r#"{"kind": "bearer", "header": "authorization"}"#;
/// let check: switchboard_vapi::WebhookCheck = serde_json::from_str(text)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum WebhookCheck {
    /// The secret itself, alone or after `Bearer `.
    Bearer {
        /// The header that has it. Default: `x-vapi-secret`.
        #[serde(default = "default_bearer_header")]
        header: String,
    },
    /// An HMAC of the delivery.
    Hmac(HmacCheck),
}

/// How an HMAC is computed and where it stands. The defaults are Vapi's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HmacCheck {
    /// The hash. Default: `sha256`.
    pub algorithm: Algorithm,
    /// The header that has the signature. Default: `x-signature`.
    pub header: String,
    /// The header that has the time of signing; empty if there is none. Default: `x-timestamp`.
    pub timestamp_header: String,
    /// The text that is signed, with the places `{timestamp}`, `{body}` and `{method}`. Default:
    /// `{timestamp}.{body}`. Vapi can also sign the address and an id of the message, which a
    /// receiver does not know.
    pub text: String,
    /// How the signature is written. Default: `hex`.
    pub encoding: Encoding,
    /// What stands before the signature, for example `sha256=`. Default: nothing.
    pub prefix: String,
    /// True if the secret is written in base64 and the key is what that decodes to. Default: false.
    pub secret_is_base64: bool,
}

/// The hash of an HMAC. SHA-1, which Vapi has too, is not supported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How the bytes of a signature are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal digits, in either case.
    #[default]
    Hex,
    /// Base64 with its standard alphabet.
    Base64,
}

impl Default for WebhookCheck {
    fn default() -> Self {
        Self::Hmac(HmacCheck::default())
    }
}

impl Default for HmacCheck {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::default(),
            header: "x-signature".to_owned(),
            timestamp_header: "x-timestamp".to_owned(),
            text: "{timestamp}.{body}".to_owned(),
            encoding: Encoding::default(),
            prefix: String::new(),
            secret_is_base64: false,
        }
    }
}

impl HmacCheck {
    /// The same with other settings.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The bytes of the key; `None` if the secret should be base64 and is not.
    pub(crate) fn key(&self, secret: &SecretString) -> Option<Vec<u8>> {
        let secret = secret.expose_secret();
        if self.secret_is_base64 {
            base64::engine::general_purpose::STANDARD.decode(secret).ok()
        } else {
            Some(secret.as_bytes().to_vec())
        }
    }

    /// True if the time of signing is part of the text.
    pub(crate) fn signs_time(&self) -> bool {
        self.text.contains("{timestamp}")
    }

    fn check(&self, secret: Option<&SecretString>) -> Result<(), &'static str> {
        let known = ["{timestamp}", "{body}", "{method}"]
            .iter()
            .fold(self.text.clone(), |text, place| text.replace(place, ""));
        if !is_header(&self.header) {
            Err("has an empty header: name the header of the signature, or leave it out")
        } else if !self.text.contains("{body}") {
            Err("signs a text without {body}: anyone could change the body")
        } else if known.contains(['{', '}']) {
            Err("signs a text with other places than {timestamp}, {body} and {method}")
        } else if self.signs_time() && !is_header(&self.timestamp_header) {
            Err("signs a time that no header has: name its timestamp_header")
        } else if secret.is_some_and(|secret| self.key(secret).is_none_or(|key| key.is_empty())) {
            Err("says that the secret is in base64, and it is not")
        } else {
            Ok(())
        }
    }
}

impl WebhookCheck {
    /// What cannot work.
    pub(crate) fn check(&self, secret: Option<&SecretString>) -> Result<(), &'static str> {
        match self {
            Self::Bearer { header } if is_header(header) => Ok(()),
            Self::Bearer { .. } => Err("has no header: name it, or leave it out"),
            Self::Hmac(hmac) => hmac.check(secret),
        }
    }
}

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn default_bearer_header() -> String {
    "x-vapi-secret".to_owned()
}
