//! What the account's settings at Retell are.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{
    Clock, Finding, Inspect, Inspection, ProviderState, Severity, TrustedReasons,
};
use switchboard_http::{Helper, Inspector, Method, Sign};

use crate::{
    account::Account,
    agents::RetellAgents,
    api::ListCalls,
    numbers::RetellNumbers,
    reasons::meaning,
    state::{CallFacts, state},
    wire,
};

/// A read, although it is a POST.
const CALLS: &str = "POST /v3/list-calls";

/// How many calls are compared with their type.
const SAMPLE: u32 = 20;

/// Settings of agents that act on their own (docs.retellai.com, and the types of `retell-sdk` 6.2.13).
const OF_AGENTS: [Helper; 4] = [
    Helper {
        sign: Sign::Type("transfer_call"),
        does: "rings another phone that no calling rule was asked about",
        fix: "take the tool out of the agent, or see that it only leads to your own numbers",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Type("bridge_transfer"),
        does: "rings another phone at a voicemail",
        fix: "let the agent hang up at a voicemail",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Field("voicemail_option"),
        does: "decides what is said or done at a voicemail",
        fix: "see that it leaves nothing behind that a calling rule forbids",
        severity: Severity::Note,
    },
    Helper {
        sign: Sign::Field("fallback_voice_ids"),
        does: "lets another voice speak when the agent's own fails",
        fix: "leave it, unless an experiment compares voices",
        severity: Severity::Note,
    },
];

/// Settings of numbers that act on their own.
const OF_NUMBERS: [Helper; 1] = [Helper {
    sign: Sign::Several("outbound_agents"),
    does: "draws lots between agents for calls that name none",
    fix: "leave one agent: Switchboard names the agent of each call, and runs experiments itself",
    severity: Severity::Warning,
}];

const AGENTS: &str = "GET /v2/list-agents";
const NUMBERS: &str = "GET /v2/list-phone-numbers";

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct RetellInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for RetellInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let Account { config, client } = &*self.0;
        let mut look = Inspector::new(clock);
        let concurrency = client.request(Method::Get, "/get-concurrency");
        if let Some(value) = look.read("GET /get-concurrency", None, concurrency).await {
            look.compare::<wire::Concurrency>("GET /get-concurrency", &[&value]);
            add_concurrency(&mut look, &value);
        }
        let agents = RetellAgents(Arc::clone(&self.0));
        let agents = look.agents(AGENTS, None, &agents, config.agent_id.as_ref()).await;
        look.compare_agents::<wire::Agent>(AGENTS, &agents, &OF_AGENTS);
        let numbers = RetellNumbers(Arc::clone(&self.0));
        let from = config.from_number.as_ref();
        let numbers = look.numbers(NUMBERS, None, &numbers, from).await;
        look.compare_numbers::<wire::Number>(NUMBERS, &numbers, &OF_NUMBERS);
        for number in &numbers {
            if let Some(carrier) = carrier(number.raw.value()) {
                look.carrier(carrier);
            }
        }
        let calls = client.request(Method::Post, "/v3/list-calls");
        let calls = calls.and_then(|request| request.json(&ListCalls::new().limit(SAMPLE)));
        if let Some(value) = look.read(CALLS, None, calls).await {
            add_calls(&mut look, &value);
        }
        look.finish()
    }
}

fn add_concurrency(look: &mut Inspector<'_>, value: &Value) {
    let read = |name: &str| value.get(name).and_then(Value::as_u64);
    let (Some(now), Some(most)) = (read("current_concurrency"), read("concurrency_limit")) else {
        return;
    };
    look.add(if now < most {
        Finding::ok("limits", format!("{now} of {most} concurrent calls are in progress"))
    } else {
        Finding::warning(
            "limits",
            format!("all {most} concurrent calls are in progress"),
            "buy more, or set limits.concurrent_calls to what the account may use",
        )
    });
}

fn add_calls(look: &mut Inspector<'_>, value: &Value) {
    let rows = value.get("items").unwrap_or(value).as_array();
    let rows: Vec<&Value> = rows.into_iter().flatten().collect();
    look.compare::<wire::Call>(CALLS, &rows);
    let is_state = |word: &str| {
        let facts = CallFacts::new(word, None, true);
        state(facts, &TrustedReasons::default()) != ProviderState::Unrecognised
    };
    look.words(CALLS, &rows, "call_status", is_state);
    look.words(CALLS, &rows, "disconnection_reason", |word| meaning(word).is_some());
}

/// Who carries a number, where it says so.
fn carrier(number: &Value) -> Option<&'static str> {
    let word = number.get("phone_number_type").or_else(|| number.get("number_provider"))?;
    let word = word.as_str()?;
    ["twilio", "telnyx"].into_iter().find(|carrier| word.contains(carrier))
}
