//! Metrics in the OpenMetrics format. Labels come from closed sets: never a tenant, a number, a path
//! or a key.
//!
//! | file | contents |
//! |---|---|
//! | `requests.rs` | HTTP requests, counted as they are answered |
//! | `attempts.rs` | attempts, counted from the engine's events |
//! | `gauges.rs` | what is read when metrics are asked for |
//! | `process.rs` | this process |

mod attempts;
mod gauges;
mod process;
mod requests;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use axum::{Router, http::HeaderValue};
use prometheus_client::{encoding::text::encode, metrics::info::Info, registry::Registry};
use switchboard::{Switchboard, journal::server::ServerStore};
use tokio::sync::Mutex;

use self::{attempts::Attempts, gauges::Gauges, requests::Requests};
use super::{accept::Connections, state::State};

/// Of what [`Metrics::scrape`] returns.
pub(super) const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Every metric.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Requests,
    attempts: Attempts,
    /// Filled by one scrape at a time.
    gauges: Mutex<Gauges>,
    connections: Arc<Connections>,
    switchboard: OnceLock<Switchboard>,
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
        let gauges = Mutex::new(Gauges::register(ours));
        let switchboard = OnceLock::new();
        Arc::new(Self { registry, requests, attempts, gauges, connections, switchboard })
    }

    /// Counts the attempts of this switchboard, and reads the rest from it.
    pub(super) fn watch(self: &Arc<Self>, switchboard: &Switchboard) {
        if self.switchboard.set(switchboard.clone()).is_ok() {
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
    ) -> Result<String, fmt::Error> {
        let gauges = self.gauges.lock().await;
        gauges.connections(&self.connections);
        gauges.lag(state.lag());
        if let Some(switchboard) = self.switchboard.get() {
            gauges.engine(switchboard);
        }
        if let Some(store) = store {
            gauges.store(store).await;
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
