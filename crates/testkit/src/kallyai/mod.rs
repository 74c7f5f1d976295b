//! The simulated KallyAI, written from documents 000, 002 and 003.
//!
//! Its most important property: `POST /v1/calls` responds when the phone call has ended. Until then
//! lists already show the call. Where the documents leave a behaviour open, the simulator chooses
//! the one that hurts a careless client most, and says so in the code.
//!
//! There is one file per section of document 002. The scopes are the documented ones; sections
//! without a documented scope only require a valid token.

mod account;
mod actions;
mod actions_email;
mod auth;
mod balance;
mod budget;
mod caller;
mod calls;
mod channels;
mod codes;
mod collections;
mod coordination;
mod credits;
mod dial;
mod email;
mod inbound;
mod inbound_calls;
mod inbound_events;
mod inbound_routing;
mod messages;
mod numbers;
mod outreach;
mod owned_numbers;
mod referrals;
mod search;
mod sim;
mod state;
mod subscriptions;
mod tokens;
mod validate;

pub use sim::SimKallyAi;
