//! Tests of the rules, through what the crate makes public.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod by_country;
mod caps;
mod cases;
mod clocks;
mod decisions;
mod every_row;
mod found;
mod lifted;
mod own_tables;
mod said;
mod support;
mod words;
