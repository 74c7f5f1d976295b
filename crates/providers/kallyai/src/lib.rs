//! KallyAI, as a typed client and as a Switchboard provider.
//!
//! KallyAI answers the placing request when the phone call is over, accepts an idempotency key
//! without documenting what it does, and has no webhooks. The rest follows: one long request that
//! is sent once, a search in the list for a call whose answer was lost, and events from a stream or
//! by polling. The facts come from KallyAI's reference documents, which are numbered 000 to 003 in
//! `docs/provider-notes.md`. They disagree; where they do, every documented shape is accepted.
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
//! | the provider for the router | [`KallyAi`], [`KallyAiConfig`] |
//! | the typed client, and raw requests | [`KallyAiClient`], [`api`], [`RawRequest`] |
//! | requests and answers | [`wire`] |
//! | what a refusal means | [`KallyAiCodes`] |
//! | status words | [`state`], [`word`] |

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
mod inspect;
mod listing;
mod numbers;
mod provider;
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
pub use switchboard_http::{Answer, Method, Network, Proxy, RawRequest, RootCertificates};
