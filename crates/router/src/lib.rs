//! Which provider takes a call, and the one loop that sends it.
//!
//! | to find | look at |
//! |---|---|
//! | who is asked first, and why | [`plan()`], [`Strategy`], [`Route`], [`Experiment`], [`RateDeck`] |
//! | what may happen to a call | [`state`] |
//! | where calls are kept | [`Journal`] |
//! | sending, following, looking for evidence | [`Router`] |
//!
//! The loop that sends is in one file, `engine/attempt.rs`, and nothing else in the workspace calls
//! [`Calls::place`](switchboard_core::Calls::place).

mod budget;
mod chance;
mod deck;
mod engine;
mod experiment;
mod health;
mod ids;
mod journal;
mod limit;
mod plan;
mod policy;
mod route;
pub mod state;
mod strategy;

pub use budget::{Budget, Period};
pub use deck::RateDeck;
pub use engine::{LaneSettings, OnUnknown, Progress, Recovered, Router, RouterBuilder, RouterSettings, SystemClock, WebhookAddress};
pub use experiment::{Arm, Experiment};
pub use health::{Breaker, BreakerPolicy, BreakerState};
pub use ids::{Ids, RandomIds};
#[cfg(feature = "test-util")]
pub use journal::rules as journal_rules;
pub use journal::{
    Budgeted, Doubt, Hold, Journal, Letter, MemoryJournal, Needs, NewCall, Opened, Recorded, Selection, Settlement, SlotNeed, Write, doubt,
    settlement,
};
pub use limit::{Headroom, Pace, SlidingLog, Slot};
pub use plan::{Candidate, Chosen, Plan, Reading, Rejected, Rejection, Snapshot, plan};
pub use policy::{Policy, ProviderPolicy};
pub use route::{BusyCallee, Match, Route};
pub use strategy::{Cheapest, Fastest, MostHeadroom, Priority, Rank, Standing, Strategy, Weighted};
