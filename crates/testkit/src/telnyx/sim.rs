//! Starts and controls the simulated Telnyx.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use parking_lot::Mutex;
use serde_json::Map;

use super::codes::Refused;
use super::signing::Signer;
use super::state::SimState;
use super::{
    account, actions, assistants, calls, conversations, history, numbers, orders, rollout,
    scheduled, texml, versions,
};
use crate::SimConfig;
use crate::fault::Envelope;
use crate::host::{Host, Seed, SimHandle, Surface, start};

/// The number that the account has from the start.
const NUMBER: &str = "+13125550100";

/// A running simulated Telnyx. It dereferences to [`SimHandle`], which has what all simulators can
/// do.
pub struct SimTelnyx {
    handle: SimHandle,
    sim: Arc<SimState>,
    assistant_id: String,
}

impl std::fmt::Debug for SimTelnyx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimTelnyx")
            .field("handle", &self.handle)
            .field("assistant_id", &self.assistant_id)
            .finish_non_exhaustive()
    }
}

impl SimTelnyx {
    /// Starts the simulator. The documented base URL, including `/v2`, is [`SimTelnyx::api_url`].
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        if config.countries.is_empty() {
            config.countries = ["US", "CA"].map(str::to_owned).into();
        }
        let seed = Seed(config.draw_seed());
        let credential = format!("KEY{}", seed.secret("telnyx key").to_uppercase());
        let signer = Arc::new(Signer::new(seed)?);
        let surface = Surface {
            provider: "telnyx",
            place_path: "/v2/calls",
            callee: "/to",
            secret_paths: &[],
            envelope: Envelope::Errors,
        };
        let mut kept = None;
        let (handle, _) = start(&config.clone(), surface, credential.clone(), |host| {
            let sim = Arc::new(state(host, config, seed, credential, signer));
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no state"))?;
        let mut fields = Map::new();
        for (name, value) in
            [("name", "Simulated assistant"), ("instructions", "Be brief."), ("model", "simulated")]
        {
            fields.insert(name.to_owned(), value.into());
        }
        let assistant = sim.add_assistant_as(&sim.first("assistant"), sim.first("version"), fields);
        sim.add_number(NUMBER, Some(&sim.connection));
        let assistant_id = assistant["id"].as_str().unwrap_or_default().to_owned();
        Ok(Self { handle, sim, assistant_id })
    }

    /// The base URL as documented: the origin and `/v2`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/v2", self.handle.url())
    }

    /// The id of the initial assistant.
    #[must_use]
    pub fn assistant_id(&self) -> &str {
        &self.assistant_id
    }

    /// The id of the account's only connection.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        &self.sim.connection
    }

    /// The initial number of the account.
    #[must_use]
    pub fn number(&self) -> &str {
        NUMBER
    }

    /// The public key that webhooks are checked with, in Base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.sim.signer.public_key()
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

impl Deref for SimTelnyx {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn state(
    host: &Arc<Host>,
    config: SimConfig,
    seed: Seed,
    key: String,
    signer: Arc<Signer>,
) -> SimState {
    SimState {
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        key,
        connection: (1_000_000_000_000_000_000 + seed.below("telnyx connection", 1 << 50))
            .to_string(),
        signer,
        revoked: Mutex::new(false),
        places: Mutex::default(),
        reads: Mutex::default(),
        assistants: Mutex::default(),
        made: Mutex::default(),
        keys: Mutex::default(),
        numbers: Mutex::default(),
        calls: Mutex::default(),
        config,
    }
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .merge(calls::routes())
        .merge(actions::routes())
        .merge(history::routes())
        .merge(conversations::routes())
        .merge(assistants::routes())
        .merge(versions::routes())
        .merge(rollout::routes())
        .merge(scheduled::routes())
        .merge(texml::routes())
        .merge(numbers::routes())
        .merge(orders::routes())
        .merge(account::routes())
        .fallback(|| async { Refused::unknown("the path") })
        .with_state(sim)
}
