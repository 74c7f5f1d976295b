//! Every integration test of the crate, in one program: it links once instead of once a file.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod reading;
mod writing;
