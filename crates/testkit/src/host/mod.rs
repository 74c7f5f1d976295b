//! The parts that all simulators share: sockets, faults, the request log, time and seeded
//! randomness.
//!
//! A web framework responds properly to every request that it has read, which a broken provider
//! does not. So the accept loop and the connection are implemented here: for each request, an
//! exchange between the socket and the router may send a different response, or seize the
//! connection, write raw bytes or nothing, and close or reset it.

mod attempt;
mod connection;
mod deliver;
mod doors;
mod effect;
mod envelope;
mod exchange;
mod handle;
mod keys;
mod log;
mod query;
mod seed;
mod serve;
mod surface;
mod timeline;
mod window;

pub use attempt::WebhookAttempt;
pub(crate) use deliver::{Delivery, Headers, Sign, is_local};
pub(crate) use exchange::{Host, RequestContext};
pub use handle::SimHandle;
pub(crate) use keys::{Keys, Known};
pub use log::RequestRecord;
pub(crate) use query::{Params, encode};
pub(crate) use seed::Seed;
pub(crate) use serve::start;
pub(crate) use surface::Surface;
pub(crate) use timeline::Timeline;
pub(crate) use window::Window;
