//! Where calls wait that no provider can take now.
//!
//! Every attempt needs a [`Permit`] before its call is admitted: a share of what is free at one
//! provider, and of what its caller and its agent profile may do, set aside until the attempt is
//! written down. Without it, a hundred calls would plan with the last free slot in sight, be
//! admitted, and fight for it; whoever came last would win as often as whoever waited longest. A
//! call that finds nothing free waits in the [`FairQueue`](crate::fair::FairQueue), and one pump
//! lets calls go, in fair order, when something is free: a window moved on, a call is over, an
//! unsent request gave its slot back.
//!
//! A waiting call stands in the journal as it stood, which is before its admission: it holds no
//! lock on its callee, and a process that ends loses nothing but the order in which calls of one
//! moment came.
//!
//! | file | its one reason |
//! |---|---|
//! | `key.rs` | what a call waits for |
//! | `capacity.rs` | what is free at this moment, less what is set aside |
//! | `reserved.rs` | what is reserved for one call |
//! | `queue.rs` | the queue, and what is reserved |
//! | `turn.rs` | waiting, and the task that hands turns out |
//! | `worth.rs` | whether waiting is worth it, and what is said of it |

mod capacity;
mod key;
mod queue;
mod request;
mod reserved;
mod turn;
mod worth;

pub(crate) use queue::{Permit, WaitQueue};
pub(crate) use request::WaitRequest;
