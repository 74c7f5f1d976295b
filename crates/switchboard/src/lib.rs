//! One API for phone calls made by voice agents, over providers that differ in everything.
//!
//! A product asks for a call in neutral words; the router picks the provider by country, cost and rate limit, and goes to the next
//! one only with proof that the first never reached a phone: nobody's phone rings because of a fault of ours.
//!
//! ```no_run
//! use switchboard::{CallRequest, Config, process_environment};
//!
//! # async fn run() -> switchboard::Result<()> {
//! let switchboard = Config::from_file("switchboard.toml")?.build(process_environment)?;
//!
//! let request = CallRequest::new("+442079460123", "Book a table for two on Friday at eight, in the name of Ada.");
//! let call = switchboard.place(&request).await?; // a provider has it, or nobody takes it and `call.fault` says why
//! let call = switchboard.wait(call.id).await?; // it is over
//! println!("{:?} over {} attempts", call.outcome, call.attempts.len());
//! # Ok(())
//! # }
//! ```
//!
//! | to find | look at |
//! |---|---|
//! | calls | [`Switchboard`], [`CallRequest`], [`Call`] |
//! | the configuration file | [`config`], [`Config`] |
//! | a setup in code | [`SwitchboardBuilder`] |
//! | a provider of your own | [`Provider`], [`registry`] |
//! | who is asked, and why | [`Plan`], [`router`] |
//! | the whole contract | [`core`] |
//! | logins | [`Config::sign_in`], [`tokens`] |
//! | a provider's own API | `switchboard::kallyai`, `switchboard::kaicalls` |
//!
//! Features: `kallyai` and `kaicalls`, both on. Without one, its backend and its kind of the configuration are gone. `keyring`, which is off,
//! keeps the tokens of a login in the operating system's keyring where there is one; the command line has it.

pub mod config;
mod facade;
mod off;
pub mod registry;
#[cfg(feature = "kallyai")]
pub mod tokens;

pub use config::{Config, ConfigError, Problem, process_environment};
pub use facade::{Switchboard, SwitchboardBuilder};
pub use registry::Registry;

/// The provider-neutral contract.
pub use switchboard_core as core;
/// KaiCalls' typed client and provider.
#[cfg(feature = "kaicalls")]
pub use switchboard_kaicalls as kaicalls;
/// KallyAI's typed client and provider.
#[cfg(feature = "kallyai")]
pub use switchboard_kallyai as kallyai;
/// Planning, sending and following.
pub use switchboard_router as router;

pub use switchboard_core::{
    AgentId, AgentProfile, Appointment, Attempt, Call, CallId, CallRequest, CallStatus, Clock, Cost, Country, Credits, Currency, Delivery,
    Error, ErrorKind, IdempotencyKey, IncomingWebhook, Language, Money, Outcome, PhoneNumber, ProfileName, Provider, ProviderId,
    ProviderInfo, Recording, Result, TenantId, Transcript, ValidCall,
};
pub use switchboard_router::{
    Journal, LaneSettings, MemoryJournal, Plan, Policy, Progress, Route, Router, RouterBuilder, RouterSettings, Strategy, SystemClock,
    WebhookAddress,
};
