//! Starts and controls the simulated CALL-E.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::codes::Refused;
use super::state::SimState;
use super::{calls, goals, older};
use crate::SimConfig;
use crate::fault::Envelope;
use crate::host::{Host, Seed, SimHandle, Surface, start};

/// A running simulated CALL-E. It dereferences to [`SimHandle`], which has what all simulators can
/// do. Its base URL is [`SimHandle::url`].
///
/// A `webhook_url` may also be HTTP on a loopback address, because that is where tests listen.
pub struct SimCallE {
    handle: SimHandle,
    sim: Arc<SimState>,
}

impl std::fmt::Debug for SimCallE {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimCallE").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl SimCallE {
    /// Starts the simulator.
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        let seed = Seed(config.draw_seed());
        let credential = format!("iams_live_{}", seed.secret("calle key"));
        let surface = Surface {
            provider: "calle",
            place_path: "/v2/calls",
            callee: "/phone",
            secret_paths: &[],
            envelope: Envelope::Explained,
        };
        let mut kept = None;
        let (handle, _) = start(&config.clone(), surface, credential.clone(), |host| {
            let sim = Arc::new(state(host, config, seed, credential));
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no state"))?;
        Ok(Self { handle, sim })
    }

    /// Revokes the API key, so that the next request with it gets 401.
    pub fn revoke(&self) {
        *self.sim.revoked.lock() = true;
    }

    /// Shuts the simulator down, see [`SimHandle::shutdown`].
    pub async fn shutdown(self) {
        self.handle.shutdown().await;
    }
}

impl Deref for SimCallE {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn state(host: &Arc<Host>, config: SimConfig, seed: Seed, key: String) -> SimState {
    SimState {
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        key,
        revoked: Mutex::new(false),
        places: Mutex::default(),
        reads: Mutex::default(),
        calls: Mutex::default(),
        runs: Mutex::default(),
        config,
    }
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .route("/", get(health))
        .route("/health", get(health))
        .merge(calls::routes())
        .merge(older::routes())
        .merge(goals::routes())
        .fallback(|| async { Refused::not_found("the path") })
        .with_state(sim)
}

async fn health() -> Json<Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "calle",
        "notice": "This is a simulation of CALL-E's documented HTTP API. There is no telephone behind it.",
    }))
}
