//! The simulated KaiCalls, written from document 004 and, for what it does not cover, from what the
//! provider's Python SDK reads and sends.
//!
//! Its most important properties: a placing request gets a response with `queued` immediately,
//! calls cannot be cancelled, there are no idempotency keys for calls, and neither the list nor a
//! single call contains the number that was called.

mod account;
mod agents;
mod caller;
mod calls;
mod codes;
mod deliver;
mod dial;
mod discovery;
mod events;
mod evidence;
mod key;
mod keys;
mod numbers;
mod run;
mod run_routes;
mod runs;
mod sim;
mod state;
mod wanted;
mod webhooks;

pub use sim::SimKaiCalls;
