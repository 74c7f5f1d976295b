//! KaiCalls' API over this service: its own clients work with another base URL and another key.
//! `docs/kaicalls-compatible.md` says what becomes of each operation, and what differs on purpose.
//!
//! | file | purpose |
//! |---|---|
//! | `router.rs` | the paths |
//! | `new_call.rs` | placing calls |
//! | `calls.rs`, `page.rs`, `status.rs` | reading calls, and pages that end between two times |
//! | `content.rs` | recordings and transcripts |
//! | `directory.rs`, `agents.rs` | ids of agents and what they mean; agents and numbers |
//! | `account.rs` | minutes and the log of use |
//! | `webhooks.rs`, `events.rs` | webhook endpoints, events and deliveries |
//! | `refused.rs` | what this surface does not do |
//! | `query.rs` | queries, as KaiCalls reads them |

mod account;
mod agents;
mod calls;
mod content;
mod directory;
mod events;
mod new_call;
mod page;
mod query;
mod refused;
mod router;
mod status;
mod webhooks;

pub(crate) use router::{path, routes};
