//! KallyAI: its API as a typed client, and Switchboard's contract on top of it.
//!
//! KallyAI places a call by a request that is answered when the phone call is over, takes a key
//! that it documents nothing about, and has no webhooks. What follows from that is all here: one
//! long request that is sent once, a list that is read to find a call whose answer was lost, and
//! events by a stream or a poll. The facts come from KallyAI's reference documents, which are
//! numbered 000 to 003 and disagree; where they do, every shape is accepted.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use switchboard_core::{PlaceRequest, Clock, Delivery, Provider};
//! # use switchboard_kallyai::{KallyAi, KallyAiConfig};
//! # async fn example(clock: Arc<dyn Clock>, order: PlaceRequest) -> switchboard_core::Result<()> {
//! let kallyai = KallyAi::new(KallyAiConfig::new("access token".to_owned()), clock)?;
//! let sent_at = jiff::Timestamp::now();
//! match kallyai.calls().place(&order).await {
//!     Ok(call) => println!("{}", call.status_word),
//!     // Wrong: placing it again, with the same key or another. The phone may be ringing.
//!     Err(error) if error.delivery() == Delivery::Unknown => {
//!         println!("{:?}", kallyai.calls().trace(&order, sent_at).await?);
//!     }
//!     Err(error) => return Err(error.into_error()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | to find | look at |
//! |---|---|
//! | the provider, for the router | [`KallyAi`], [`KallyAiConfig`] |
//! | the whole API, section by section | [`KallyAiClient`] |
//! | what is sent and answered | [`wire`] |
//! | what a refusal means | [`KallyAiCodes`] |
//! | what is not wrapped | [`KallyAiClient::request`] |

mod account;
mod agents;
pub mod api;
mod call_control;
mod calls;
mod client;
mod codes;
mod config;
mod convert;
mod events;
mod feed;
mod guard;
mod listing;
mod numbers;
mod provider;
mod raw;
mod tokens;
mod trace;
mod usage;
mod webhooks;
pub mod wire;

pub use client::KallyAiClient;
pub use codes::KallyAiCodes;
pub use config::KallyAiConfig;
pub use convert::{state, word};
pub use provider::KallyAi;
pub use raw::RawRequest;
pub use switchboard_http::{Answer, Method};
