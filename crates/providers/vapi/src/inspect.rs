//! What the account's settings at Vapi are.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{Clock, Finding, Inspect, Inspection, OwnedNumber};
use switchboard_http::{Inspector, Method};

use crate::{VapiConfig, account::Account, agents::VapiAgents, numbers::VapiNumbers};

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct VapiInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for VapiInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let Account { config, client } = &*self.0;
        let mut look = Inspector::new(clock);
        // The smallest read there is: its answer has the provider's time.
        let calls = client.request(Method::Get, "/call?limit=1");
        look.read("GET /call", None, calls).await;
        let agents = VapiAgents(Arc::clone(&self.0));
        look.agents("GET /assistant", None, &agents, config.agent_id.as_ref()).await;
        let numbers = VapiNumbers(Arc::clone(&self.0));
        let numbers = look.numbers("GET /phone-number", None, &numbers, None).await;
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
