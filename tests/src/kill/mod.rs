//! Real processes, killed and stopped at any moment while they place calls, against providers that
//! know which phones rang.
//!
//! The seeded simulator proves the protocol step by step, with a clock and providers of its own.
//! What it cannot show is that the program as it is shipped keeps the protocol: that a commit is on
//! the disk before the first byte leaves, that a start after `kill -9` takes up what the last one
//! left, and that a process which slept through its lease does no harm when it wakes. So each loop
//! runs `switchboard batch` on a ledger on disk, strikes it with signals that nobody can catch,
//! starts the same command again until it ends by itself, and compares the ledger with the two
//! simulated providers' own records, which are kept in processes that are never struck.
//!
//! | to find | look at |
//! |---|---|
//! | what one loop is going to do, from a seed | [`Plan`] |
//! | what goes wrong at the providers meanwhile | [`faults`] |
//! | the directory, the providers' processes, the configuration | [`Stage`] |
//! | one `switchboard batch`, started again and again | [`replica`] |
//! | a person who decides what nobody else can | [`operator`] |
//! | whether anybody rang twice, or a call was lost | [`judge`] |
//! | the program under test, built and kept as it was | [`program`] |
//! | many loops, and what came of all of them | [`run`], [`Totals`] |

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
pub use run::{Options, Totals, run};
pub use stage::{Books, Stage};
