//! The typed client: the endpoints that the neutral traits use, one file for each group. For the
//! others there is [`RetellClient::request`](crate::RetellClient::request).
//!
//! # Errors
//!
//! Of every request: `Configuration`, `InvalidRequest` and `Connect` with nothing sent;
//! `InvalidRequest` (400), `Unauthorized` (401), `QuotaExceeded` (402), `NotFound` (404, and 422 for
//! what this key does not have), `RateLimited` (429), `Provider` (5xx), `Timeout`, `Transport`, and
//! `Decode` with the JSON path for an answer of another shape. An error keeps the provider's text.
//!
//! A *read* is retried after failures that may be temporary. A *write* is retried only if no byte
//! of it was sent. What *places a call* ([`Calls::create`]) is sent once, and the error's
//! [delivery](switchboard_core::PlaceError::delivery) says what the failure proves.

mod account;
mod agents;
mod calls;
mod create_call;
mod list_calls;
mod numbers;

pub use account::AccountInfo;
pub use agents::Agents;
pub use calls::Calls;
pub use create_call::CreateCall;
pub use list_calls::ListCalls;
pub use numbers::{CreateNumber, Numbers};
