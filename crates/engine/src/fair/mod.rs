//! A fair queue of calls that no provider can take now.
//!
//! A call that finds every limit used up is not refused: it waits. Which call goes first when a
//! slot is free decides whose product works on a busy day. With a single first-come queue, a tenant
//! with ten thousand calls would block everyone else's ten. So tenants take turns, and only within
//! a tenant does age decide:
//!
//! - Between two tenants that both wait and both can go, the numbers of calls served never differ
//!   by more than one.
//! - No tenant waits longer than one turn of every other tenant that can go.
//! - Being absent earns no credit: a tenant that arrives or returns takes its place behind all that
//!   wait.
//! - Blocked calls do not block others: a class of calls that cannot go is skipped. Its tenants
//!   keep their place in line but do not collect turns.
//!
//! Time is virtual: it counts the places assigned at the end of the line of tenants. So no clock is
//! read, and the order is reproducible.
//!
//! | file | purpose |
//! |---|---|
//! | `queue.rs` | [`FairQueue`]: which call goes next |
//! | `turn.rs` | [`Ticket`] and [`Turn`]: a waiting call, and one that may go |
//! | `interner.rs` | tenants and classes by number |

mod interner;
mod queue;
mod turn;

pub use queue::FairQueue;
pub use turn::{Ticket, Turn};
