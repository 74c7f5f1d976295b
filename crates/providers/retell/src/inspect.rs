//! What the account's settings at Retell are.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use switchboard_core::{Clock, Finding, Inspect, Inspection};
use switchboard_http::{Inspector, Method};

use crate::{account::Account, agents::RetellAgents, numbers::RetellNumbers};

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
            add_concurrency(&mut look, &value);
        }
        let agents = RetellAgents(Arc::clone(&self.0));
        look.agents("GET /v2/list-agents", None, &agents, config.agent_id.as_ref()).await;
        let numbers = RetellNumbers(Arc::clone(&self.0));
        let from = config.from_number.as_ref();
        let numbers = look.numbers("GET /v2/list-phone-numbers", None, &numbers, from).await;
        for number in &numbers {
            if let Some(carrier) = carrier(number.raw.value()) {
                look.carrier(carrier);
            }
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

/// Who carries a number, where it says so.
fn carrier(number: &Value) -> Option<&'static str> {
    let word = number.get("phone_number_type").or_else(|| number.get("number_provider"))?;
    let word = word.as_str()?;
    ["twilio", "telnyx"].into_iter().find(|carrier| word.contains(carrier))
}
