//! Kills and pauses real processes at random times while they place calls, with simulated providers
//! that record which phones rang.
//!
//! The seeded simulator checks the protocol step by step, with a virtual clock and its own
//! providers. It cannot show that the shipped program follows the protocol: that a commit is on
//! disk before the first byte leaves, that a start after `kill -9` continues what the last process
//! left, and that a process that was paused for longer than its lease does no harm when it wakes.
//! So each loop runs `switchboard batch` on a ledger on disk, sends it signals that cannot be
//! caught, starts the same command again until it ends by itself, and compares the ledger with the
//! records of two simulated providers, which run in processes that are never killed.
//!
//! | to find | look at |
//! |---|---|
//! | the plan of a loop, from a seed | [`Plan`] |
//! | faults of the providers | [`faults`] |
//! | the directory, the processes of the providers, the configuration | [`Stage`] |
//! | one `switchboard batch`, started repeatedly | [`replica`] |
//! | an operator who resolves calls in doubt | [`operator`] |
//! | whether a phone rang twice or a call was lost | [`judge`] |
//! | the program under test | [`program`] |
//! | many loops, and their totals | [`run`], [`Totals`] |

pub mod faults;
mod judge;
pub mod operator;
mod plan;
pub mod program;
pub mod replica;
mod run;
mod stage;

pub use judge::{Facts, Fault, Judged, judge};
pub use plan::{Blow, Moment, Plan, Row, RowKind, Strike};
pub use run::{Totals, run};
pub use stage::{Books, Stage};
