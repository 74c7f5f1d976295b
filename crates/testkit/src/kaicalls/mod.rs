//! The simulated KaiCalls, written from document 004 and, where that is silent, from what the
//! provider's own Python SDK reads and sends.
//!
//! Its traits that matter: a call is answered at once with `queued` and runs on by itself, nothing
//! can take it back, no idempotency key is known, and neither the list nor a single call tells the
//! number that was called.

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
mod keys;
mod numbers;
mod run_routes;
mod runs;
mod sim;
mod webhooks;
mod world;

pub use sim::SimKaiCalls;
pub use world::WebhookAttempt;
