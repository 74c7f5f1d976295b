//! Starts and controls the simulated KaiCalls.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::{Router, middleware};
use parking_lot::Mutex;

use super::codes::Refused;
use super::key::Key;
use super::state::{Agent, Number, SimState};
use super::{
    account, agents, calls, discovery, events, evidence, keys, numbers, run_routes, webhooks,
};
use crate::SimConfig;
use crate::fault::Envelope;
use crate::host::{Host, Seed, SimHandle, Surface, start};

/// A running simulated KaiCalls. It dereferences to [`SimHandle`], which has what all simulators
/// can do.
pub struct SimKaiCalls {
    handle: SimHandle,
    sim: Arc<SimState>,
    agent_id: String,
    test_credential: String,
}

impl std::fmt::Debug for SimKaiCalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimKaiCalls")
            .field("handle", &self.handle)
            .field("agent_id", &self.agent_id)
            .finish_non_exhaustive()
    }
}

impl SimKaiCalls {
    /// Starts the simulator. The documented base URL, including `/api/v1`, is
    /// [`SimKaiCalls::api_url`].
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        if config.countries.is_empty() {
            config.countries = ["US", "CA"].map(str::to_owned).into();
        }
        let seed = Seed(config.draw_seed());
        let credential = format!("kc_live_{}", seed.secret("live key"));
        let test_credential = format!("kc_test_{}", seed.secret("test key"));
        let surface = Surface {
            provider: "kaicalls",
            place_path: "/api/v1/calls",
            callee: "/to",
            secret_paths: &["/api/v1/keys"],
            envelope: Envelope::Plain,
        };
        let mut kept = None;
        let secrets = [credential.clone(), test_credential.clone()];
        let (handle, _) = start(&config.clone(), surface, credential, |host| {
            let sim = Arc::new(sim(host, config, seed, secrets));
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no sim"))?;
        Ok(Self { handle, sim, agent_id: seed.uuid("kaicalls/agent"), test_credential })
    }

    /// The base URL as documented: the origin and `/api/v1`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api/v1", self.handle.url())
    }

    /// The id of the initial agent.
    #[must_use]
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// The id of the account's only business.
    #[must_use]
    pub fn business_id(&self) -> &str {
        &self.sim.business_id
    }

    /// A second key, with the prefix `kc_test_` and limits of its own. It rings the same simulated
    /// phones.
    #[must_use]
    pub fn test_credential(&self) -> &str {
        &self.test_credential
    }

    /// The dashboard session, which `/keys` requires instead of an API key: as a bearer credential
    /// or as the cookie `session`.
    #[must_use]
    pub fn session_credential(&self) -> &str {
        &self.sim.session
    }

    /// Revokes a key, so that the next request with it gets 401.
    pub fn revoke(&self, credential: &str) {
        for key in self.sim.keys.lock().iter_mut().filter(|key| key.secret == credential) {
            key.active = false;
        }
    }

    /// Shuts the simulator down, see [`SimHandle::shutdown`].
    pub async fn shutdown(self) {
        self.handle.shutdown().await;
    }
}

impl Deref for SimKaiCalls {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn sim(host: &Arc<Host>, config: SimConfig, seed: Seed, [live, test]: [String; 2]) -> SimState {
    let now = host.timeline.rfc3339();
    let business_id = seed.uuid("kaicalls/business");
    let agent_id = seed.uuid("kaicalls/agent");
    let agent = Agent::new(agent_id.clone(), &business_id, "Kai", now.clone());
    let number = Number {
        id: seed.uuid("kaicalls/number/0"),
        number: "+15125550100".to_owned(),
        agent_id: Some(agent_id),
        created_at: now.clone(),
    };
    let scopes = config.scopes.clone().unwrap_or_else(|| vec!["*".to_owned()]);
    let key = |name: &str, secret: String| {
        Key::new(
            seed.uuid(&format!("kaicalls/key/{name}")),
            secret,
            name,
            scopes.clone(),
            now.clone(),
        )
    };
    SimState {
        keys: Mutex::new(vec![key("Live key", live), key("Test key", test)]),
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        business_id,
        session: format!("kc_session_{}", seed.secret("session")),
        agents: Mutex::new(vec![agent]),
        numbers: Mutex::new(vec![number]),
        calls: Mutex::default(),
        usage: Mutex::default(),
        subscriptions: Mutex::default(),
        events: Mutex::default(),
        runs: Mutex::default(),
        config,
    }
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .merge(agents::routes())
        .merge(numbers::routes())
        .merge(calls::routes())
        .merge(evidence::routes())
        .merge(keys::routes())
        .merge(account::routes())
        .merge(webhooks::routes())
        .merge(events::routes())
        .merge(run_routes::routes())
        .merge(discovery::routes())
        .fallback(|| async { Refused::not_found("path") })
        .layer(middleware::from_fn_with_state(Arc::clone(&sim), account::log_usage))
        .with_state(sim)
}
