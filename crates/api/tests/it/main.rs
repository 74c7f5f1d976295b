//! Tests of the HTTP API.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod batches;
mod calling_rules;
mod canaries;
mod codes;
mod cursors;
mod document;
mod facts;
mod idempotency_keys;
mod jws;
mod kaicalls;
mod key_text;
mod keys;
mod limits;
mod outside;
mod people;
mod placing;
mod problems;
mod rules;
mod support;
mod unread;
