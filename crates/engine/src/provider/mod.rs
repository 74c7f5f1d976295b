//! The runtime state of one provider: its limits, its health and its open attempts.
//!
//! | file | purpose |
//! |---|---|
//! | `runtime.rs` | the runtime under one configuration |
//! | `state.rs` | what survives a reload of the configuration |
//! | `watch.rs` | a call that the provider has |
//! | `watched.rs` | all of them, until they are over and their bills are known |
//! | `time.rs` | spans of time |

mod runtime;
mod state;
mod time;
mod watch;
mod watched;

pub(crate) use runtime::ProviderRuntime;
pub(crate) use time::until;
pub(crate) use watch::{Unbilled, Watch};
