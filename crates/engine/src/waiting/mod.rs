//! Calls that wait because no provider can take them now.
//!
//! Every attempt needs a [`Permit`] before its call is admitted: it reserves capacity of one
//! provider, of the tenant and of the agent profile until the attempt is recorded. Without permits,
//! a hundred calls could all plan with the last free slot, be admitted, and race for it, and the
//! newest would win as often as the oldest. A call that finds no capacity waits in the
//! [`FairQueue`](crate::fair::FairQueue). One task, the pump, releases calls in fair order when
//! capacity becomes free: a rate window moved on, a call ended, or an unsent request gave its slot
//! back.
//!
//! In the journal, a waiting call is not admitted yet, so it does not lock its callee. A process
//! that ends loses nothing but the order of calls that came at the same moment.
//!
//! | file | purpose |
//! |---|---|
//! | `key.rs` | what a call waits for |
//! | `capacity.rs` | the capacity that is free now, minus what is reserved |
//! | `reserved.rs` | what is reserved for one call |
//! | `queue.rs` | the queue, its permits, and what they reserve |
//! | `turn.rs` | waiting for a permit, and the task that grants permits |
//! | `worth.rs` | whether waiting can succeed, and reporting why a call waits |

mod capacity;
mod key;
mod queue;
mod request;
mod reserved;
mod turn;
mod worth;

pub(crate) use queue::{Permit, WaitQueue};
pub(crate) use request::WaitRequest;
