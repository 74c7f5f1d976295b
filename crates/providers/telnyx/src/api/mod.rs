//! The typed client: the endpoints that the neutral traits use, one file for each group. For the
//! others there is [`TelnyxClient::request`](crate::TelnyxClient::request).
//!
//! # Errors
//!
//! Of every request: `Configuration`, `InvalidRequest` and `Connect` with nothing sent;
//! `InvalidRequest` (400, 422), `Unauthorized` (401), `QuotaExceeded` (402), `Forbidden` (403),
//! `NotFound` (404), `RateLimited` (429), `Provider` (5xx), `Timeout`, `Transport`, and `Decode` with
//! the JSON path for an answer of another shape. An error keeps the provider's code and text.
//!
//! A *read* is retried after failures that may be temporary. A *write* is retried only if no byte
//! of it was sent. What *places a call* ([`Calls::dial`]) is sent once, and the error's
//! [delivery](switchboard_core::PlaceError::delivery) says what the failure proves.

mod account;
mod assistants;
mod calls;
mod conversations;
mod dial;
mod events;
mod numbers;

pub use account::AccountInfo;
pub use assistants::Assistants;
pub use calls::Calls;
pub use conversations::Conversations;
pub use dial::Dial;
pub(crate) use events::LARGEST_PAGE;
pub use events::{EventQuery, Events};
pub use numbers::{NumberQuery, Numbers};
