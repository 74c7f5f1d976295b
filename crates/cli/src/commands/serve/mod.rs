//! `switchboard serve`: the HTTP API over the configured providers and ledger.
//!
//! | file | contents |
//! |---|---|
//! | `lifecycle.rs` | the order of starting and ending |
//! | `setup.rs`, `simulated.rs` | from the configuration, or without any, to what is served |
//! | `seeded/` | the calls that a simulation begins with |
//! | `listener.rs`, `accept.rs`, `timeouts.rs` | sockets, and what becomes of connections |
//! | `admin.rs` | health, on a listener of its own |
//! | `metrics/` | metrics, on the same listener |
//! | `state.rs` | starting, ready or stopping |
//! | `opened.rs` | the console over the calls of the demo |
//! | `ready.rs` | what is printed when it is ready |

mod accept;
mod admin;
mod lifecycle;
mod listener;
mod metrics;
mod opened;
mod ready;
mod seeded;
mod setup;
mod simulated;
mod state;
mod systemd;
mod timeouts;

pub(crate) use lifecycle::run;
pub(crate) use opened::open;
