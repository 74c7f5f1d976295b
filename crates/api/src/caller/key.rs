//! The text of an API key: `sb_`, twelve letters or digits that name it, `_`, 43 that are secret,
//! and a checksum of six.
//!
//! The checksum lets scanners recognise a key that leaked, and refuses typing errors without a
//! query.

use std::fmt;

use crc::{CRC_32_ISO_HDLC, Crc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use switchboard::journal::server::KeyId;

const PREFIX: &str = "sb_";
const ID: usize = 12;
const SECRET: usize = 43;
const CHECK: usize = 6;
const LENGTH: usize = PREFIX.len() + ID + 1 + SECRET + CHECK;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The text is not an API key. It is not repeated: it may be most of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not an API key: copy it again, from sb_ to its last character")
    }
}

impl std::error::Error for BadKey {}

/// A whole API key. `Debug` shows its public part only.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// Makes a new key from random bytes of the operating system.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let (mut id, mut secret) = ([0; 16], [0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        Ok(Self::of(&id, &secret))
    }

    /// The key that is made of these random bytes.
    pub fn of(id: &[u8; 16], secret: &[u8; 32]) -> Self {
        let mut text = format!("{PREFIX}{}_{}", base62(id, ID), base62(secret, SECRET));
        text.push_str(&check(&text));
        Self(text)
    }

    /// Reads a key and its checksum.
    ///
    /// # Errors
    /// The text is not a key.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let letters = |part: &str| part.bytes().all(|one| one.is_ascii_alphanumeric());
        let (body, sum) = text.split_at_checked(LENGTH - CHECK).ok_or(BadKey)?;
        let (id, secret) =
            body.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(BadKey)?;
        let fits = id.len() == ID && secret.len() == SECRET && letters(id) && letters(secret);
        if fits && check(body) == sum { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }

    /// The whole text. It is a secret.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The public part.
    pub fn id(&self) -> KeyId {
        KeyId::new(self.0.get(PREFIX.len()..PREFIX.len() + ID).unwrap_or_default())
    }

    /// SHA-256 of the secret part, as it is stored. A slow hash would protect a secret that can be
    /// guessed; 256 random bits cannot.
    pub fn secret_hash(&self) -> [u8; 32] {
        let begin = PREFIX.len() + ID + 1;
        let secret = self.0.get(begin..begin + SECRET).unwrap_or_default();
        Sha256::digest(secret.as_bytes()).into()
    }

    /// True if this is the key with that hash. Takes the same time for any other hash.
    pub fn has_hash(&self, hash: &[u8; 32]) -> bool {
        self.secret_hash().ct_eq(hash).into()
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({PREFIX}{}_..)", self.id().as_str())
    }
}

fn check(body: &str) -> String {
    base62(&CRC.checksum(body.as_bytes()).to_be_bytes(), CHECK)
}

/// The number that the bytes are, in the last `digits` digits of base 62.
fn base62(bytes: &[u8], digits: usize) -> String {
    let mut number = bytes.to_vec();
    let mut text = Vec::with_capacity(digits);
    for _ in 0..digits {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        let digit = usize::try_from(rest).unwrap_or_default();
        text.push(ALPHABET.get(digit).copied().map_or('0', char::from));
    }
    text.iter().rev().collect()
}
