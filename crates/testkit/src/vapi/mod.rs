//! The simulated Vapi: calls placed by an assistant, without any idempotency key.
//!
//! Its most important properties: the answer to a placing request tells how many calls are left; a
//! call over that limit may wait and ring later; hundreds of end reasons, of which some mean that no
//! phone rang; nothing but a secret URL ends a live call; and `customers` and `schedulePlan` ring
//! several phones, or later.

mod analytics;
mod assistants;
mod body;
mod caller;
mod calls;
mod check;
mod codes;
mod control;
mod dial;
mod evidence;
mod list;
mod numbers;
mod reasons;
mod server;
mod signing;
mod sim;
mod state;
mod wait;
mod webhooks;

pub use sim::SimVapi;
