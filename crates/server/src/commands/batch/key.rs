//! The same row is the same call, and the same wish twice is a mistake.
//!
//! A key is made of what the row asks for and of how often the same was asked for above it, not of its line: a row that is put in at the
//! top of a named batch must not turn every other row into a new call.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};
use switchboard::{CallRequest, ValidCall};

use crate::failure::{Failure, Outcome};

/// A batch, and which wishes it has had so far.
#[derive(Debug)]
pub(super) struct Batch {
    id: [u8; 32],
    /// How often each content came.
    contents: HashMap<[u8; 32], u32>,
    /// The row in which each person was first asked for with each task.
    wishes: HashMap<[u8; 32], usize>,
}

impl Batch {
    /// The batch of this name.
    pub(super) fn named(name: &str) -> Outcome<Self> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Failure::input("--name", "is empty: leave it out for a hash of the file"));
        }
        Ok(Self::with(Sha256::new_with_prefix(b"name\0").chain_update(name)))
    }

    /// The batch of this very file.
    pub(super) fn of(file: &[u8]) -> Self {
        Self::with(Sha256::new_with_prefix(b"file\0").chain_update(file))
    }

    fn with(id: Sha256) -> Self {
        Self {
            id: id.finalize().into(),
            contents: HashMap::new(),
            wishes: HashMap::new(),
        }
    }

    /// The row's key. Rows have to be asked for in order, each once.
    pub(super) fn key(&mut self, request: &CallRequest) -> String {
        let content: [u8; 32] = content(request).finalize().into();
        let times = self.contents.entry(content).or_default();
        *times += 1;
        let row = Sha256::new_with_prefix(self.id)
            .chain_update(content)
            .chain_update(times.to_be_bytes());
        format!("batch:{}:{}", hex(&self.id, 8), hex(&row.finalize(), 16))
    }

    /// The earlier row that asks for the same person and task.
    pub(super) fn earlier(&mut self, row: usize, call: &ValidCall) -> Option<usize> {
        let mut wish = Sha256::new();
        for part in [call.tenant.as_str(), call.to.e164(), &call.task] {
            wish.update(part);
            wish.update(b"\0");
        }
        let first = *self.wishes.entry(wish.finalize().into()).or_insert(row);
        (first != row).then_some(first)
    }
}

/// Of what is asked for, whatever its columns are called and in which order they stand. What a field says that is left out counts for
/// nothing, so that a field that a later version adds changes no key.
fn content(request: &CallRequest) -> Sha256 {
    let mut hash = Sha256::new();
    match serde_json::to_value(request) {
        Ok(value) => feed(&mut hash, &value),
        // A request is texts, numbers and lists of them.
        Err(error) => hash.update(error.to_string()),
    }
    hash
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => hash.update(value.to_string()),
        Value::Array(items) => {
            hash.update("[");
            for item in items {
                feed(hash, item);
                hash.update(",");
            }
            hash.update("]");
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(_, value)| !says_nothing(value)).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            hash.update("{");
            for (name, value) in fields {
                hash.update(Value::from(name.as_str()).to_string());
                hash.update(":");
                feed(hash, value);
                hash.update(",");
            }
            hash.update("}");
        }
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn hex(bytes: &[u8], length: usize) -> String {
    bytes.iter().take(length).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashSet;

    use super::*;

    fn ask(to: &str) -> CallRequest {
        CallRequest::new(to, "Ask.")
    }

    #[test]
    fn a_row_keeps_its_key_wherever_it_stands_and_no_two_share_one() {
        let rows = [ask("+442079460018"), ask("+442079460019"), ask("+442079460018")];
        let keys = |rows: &[CallRequest]| {
            let mut batch = Batch::named("february").unwrap();
            rows.iter().map(|row| batch.key(row)).collect::<Vec<_>>()
        };
        let first = keys(&rows);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 3);
        assert_eq!(first, keys(&rows));
        let mut more = vec![ask("+442079460017")];
        more.extend(rows.clone());
        assert_eq!(keys(&more)[1..], first, "a row that is put in at the top calls nobody else again");
        assert!(first[0].len() < 200);
        assert_ne!(Batch::of(b"a").key(&rows[0]), Batch::of(b"b").key(&rows[0]));
        assert_ne!(Batch::named("a").unwrap().key(&rows[0]), Batch::of(b"a").key(&rows[0]));
        assert!(Batch::named(" ").is_err());
    }

    #[test]
    fn the_same_wish_twice_is_seen() {
        let mut batch = Batch::of(b"");
        let now = jiff::Timestamp::UNIX_EPOCH;
        let valid = |request: CallRequest| request.validate(now).unwrap();
        assert_eq!(batch.earlier(1, &valid(ask("+442079460018"))), None);
        assert_eq!(batch.earlier(2, &valid(ask("+442079460018"))), Some(1));
        assert_eq!(batch.earlier(3, &valid(CallRequest::new("+442079460018", "Tell."))), None);
    }
}
