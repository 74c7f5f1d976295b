//! Every integration test of the crate, in one program: it links once instead of once a file.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

mod postgres;
mod sqlite;
mod support;
mod upkeep;
