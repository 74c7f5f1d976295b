//! Decides whether a person may be called now, later or not at all, by tables of rules.
//!
//! Pure: no clock and no I/O. It never says that a call is lawful, only which rules of its tables
//! stop it, or that none does.

mod asked;
mod said;
mod tables;

pub use asked::{Asked, NoLists, NumberLists};
pub use said::{Said, Saying};
pub use tables::{Tables, decide};
