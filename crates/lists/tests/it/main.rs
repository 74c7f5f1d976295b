//! What is read of lists of numbers, and what is refused.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod cells;
mod encodings;
mod flags;
mod formats;
mod packed;
mod support;
