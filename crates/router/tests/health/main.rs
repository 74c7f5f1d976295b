//! Breakers and ejections beside slow models that keep everything that ever happened.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod breaker;
mod outliers;
mod planned;
mod usual;
