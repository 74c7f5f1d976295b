//! Tests of the console, through its HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod calls;
mod forms;
mod proxied;
mod shown;
mod sign_in;
mod support;
mod writes;
