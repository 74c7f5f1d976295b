//! Webhooks: those that go out to endpoints of tenants.
//!
//! | file | purpose |
//! |---|---|
//! | `seal.rs` | the endpoints' secrets, encrypted |
//! | `sign.rs` | signatures as Standard Webhooks has them |
//! | `body.rs` | what an endpoint is sent |
//! | `schedule.rs` | when to try again, and when to give up |
//! | `pace.rs` | how much is sent to one endpoint at once |
//! | `post.rs` | one request to one endpoint |
//! | `worker.rs` | claims what is due, and sends it |

mod body;
mod pace;
mod post;
pub mod schedule;
mod seal;
mod sign;
mod worker;

pub(crate) use body::KAICALLS_EVENTS;
pub(crate) use pace::Pace;
pub(crate) use post::{Poster, Sent};
pub(crate) use seal::{ENDPOINT_SECRET, Seal};
pub use sign::{secret_text, sign};
pub(crate) use worker::deliver;
