//! Which row is which call.
//!
//! A row is identified by the person to call, the task, and its idempotency key if it has one; not
//! by its position, the file's bytes or its other columns. A batch is identified by its name. The
//! same row twice in one table is a mistake.

use std::{collections::HashMap, fmt};

use sha2::{Digest, Sha256};
use switchboard_core::{CallKey, RowKey, ValidCall};

const LONGEST_NAME: usize = 200;

/// Why a batch cannot have this name: the problem and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFault(String);

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameFault {}

/// The keys of a batch, and the rows that were read so far.
#[derive(Debug)]
pub struct Keys {
    name: String,
    /// For each identity, the first row that has it.
    rows: HashMap<[u8; 32], usize>,
}

impl Keys {
    /// The keys of the batch of this name, without the spaces around it.
    ///
    /// # Errors
    /// A name that is empty, has more than 200 characters, or cannot be printed.
    pub fn new(name: &str) -> Result<Self, NameFault> {
        let name = name.trim();
        let problem = if name.is_empty() {
            Some("is empty: leave it out to use the file's name".to_owned())
        } else if name.chars().count() > LONGEST_NAME {
            Some(format!("has more than {LONGEST_NAME} characters: give a shorter one"))
        } else {
            let control = name.chars().find(|c| c.is_control());
            control.map(|control| format!("has the control character {control:?}: remove it"))
        };
        match problem {
            Some(problem) => Err(NameFault(problem)),
            None => Ok(Self { name: name.to_owned(), rows: HashMap::new() }),
        }
    }

    /// The batch's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The earlier row with the same identity. Call it once for each row, in order.
    pub fn earlier(&mut self, number: usize, call: &ValidCall) -> Option<usize> {
        let own = call.key.as_ref().and_then(CallKey::given).map(|key| key.as_str());
        let first = *self
            .rows
            .entry(row(call).chain_update(own.unwrap_or_default()).finalize().into())
            .or_insert(number);
        (first != number).then_some(first)
    }

    /// The key of a row without its own. `after` is the number of earlier calls of this row that
    /// were refused without a phone ringing.
    pub fn key(&self, call: &ValidCall, after: u32) -> RowKey {
        let key = row(call)
            .chain_update(&self.name)
            .chain_update(b"\0")
            .chain_update(after.to_be_bytes());
        let hex: String = key.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        RowKey::from(hex)
    }
}

/// Hashes the person and the task. The text of a request never contains NUL, the separator.
fn row(call: &ValidCall) -> Sha256 {
    let mut row = Sha256::new();
    for part in [call.tenant.as_str(), call.to.e164(), &call.task] {
        row.update(part);
        row.update(b"\0");
    }
    row
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashSet;

    use switchboard_core::CallRequest;

    use super::*;

    fn ask(to: &str, change: impl Fn(&mut CallRequest)) -> ValidCall {
        let mut request = CallRequest::new(to, "Ask.");
        change(&mut request);
        request.validate(jiff::Timestamp::UNIX_EPOCH).unwrap()
    }

    fn batch(name: &str) -> Keys {
        Keys::new(name).unwrap()
    }

    #[test]
    fn a_row_is_person_and_task_and_a_batch_is_its_name() {
        let february = batch("february");
        let key = |call: &ValidCall| february.key(call, 0);
        let row = ask("+442079460018", |_| {});
        for same in [
            ask("+44 20 7946 0018", |_| {}),
            ask("+442079460018", |row| row.task = " Ask.\n".to_owned()),
            ask("+442079460018", |row| row.language = Some("es".to_owned())),
            ask("+442079460018", |row| row.metadata = [("line".to_owned(), "7".to_owned())].into()),
            ask("+442079460018", |row| row.allow_duplicate = true),
        ] {
            assert_eq!(key(&same), key(&row));
        }
        let others = [
            ask("+442079460019", |_| {}),
            ask("+442079460018", |row| row.task = "Tell.".to_owned()),
            ask("+442079460018", |row| row.tenant = Some("another".to_owned())),
        ];
        let mut keys: HashSet<RowKey> = others.iter().map(key).collect();
        keys.extend([key(&row), february.key(&row, 1), batch("march").key(&row, 0)]);
        assert_eq!(keys.len(), 6);
    }

    #[test]
    fn a_repeated_row_is_found() {
        let mut batch = batch("february");
        let keyed =
            |key: &str| ask("+442079460018", |row| row.idempotency_key = Some(key.to_owned()));
        for (number, call, first) in [
            (1, ask("+442079460018", |_| {}), None),
            (2, ask("+442079460018", |row| row.urgent = true), Some(1)),
            (3, ask("+442079460018", |row| row.task = "Tell.".to_owned()), None),
            (4, keyed("a"), None),
            (5, keyed("b"), None),
            (6, keyed("a"), Some(4)),
        ] {
            assert_eq!(batch.earlier(number, &call), first, "row {number}");
        }
    }

    #[test]
    fn a_batch_has_a_name_that_can_be_printed() {
        assert_eq!(Keys::new(" may ").unwrap().name(), "may");
        for name in [" ", "a\nb", &"n".repeat(201)] {
            assert!(Keys::new(name).is_err(), "{name:?}");
        }
    }
}
