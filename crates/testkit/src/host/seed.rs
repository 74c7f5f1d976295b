//! Random values that are the same on every machine and in every run.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A source of random values, each a pure function of the seed and a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    fn digest(self, label: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0.to_be_bytes());
        hash.update(label.as_bytes());
        hash.finalize().into()
    }

    /// 32 bytes, for a key.
    pub(crate) fn bytes(self, label: &str) -> [u8; 32] {
        self.digest(label)
    }

    /// A number below `below`, or 0 when `below` is 0.
    pub(crate) fn below(self, label: &str, below: u64) -> u64 {
        let digest = self.digest(label);
        let mut word = [0; 8];
        word.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(word).checked_rem(below).unwrap_or(0)
    }

    /// A UUID in the form of version 4.
    pub(crate) fn uuid(self, label: &str) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.digest(label)[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// 40 hexadecimal digits, for credentials.
    pub(crate) fn secret(self, label: &str) -> String {
        let digest = self.digest(label);
        let hex = Uuid::from_slice(&digest[..16]).unwrap_or_default().simple().to_string();
        format!("{hex}{:02x}{:02x}{:02x}{:02x}", digest[16], digest[17], digest[18], digest[19])
    }
}
