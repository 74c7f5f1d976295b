//! The server's secret, and the keys that are derived from it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 32 secret bytes. Whoever knows them can forge cursors and read sealed secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerSecret([u8; 32]);

impl ServerSecret {
    /// Wraps 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Derives the key for one purpose, so that what is made with one key is worth nothing where
    /// another one is used.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac(&self.0, &[b"switchboard/v1/", purpose.as_bytes()])
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret(..)")
    }
}

/// The server's secret, and former ones that are still accepted while they are being replaced.
#[derive(Debug, Clone)]
pub struct Secrets {
    current: ServerSecret,
    former: Vec<ServerSecret>,
}

impl Secrets {
    /// One secret and no former ones.
    pub const fn new(current: ServerSecret) -> Self {
        Self { current, former: Vec::new() }
    }

    /// Accepts what was made with this secret too.
    #[must_use]
    pub fn with_former(mut self, former: ServerSecret) -> Self {
        self.former.push(former);
        self
    }

    /// The secret with which new things are made.
    pub const fn current(&self) -> &ServerSecret {
        &self.current
    }

    /// All secrets, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &ServerSecret> {
        std::iter::once(&self.current).chain(&self.former)
    }
}

/// HMAC-SHA256 over the parts, one behind the other.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is accepted: `Err` cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
