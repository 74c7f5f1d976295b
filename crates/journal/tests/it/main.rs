//! Facts, the state machine, and the journal in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod duplicates;
mod fact_rules;
mod facts;
mod memory;
mod not_dialled;
mod reservations;
mod states;
