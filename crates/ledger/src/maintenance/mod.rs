//! Maintenance of a ledger: checks, copies, erasure and retention.
//!
//! # What an erasure destroys, and what stays
//!
//! An erasure must not lead to another call: nobody's phone may ring because the ledger forgot that
//! it rang before. So what the rules need is kept, and it does not identify anybody by itself.
//!
//! | column | after an erasure |
//! |---|---|
//! | `calls.to_number`, `calls.request`, `calls.content` | gone |
//! | `calls.body`, `attempts.body` | costs, duration, profile, experiment, kinds of errors, proofs and their times stay; free text (messages, details) is gone |
//! | `events.content`, `inbox.body` | gone; the event's kind and time stay, and the webhook's hash and the ids of the provider's calls that it named |
//! | `calls.to_hash` | stays: a person on a call must not get a second one, and a repeated erasure has to find the calls |
//! | `calls.task_hash` | stays for a week after the call last changed, while it is needed to detect duplicates; then gone |
//! | `calls.request_hash` | stays if the caller gave a key, which would otherwise open a second call; gone otherwise |
//! | `calls.idempotency_key` | stays; it is only a keyed hash |
//! | `batch_rows.cells`, `batch_rows.request`, `batch_rows.problem` | gone; a row that was no call yet will not be one. A row whose number could not be read never had them |
//! | `opt_outs` | stay, with their evidence: they protect the person, and without them they would be called again. They never go, whatever the retention |
//! | `person_events` | stay: a time for each kind of event |
//! | `consents.evidence` (words, channel, source) | gone, and the consent is withdrawn: what cannot be proven allows no call |
//! | `consents.terms` | stays: kind, times, purpose, seller, hours, who recorded it |
//! | `feed`, `outbox`, `deliveries` | stay: they name calls and never people, and nothing that was said |
//! | `number_lists`, `number_list_blocks` | stay: keyed hashes of numbers alone, and a person who is on a list stays on it |
//! | ids, `tenant`, `country`, `provider`, `provider_call_id`, states, times, holds | stay: a late webhook must not be attributed to another call |
//! | a new event, `erased` | records the time |
//!
//! All hashes use the key of the ledger ([`HashKey`](crate::HashKey)). Anyone with the key can
//! still check whether a given number was called. If even that is too much, specify the key in the
//! configuration, separate from the ledger.
//!
//! # What is kept about people
//!
//! Opt-outs, consents and how calls went are kept under the keyed hash of the number, so that they
//! hold after an erasure. Phone numbers in what was written about them are masked when they are
//! recorded. Consents are deleted by [`Retention::consents`]; the last use of a consent is the last
//! time that the person's phone rang.
//!
//! # Removal from disk
//!
//! An overwritten row is still in the file until its page is reused.
//!
//! SQLite: `secure_delete` overwrites freed space. It does not cover copies that remain in a page
//! when a row moves to another one, so a file of up to 64 MiB is also rewritten (`VACUUM`). For a
//! larger file calls would wait for too long; the log says so, and `VACUUM` should be run in a
//! quiet hour. Finally the write-ahead log is copied into the file and truncated.
//!
//! PostgreSQL keeps old versions of rows for transactions that still read them. `VACUUM` is run on
//! the tables after an erasure; the freed space is overwritten when it is reused. If the data has
//! to be gone immediately, run `VACUUM FULL calls, attempts, events, inbox, batch_rows, consents` in a quiet
//! hour, and let the server's own log files (`pg_wal`, its archive, replicas) expire.

mod check;
mod erasure;
mod retention;

use std::path::PathBuf;

use serde::Serialize;

pub use check::{Check, CheckProgress, CheckStep, Problem};
pub(crate) use check::{MOST, Sheet, Standing, Tell};
pub use erasure::Erased;
pub(crate) use erasure::{
    BLANK, ERASED, duplicate_window, forget_attempt, forget_call, may_be_erased, not_settled,
    still_in_file,
};
pub(crate) use retention::{Marks, PARTS, Part, Schedule, strip};
pub use retention::{Retention, Swept};

/// The largest file, in bytes, that is rewritten after an erasure.
pub(crate) const SMALL: u64 = 64 << 20;

/// A copy of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Backup {
    /// The path of the copy.
    pub path: PathBuf,
    /// The size in bytes.
    pub bytes: u64,
}

impl Backup {
    pub(crate) fn new(path: PathBuf, bytes: u64) -> Self {
        Self { path, bytes }
    }
}
