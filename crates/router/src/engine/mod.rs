//! The engine: what turns a valid call into at most one ringing phone, and follows it to its end.
//!
//! | file | its one reason |
//! |---|---|
//! | `attempt.rs` | the loop that sends; nothing else calls `Calls::place` |
//! | `submit.rs` | taking calls in, waiting for them |
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
mod shared;
mod submit;

pub use builder::{LaneSettings, RouterBuilder, RouterSettings};
pub use clock::SystemClock;
pub use hooks::WebhookAddress;
pub use shared::{Progress, Router};
