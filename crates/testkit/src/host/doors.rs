//! The accept loop, as its handle sees it.

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The accept loop, which can be waited for.
pub(crate) type AcceptLoop = JoinHandle<()>;

/// The channels to and from the accept loop.
#[derive(Debug)]
pub(crate) struct Doors {
    /// Set to refuse connections.
    pub(crate) shut: watch::Sender<bool>,
    /// Whether the listener is currently open.
    pub(crate) open: watch::Receiver<bool>,
    /// Incremented to cut all connections.
    pub(crate) sever: watch::Sender<u64>,
}
