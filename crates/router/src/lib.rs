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

pub mod analysis;
pub mod backtest;
mod budget;
mod chance;
mod deck;
mod engine;
pub mod experiment;
mod failover;
mod health;
mod ids;
mod journal;
mod limit;
mod plan;
mod policy;
pub mod quality;
mod route;
pub mod state;
mod strategy;
pub mod waiting;

pub use budget::{Budget, Period};
pub use deck::{
    DeckFault, DeckFaults, DeckFile, DeckLayout, Exchange, Explained, Quote, RateDeck, RateRow,
    RowFault, read_deck, scan_deck, write_deck,
};
pub use engine::{
    Cancelled, LaneSettings, OnUnknown, Progress, Recovered, Router, RouterBuilder, RouterSettings,
    Submitted, SystemClock, TakesUp, WebhookAddress,
};
pub use experiment::{Arm, Experiment, Lives};
pub use health::{Breaker, BreakerPolicy, BreakerState, OutlierPolicy, Outliers};
pub use ids::{Ids, RandomIds};
#[cfg(feature = "test-util")]
pub use journal::rules as journal_rules;
pub use journal::{
    Budgeted, Decision, Doubt, DuplicateOf, DuplicateWindows, Hold, Journal, Letter, MemoryJournal,
    Needs, NewCall, News, Opened, Pages, Recorded, RoomNeed, Selection, Settlement, SlotNeed,
    Topic, Write, details, doubt, occupies, settlement,
};
pub use limit::{Headroom, Pace, SlidingLog, Slot};
pub use plan::{
    Candidate, CandidateRecord, Chosen, Plan, PlanRecord, Reading, ReadingRecord, Rejected,
    RejectedRecord, Rejection, Snapshot, plan,
};
pub use policy::{Allowance, Policy, ProviderPolicy};
pub use route::{BusyCallee, Match, Route};
pub use strategy::{
    Adaptive, BestValue, Cheapest, Fastest, MostHeadroom, Priority, Rank, Standing, Strategy,
    Weighted,
};
