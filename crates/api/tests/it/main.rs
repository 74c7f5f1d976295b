//! Tests of the HTTP API.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cursors;
mod document;
mod idempotency_keys;
mod kaicalls;
mod key_text;
mod outside;
mod problems;
