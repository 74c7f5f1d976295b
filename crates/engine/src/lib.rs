//! Placing, following and recovering calls: turns a valid call into at most one ringing phone and
//! follows it to its end.
//!
//! | file | purpose |
//! |---|---|
//! | `engine.rs`, `builder.rs` | every public method |
//! | `events.rs` | what happens to calls, as typed events |
//! | `submit.rs`, `refuse.rs` | accepting calls, and refusing those that no provider takes |
//! | `attempt.rs`, `tried.rs` | the loop that sends; nothing else calls `Calls::place` |
//! | `decide.rs` | the calling rules, asked when a call is accepted and before each ring |
//! | `rules_check.rs`, `lifted.rs` | the calling rules, asked about calls that nobody places; who lifted rules for a call |
//! | `waiting/`, `fair/`, `scope_limits.rs` | calls that wait for capacity, and the limits of tenants and agent profiles |
//! | `follow.rs`, `hooks.rs`, `bill.rs` | calls that providers accepted: polling, webhooks, bills |
//! | `reconcile.rs`, `identified.rs` | evidence for attempts that may have rung |
//! | `departure.rs` | when a request left, and whether its key is young enough for a repeat |
//! | `people.rs` | what calls show about the people who were called |
//! | `opening.rs`, `review.rs` | the first words of a call, and what its transcript shows |
//! | `redial.rs` | redialling, if the caller's policy asks for it |
//! | `take_up.rs`, `sweep.rs`, `news.rs` | taking over calls of dead processes, and changes that other processes made |
//! | `learn.rs`, `trials.rs` | what past calls tell about providers and experiments |
//! | `judge.rs`, `health/`, `probe.rs`, `domain.rs`, `credit.rs` | failures and out-of-credit accounts: when a provider gets no calls |
//! | `provider/`, `config.rs` | the current state of each provider, and the current configuration |
//! | `shared.rs` | the shared state, and the only way to record a fact |
//! | `in_progress.rs`, `guards.rs`, `shutdown.rs`, `running.rs` | which calls are in progress, and shutdown |
//!
//! Modules import only lower-level modules; `shared::Callbacks` lets a lower one call a higher one.

mod attempt;
mod attempt_counts;
mod bill;
mod builder;
mod config;
mod control;
mod credit;
mod decide;
mod departure;
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
mod lifted;
mod limit;
mod news;
pub mod opening;
mod people;
mod place_request;
mod planned;
mod probe;
mod provider;
mod reconcile;
mod redial;
mod refuse;
pub mod review;
mod rules_check;
mod running;
mod scope_limits;
mod shared;
mod shutdown;
mod submit;
mod sweep;
mod take_up;
mod takes_up;
mod traces;
mod trials;
mod tried;
mod undialled;
mod waiting;
mod webhook_address;

pub use attempt_counts::AttemptCounts;
pub use builder::EngineBuilder;
pub use control::Cancelled;
pub use engine::Engine;
pub use events::{AfterFailure, CallEvent, CallEventKind, TakenUp, WaitReason};
pub use health::{Breaker, Outliers};
pub use ids::{Ids, RandomIds};
pub use limit::{Pace, SlidingLog, Slot};
pub use rules_check::{RulesCheck, RulesChecked};
pub use submit::Submitted;
pub use take_up::Recovered;
pub use takes_up::TakesUp;
pub use webhook_address::WebhookAddress;
