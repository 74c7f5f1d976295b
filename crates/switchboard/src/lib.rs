//! One API for phone calls made by voice agents, across providers with very different APIs.
//!
//! A product asks for a call in neutral words; the router picks the provider by country, cost and
//! rate limit, and goes to the next one only with proof that the first never reached a phone:
//! nobody's phone rings because of a fault of ours.
//!
//! ```no_run
//! use switchboard::{CallRequest, Config, process_environment};
//!
//! # async fn run() -> switchboard::Result<()> {
//! let switchboard = Config::from_file("switchboard.toml")?.open(process_environment).await?;
//!
//! let task = "Book a table for two on Friday at eight, in the name of Ada.";
//! let request = CallRequest::new("+442079460123", task);
//! // A provider has it, or none takes it and `call.fault` says why.
//! let call = switchboard.place(&request).await?;
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
//! | calls that survive a restart | [`Config::open`], `Ledger` |
//! | a provider of your own | [`Provider`], [`registry`] |
//! | who is asked, and why | [`Plan`], [`router`] |
//! | the whole contract | [`core`] |
//! | experiments that run | [`study`] |
//! | what happened to a call, in words | `history` |
//! | logins | [`Config::sign_in`], [`tokens`] |
//! | a proxy, certificates and cryptography of TLS | [`config::NetworkConfig`], `Config::with_network`, `Network` |
//! | a provider's own API | the module of its name, as `switchboard::kallyai` |
//!
//! | feature | | without it |
//! |---|---|---|
//! | `calle`, `kallyai`, `kaicalls`, `retell`, `telnyx`, `vapi` | on | that backend and its kind of the configuration are gone |
//! | `sqlite` | on | a ledger needs PostgreSQL |
//! | `postgres` | on | a ledger is one file, for one machine |
//! | `otel` | off | `[telemetry]` is refused; a program that sends traces, as the command line does, turns it on |
//! | `metrics` | off | `Switchboard::record_metrics` is gone, which counts what happens to calls with the crate `metrics` |
//! | `keyring` | off | the tokens of a login are kept in a file, never in the operating system's keyring |
//!
//! Without both databases, calls are kept in memory or in a journal of your own. A configuration
//! that asks for what was not built is refused, and the message names the feature.

pub mod config;
mod disabled;
mod facade;
#[cfg(feature = "ledger")]
pub mod history;
#[cfg(feature = "metrics")]
mod metrics;
pub mod registry;
mod reload;
pub mod study;
#[cfg(feature = "kallyai")]
pub mod tokens;

// Compiles the code of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use config::{Config, ConfigError, Problem, process_environment};
pub use facade::{Switchboard, SwitchboardBuilder};
pub use registry::Registry;
pub use reload::ConfigurationApplied;

/// CALL-E's typed client and provider.
#[cfg(feature = "calle")]
pub use switchboard_calle as calle;
/// The provider-neutral contract.
pub use switchboard_core as core;
/// Placing, following and recovering calls.
pub use switchboard_engine as engine;
/// What an A/B test shows.
pub use switchboard_experiments as experiments;
/// What is written down about calls.
pub use switchboard_journal as journal;
/// KaiCalls' typed client and provider.
#[cfg(feature = "kaicalls")]
pub use switchboard_kaicalls as kaicalls;
/// KallyAI's typed client and provider.
#[cfg(feature = "kallyai")]
pub use switchboard_kallyai as kallyai;
/// Calls on disk: SQLite in one file, or PostgreSQL.
#[cfg(feature = "ledger")]
pub use switchboard_ledger as ledger;
/// Retell's typed client and provider.
#[cfg(feature = "retell")]
pub use switchboard_retell as retell;
/// Which provider takes a call.
pub use switchboard_router as router;
/// Whether a person may be called now.
pub use switchboard_rules as rules;
/// Telnyx' typed client and provider.
#[cfg(feature = "telnyx")]
pub use switchboard_telnyx as telnyx;
/// Vapi's typed client and provider.
#[cfg(feature = "vapi")]
pub use switchboard_vapi as vapi;

/// The versions of these crates that stand in signatures.
pub use switchboard_core::{jiff, secrecy, url, uuid};

/// The way to the providers. `rustls` is the version that stands in its signatures.
#[cfg(feature = "backend")]
pub use switchboard_http::{Network, Proxy, RootCertificates, rustls};

pub use switchboard_core::SystemClock;
pub use switchboard_core::{
    AgentId, AgentProfile, AgentRef, Appointment, Attempt, Call, CallId, CallRequest, CallStatus,
    Clock, Cost, Country, Credits, Currency, Delivery, Error, ErrorKind, IdempotencyKey,
    IncomingWebhook, Language, Money, Outcome, PhoneNumber, PlaceError, ProfileName, Provider,
    ProviderId, ProviderInfo, Recording, Result, TenantId, Transcript, ValidCall,
};
pub use switchboard_engine::{
    CallEvent, CallEventKind, Cancelled, Engine, EngineBuilder, Recovered, RulesCheck,
    RulesChecked, TakesUp, WaitReason, WebhookAddress,
};
pub use switchboard_journal::{Journal, MemoryJournal, Selection};
#[cfg(feature = "ledger")]
pub use switchboard_ledger::{HashKey, Ledger, Retention};
pub use switchboard_router::{
    Budget, OnUnknown, Plan, Policy, ProviderLimits, Route, Strategy, Timings,
};
