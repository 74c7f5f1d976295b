//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

mod feed;
mod lists;
mod look;
mod maintenance;
mod paging;
mod people;
mod postgres;
mod sqlite;
mod support;
