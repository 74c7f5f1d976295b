//! The simulated Retell: calls placed by an agent, with an idempotency key in the body.
//!
//! Its most important properties: a placing request gets 201 with `registered` immediately; a
//! repeat of its `idempotency_key` within an hour makes no second call; some accepted calls are never
//! dialled, which only their `disconnection_reason` tells; a number can bring agents of its own,
//! chosen by weight; and a batch rings several phones at once.

mod account;
mod agents;
mod batch;
mod body;
mod caller;
mod calls;
mod check;
mod codes;
mod contacts;
mod dial;
mod filter;
mod list;
mod live;
mod numbers;
mod reasons;
mod sim;
mod state;
mod versions;
mod webhooks;

pub use sim::SimRetell;
