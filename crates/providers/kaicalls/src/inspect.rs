//! What the account's settings at KaiCalls are.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use serde_json::Value;
use switchboard_core::{Clock, Finding, Inspect, Inspection, ProviderState};
use switchboard_http::{Inspector, Method};

use crate::{
    account::Account,
    agents::KaiCallsAgents,
    convert::state,
    numbers::KaiCallsNumbers,
    wire::{self, ApiKey},
};

const CALLS: &str = "GET /api/v1/calls";
const AGENTS: &str = "GET /api/v1/agents";
const NUMBERS: &str = "GET /api/v1/numbers";

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsInspect(pub(crate) Arc<Account>);

/// The scope without which no call can be placed.
const PLACE: &str = "calls:write";

#[async_trait]
impl Inspect for KaiCallsInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let Account { config, client, .. } = &*self.0;
        let mut look = Inspector::new(clock);
        if config.api_key.expose_secret().starts_with("kc_test_") {
            look.add(Finding::warning(
                "credential",
                "the key begins with kc_test_, and KaiCalls' sandbox is only announced",
                "use a key that begins with kc_live_ for calls that ring",
            ));
        }
        let balance = client.request(Method::Get, "/api/v1/balance");
        if let Some(value) = look.read("GET /api/v1/balance", None, balance).await {
            look.compare::<wire::BusinessBalance>(
                "GET /api/v1/balance",
                &rows(&value, "businesses"),
            );
            add_balance(&mut look, &value);
        }
        let calls = client.request(Method::Get, "/api/v1/calls?limit=20");
        if let Some(value) = look.read(CALLS, Some("calls:read"), calls).await {
            let rows = rows(&value, "calls");
            look.compare::<wire::Call>(CALLS, &rows);
            let is_known = |word: &str| state(word) != ProviderState::Unrecognised;
            look.words(CALLS, &rows, "status", is_known);
        }
        let agents = KaiCallsAgents(Arc::clone(&self.0));
        let own = config.agent_id.as_ref();
        let agents = look.agents(AGENTS, Some("agents:read"), &agents, own).await;
        look.compare_agents::<wire::Agent>(AGENTS, &agents, &[]);
        let numbers = KaiCallsNumbers(Arc::clone(&self.0));
        let numbers = look.numbers(NUMBERS, Some("numbers:read"), &numbers, None).await;
        look.compare_numbers::<wire::Number>(NUMBERS, &numbers, &[]);
        let usage = client.request(Method::Get, "/api/v1/usage?limit=100");
        let usage = look.read("GET /api/v1/usage", None, usage).await;
        if let Some(value) = &usage {
            look.compare::<wire::UsageRow>("GET /api/v1/usage", &rows(value, "usage"));
        }
        self.add_scopes(&mut look, usage.as_ref()).await;
        look.finish()
    }
}

impl KaiCallsInspect {
    /// Whether the key may place calls. Only the dashboard knows, and how earlier calls went.
    async fn add_scopes(&self, look: &mut Inspector<'_>, usage: Option<&Value>) {
        let Account { config, client, .. } = &*self.0;
        if let Ok(keys) = client.keys()
            && let Ok(listed) = keys.list().await
        {
            let is_this = |key: &&ApiKey| {
                let prefix = key.prefix.as_deref().unwrap_or_default();
                !prefix.is_empty() && config.api_key.expose_secret().starts_with(prefix)
            };
            if let Some(key) = listed.items.iter().find(is_this) {
                look.add(of_key(key));
                return;
            }
        }
        match usage.and_then(last_placing) {
            Some(403) => look.add(Finding::warning(
                "credential",
                "the last call was refused with 403: the key may lack the scope calls:write",
                "look at its scopes in KaiCalls' dashboard, under Settings, API Keys",
            )),
            Some(_) | None => look.add(Finding::note(
                "credential",
                "no read shows whether this key may place calls: a new one may only read until it has the scope calls:write",
            )),
        }
    }
}

/// The rows of a list, under its documented name.
fn rows<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().collect()
}

fn of_key(key: &ApiKey) -> Finding {
    let scopes = key.scopes.as_deref().unwrap_or_default();
    let expires = key.expires_at.as_ref().and_then(|at| at.timestamp());
    let expires = expires.map_or_else(String::new, |at| format!(" until {at:.0}"));
    if scopes.iter().any(|scope| scope == PLACE || scope == "*") {
        return Finding::ok("credential", format!("the key may place calls{expires}"));
    }
    Finding::problem(
        "credential",
        format!("the key may only read ({})", scopes.join(" ")),
        "make one with the scope calls:write in KaiCalls' dashboard",
    )
}

/// The status of the newest request that would have placed a call.
fn last_placing(usage: &Value) -> Option<u64> {
    let rows = usage.get("usage").or_else(|| usage.get("data"))?.as_array()?;
    let places = |row: &&Value| {
        row["method"] == "POST"
            && row["endpoint"].as_str().is_some_and(|path| path.ends_with("/v1/calls"))
    };
    rows.iter().find(places)?["status_code"].as_u64()
}

fn add_balance(look: &mut Inspector<'_>, value: &Value) {
    let businesses = value.get("businesses").and_then(Value::as_array);
    for business in businesses.into_iter().flatten() {
        match business["subscription_status"].as_str() {
            Some(status @ ("active" | "trialing")) => {
                look.add(Finding::ok("limits", format!("the subscription is {status}")));
            }
            Some("past_due" | "unpaid" | "canceled" | "cancelled" | "incomplete") => {
                look.add(Finding::problem(
                    "limits",
                    "the subscription is not active",
                    "pay or renew it in KaiCalls' dashboard",
                ));
            }
            Some(_) | None => {}
        }
    }
}
