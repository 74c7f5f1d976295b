//! The simulated KallyAI, written from documents 000, 002 and 003.
//!
//! Its one trait that matters to everybody: `POST /v1/calls` answers when the phone call is over.
//! While it is open a list already shows the call. What the documents leave open is decided in the
//! way that hurts a careless client most; each such choice is noted where it is made.
//!
//! One file for each section of document 002; the scopes are the documented ones, and sections
//! without a documented scope ask for a valid token only.

mod account;
mod actions;
mod actions_email;
mod auth;
mod budget;
mod calls;
mod channels;
mod codes;
mod coordination;
mod credits;
mod dial;
mod email;
mod inbound;
mod inbound_events;
mod inbound_routing;
mod messages;
mod numbers;
mod outreach;
mod referrals;
mod search;
mod shelves;
mod sim;
mod subscriptions;
mod tokens;
mod validate;
mod world;

pub use sim::SimKallyAi;
