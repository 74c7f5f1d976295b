//! What the account's settings at Telnyx are.

use std::sync::Arc;

use async_trait::async_trait;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{Agent, Clock, Finding, Inspect, Inspection, Severity};
use switchboard_http::{Helper, Inspector, Method, Sign, fields::Field as _};

use crate::{account::Account, agents::TelnyxAgents, numbers::TelnyxNumbers, wire};

/// Of how many assistants the canary deploy is read.
const MOST_ROLLOUTS: usize = 20;

/// Settings of assistants that act on their own (`telnyx` 4.189.0, `InferenceEmbedding`).
const OF_ASSISTANTS: [Helper; 1] = [Helper {
    sign: Sign::Type("transfer"),
    does: "rings another phone that no calling rule was asked about",
    fix: "take the tool out of the assistant, or see that it only leads to your own numbers",
    severity: Severity::Warning,
}];

const AGENTS: &str = "GET /v2/ai/assistants";
const NUMBERS: &str = "GET /v2/phone_numbers";

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for TelnyxInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let Account { config, client } = &*self.0;
        let mut look = Inspector::new(clock);
        let balance = client.request(Method::Get, "/v2/balance");
        if let Some(value) = look.read("GET /v2/balance", None, balance).await {
            look.compare::<wire::Balance>("GET /v2/balance", &[&value["data"]]);
            add_balance(&mut look, &value["data"]);
        }
        let agents = TelnyxAgents(Arc::clone(&self.0));
        let agents = look.agents(AGENTS, None, &agents, config.agent_id.as_ref()).await;
        look.compare_agents::<wire::Assistant>(AGENTS, &agents, &OF_ASSISTANTS);
        for agent in agents.iter().take(MOST_ROLLOUTS) {
            self.add_rollout(&mut look, agent).await;
        }
        let numbers = TelnyxNumbers(Arc::clone(&self.0));
        let from = config.from_number.as_ref();
        let numbers = look.numbers(NUMBERS, None, &numbers, from).await;
        look.compare_numbers::<wire::Number>(NUMBERS, &numbers, &[]);
        for _ in &numbers {
            look.carrier("telnyx");
        }
        if config.connection_id.is_none() || config.from_number.is_none() {
            look.add(Finding::note(
                "numbers",
                "without connection_id and a number no call can be placed",
            ));
        }
        look.finish()
    }
}

impl TelnyxInspect {
    /// A canary deploy gives some calls another version, and no call can say which.
    async fn add_rollout(&self, look: &mut Inspector<'_>, agent: &Agent) {
        // An id that would need escapes is none of Telnyx'.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !agent.id.as_str().bytes().all(is_plain) {
            return;
        }
        let path = format!("/v2/ai/assistants/{}/canary-deploys", agent.id.as_str());
        let deploy = self.0.client.request(Method::Get, &path);
        let Some(deploy) = look.optional("GET /v2/ai/assistants/{id}/canary-deploys", deploy).await
        else {
            return;
        };
        let deploy = deploy.get("data").unwrap_or(&deploy);
        let versions = deploy.get("versions").and_then(Value::as_array);
        let percent = |version: &Value| version.get("percentage").and_then(Value::as_f64);
        let share: f64 = versions.into_iter().flatten().filter_map(percent).sum();
        if share > 0.0 {
            look.add(Finding::warning(
                "helpers",
                format!("agent {} gives {share} % of its calls to another version", agent.id),
                "end the canary deploy at Telnyx: Switchboard runs experiments itself",
            ));
        }
    }
}

fn add_balance(look: &mut Inspector<'_>, value: &Value) {
    let credit = value.get("available_credit").or_else(|| value.get("balance"));
    let Some(credit) = credit.and_then(Decimal::read) else {
        return;
    };
    let currency = value.get("currency").and_then(Value::as_str).unwrap_or_default();
    let left = format!("{credit} {currency}");
    look.add(if credit > Decimal::ZERO {
        Finding::ok("limits", format!("{} of credit are left", left.trim()))
    } else {
        Finding::problem(
            "limits",
            format!("no credit is left ({})", left.trim()),
            "pay in at Telnyx: calls are accepted and never dialled",
        )
    });
}
