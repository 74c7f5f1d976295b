//! A simulated world for each seed: the real router with a journal, providers and a telephone
//! network in which everything goes wrong.
//!
//! [`crate::model`] checks the protocol; this checks that the program follows it. With one thread,
//! virtual time and seeded randomness, a seed gives the same world, step by step, in every run, and
//! the hash of the trace proves it. Only the simulated telephone network writes to the ring ledger,
//! so what the product believes is compared with what really happened.
//!
//! | to find | look at |
//! |---|---|
//! | running a seed, and its report | [`simulate`], [`Report`] |
//! | the faults, and the states in which they can happen | [`Fault`], [`Stage`], [`Counters`] |
//! | the invariants | [`Property`], `check.rs` |
//! | the plan of a seed | `plan.rs`, `wish.rs` |
//! | the injection of faults | `director.rs` |
//! | processes that are paused and killed | `process.rs`; their journal: `journal.rs`; who starts and uses them: `staff.rs` |
//! | the calling rules: who is called, and whether rings kept to them | `law` |
//! | the six kinds of providers, and what each of them met | `kind.rs`, `tally.rs` |
//! | the providers | the truth: `network.rs`, `webhooks.rs`; what a process sees of it: `provider.rs`, `place.rs`, `reads.rs` |
//!
//! Simulated time runs until nothing more happens: minutes in most worlds, days in some.
//!
//! What is not simulated: sockets and bytes (the tests over HTTP do that), and a journal that loses
//! what it has synced.

mod check;
mod counters;
mod director;
mod fault;
mod journal;
mod kind;
mod law;
mod network;
mod place;
mod plan;
mod process;
mod provider;
mod random;
mod reads;
mod run;
mod staff;
mod stage;
mod tally;
mod trace;
mod webhooks;
mod wish;
mod world;

pub use check::{Breach, Property};
pub use counters::Counters;
pub use fault::Fault;
pub use kind::Kind;
pub use run::{Report, Settings, Sown, simulate};
pub use stage::Stage;
pub use tally::{Tallies, Tally, Way};
