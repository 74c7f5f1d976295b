//! The signature of webhooks: Ed25519 over the time, a bar and the body.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::host::{Headers, Seed};

/// The account's key pair, and a stranger's.
pub(crate) struct Signer {
    own: Ed25519KeyPair,
    stranger: Ed25519KeyPair,
}

impl Signer {
    pub(crate) fn new(seed: Seed) -> io::Result<Self> {
        let pair = |label| {
            Ed25519KeyPair::from_seed_unchecked(&seed.bytes(label))
                .map_err(|error| io::Error::other(error.to_string()))
        };
        Ok(Self { own: pair("telnyx webhook")?, stranger: pair("stranger")? })
    }

    /// The public key in Base64.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.own.public_key())
    }

    pub(crate) fn sign(&self, at: Timestamp, body: &str, forged: bool) -> Headers {
        let seconds = at.as_second();
        let pair = if forged { &self.stranger } else { &self.own };
        let signature = pair.sign(format!("{seconds}|{body}").as_bytes());
        vec![
            ("telnyx-timestamp".to_owned(), seconds.to_string()),
            ("telnyx-signature-ed25519".to_owned(), STANDARD.encode(signature.as_ref())),
        ]
    }
}
