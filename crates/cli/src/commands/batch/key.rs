//! The same row is the same call, and the same wish twice in one table is a mistake.
//!
//! A row is who is called, with which task, and the key of its own where the caller wrote one.
//! Nothing else makes another row of it: not its place, not the file's bytes, not its other
//! columns. A batch is its name.

use std::{collections::HashMap, path::Path};

use sha2::{Digest, Sha256};
use switchboard::{
    ValidCall,
    core::{CallKey, RowKey},
};

use crate::failure::{Failure, Outcome};

const LONGEST_NAME: usize = 200;

/// A batch, and which rows it has had so far.
#[derive(Debug)]
pub(super) struct Batch {
    name: String,
    /// In which row each was first.
    rows: HashMap<[u8; 32], usize>,
}

impl Batch {
    /// The batch of this name; without one, that of the file's name, wherever the file is.
    pub(super) fn new(given: Option<&str>, file: &Path) -> Outcome<Self> {
        let name = match given {
            Some(given) => given.trim().to_owned(),
            None if !file.is_file() => {
                return Err(Failure::input(
                    "--name",
                    "is missing, and FILE is no file whose name could be taken: give one",
                ));
            }
            None => file.file_name().unwrap_or_default().to_string_lossy().trim().to_owned(),
        };
        let problem = if name.is_empty() {
            Some("is empty: leave it out for the file's name".to_owned())
        } else if name.chars().count() > LONGEST_NAME {
            Some(format!("has more than {LONGEST_NAME} characters: give a shorter one"))
        } else {
            let control = name.chars().find(|c| c.is_control());
            control
                .map(|control| format!("has the control character {control:?}: give one without"))
        };
        match problem {
            Some(problem) => Err(Failure::input("--name", problem)),
            None => Ok(Self { name, rows: HashMap::new() }),
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The earlier row that is the same. Rows have to be asked for in order, each once.
    pub(super) fn earlier(&mut self, number: usize, call: &ValidCall) -> Option<usize> {
        let own = call.key.as_ref().and_then(CallKey::given).map(|key| key.as_str());
        let first = *self
            .rows
            .entry(row(call).chain_update(own.unwrap_or_default()).finalize().into())
            .or_insert(number);
        (first != number).then_some(first)
    }

    /// The key of a row that has none of its own. `after` says how many calls of this row were
    /// refused before this one, without a phone that rang.
    pub(super) fn key(&self, call: &ValidCall, after: u32) -> RowKey {
        let key = row(call)
            .chain_update(&self.name)
            .chain_update(b"\0")
            .chain_update(after.to_be_bytes());
        let hex: String = key.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        RowKey::from(hex)
    }
}

/// Who is called with which task. No text of a request has a NUL in it.
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

    use switchboard::CallRequest;

    use super::*;

    fn ask(to: &str, change: impl Fn(&mut CallRequest)) -> ValidCall {
        let mut request = CallRequest::new(to, "Ask.");
        change(&mut request);
        request.validate(jiff::Timestamp::UNIX_EPOCH).unwrap()
    }

    fn batch(name: &str) -> Batch {
        Batch::new(Some(name), Path::new("calls.csv")).unwrap()
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
    fn the_same_row_twice_is_seen() {
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
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("calls of May.csv");
        std::fs::write(&file, "").unwrap();
        let named = |name: Option<&str>, file: &Path| {
            Batch::new(name, file).map(|batch| batch.name().to_owned())
        };
        assert_eq!(named(None, &file).unwrap(), "calls of May.csv");
        assert_eq!(named(Some(" may "), &file).unwrap(), "may");
        for (name, file) in [
            (Some(" "), file.as_path()),
            (Some("a\nb"), &file),
            (Some(&*"n".repeat(201)), &file),
            (None, directory.path()),
        ] {
            assert!(named(name, file).unwrap_err().to_string().starts_with("--name: "));
        }
    }
}
