//! Where calls are written down so that they survive anything.
//!
//! Before a byte of a call leaves this machine, what is about to happen stands in the ledger, on a
//! disk that was told to keep it. Two ledgers implement the router's
//! [`Journal`](switchboard_journal::Journal): [`SqliteJournal`], one file, for one machine, and
//! [`PostgresJournal`], for several machines that share their calls.
//!
//! # The schema carries the law
//!
//! Code has faults, is run twice at the same time and is stopped between two lines. What may never
//! be true is therefore forbidden by the database itself, with unique indexes, and the code only
//! puts its refusals into words:
//!
//! | nobody may have | index |
//! |---|---|
//! | two live attempts at one call | `one_live_attempt`: `(call_id, ring)` where the attempt is not proven silent |
//! | two active calls to one person | `one_call_per_person`: `(tenant, to_hash)` where the call may ring |
//! | two calls for one of a caller's keys | `one_call_per_key`: `(tenant, idempotency_key)` |
//! | a provider's call that belongs to two calls | `provider_calls`: `(provider, account, provider_call_id)` |
//! | one webhook taken in twice | `inbox`: `(attempt_id, body_hash)` |
//! | two holds for one attempt | `holds`: `(attempt_id)` |
//! | two rooms of a kind for one attempt | `rooms`: `(scope, attempt_id)` |
//! | two sums for one period of a budget | `budgets`: `(name, period)` |
//! | another past | `events`: triggers refuse changes and deletions; an erasure may take content away, never the fact |
//! | decided otherwise | `decisions`: triggers refuse changes and deletions |
//!
//! A ledger in which one of these is missing is refused when it is opened, and so is one that a
//! newer version made.
//!
//! # One transaction, one step
//!
//! [`Journal::write`](switchboard_journal::Journal::write) reads the call, takes the same pure steps
//! as the journal in memory ([`state::apply`](switchboard_journal::state::apply)) and writes the
//! call, its attempts and the events in one transaction, with all that the attempt takes before a
//! byte of it may leave:
//!
//! | what | where | never more than there is, because |
//! |---|---|---|
//! | a slot of a rate limit | `slots`, one row each | they are counted over the window and taken by one writer at a time; a clock that jumps back stands still |
//! | a room, one of the calls that may be under way at once | `rooms`, one row each | they are counted by one writer at a time; a row goes when the call is over, and counts no more at its `until` |
//! | a share of budgets | `budgets`, a running sum, and `holds` | the sum changes only where it stays within its limit |
//! | certainty about the agent | `attempts.doubt` | an attempt that may have rung under an id that nobody knows is seen by every other of its agent |
//!
//! What is missing refuses the whole. Proof alone gives it back: a slot where no byte left, a hold
//! where no phone rang or the bill came, a room where no phone rang or the call ended; only a room
//! has an end of its own too.
//!
//! Where another process than its owner writes to a call, the same transaction adds a row to
//! `news`, which stays until the owner, or whoever takes over from it, has acted on it. What an
//! owner writes itself costs nothing more.
//!
//! What comes back is on the disk. A write that fails is the last one: after it the journal answers
//! every request with an error of kind [`Journal`](switchboard_core::ErrorKind::Journal), because a
//! disk that failed once may keep silent the next time.
//!
//! # Whose a call is
//!
//! Each open journal has an epoch, and each call that of the process that has it (`calls.epoch`).
//! The transaction that changes a call asks for it: what moves a call on is taken from its owner
//! alone, evidence from everybody. The calls of a process that is gone are taken over by the next
//! one that looks. That it is gone is proven by the operating system where there is one machine:
//! each SQLite journal keeps a file locked beside the ledger. Where there are several, nothing can
//! prove it: a process that PostgreSQL has not heard of for longer than its lease
//! ([`PostgresOptions`]) counts as gone, and finds out when it writes.
//!
//! # People
//!
//! A number stands in one column, what was said in three; all else refers to a person by a hash
//! with a key ([`HashKey`]). [`Ledger::erase`] and [`Ledger::sweep`] empty those columns and leave
//! the hash, the times and the states; [`upkeep`] says what becomes of each. An erased call is not
//! found any more.
//!
//! # Time
//!
//! Times are microseconds; what a clock knows beyond that is cut off when a call is written down,
//! so that a call is the same before and after a restart. Leases and, in PostgreSQL, slots go by
//! the server's clock, for those of several machines differ.

#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, unused_imports, reason = "what only the other database uses")
)]

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("a ledger needs a database: turn on the feature `sqlite` or `postgres`");

mod change;
mod decision;
mod history;
mod key;
mod ledger;
#[cfg(feature = "postgres")]
mod postgres;
mod refusal;
mod row;
mod select;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod upkeep;
mod window;

pub use history::Entry;
pub use key::HashKey;
pub use ledger::Ledger;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresJournal, PostgresOptions};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
pub use upkeep::{Backup, Check, Erased, Problem, Retention, Swept};
