//! The durable journal: calls in SQLite or PostgreSQL.
//!
//! Before a byte of a placing request leaves this machine, the attempt is in the ledger, synced to
//! disk. Two ledgers implement the router's [`Journal`](switchboard_journal::Journal):
//! [`SqliteJournal`], one file, for one machine, and [`PostgresJournal`], for several machines that
//! share their calls.
//!
//! # Invariants are in the schema
//!
//! Code has bugs, runs concurrently and can be stopped at any point. So the invariants are enforced
//! by the database itself, with unique indexes, and the code only translates violations to errors:
//!
//! | forbidden | index |
//! |---|---|
//! | two live attempts at one call | `one_live_attempt`: `(call_id, ring)` of attempts that may have made a phone ring |
//! | two active calls to one person | `one_call_per_person`: `(tenant, to_hash)` of calls that may ring |
//! | two calls with the same idempotency key | `one_call_per_key`: `(tenant, idempotency_key)` |
//! | a provider's call that belongs to two calls | `provider_calls`: `(provider, account, provider_call_id)` |
//! | storing a webhook twice | `inbox`: `(attempt_id, body_hash)` |
//! | two budget holds for one attempt | `holds`: `(attempt_id)` |
//! | two concurrency slots of a scope for one attempt | `concurrency_slots`: `(scope, attempt_id)` |
//! | two sums for one period of a budget | `budgets`: `(name, period)` |
//! | two events at one position of the feed | `feed`: `(position)` |
//! | publishing an event twice | `feed_published`: `(id)` of events that no write of a call made |
//! | two webhook endpoints for one request | `one_endpoint_per_request`: `(request_key)` |
//! | changing the history | `events`: triggers reject changes and deletions; an erasure may remove the content but never the event |
//! | two batches for one request, a row twice in its batch | `one_batch_per_request`: `(request_key)`; `batch_rows`: `(batch_id, number)` |
//! | two lists of numbers with one name, a block of numbers twice | `number_lists`: `(name)`; `number_list_blocks`: `(import, number)` |
//! | two API keys with one id, or two for one request | `api_keys`: `(id)`, `(request_key)` |
//! | deleting or widening an API key, or taking its revocation back | `api_keys`: triggers reject it |
//! | two consents with one id | `consents`: `(id)` |
//! | changing or deleting an opt-out | `opt_outs`: triggers reject changes and deletions |
//! | changing a decision | `decisions`: triggers reject changes and deletions |
//!
//! Opening fails if one of these is missing, or if a newer version created the ledger.
//!
//! # One transaction per step
//!
//! [`CallLog::write`](switchboard_journal::CallLog::write) reads the call, applies the same pure
//! functions as the journal in memory ([`state::apply`](switchboard_journal::state::apply)) and
//! writes the call, its attempts and the events in one transaction, together with everything that
//! the attempt has to reserve before it may be sent:
//!
//! | reservation | stored in | why limits are never exceeded |
//! |---|---|---|
//! | a slot of a rate limit | `slots`, one row each | one writer at a time counts the rows of the window and inserts; if the clock goes back, time stands still |
//! | a concurrency slot: one of the calls that may be in progress at once | `concurrency_slots`, one row each | one writer at a time counts the rows; a row is deleted when the call ends, and does not count after its `until` |
//! | a share of budgets | `budgets`, a running sum, and `holds` | the sum only changes if it stays within its limit |
//! | one of the rings that a person may be given, and that they are not opted out | `attempts.to_hash`, `opt_outs` | one writer at a time counts the person's attempts that may have rung, and looks for an opt-out: with SQLite the only writer, with PostgreSQL under a lock for each person, which recording an opt-out takes too |
//! | an agent without a call in doubt | `attempts.doubt` | an attempt that may have rung under an unknown id is visible to all other attempts of its agent |
//!
//! If one of them is not available, the whole transaction is rejected. Only proof releases them: a
//! rate slot if no byte was sent, a hold if no phone rang or the bill arrived, a concurrency slot
//! if no phone rang or the call ended, a ring of a person if no phone rang. Only a concurrency slot
//! also expires.
//!
//! If a process other than the owner writes to a call, the same transaction adds a row to `news`,
//! which stays until the owner, or the process that takes over from it, has processed it.
//!
//! When a write returns, it is on disk. After a write has failed, the journal returns an error of
//! kind [`Journal`](switchboard_core::ErrorKind::Journal) for every request, because a disk that
//! failed once may not report the next failure.
//!
//! # What programs outside are told
//!
//! The transaction that changes a call also writes the
//! [events](switchboard_journal::Published) that programs outside are told, so that an event is
//! there if and only if the change is. The feed has one order without gaps: with SQLite the order
//! of the writes, with PostgreSQL an order that is given in turns after the commits, because
//! numbers of concurrent transactions do not become visible in their order.
//!
//! # Lists of numbers
//!
//! A list that was imported is a head and blocks of sorted hashes of eight bytes. The blocks are
//! written first, in transactions of their own, and belong to nobody; then one transaction lets the
//! head refer to them. So readers see the old list or the new one, and a process that ends in
//! between leaves the old one.
//!
//! # Ownership of calls
//!
//! Each open journal has an epoch, and each call has the epoch of the process that owns it
//! (`calls.epoch`). Every transaction that changes a call checks it: only the owner may advance a
//! call, but any process may add evidence. Calls of a dead process are taken over by the next one
//! that looks. With SQLite, on one machine, the operating system proves that a process is dead:
//! each journal keeps a file next to the ledger locked. With PostgreSQL, across machines, nothing
//! can prove it: a process that has not renewed its lease ([`PostgresOptions`]) counts as dead, and
//! learns so when it writes.
//!
//! # Personal data
//!
//! Phone numbers are in one column and content is in three, and both are in the rows of batches;
//! everything else refers to a person by a
//! keyed hash ([`HashKey`]). [`Ledger::erase`] and [`Ledger::sweep`] clear those columns and keep
//! the hash, the times and the states; [`maintenance`] lists each column. An erased call is no
//! longer found. What is remembered about people, under the same hash, outlives an erasure: opt-outs
//! are never deleted, so that nobody is called again because they were forgotten.
//!
//! # Time
//!
//! Times have microsecond precision. They are truncated when a call is written, so that it is the
//! same before and after a restart. In PostgreSQL, leases and slots use the clock of the server,
//! because the clocks of several machines differ.

#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, unused_imports, reason = "what only the other database uses")
)]

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("a ledger needs a database: turn on the feature `sqlite` or `postgres`");

mod audit;
mod batches;
mod change;
mod commit;
mod duplicate;
mod feed;
mod history;
mod key;
mod keys;
mod ledger;
mod lists;
mod look;
pub mod maintenance;
mod people;
#[cfg(feature = "postgres")]
mod postgres;
mod refusal;
mod row;
mod search;
mod select;
mod sessions;
mod spending;
#[cfg(feature = "sqlite")]
mod sqlite;
mod window;

pub use commit::{Commit, CommitObserver};
pub use history::{CallRecord, Entry};
pub use key::HashKey;
pub use ledger::Ledger;
pub use look::Look;
pub use maintenance::{Backup, Check, CheckProgress, CheckStep, Erased, Problem, Retention, Swept};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresJournal, PostgresOptions};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
