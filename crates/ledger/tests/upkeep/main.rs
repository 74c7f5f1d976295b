//! Looking after a ledger, in SQLite and in PostgreSQL: each promise is put to both through the
//! same places.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "../support/server.rs"]
mod server;

mod checking;
mod copying;
mod erasing;
mod place;
mod sweeping;
mod versions;
