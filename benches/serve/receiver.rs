//! Where webhooks go.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::post};
use switchboard_http::{GuardRules, GuardedClient};
use tokio::sync::Notify;

use super::{Failure, floor};

/// A receiver that answers each webhook after some time, and counts them.
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: Arc<AtomicUsize>,
    more: Arc<Notify>,
}

impl Receiver {
    pub(crate) async fn start(answers_after: Duration) -> Result<Self, Failure> {
        let (got, more) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, notify) = (Arc::clone(&got), Arc::clone(&more));
        let receive = move || {
            let (count, notify) = (Arc::clone(&count), Arc::clone(&notify));
            async move {
                tokio::time::sleep(answers_after).await;
                count.fetch_add(1, Ordering::SeqCst);
                notify.notify_one();
                StatusCode::NO_CONTENT
            }
        };
        let address: SocketAddr = floor::serve(Router::new().route("/hook", post(receive))).await?;
        Ok(Self { url: format!("http://{address}/hook"), got, more })
    }

    /// How many came.
    pub(crate) fn got(&self) -> usize {
        self.got.load(Ordering::SeqCst)
    }

    /// Waits until so many came.
    pub(crate) async fn has(&self, count: usize) {
        while self.got() < count {
            self.more.notified().await;
        }
    }
}

/// The client that sends webhooks, allowed to send them to this machine.
pub(crate) fn client() -> Result<GuardedClient, Failure> {
    let rules =
        GuardRules { allow_networks: vec!["127.0.0.0/8".parse()?], ..GuardRules::default() };
    Ok(GuardedClient::new(rules, Duration::from_secs(15))?)
}
