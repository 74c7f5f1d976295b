//! What the account's settings at Telnyx are.

use std::sync::Arc;

use async_trait::async_trait;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{Clock, Finding, Inspect, Inspection};
use switchboard_http::{Inspector, Method, fields::Field as _};

use crate::{account::Account, agents::TelnyxAgents, numbers::TelnyxNumbers};

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
            add_balance(&mut look, &value["data"]);
        }
        let agents = TelnyxAgents(Arc::clone(&self.0));
        look.agents("GET /v2/ai/assistants", None, &agents, config.agent_id.as_ref()).await;
        let numbers = TelnyxNumbers(Arc::clone(&self.0));
        let from = config.from_number.as_ref();
        let numbers = look.numbers("GET /v2/phone_numbers", None, &numbers, from).await;
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
