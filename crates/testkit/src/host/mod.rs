//! What both simulators stand on: sockets, faults, the request log, time and seeded draws.
//!
//! A web framework answers every request it has read, in good order, and that is exactly what a
//! broken provider does not do. So the accept loop and the connection are ours: between the socket
//! and the router stands one exchange that may answer something else, or take the connection away
//! and write raw bytes, or none, and close or reset it.

mod connection;
mod effect;
mod envelope;
mod exchange;
mod handle;
mod log;
mod query;
mod seed;
mod serve;
mod timeline;
mod window;

pub(crate) use exchange::{Host, RequestContext, Surface};
pub use handle::SimHandle;
pub use log::RequestRecord;
pub(crate) use query::{Params, encode};
pub(crate) use seed::Seed;
pub(crate) use serve::start;
pub(crate) use timeline::Timeline;
pub(crate) use window::Window;
