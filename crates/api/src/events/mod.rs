//! Events on their way to those who follow them.
//!
//! | file | purpose |
//! |---|---|
//! | `cursors.rs` | positions of the feed, sealed for one tenant |
//! | `hub.rs` | who follows the feed in this process |
//! | `reader.rs` | takes sequencing turns, and follows the feed once for everybody |
//! | `stream.rs` | one stream of server-sent events |
//! | `engine.rs` | publishes what the engine tells and no fact says |
//! | `decisions.rs` | publishes decisions of operators and guardrails, and how far budgets are spent |

mod cursors;
mod decisions;
mod engine;
mod hub;
mod reader;
mod stream;

pub(crate) use cursors::EventCursors;
pub(crate) use decisions::watch;
pub(crate) use engine::publish;
pub(crate) use hub::{Follower, Hub};
pub(crate) use reader::{follow, forget, sequence};
pub(crate) use stream::EventStream;
