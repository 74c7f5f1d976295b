//! The typed client: the endpoints that the neutral traits use. For the others there is
//! [`CallEClient::request`](crate::CallEClient::request).
//!
//! # Errors
//!
//! Of every request: `Configuration`, `InvalidRequest` and `Connect` with nothing sent;
//! `InvalidRequest` (400, 422), `Unauthorized` (401), `QuotaExceeded` (402), `Forbidden` (403),
//! `NotFound` (404), `Conflict` (409), `RateLimited` (429), `Provider` (5xx), `Timeout`, `Transport`,
//! and `Decode` with the JSON path for an answer of another shape. An error keeps the provider's code
//! and text.
//!
//! A *read* is retried after failures that may be temporary. A *write* is retried only if no byte
//! of it was sent. What *places a call* ([`Calls::create`]) is sent once, and the error's
//! [delivery](switchboard_core::PlaceError::delivery) says what the failure proves.

mod calls;
mod create_call;

pub use calls::Calls;
pub use create_call::CreateCall;
