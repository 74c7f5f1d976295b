//! What runs beside the requests: the feed's reader, the delivery of webhooks, the rows of batches,
//! and forgetting.

use std::{future::Future, time::Duration};

use switchboard::{Error, Result};
use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::{Service, batches, events, webhooks};

/// How long deliveries and rows that are under way may take when the process stops.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// The tasks that a server runs beside its requests. Without them events reach nobody: streams stay
/// silent, no webhook is sent, and no row of a batch is submitted.
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
    /// deliveries and batches, and returns when those under way are over or a few seconds have
    /// passed: another process goes on with what is not over.
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
        let mut deliveries = tokio::spawn(webhooks::deliver(service.clone(), stopping.clone()));
        let mut rows = tokio::spawn(batches::submit(service.clone(), stopping));
        tokio::select! {
            () = shutdown => {}
            // None of them returns: it can only have panicked.
            Some(Err(ended)) = tasks.join_next() => panicked(ended),
            Err(ended) = &mut deliveries => panicked(ended),
            Err(ended) = &mut rows => panicked(ended),
        }
        service.hub().close();
        tasks.abort_all();
        stop.send_replace(true);
        let finished = async {
            let _ = (&mut deliveries).await;
            let _ = (&mut rows).await;
        };
        if timeout(FINISH_WITHIN, finished).await.is_err() {
            deliveries.abort();
            rows.abort();
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
