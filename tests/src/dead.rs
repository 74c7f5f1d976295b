//! Addresses at which no provider is.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};

/// A port that is taken and on which nobody listens: connections are refused for as long as this
/// lives.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    _bound: TcpSocket,
}

impl ClosedPort {
    /// Takes one.
    pub fn new() -> Self {
        let bound = TcpSocket::new_v4().unwrap();
        bound.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self { address: bound.local_addr().unwrap(), _bound: bound }
    }

    /// Its address as a base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Default for ClosedPort {
    fn default() -> Self {
        Self::new()
    }
}

/// A listener that takes connections and closes them before it reads a byte.
#[derive(Debug)]
pub struct ClosingDoor {
    address: SocketAddr,
    seen: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl ClosingDoor {
    /// Opens one.
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                drop(socket);
            }
        });
        Self { address, seen, task }
    }

    /// Its address as a base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections it took.
    pub fn connections(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

impl Drop for ClosingDoor {
    fn drop(&mut self) {
        self.task.abort();
    }
}
