//! Calls that no provider can take now, in the order in which they will be taken.
//!
//! A call that finds every limit used up is not refused: it waits. Who goes first when a slot frees
//! decides whose product works on a busy day, and the obvious queue, one line for all, gives the
//! day to whoever pushes ten thousand calls in front of everybody else's ten. Here tenants take
//! turns and only within a tenant is age what counts:
//!
//! - Between two tenants that both wait and both can go, the counts of calls served never differ by
//!   more than one.
//! - No tenant waits longer than one turn of every other tenant that can go.
//! - Who was away gets no credit for it: a tenant that comes, or comes back, takes its place behind
//!   all who wait.
//! - What waits for something else does not stand in the way: a class of calls that is blocked is
//!   passed over, and its tenants keep their place in line, not a hoard of turns.
//!
//! Time is virtual: it counts places given at the end of the line of tenants, so that nothing here
//! asks a clock, and a drain that is repeated comes out the same.
//!
//! | file | its one reason |
//! |---|---|
//! | `queue.rs` | [`FairQueue`]: who goes next |
//! | `turn.rs` | [`Ticket`] and [`Turn`]: a waiting call, and one that may go |
//! | `interner.rs` | tenants and classes by number |

mod interner;
mod queue;
mod turn;

pub use queue::FairQueue;
pub use turn::{Ticket, Turn};
