//! Starts and controls the simulated Retell.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::codes::Refused;
use super::numbers::row;
use super::state::{Agent, SimState};
use super::{account, agents, batch, calls, contacts, live, numbers};
use crate::SimConfig;
use crate::fault::Envelope;
use crate::host::{Host, Seed, SimHandle, Surface, start};

/// The number that the account has from the start.
const NUMBER: &str = "+14155550100";

/// A running simulated Retell. It dereferences to [`SimHandle`], which has what all simulators can
/// do. Its base URL is [`SimHandle::url`], and webhooks are signed with [`SimHandle::credential`].
pub struct SimRetell {
    handle: SimHandle,
    sim: Arc<SimState>,
    agent_id: String,
}

impl std::fmt::Debug for SimRetell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimRetell")
            .field("handle", &self.handle)
            .field("agent_id", &self.agent_id)
            .finish_non_exhaustive()
    }
}

impl SimRetell {
    /// Starts the simulator.
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        if config.countries.is_empty() {
            config.countries = ["US".to_owned()].into();
        }
        let seed = Seed(config.draw_seed());
        let credential = format!("key_{}", seed.secret("retell key"));
        let surface = Surface {
            provider: "retell",
            place_path: "/v2/create-phone-call",
            callee: "/to_number",
            secret_paths: &["/import-phone-number"],
            envelope: Envelope::Status,
        };
        let mut kept = None;
        let (handle, _) = start(&config.clone(), surface, credential.clone(), |host| {
            let sim = Arc::new(state(host, config, seed, credential));
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no state"))?;
        let agent_id = sim.first("agent");
        Ok(Self { handle, sim, agent_id })
    }

    /// The id of the initial agent, which has one published version, 0.
    #[must_use]
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// The initial number of the account. It has no agent of its own.
    #[must_use]
    pub fn number(&self) -> &str {
        NUMBER
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

impl Deref for SimRetell {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

fn state(host: &Arc<Host>, config: SimConfig, seed: Seed, key: String) -> SimState {
    let sim = SimState {
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        key,
        revoked: Mutex::new(false),
        places: Mutex::default(),
        reads: Mutex::default(),
        agents: Mutex::default(),
        agents_made: Mutex::new(1),
        numbers: Mutex::default(),
        contacts: Mutex::default(),
        calls: Mutex::default(),
        config,
    };
    let now = sim.millis();
    let fields = object(json!({"agent_name": "Simulated agent", "channel": "voice"}));
    sim.agents.lock().push(Agent::new(sim.first("agent"), fields, now));
    let number = object(json!({"nickname": "Simulated number", "outbound_agents": []}));
    sim.numbers.lock().push(row(NUMBER.to_owned(), "retell-twilio".to_owned(), number, now));
    sim
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .merge(calls::routes())
        .merge(live::routes())
        .merge(agents::routes())
        .merge(numbers::routes())
        .merge(batch::routes())
        .merge(contacts::routes())
        .merge(account::routes())
        .fallback(|| async { Refused::new(404, "Not found") })
        .with_state(sim)
}
