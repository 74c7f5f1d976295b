//! The simulated Telnyx: carrier and agent in one, with a `command_id` that guards for a minute.
//!
//! Its most important properties: an accepted call may be refused at the carrier's edge and never
//! dialled; a read tells whether a call is alive and not how it ended, which is only in the events; a
//! repeated `command_id` makes no second call for 60 s; and a list in `to`, `retry_on_timeout` and
//! scheduled events ring several phones, twice, or later.

mod account;
mod actions;
mod assistants;
mod body;
mod caller;
mod calls;
mod causes;
mod check;
mod codes;
mod conversations;
mod dial;
mod events;
mod history;
mod numbers;
mod orders;
mod pages;
mod rollout;
mod scheduled;
mod signing;
mod sim;
mod state;
mod steps;
mod texml;
mod versions;

pub use sim::SimTelnyx;
