//! Keyed hashes, which identify people in indexes.
//!
//! A plain hash of a phone number is not secret, because all numbers of a country can be tried in a
//! minute. With a key, nobody who finds a hash in a log or an erased row can find the number, but
//! with the key the same person is still recognised.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use switchboard_core::{CallKey, Error, ErrorKind, PhoneNumber, Result};
use uuid::Uuid;

/// The key of a ledger's hashes. It must never change: with another key the ledger would not
/// recognise people. `Debug` hides it.
#[derive(Clone, Copy)]
pub struct HashKey([u8; 32]);

/// What is hashed, so that equal bytes with different meanings have different hashes.
#[derive(Clone, Copy)]
pub(crate) enum Domain {
    Person,
    Task,
    Request,
    StoredWebhook,
    Name,
    Row,
    List,
    Check,
}

impl HashKey {
    /// Creates a key from 32 secret bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Creates a key from 244 random bits.
    pub(crate) fn random() -> Self {
        let mut bytes = Sha256::new();
        bytes.update(Uuid::new_v4().as_bytes());
        bytes.update(Uuid::new_v4().as_bytes());
        Self(bytes.finalize().into())
    }

    /// The hash that identifies this person in logs and after an erasure.
    pub fn person(&self, number: &PhoneNumber) -> [u8; 32] {
        self.hash(Domain::Person, number.e164().as_bytes())
    }

    /// A value that shows whether another process has the same key, without revealing it.
    pub(crate) fn check(&self) -> [u8; 32] {
        self.hash(Domain::Check, b"")
    }

    pub(crate) fn hash(&self, domain: Domain, bytes: &[u8]) -> [u8; 32] {
        let mut mac = self.mac(domain);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    /// Eight hexadecimal digits that identify a person in logs. Two people may have the same tag,
    /// so no decision may depend on it.
    pub fn tag(&self, number: &PhoneNumber) -> String {
        self.person(number).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The hash of a call's key, because a key may contain a phone number. Keys of callers and of
    /// rows never have the same hash.
    pub(crate) fn call_key(&self, key: &CallKey) -> String {
        let hash = match key {
            CallKey::Given(key) => self.hash(Domain::Name, key.as_str().as_bytes()),
            CallKey::Derived(key) => self.hash(Domain::Row, key.as_str().as_bytes()),
        };
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Hashes JSON regardless of the order of its fields. Empty values count as absent, so that
    /// fields added by later versions do not change the hash.
    pub(crate) fn json(&self, domain: Domain, value: &Value) -> [u8; 32] {
        let mut mac = self.mac(domain);
        feed(&mut mac, value);
        mac.finalize().into_bytes().into()
    }

    fn mac(&self, domain: Domain) -> Hmac<Sha256> {
        // HMAC pads a key with zeros to the block size; with a whole block nothing can fail.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        mac.update(match domain {
            Domain::Person => b"person\0",
            Domain::Task => b"task\0",
            Domain::Request => b"request\0",
            Domain::StoredWebhook => b"letter\0",
            Domain::Name => b"name\0",
            Domain::Row => b"row\0",
            Domain::List => b"list\0",
            Domain::Check => b"check\0",
        });
        mac
    }
}

/// The key of a ledger.
pub(crate) struct Settled {
    pub(crate) key: HashKey,
    /// Rows of `meta` to write.
    pub(crate) write: Vec<(&'static str, Vec<u8>)>,
}

impl HashKey {
    /// Determines the key from what the ledger stores and what the configuration specifies. A key
    /// from the configuration is not stored and has to be specified every time: the ledger only
    /// stores a check value.
    pub(crate) fn settle(
        kept: Option<Vec<u8>>,
        check: Option<Vec<u8>>,
        given: Option<Self>,
    ) -> Result<Settled> {
        let wrong = |message: &'static str| {
            Err(Error::new(ErrorKind::Configuration, message).with_field("ledger.hash_key"))
        };
        let kept = match kept {
            Some(bytes) => match <[u8; 32]>::try_from(bytes) {
                Ok(bytes) => Some(Self(bytes)),
                Err(_) => return wrong("the key in the ledger is damaged: restore a backup"),
            },
            None => None,
        };
        let Some(check) = check else {
            let key = given.unwrap_or_else(Self::random);
            let mut write = vec![("hash_key_check", key.check().to_vec())];
            if given.is_none() {
                write.push(("hash_key", key.0.to_vec()));
            }
            return Ok(Settled { key, write });
        };
        match given.or(kept) {
            Some(key) if key.check().as_slice() == check => Ok(Settled { key, write: Vec::new() }),
            Some(_) => wrong(
                "is not the key that the ledger was made with: with another one it would not know whom it calls",
            ),
            None => wrong("is missing: the ledger was made with a key from the configuration"),
        }
    }
}

/// True for values that mean the same as an absent field: null, false, no items, no fields.
pub(crate) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn feed(mac: &mut Hmac<Sha256>, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            mac.update(value.to_string().as_bytes())
        }
        Value::Array(items) => {
            mac.update(b"[");
            for item in items {
                feed(mac, item);
                mac.update(b",");
            }
            mac.update(b"]");
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().filter(|(_, value)| !says_nothing(value)).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            mac.update(b"{");
            for (name, value) in fields {
                feed(mac, &Value::from(name.as_str()));
                mac.update(b":");
                feed(mac, value);
                mac.update(b",");
            }
            mac.update(b"}");
        }
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hash_depends_on_key_domain_and_content_alone() {
        let key = HashKey::new([7; 32]);
        let ordered =
            key.json(Domain::Request, &json!({"a": 1, "b": "x", "c": null, "d": [], "e": false}));
        assert_eq!(ordered, key.json(Domain::Request, &json!({"b": "x", "a": 1})));
        assert_ne!(ordered, key.json(Domain::Request, &json!({"b": "x", "a": 2})));
        assert_ne!(
            key.json(Domain::Request, &json!(["a", "b"])),
            key.json(Domain::Request, &json!(["a,b"]))
        );
        assert_ne!(key.hash(Domain::Person, b"x"), key.hash(Domain::Task, b"x"));
        assert_ne!(
            key.hash(Domain::Person, b"x"),
            HashKey::new([8; 32]).hash(Domain::Person, b"x")
        );
        assert_ne!(HashKey::random().check(), HashKey::random().check());
        assert_eq!(format!("{key:?}"), "HashKey(..)");
    }
}
