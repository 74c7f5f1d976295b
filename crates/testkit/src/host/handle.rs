//! The handle to a running simulator.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::attempt::WebhookAttempt;
use super::doors::{AcceptLoop, Doors};
use super::exchange::Host;
use super::log::RequestRecord;
use crate::RingLedger;
use crate::fault::FaultHandle;

/// A running simulator. It stops when this is dropped, or gracefully with [`SimHandle::shutdown`].
pub struct SimHandle {
    host: Arc<Host>,
    address: SocketAddr,
    url: String,
    credential: String,
    seed: u64,
    doors: Doors,
    task: Option<AcceptLoop>,
}

impl SimHandle {
    pub(crate) fn new(
        host: Arc<Host>,
        address: SocketAddr,
        credential: String,
        seed: u64,
        doors: Doors,
        task: AcceptLoop,
    ) -> Self {
        Self {
            host,
            address,
            url: format!("http://{address}"),
            credential,
            seed,
            doors,
            task: Some(task),
        }
    }

    /// The base URL for clients, without a trailing slash, such as
    /// `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address the simulator listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bearer credential that the simulator accepts: an access token (KallyAI) or an API key
    /// (the others). It is derived from the seed, so a process started with the same seed has the
    /// same one.
    #[must_use]
    pub fn credential(&self) -> &str {
        &self.credential
    }

    /// The seed. Another run with the same seed behaves the same.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The ledger of the phones that rang.
    #[must_use]
    pub fn rings(&self) -> &RingLedger {
        &self.host.ledger
    }

    /// Controls the fault script while the simulator runs.
    #[must_use]
    pub fn faults(&self) -> &FaultHandle {
        &self.host.faults
    }

    /// Every request that arrived, oldest first, without secrets.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.host.log.all()
    }

    /// Every attempt to deliver a webhook, oldest first.
    #[must_use]
    pub fn webhook_attempts(&self) -> Vec<WebhookAttempt> {
        self.host.attempts.lock().clone()
    }

    /// How many POSTs to exactly this path arrived.
    #[must_use]
    pub fn posts_to(&self, path: &str) -> usize {
        self.host.log.count("POST", path)
    }

    /// Waits until at least `count` requests with this method and path arrived.
    pub async fn wait_for_requests(&self, method: &str, path: &str, count: usize) {
        self.host.log.wait_for(method, path, count).await;
    }

    /// Closes the listener and cuts all connections, as if the process had ended. The port stays
    /// reserved. When this returns, connections are refused. Running calls continue.
    pub async fn refuse_connections(&self) {
        self.doors.shut.send_replace(true);
        self.wait_open(false).await;
    }

    /// Listens again, on the same port.
    pub async fn accept_connections(&self) {
        self.doors.shut.send_replace(false);
        self.wait_open(true).await;
    }

    async fn wait_open(&self, open: bool) {
        // An error means that the accept loop has ended, so nothing is open.
        let _ = self.doors.open.clone().wait_for(|state| *state == open).await;
    }

    /// Cuts all open connections. New ones are accepted.
    pub fn sever_connections(&self) {
        self.doors.sever.send_modify(|count| *count += 1);
    }

    /// Shuts the simulator down: closes the listener and ends connections and calls. Returns when
    /// the port is free.
    pub async fn shutdown(mut self) {
        self.host.shutdown.send_replace(true);
        if let Some(task) = self.task.take() {
            // The loop was told to end; if it panicked, it has ended too.
            let _ = task.await;
        }
    }

    /// Waits until the simulator is told to shut down. For processes that only run a simulator.
    pub async fn closed(&self) {
        // The sender lives in `self`.
        let _ = self.host.shutdown.subscribe().wait_for(|down| *down).await;
    }
}

impl Drop for SimHandle {
    fn drop(&mut self) {
        self.host.shutdown.send_replace(true);
    }
}

impl fmt::Debug for SimHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimHandle")
            .field("provider", &self.host.surface.provider)
            .field("url", &self.url)
            .field("rings", &self.host.ledger)
            .finish_non_exhaustive()
    }
}
