//! The life of a call as a pure function: no I/O, no clock, forward only.
//!
//! [`step`] is the one place where a call changes its state; [`apply`] carries a fact's content
//! along. Whoever keeps calls (a journal in memory or on disk), simulates them or checks a model of
//! them uses these two.

mod fact;
mod machine;

pub use fact::may_resolve;
pub use fact::{Fact, Resolution, Verdict, apply};
pub use machine::{Effect, Event, State, Step, step};
