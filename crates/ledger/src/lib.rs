//! Where calls are written down so that they survive anything.
//!
//! Before a byte of a call leaves this machine, what is about to happen stands in the ledger, on a disk that was told to keep
//! it. Two ledgers implement the router's [`Journal`](switchboard_router::Journal): [`SqliteJournal`], one file, for one machine, and
//! [`PostgresJournal`], for several processes that share their calls.
//!
//! # The schema carries the law
//!
//! Code has faults, is run twice at the same time and is stopped between two lines. What may never be true is therefore
//! forbidden by the database itself, with unique indexes, and the code only puts its refusals into words:
//!
//! | nobody may have | index |
//! |---|---|
//! | two live attempts at one call | `one_live_attempt`: `(call_id, ring)` where the attempt is not proven silent |
//! | two active calls to one person | `one_call_per_person`: `(tenant, to_hash)` where the call may ring |
//! | two calls for one of a caller's keys | `one_call_per_key`: `(tenant, idempotency_key)` |
//! | a provider's call that belongs to two calls | `provider_calls`: `(provider, account, provider_call_id)` |
//! | one webhook taken in twice | `inbox`: `(attempt_id, body_hash)` |
//! | two holds for one attempt | `holds`: `(attempt_id)` |
//! | another past | `events`: triggers refuse changes and deletions; an erasure may take content away, never the fact |
//!
//! A ledger in which one of these is missing is refused when it is opened, and so is one that a newer version made.
//!
//! # One transaction, one step
//!
//! [`Journal::record`](switchboard_router::Journal::record) reads the call, takes the same pure step as the journal in memory
//! ([`state::apply`](switchboard_router::state::apply)) and writes the call, its attempt and the event in one transaction. What comes
//! back is on the disk. A write that fails is the last one: after it the journal answers every request with an error of kind
//! [`Journal`](switchboard_core::ErrorKind::Journal), because a disk that failed once may keep silent the next time.
//!
//! # People
//!
//! A number stands in one column, what was said in three; all else refers to a person by a hash with a key ([`HashKey`]). An
//! erasure empties those columns and leaves the hash, the times and the states. An erased call is not found any more.
//!
//! # Time
//!
//! Times are microseconds; what a clock knows beyond that is cut off when a call is written down, so that a call is the same
//! before and after a restart.

mod change;
mod history;
mod key;
mod postgres;
mod refusal;
mod row;
mod select;
mod sqlite;

pub use history::Entry;
pub use key::HashKey;
pub use postgres::PostgresJournal;
pub use sqlite::SqliteJournal;
