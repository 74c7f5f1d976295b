//! What the account's settings at Vapi are.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{
    Clock, Finding, Inspect, Inspection, OwnedNumber, ProviderState, Severity, TrustedReasons,
};
use switchboard_http::{Helper, Inspector, Method, Sign};

use crate::{
    VapiConfig,
    account::Account,
    agents::VapiAgents,
    numbers::VapiNumbers,
    reasons::meaning,
    state::{CallFacts, state},
    wire,
};

const CALLS: &str = "GET /call";

/// Settings of assistants that act on their own (Vapi's OpenAPI document, `Assistant`).
const OF_ASSISTANTS: [Helper; 5] = [
    Helper {
        sign: Sign::Field("forwardingPhoneNumber"),
        does: "rings another phone that no calling rule was asked about",
        fix: "take it out of the assistant, or see that it is your own number",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Type("transferCall"),
        does: "rings another phone that no calling rule was asked about",
        fix: "take the tool out of the assistant, or see that it only leads to your own numbers",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Field("hooks"),
        does: "may transfer or end a call on its own",
        fix: "see what each hook does, and that it rings no other phone",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Field("voicemailMessage"),
        does: "is left at a voicemail",
        fix: "see that it says nothing that a calling rule forbids",
        severity: Severity::Note,
    },
    Helper {
        sign: Sign::Field("fallbackPlan"),
        does: "goes to another voice or transcriber when the first fails",
        fix: "leave it, unless an experiment compares them",
        severity: Severity::Note,
    },
];

/// Settings of numbers that act on their own (the same, `PhoneNumber`).
const OF_NUMBERS: [Helper; 2] = [
    Helper {
        sign: Sign::Field("fallbackDestination"),
        does: "rings another phone when no assistant answers the number",
        fix: "take it out of the number, or see that it is your own",
        severity: Severity::Warning,
    },
    Helper {
        sign: Sign::Field("hooks"),
        does: "may transfer a call on its own",
        fix: "see what each hook does, and that it rings no other phone",
        severity: Severity::Warning,
    },
];

const AGENTS: &str = "GET /assistant";
const NUMBERS: &str = "GET /phone-number";

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct VapiInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for VapiInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let Account { config, client } = &*self.0;
        let mut look = Inspector::new(clock);
        let calls = client.request(Method::Get, "/call?limit=20");
        if let Some(value) = look.read(CALLS, None, calls).await {
            add_calls(&mut look, &value);
        }
        let agents = VapiAgents(Arc::clone(&self.0));
        let agents = look.agents(AGENTS, None, &agents, config.agent_id.as_ref()).await;
        look.compare_agents::<wire::Assistant>(AGENTS, &agents, &OF_ASSISTANTS);
        let numbers = VapiNumbers(Arc::clone(&self.0));
        let numbers = look.numbers(NUMBERS, None, &numbers, None).await;
        look.compare_numbers::<wire::Number>(NUMBERS, &numbers, &OF_NUMBERS);
        for number in &numbers {
            let carrier = number.raw.value().get("provider").and_then(Value::as_str);
            if let Some(carrier) = carrier.and_then(carrier_of) {
                look.carrier(carrier);
            }
            add_number(&mut look, number);
        }
        if !numbers.is_empty() {
            own_number(&mut look, config, &numbers);
        }
        look.finish()
    }
}

fn add_calls(look: &mut Inspector<'_>, value: &Value) {
    let rows: Vec<&Value> = value.as_array().into_iter().flatten().collect();
    look.compare::<wire::Call>(CALLS, &rows);
    let is_state = |word: &str| {
        let facts = CallFacts::new(word, None, true);
        let deletes = ["not-found", "deletion-failed"].contains(&word);
        deletes || state(facts, &TrustedReasons::default()) != ProviderState::Unrecognised
    };
    look.words(CALLS, &rows, "status", is_state);
    look.words(CALLS, &rows, "endedReason", |word| meaning(word).is_some());
}

/// The failure domain of the carrier with Vapi's word. A trunk of the account may lead anywhere.
fn carrier_of(word: &str) -> Option<&'static str> {
    ["vapi", "twilio", "vonage", "telnyx"].into_iter().find(|known| *known == word)
}

fn add_number(look: &mut Inspector<'_>, number: &OwnedNumber) {
    let status = number.raw.value().get("status").and_then(Value::as_str);
    let shown = number.number.map_or_else(|| "a number".to_owned(), |number| number.masked());
    match status {
        Some("blocked") => look.add(Finding::problem(
            "numbers",
            format!("{shown} is blocked"),
            "look it up in Vapi's dashboard, or call from another number",
        )),
        Some("activating") => {
            look.add(Finding::note("numbers", format!("{shown} is not active yet")));
        }
        Some(_) | None => {}
    }
}

fn own_number(look: &mut Inspector<'_>, config: &VapiConfig, numbers: &[OwnedNumber]) {
    let Some(own) = &config.phone_number_id else {
        return;
    };
    if !numbers.iter().any(|number| number.id.as_ref() == Some(own)) {
        look.add(Finding::problem(
            "numbers",
            format!("the number {own} of phone_number_id is not in the account"),
            "name the id of one of switchboard numbers list",
        ));
    }
}
