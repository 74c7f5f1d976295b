//! Where the servers are, while some of them are killed, paused and started again.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::{RwLock, watch},
    time::timeout,
};

use crate::serve::http::{self, Answer};

/// What clients and strikes share.
#[derive(Debug)]
pub struct Replicas {
    addresses: Vec<String>,
    turn: AtomicUsize,
    /// False once no more are killed.
    struck: AtomicBool,
    /// How many do not come back.
    gone: watch::Sender<usize>,
    /// Held for reading while a process is paused, and for writing by an operator: what a paused
    /// process is about to send cannot be looked up at a provider.
    pub quiet: RwLock<()>,
}

impl Replicas {
    /// Servers at these addresses.
    pub fn new(addresses: Vec<String>) -> Self {
        Self {
            addresses,
            turn: AtomicUsize::new(0),
            struck: AtomicBool::new(true),
            gone: watch::Sender::new(0),
            quiet: RwLock::default(),
        }
    }

    /// The addresses.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// The next one, as a load balancer that knows nothing would choose.
    pub fn next(&self) -> &str {
        &self.addresses[self.turn.fetch_add(1, Ordering::Relaxed) % self.addresses.len()]
    }

    /// True while servers are killed and paused.
    pub fn are_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// One of them does not come back.
    pub fn is_gone(&self) {
        self.gone.send_modify(|gone| *gone += 1);
    }

    /// Waits until none of them is left.
    pub async fn are_gone(&self) {
        let mut gone = self.gone.subscribe();
        let _ = gone.wait_for(|gone| *gone >= self.addresses.len()).await;
    }

    /// No more are killed.
    pub fn leave_alone(&self) {
        self.struck.store(false, Ordering::SeqCst);
    }

    /// Asks one after the other until one answers with less than 500.
    pub async fn insist(&self, key: &str, method: &str, path: &str, body: &Value) -> Answer {
        loop {
            let asked = http::ask(self.next(), key, method, path, body);
            if let Ok(Ok(answer)) = timeout(Duration::from_secs(60), asked).await
                && answer.status < 500
            {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
