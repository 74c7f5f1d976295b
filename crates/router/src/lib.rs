//! Which provider takes a call: a pure choice, with no I/O and no clock.
//!
//! | to find | look at |
//! |---|---|
//! | who is asked first, and why | [`plan()`], [`Plan`], [`Rejection`] |
//! | what the operator has configured | [`Policy`], [`Route`], [`Budget`], [`Timings`] |
//! | how candidates are ordered | [`Strategy`] |
//! | what a call costs | [`RateDeck`] |
//! | how well providers do | [`quality`] |
//! | A/B tests: definitions and assignment | [`experiment`] |
//! | who may be asked after a failure | [`failover`] |
//! | what an attempt has to reserve | [`Reservation`] |

mod audit;
mod budget;
pub mod experiment;
mod fact_defaults;
pub mod failover;
pub mod hash;
mod headroom;
mod health;
mod parties;
mod plan;
mod policy;
pub mod quality;
mod rates;
mod reservation;
mod route;
pub mod scopes;
mod strategy;

pub use audit::{AuditEntry, AuditTopic};
pub use budget::{Budget, Period, hold};
pub use experiment::{Arm, Experiment, ExperimentStates};
pub use headroom::Headroom;
pub use health::{BreakerPolicy, BreakerState, OutlierPolicy};
pub use parties::Parties;
pub use plan::{
    Candidate, CandidateRecord, Plan, PlanRecord, RankReason, Reading, ReadingRecord, Rejected,
    RejectedRecord, Rejection, Snapshot, may_be_same_agent, plan,
};
pub use policy::{
    Allowance, DuplicateWindows, FactDefaults, FactOrigin, FactSources, NumberPolicy, OnUnknown,
    Policy, ProviderLimits, ProviderPolicy, RuleSettings, Timings, numbers_for,
};
pub use rates::{
    DeckFault, DeckFaults, DeckFile, DeckLayout, Exchange, Explained, Quote, RateDeck, RateRow,
    RowFault, read_deck, scan_deck, write_deck,
};
pub use reservation::{
    BudgetHold, Budgeted, CalleeLimits, ConcurrencySlot, RateSlot, Reservation, Scope,
};
pub use route::{BusyCallee, Match, Route};
pub use strategy::{
    Adaptive, BestValue, Cheapest, Fastest, MostHeadroom, Priority, Rank, RankInput, Strategy,
    Weighted,
};
