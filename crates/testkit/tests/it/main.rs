//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)]

mod calle;
mod calle_placing;
mod calle_webhooks;
mod common;
mod faults;
mod kaicalls;
mod kaicalls_events;
mod kaicalls_runs;
mod kaicalls_webhooks;
mod kallyai_calls;
mod kallyai_rest;
mod kallyai_surface;
mod retell;
mod retell_account;
mod retell_placing;
mod retell_webhooks;
mod rude;
mod telnyx;
mod telnyx_account;
mod telnyx_placing;
mod telnyx_webhooks;
mod vapi;
mod vapi_account;
mod vapi_placing;
mod vapi_webhooks;
