//! Tests of the rules, through what the crate makes public.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;
mod words;
