//! Placing, following and recovering calls: what turns a valid call into at most one ringing phone,
//! and follows it to its end.
//!
//! | file | its one reason |
//! |---|---|
//! | `engine.rs`, `builder.rs` | every public method |
//! | `events.rs` | what happens to calls, as typed events |
//! | `submit.rs`, `refuse.rs` | accepting calls, and the end of those that no provider takes |
//! | `attempt.rs`, `tried.rs` | the loop that sends; nothing else calls `Calls::place` |
//! | `waiting/`, `fair/`, `scope_limits.rs` | calls that no provider can take now, and the limits of callers |
//! | `follow.rs`, `hooks.rs`, `bill.rs` | calls that providers have: lists, webhooks, bills |
//! | `reconcile.rs`, `identified.rs` | evidence for attempts that may have rung |
//! | `redial.rs` | ringing again, where the caller's policy asks for it |
//! | `take_up.rs`, `sweep.rs`, `news.rs` | calls of processes that are gone, and what other processes wrote |
//! | `learn.rs`, `trials.rs` | what the journal's calls say of the providers, and of experiments |
//! | `judge.rs`, `health/`, `probe.rs`, `domain.rs`, `credit.rs` | when a provider gets no calls |
//! | `provider/`, `config.rs` | one provider, and the configuration, as they are at this moment |
//! | `shared.rs` | what all of these share, and the one way to write a fact down |
//! | `in_progress.rs`, `guards.rs`, `shutdown.rs`, `running.rs` | which calls are being worked on, and when work stops |
//!
//! Modules import only what stands below them; `shared::Callbacks` is how a lower one sets a
//! higher one to work.

mod attempt;
mod bill;
mod builder;
mod config;
mod control;
mod credit;
mod domain;
mod engine;
mod events;
pub mod fair;
mod follow;
mod guards;
mod health;
mod hooks;
mod identified;
mod ids;
mod in_progress;
mod judge;
mod learn;
mod learned;
mod limit;
mod news;
mod place_request;
mod planned;
mod probe;
mod provider;
mod reconcile;
mod redial;
mod refuse;
mod running;
mod scope_limits;
mod shared;
mod shutdown;
mod submit;
mod sweep;
mod take_up;
mod takes_up;
mod trials;
mod tried;
mod waiting;
mod webhook_address;

pub use builder::EngineBuilder;
pub use control::Cancelled;
pub use engine::Engine;
pub use events::{AfterFailure, CallEvent, CallEventKind, TakenUp, WaitReason};
pub use health::{Breaker, Outliers};
pub use ids::{Ids, RandomIds};
pub use limit::{Pace, SlidingLog, Slot};
pub use submit::Submitted;
pub use take_up::Recovered;
pub use takes_up::TakesUp;
pub use webhook_address::WebhookAddress;
