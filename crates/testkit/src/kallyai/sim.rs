//! Starts and controls the simulated KallyAI.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::json;

use super::balance::Account;
use super::inbound_calls::Inbound;
use super::owned_numbers::Numbers;
use super::state::{SimState, envelope};
use super::tokens::{Tokens, scopes};
use super::{
    account, actions, actions_email, auth, budget, calls, channels, coordination, credits, email,
    inbound, inbound_events, inbound_routing, messages, numbers, outreach, referrals, search,
    subscriptions,
};
use crate::host::{Host, Seed, SimHandle, Surface, start};
use crate::{SimConfig, countries};

/// A running simulated KallyAI. It dereferences to [`SimHandle`], which has what all simulators
/// can do.
#[derive(Debug)]
pub struct SimKallyAi {
    handle: SimHandle,
    sim: WorldRef,
    refresh_token: String,
}

struct WorldRef(Arc<SimState>);

impl std::fmt::Debug for WorldRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SimState")
    }
}

impl SimKallyAi {
    /// Starts the simulator.
    ///
    /// # Errors
    /// The address cannot be bound, the ledger file cannot be opened, or the speed is not greater
    /// than zero.
    pub async fn start(mut config: SimConfig) -> io::Result<Self> {
        if config.countries.is_empty() {
            config.countries =
                countries::NORTH_AMERICA_AND_EUROPE.iter().map(|code| (*code).to_owned()).collect();
        }
        let seed = Seed(config.draw_seed());
        let mut tokens = Tokens::new(seed, config.token_life);
        let words = config.scopes.clone().unwrap_or_default();
        let grant = tokens.issue(scopes(words.iter().map(String::as_str)));
        let surface = Surface {
            provider: "kallyai",
            place_path: "/v1/calls",
            callee: "/submission/respondent_phone",
            secret_paths: &["/v1/auth/", "/v1/channels/webhook/", "/v1/channels/email/verify"],
            envelope: envelope(config.shape),
        };
        let mut kept = None;
        let (handle, _) = start(&config.clone(), surface, grant.access_token.clone(), |host| {
            let sim = Arc::new(sim(host, config, seed, tokens));
            inbound_routing::add_samples(&sim);
            messages::add_samples(&sim);
            email::add_samples(&sim);
            kept = Some(Arc::clone(&sim));
            routes(sim)
        })
        .await?;
        let sim = kept.ok_or_else(|| io::Error::other("the simulator has no sim"))?;
        Ok(Self { handle, sim: WorldRef(sim), refresh_token: grant.refresh_token })
    }

    /// The refresh token that belongs to [`SimHandle::credential`].
    #[must_use]
    pub fn refresh_token(&self) -> &str {
        &self.refresh_token
    }

    /// Expires all access tokens, so that the next request gets 401 `token_expired`.
    pub fn expire_tokens(&self) {
        self.sim.0.tokens.lock().expire_all();
    }

    /// Revokes all refresh tokens, so that a refresh is refused.
    pub fn revoke_refresh_tokens(&self) {
        self.sim.0.tokens.lock().revoke_refresh();
    }

    /// Starts an inbound call and returns its id. The call is active until it is
    /// rejected, taken over, transferred or ended with [`SimKallyAi::end_inbound_call`].
    pub fn receive_call(&self, from: &str, caller_name: &str, vip: bool) -> String {
        self.sim.0.inbound.receive(&self.sim.0, from, caller_name, vip)
    }

    /// Ends an inbound call; it becomes `completed`.
    pub fn end_inbound_call(&self, call_id: &str) {
        self.sim.0.inbound.end(&self.sim.0, call_id);
    }

    /// Shuts the simulator down, see [`SimHandle::shutdown`].
    pub async fn shutdown(self) {
        self.handle.shutdown().await;
    }
}

impl Deref for SimKallyAi {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.handle
    }
}

fn sim(host: &Arc<Host>, config: SimConfig, seed: Seed, tokens: Tokens) -> SimState {
    SimState {
        host: Arc::clone(host),
        seed,
        boot: host.ledger.len(),
        calls: Mutex::default(),
        tokens: Mutex::new(tokens),
        inbound: Inbound::default(),
        numbers: Mutex::new(Numbers::new(seed, host.timeline.rfc3339())),
        collections: Mutex::default(),
        windows: Mutex::default(),
        account: Mutex::new(Account::new(config.credits, host.timeline.timestamp())),
        config,
    }
}

fn routes(sim: Arc<SimState>) -> Router {
    Router::new()
        .route("/", get(health))
        .route("/health", get(health))
        .route("/v1/health", get(health))
        .merge(auth::routes())
        .merge(calls::routes())
        .merge(inbound::routes())
        .merge(inbound_events::routes())
        .merge(numbers::routes())
        .merge(credits::routes())
        .merge(account::routes())
        .merge(inbound_routing::routes())
        .merge(coordination::routes())
        .merge(budget::routes())
        .merge(actions::routes())
        .merge(actions_email::routes())
        .merge(messages::routes())
        .merge(search::routes())
        .merge(email::routes())
        .merge(channels::routes())
        .merge(outreach::routes())
        .merge(subscriptions::routes())
        .merge(referrals::routes())
        .fallback(|axum::extract::State(sim): axum::extract::State<Arc<SimState>>| async move {
            sim.refuse("not_found", "the simulator has no such path")
        })
        .with_state(sim)
}

async fn health() -> Json<serde_json::Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "kallyai",
        "notice": "This is a simulation of KallyAI's documented HTTP API. There is no telephone behind it.",
    }))
}
