//! What runs beside the requests: the feed's reader, the delivery of webhooks, and forgetting.

use std::{future::Future, time::Duration};

use switchboard::{Error, Result};
use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::{Service, events, webhooks};

/// How long deliveries that are under way may take when the process stops.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// The tasks that a server runs beside its requests. Without them events reach nobody: streams stay
/// silent, and no webhook is sent.
#[derive(Debug)]
pub struct Background {
    service: Service,
}

impl Background {
    /// The tasks of this service. A process runs them once.
    pub const fn new(service: Service) -> Self {
        Self { service }
    }

    /// Runs until `shutdown` is ready. Then it closes the event streams at once, claims no more
    /// deliveries, and returns when those under way are over or a few seconds have passed: what is
    /// not over is sent again by another process.
    ///
    /// # Errors
    /// `Configuration` if the client for webhooks cannot be built.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
        let Self { service } = self;
        if let Err(error) = service.poster().client() {
            return Err(Error::new(error.kind(), error.message().to_owned()));
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(events::sequence(service.clone()));
        tasks.spawn(events::follow(service.clone()));
        tasks.spawn(events::publish(service.clone()));
        tasks.spawn(events::watch(service.clone()));
        tasks.spawn(events::forget(service.clone()));
        let (stop, stopping) = watch::channel(false);
        let mut deliveries = tokio::spawn(webhooks::deliver(service.clone(), stopping));
        tokio::select! {
            () = shutdown => {}
            // None of them returns: it can only have panicked.
            Some(Err(ended)) = tasks.join_next() => panicked(ended),
            Err(ended) = &mut deliveries => panicked(ended),
        }
        service.hub().close();
        tasks.abort_all();
        stop.send_replace(true);
        if timeout(FINISH_WITHIN, &mut deliveries).await.is_err() {
            deliveries.abort();
        }
        Ok(())
    }
}

/// A fault of ours must not go on as silence.
fn panicked(ended: tokio::task::JoinError) {
    if ended.is_panic() {
        std::panic::resume_unwind(ended.into_panic());
    }
}
