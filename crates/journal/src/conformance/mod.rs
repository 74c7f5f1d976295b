//! What a journal may never write, run through the trait, so that every journal is held to the same
//! rules.
//!
//! [`hold`] is for tests: it panics where a journal breaks a rule; [`hold_shared`] does the same
//! with two processes, and [`hold_by_the_callers_clock`] with journals that go by the time that
//! they are given. What the rules are tried with is public, so that a
//! journal's own tests can say things in the same words.
//!
//! | file | what it holds, or what its rules are about |
//! |---|---|
//! | `suite.rs` | the lists of all rules |
//! | `fixtures.rs` | the requests, attempts and facts that the rules are tried with |
//! | `calls.rs` | keys, callees, attempts, owners, and how calls are found again |
//! | `intent.rs` | what is written together |
//! | `duplicates.rs` | the same person and task again, and rows of batches |
//! | `reservations.rs` | slots and budgets |
//! | `concurrency.rs` | how many calls are under way at once |
//! | `doubt.rs` | agents whose last call is not identified |
//! | `rings.rs` | how often a phone rings, redials and bills |
//! | `people/` | who asked not to be called, how often they were rung, and their consents |
//! | `inbox.rs` | webhooks |
//! | `news.rs` | what other processes write to a process's calls |
//! | `processes.rs` | several processes with one journal |
//! | `lists.rs` | lists of numbers |
//! | `audit.rs` | decisions that are not about a single call |
//! | `feed/` | what programs outside are told, and where it is sent |
//! | `server/` | what a server keeps beside the calls |
//!
//! [`HookedJournal`] is a journal in memory for tests that have their word in its steps, or watch
//! them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod audit;
mod calls;
mod concurrency;
mod doubt;
mod duplicates;
mod feed;
mod fixtures;
mod hooked;
mod inbox;
mod intent;
mod lists;
mod news;
mod people;
mod processes;
mod reservations;
mod rings;
pub mod server;
mod suite;

pub use audit::debate;
pub use concurrency::crowd;
pub use feed::{FeedStore, hold_feed, hold_shared_feed, many_writers_and_followers};
pub use fixtures::{
    Pair, admitted, at, attempt, budgeted, concurrency_slot, epoch, failed, fault, new_call, open,
    rate_slot, record, report, request, send, valid, write_intent,
};
pub use hooked::{HookedJournal, Hooks, Written};
pub use people::races::one_person;
pub use suite::{hold, hold_by_the_callers_clock, hold_shared};
