//! The engine: what turns a valid call into at most one ringing phone, and follows it to its end.
//!
//! | file | its one reason |
//! |---|---|
//! | `attempt.rs` | the loop that sends; nothing else calls `Calls::place` |
//! | `submit.rs` | taking calls in, waiting for them |
//! | `recover.rs` | taking up what a process left that is gone |
//! | `redial.rs` | ringing again, where the caller's policy asks for it |
//! | `stop.rs` | ending in order |
//! | `follow.rs` | many calls watched with few list requests |
//! | `reconcile.rs` | evidence for attempts of which nobody knows whether they rang |
//! | `probe.rs` | a breaker half opens with a read |
//! | `hooks.rs` | addresses for webhooks that nobody can guess, and what comes in on them |
//! | `lane.rs` | what is true of one provider at this moment |

mod attempt;
mod builder;
mod clock;
mod control;
mod follow;
mod hooks;
mod lane;
mod order;
mod probe;
mod reconcile;
mod recover;
mod redial;
mod shared;
mod stop;
mod submit;

pub use builder::{LaneSettings, OnUnknown, RouterBuilder, RouterSettings};
pub use clock::SystemClock;
pub use hooks::WebhookAddress;
pub use recover::Recovered;
pub use shared::{Progress, Router};
