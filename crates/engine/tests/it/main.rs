//! The engine through its public interface: mock providers, virtual time, and the ring that must
//! not happen twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aging;
mod bills;
mod breaker;
mod budgets;
mod busy;
mod calling_rules;
mod concurrency;
mod control;
mod counts;
mod crash;
mod delivery;
mod domains;
mod doubt;
mod fair;
mod fence;
mod follow;
mod foreign;
mod health;
mod inbox;
mod journal_fails;
mod law;
mod learning;
mod leftovers;
mod limiter;
mod limits;
mod other_calls;
mod outliers;
mod recover;
mod redial;
mod reload;
mod repeats;
mod reserving;
mod resolve;
mod shared_limits;
mod stopping;
mod storm;
mod support;
mod synchronous;
mod takeover;
mod waiting;
mod watchdog;
mod webhooks;
