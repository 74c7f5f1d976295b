//! Metrics, as OpenMetrics or in the text format of Prometheus. Labels come from closed sets: never a
//! tenant, a number, a path or a key.
//!
//! | file | contents |
//! |---|---|
//! | `requests.rs` | HTTP requests, counted as they are answered |
//! | `attempts.rs` | attempts and alarms of the engine |
//! | `commits.rs` | commits, as the ledger tells of them |
//! | `webhooks.rs` | webhooks in both directions, as the API tells of them |
//! | `gauges.rs` | what is read when metrics are asked for |
//! | `process.rs` | this process |

mod attempts;
mod commits;
mod gauges;
mod process;
mod requests;
mod webhooks;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header},
};
use prometheus_client::{
    encoding::{prometheus_text, text},
    metrics::info::Info,
    registry::Registry,
};
use switchboard::{Switchboard, journal::server::ServerStore};
use switchboard_api::{Observer, Service};
use tokio::sync::Mutex;

use self::{
    attempts::Attempts, commits::Commits, gauges::Gauges, requests::Requests, webhooks::Webhooks,
};
use super::{accept::Connections, state::State};

/// The formats of a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    OpenMetrics,
    /// The text format of Prometheus, which its older tools read.
    Prometheus,
}

impl Format {
    /// OpenMetrics, unless the client asks for plain text and not for OpenMetrics.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let accepts = |kind: &str| {
            let mut values = headers.get_all(header::ACCEPT).iter();
            values.any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
        };
        if accepts("text/plain") && !accepts("application/openmetrics-text") {
            Self::Prometheus
        } else {
            Self::OpenMetrics
        }
    }

    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        })
    }
}

/// Every metric.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Requests,
    attempts: Attempts,
    commits: Commits,
    webhooks: Webhooks,
    /// Filled by one scrape at a time.
    gauges: Mutex<Gauges>,
    connections: Arc<Connections>,
    watched: OnceLock<(Switchboard, Service)>,
}

impl Metrics {
    pub(super) fn new(connections: Arc<Connections>) -> Arc<Self> {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(process::Process::new()));
        let ours = registry.sub_registry_with_prefix("switchboard");
        ours.register(
            "build",
            "The version of this program",
            Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]),
        );
        let requests = Requests::register(ours);
        let attempts = Attempts::register(ours);
        let (commits, webhooks) = (Commits::register(ours), Webhooks::register(ours));
        let gauges = Mutex::new(Gauges::register(ours));
        let watched = OnceLock::new();
        Arc::new(Self {
            registry,
            requests,
            attempts,
            commits,
            webhooks,
            gauges,
            connections,
            watched,
        })
    }

    /// Who counts what the API tells of.
    pub(super) fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(self.webhooks.clone())
    }

    /// Counts what this switchboard and its ledger tell of, and reads the rest from it.
    pub(super) fn watch(self: &Arc<Self>, switchboard: &Switchboard, service: &Service) {
        if let Some(ledger) = switchboard.ledger() {
            ledger.observe(Arc::new(self.commits.clone()));
        }
        if self.watched.set((switchboard.clone(), service.clone())).is_ok() {
            let (metrics, events) = (Arc::clone(self), switchboard.events());
            tokio::spawn(async move { metrics.attempts.follow(events).await });
        }
    }

    /// Counts the requests that this router answers.
    pub(super) fn count(&self, router: Router) -> Router {
        self.requests.count(router)
    }

    /// All metrics as text.
    pub(super) async fn scrape(
        &self,
        state: &State,
        store: Option<&dyn ServerStore>,
        format: Format,
    ) -> Result<String, fmt::Error> {
        let gauges = self.gauges.lock().await;
        gauges.connections(&self.connections);
        gauges.lag(state.lag());
        if let Some((switchboard, service)) = self.watched.get() {
            self.attempts.read(switchboard.engine());
            gauges.engine(switchboard);
            gauges.streams(service.streams());
        }
        if let Some(store) = store {
            gauges.store(store).await;
            if let Some((_, service)) = self.watched.get() {
                gauges.spending(service).await;
            }
        }
        let mut text = String::new();
        match format {
            Format::OpenMetrics => text::encode(&mut text, &self.registry)?,
            Format::Prometheus => prometheus_text::encode(&mut text, &self.registry)?,
        }
        Ok(text)
    }
}
