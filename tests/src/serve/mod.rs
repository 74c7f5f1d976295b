//! The network API as programs outside meet it: real `switchboard serve` processes, which are killed
//! and paused while calls come in, events are followed and webhooks are sent.
//!
//! The kill loop in [`crate::kill`] shows that the engine keeps the law through crashes. Here the
//! same is shown for what stands before it: that a client that repeats its key after whatever
//! happened gets one call, that an accepted call is never lost, that the feed tells every fact once
//! and in order, that every event reaches its endpoint, and that limits hold over all replicas.
//!
//! | to find | look at |
//! |---|---|
//! | the directory, the configuration, the providers | [`Stage`], [`Setting`] |
//! | one server | [`Process`] |
//! | an HTTP client that hides nothing | [`http`] |
//! | clients that insist | [`callers`] |
//! | followers of the feed | [`Follower`] |
//! | a receiver of webhooks that fails at times | [`Endpoint`] |
//! | kills and pauses | [`strikes`] |
//! | an operator who decides about calls in doubt | [`Operator`] |
//! | whether anything went wrong | [`judge`] |
//! | many loops, and their totals | [`run`], [`Totals`] |

pub mod callers;
mod endpoint;
mod follow;
pub mod http;
pub mod judge;
mod one;
mod operator;
mod options;
mod process;
mod quiet;
mod replicas;
mod run;
mod stage;
pub mod strikes;
mod totals;

pub use endpoint::Endpoint;
pub use follow::{Follower, Seen};
pub use operator::Operator;
pub use options::{Options, PROVIDERS};
pub use process::Process;
pub use replicas::Replicas;
pub use run::run;
pub use stage::{Setting, Stage, UNLIMITED, free_address};
pub use totals::Totals;
