//! What keeps a ledger fit: checking it, copying it, and destroying what may no longer be kept.
//!
//! # What an erasure destroys, and what stays
//!
//! The law of the product outlives a person's wish to be forgotten: nobody may be rung because we
//! forgot that they were rung. What the rules need therefore stays, and says nothing by itself.
//!
//! | column | after an erasure |
//! |---|---|
//! | `calls.to_number`, `calls.request`, `calls.content` | gone |
//! | `calls.body`, `attempts.body` | costs, duration, profile, experiment, kinds of errors, proofs and their times stay; words (messages, details) are gone |
//! | `events.content`, `inbox.body` | gone; the event's kind and time stay, and the webhook's hash and the ids of the provider's calls that it named |
//! | `calls.to_hash` | stays: a person on a call may not be called by another one, and an erasure that comes again has to find the calls |
//! | `calls.task_hash` | stays for a week after the call last changed, in which the same task may be taken for a mistake; gone where that is over |
//! | `calls.request_hash` | stays where the caller gave a key, which would open a second call otherwise; else gone |
//! | `calls.idempotency_key` | stays; it never was more than a keyed hash |
//! | ids, `tenant`, `country`, `provider`, `provider_call_id`, states, times, holds | stay: a late webhook must not be taken for another call's |
//! | a new event, `erased` | says when |
//!
//! All hashes have the ledger's key in them ([`HashKey`](crate::HashKey)). Whoever has the key can
//! still ask whether a given number was called; where even that is too much, give the key in the
//! configuration, apart from the ledger.
//!
//! # Gone from the disk
//!
//! A row that was overwritten is still in the file until its page is used again.
//!
//! SQLite: `secure_delete` overwrites what is freed. It does not reach the copies that stay behind
//! in a page when a row moves to another one, so a file of up to 64 MiB is written anew as well
//! (`VACUUM`); a larger one would keep calls waiting for too long, and says so in the log: run
//! `VACUUM` on it in a quiet hour. At last the write-ahead log is copied into the file and cut off.
//!
//! PostgreSQL keeps old versions of rows for others who still read them. A `VACUUM` of the tables
//! is run after an erasure; what it frees is overwritten when the space is used again. Where it has
//! to be gone at once, run `VACUUM FULL calls, attempts, events, inbox` in a quiet hour, and let
//! the server's own log files (`pg_wal`, its archive, replicas) expire.

mod check;
mod erasure;
mod retention;

use std::path::PathBuf;

use serde::Serialize;

pub use check::{Check, Problem};
pub(crate) use check::{MOST, Sheet, Standing};
pub use erasure::Erased;
pub(crate) use erasure::{
    BLANK, ERASED, duplicate_window, forget_attempt, forget_call, may_be_erased, not_settled,
    still_in_file,
};
pub(crate) use retention::{Marks, PARTS, Part, Schedule, strip};
pub use retention::{Retention, Swept};

/// The largest file, in bytes, that is written anew after an erasure.
pub(crate) const SMALL: u64 = 64 << 20;

/// A copy of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// How large.
    pub bytes: u64,
}

impl Backup {
    pub(crate) fn new(path: PathBuf, bytes: u64) -> Self {
        Self { path, bytes }
    }
}
