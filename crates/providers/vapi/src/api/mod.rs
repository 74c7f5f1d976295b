//! The typed client: the endpoints that the neutral traits use, one file for each group. For the
//! others there is [`VapiClient::request`](crate::VapiClient::request).
//!
//! # Errors
//!
//! Of every request: `Configuration`, `InvalidRequest` and `Connect` with nothing sent;
//! `InvalidRequest` (400), `Unauthorized` (401), `QuotaExceeded` (402), `Forbidden` (403), `NotFound`
//! (404), `Conflict` (409), `RateLimited` (429), `Provider` (5xx), `Timeout`, `Transport`, and
//! `Decode` with the JSON path for an answer of another shape. An error keeps the provider's text.
//!
//! A *read* is retried after failures that may be temporary. A *write* is retried only if no byte
//! of it was sent. What *places a call* ([`Calls::create`]) is sent once, and the error's
//! [delivery](switchboard_core::PlaceError::delivery) says what the failure proves.

mod assistants;
mod calls;
mod create_call;
mod list_calls;
mod numbers;

pub use assistants::Assistants;
pub use calls::Calls;
pub use create_call::CreateCall;
pub use list_calls::ListCalls;
pub use numbers::{CreateNumber, Numbers};
