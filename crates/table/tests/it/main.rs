//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod reading;
mod writing;
