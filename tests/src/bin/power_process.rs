//! The processes of `tests/it/power_loss.rs`, each started with a library that intercepts disk
//! operations.
//!
//! - `power-process write LEDGER ACKS keep|forget` writes a ledger for long enough, and records
//!   what was acknowledged.
//! - `power-process judge` receives what was acknowledged and checks ledgers.
#![allow(clippy::unwrap_used, reason = "a process that fails is a test that fails")]

use std::path::PathBuf;

use switchboard_tests::power::{
    judge,
    work::{Habit, write},
};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || arguments.next().unwrap();
    if next() == "judge" {
        judge::serve();
        return;
    }
    let (ledger, acks) = (PathBuf::from(next()), PathBuf::from(next()));
    let habit = if next() == "forget" { Habit::Forgets } else { Habit::Keeps };
    write(&ledger, &acks, habit);
}
