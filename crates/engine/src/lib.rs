//! Placing, following and recovering calls: what turns a valid call into at most one ringing phone, and follows it to its end.
//!
//! | file | its one reason |
//! |---|---|
//! | `attempt.rs` | the loop that sends; nothing else calls `Calls::place` |
//! | `submit.rs` | taking calls in, waiting for them |
//! | `recover.rs` | taking up what a process left that is gone |
//! | `news.rs` | acting on what other processes wrote to this one's calls |
//! | `hands.rs` | who is at work on which call here |
//! | `redial.rs` | ringing again, where the caller's policy asks for it |
//! | `stop.rs` | ending in order |
//! | `follow.rs` | many calls watched with few list requests |
//! | `reconcile.rs` | evidence for attempts of which nobody knows whether they rang |
//! | `health.rs` | what came of an attempt, told to all whom it concerns |
//! | `domain.rs` | what several providers ride on |
//! | `probe.rs` | a breaker half opens with a read |
//! | `hooks.rs` | addresses for webhooks that nobody can guess, and what comes in on them |
//! | `world.rs` | what only a new configuration changes, swapped as a whole |
//! | `gates.rs` | limits of callers and of agent profiles |
//! | `waiting/` | where calls wait that no provider can take now |
//! | `bill.rs` | what a provider bills |
//! | `credit.rs` | accounts that are out of credit |
//! | `tried.rs` | what the attempts of a ring taught of the providers |
//! | `trials.rs` | which experiments run, and the arms that their guardrails stop |
//! | `learn.rs` | what the journal's calls say of the providers |
//! | `lane.rs` | what is true of one provider at this moment |

mod attempt;
mod bill;
mod builder;
mod control;
mod credit;
mod domain;
pub mod fair;
mod follow;
mod gates;
mod hands;
mod health;
mod hooks;
mod ids;
mod judge;
mod lane;
mod learn;
mod limit;
mod news;
mod order;
mod probe;
mod reconcile;
mod recover;
mod redial;
mod shared;
mod stop;
mod submit;
mod trials;
mod tried;
mod waiting;
mod world;

pub use builder::{RouterBuilder, TakesUp};
pub use control::Cancelled;
pub use health::{Breaker, Outliers};
pub use hooks::WebhookAddress;
pub use ids::{Ids, RandomIds};
pub use limit::{Pace, SlidingLog, Slot};
pub use recover::Recovered;
pub use shared::{Progress, Router};
pub use submit::Submitted;
