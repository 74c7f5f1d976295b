//! Tests of the HTTP API.

mod cursors;
mod document;
mod idempotency_keys;
mod key_text;
mod problems;
