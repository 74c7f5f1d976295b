//! The life of a call as a pure function: no I/O, no clock, forward only.
//!
//! [`step`] is the one place where a call changes its state; [`apply`] also
//! stores a fact's content. Journals in memory and on disk, simulations and model checks all use
//! these two.

mod event;
mod fact;
mod machine;

pub use event::{Effect, Event, State, Step};
pub use fact::may_resolve;
pub use fact::{Fact, Resolution, Verdict, apply};
pub use machine::step;
