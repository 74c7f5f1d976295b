//! The simulated CALL-E: calls described by a task in words, with an idempotency key in a header.
//!
//! Its most important properties: the task is prepared before the answer, and a client that gives up
//! in that time still gets a call; there is no list of calls, so a repeat of the key is the only way
//! to find one; nobody answering is `completed`; webhooks are not signed; and `/v1` rings several
//! phones because of one request.

mod body;
mod caller;
mod calls;
mod check;
mod codes;
mod dial;
mod events;
mod goals;
mod older;
mod prepare;
mod sim;
mod state;
mod webhooks;
mod words;

pub use sim::SimCallE;
