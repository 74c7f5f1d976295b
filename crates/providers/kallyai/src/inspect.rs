//! What the account's settings at KallyAI are.

use std::sync::Arc;

use async_trait::async_trait;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{Clock, Finding, Inspect, Inspection, ProviderState};
use switchboard_http::{Inspector, Method, fields::Field as _};

use crate::{
    account::Account,
    convert::state,
    numbers::KallyAiNumbers,
    wire::{CallRecord, CreditBalance, Listing, ReadJson},
};

const CALLS: &str = "GET /v1/calls";

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KallyAiInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for KallyAiInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let client = &self.0.client;
        let mut look = Inspector::new(clock);
        let balance = client.request(Method::Get, "/v1/credits/balance");
        let balance = look.read("GET /v1/credits/balance", Some("credits:read"), balance).await;
        if let Some(value) = balance {
            let mut unread = Vec::new();
            <CreditBalance as ReadJson>::unread(&value, "", &mut unread);
            look.unread("GET /v1/credits/balance", &value, &unread);
            add_credits(&mut look, &value);
        }
        let calls = client.request(Method::Get, "/v1/calls?limit=20");
        if let Some(value) = look.read(CALLS, Some("calls:read"), calls).await {
            add_calls(&mut look, &value);
        }
        let numbers = KallyAiNumbers(Arc::clone(&self.0));
        look.numbers("GET /v1/phone-numbers", None, &numbers, None).await;
        look.finish()
    }
}

fn add_calls(look: &mut Inspector<'_>, value: &Value) {
    let Some(listed) = Listing::<CallRecord>::of(value) else {
        return;
    };
    if listed.received > 0 {
        look.unread(CALLS, value, &listed.unread());
    }
    let rows: Vec<&Value> = listed.items.iter().map(|call| call.raw().value()).collect();
    let is_known = |word: &str| state(word) != ProviderState::Unrecognised;
    look.words(CALLS, &rows, "status", is_known);
}

fn add_credits(look: &mut Inspector<'_>, value: &Value) {
    let Some(left) = value.get("credits_remaining").and_then(Decimal::read) else {
        return;
    };
    look.add(if left >= Decimal::ONE {
        Finding::ok("limits", format!("{left} credits are left"))
    } else {
        Finding::problem(
            "limits",
            format!("{left} credits are left, and a call needs about one"),
            "buy credits at KallyAI, or wait for the next period",
        )
    });
}
