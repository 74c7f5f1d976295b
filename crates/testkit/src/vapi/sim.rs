//! Starts and controls the simulated Vapi.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::codes::Refused;
use super::numbers::row;
use super::state::{Assistant, SimState};
use super::{analytics, assistants, calls, control, evidence, numbers};
use crate::SimConfig;
use crate::fault::Envelope;
use crate::host::{Host, Seed, SimHandle, Surface, start};

/// The number that the account has from the start.
const NUMBER: &str = "+14155550100";

/// A running simulated Vapi. It dereferences to [`SimHandle`], which has what all simulators can do.
/// Its base URL is [`SimHandle::url`].
pub struct SimVapi {
    handle: SimHandle,
    sim: Arc<SimState>,
    assistant_id: String,
    number_id: String,
}

impl std::fmt::Debug for SimVapi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimVapi")
            .field("handle", &self.handle)
            .field("assistant_id", &self.assistant_id)
            .finish_non_exhaustive()
    }
}

impl SimVapi {
    /// Starts the simulator.
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        let seed = Seed(config.draw_seed());
        let credential = seed.uuid("vapi/private key");
        let surface = Surface {
            provider: "vapi",
            place_path: "/call",
            callee: "/customer/number",
            secret_paths: &["/phone-number", "/control/"],
            envelope: Envelope::Phrase,
        };
        let mut kept = None;
        let (handle, _) = start(&config.clone(), surface, credential.clone(), |host| {
            let sim = Arc::new(state(host, config, seed, credential));
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no state"))?;
        let (assistant_id, number_id) = (sim.first("assistant"), sim.first("number"));
        Ok(Self { handle, sim, assistant_id, number_id })
    }

    /// The id of the initial assistant, which has one version, `v1`.
    #[must_use]
    pub fn assistant_id(&self) -> &str {
        &self.assistant_id
    }

    /// The id of the initial number, which was imported from Twilio.
    #[must_use]
    pub fn phone_number_id(&self) -> &str {
        &self.number_id
    }

    /// The secret that webhooks are signed with, or that they carry.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.sim.webhook_secret
    }

    /// Revokes the private key, so that the next request with it gets 401.
    pub fn revoke(&self) {
        *self.sim.revoked.lock() = true;
    }

    /// Shuts the simulator down, see [`SimHandle::shutdown`].
    pub async fn shutdown(self) {
        self.handle.shutdown().await;
    }
}

impl Deref for SimVapi {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn state(host: &Arc<Host>, config: SimConfig, seed: Seed, key: String) -> SimState {
    let sim = SimState {
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        key,
        webhook_secret: seed.secret("vapi webhook"),
        revoked: Mutex::new(false),
        places: Mutex::default(),
        reads: Mutex::default(),
        assistants: Mutex::default(),
        assistants_made: Mutex::new(1),
        numbers: Mutex::default(),
        numbers_made: Mutex::new(1),
        calls: Mutex::default(),
        freed: watch::channel(0).0,
        config,
    };
    let mut fields = Map::new();
    fields.insert("name".to_owned(), "Simulated assistant".into());
    sim.assistants.lock().push(Assistant {
        id: sim.first("assistant"),
        versions: vec![fields],
        made: host.timeline.rfc3339_millis(),
    });
    let mut fields = Map::new();
    fields.insert("provider".to_owned(), "twilio".into());
    let number = row(&sim, sim.first("number"), NUMBER, fields);
    sim.numbers.lock().push(number);
    sim
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .route("/", get(health))
        .route("/health", get(health))
        .merge(calls::routes())
        .merge(evidence::routes())
        .merge(control::routes())
        .merge(assistants::routes())
        .merge(numbers::routes())
        .merge(analytics::routes())
        .fallback(|| async { Refused::unknown("path") })
        .with_state(sim)
}

async fn health() -> Json<Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "vapi",
        "notice": "This is a simulation of Vapi's documented HTTP API. There is no telephone behind it.",
    }))
}
