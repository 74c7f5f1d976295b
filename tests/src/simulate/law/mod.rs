//! The calling rules in simulated worlds: nobody's phone rings because of a request that left when a
//! rule closed the line.
//!
//! | file | purpose |
//! |---|---|
//! | `callees.rs` | who is called, and where they are: written down by hand |
//! | `about.rs` | what a request says about a call |
//! | `regime.rs` | the tables of rules of a world, and the time at which it begins |
//! | `reading.rs` | a second reading of the tables, which knows nothing of how the product does it |
//! | `notes.rs` | what the judge writes down: opt-outs, permissions, requests that left |
//! | `judge.rs` | compares the rings with the notes |
//!
//! What the product can hold: the rules are asked at most `SEND_WITHIN` before the request leaves, by
//! the clock of the process that sends it. So a ring is wrong if they stopped it throughout these
//! seconds. A provider that rings later than it was asked to, and a process that is paused after its
//! last check, are beyond the product; such rings are counted and are no fault.

mod about;
mod callees;
mod judge;
mod notes;
mod reading;
mod regime;

pub(super) use about::{allowed, mixed};
pub(super) use callees::number;
pub(super) use judge::{after_closing, judge};
pub(super) use notes::Notes;
pub(super) use regime::Regime;
