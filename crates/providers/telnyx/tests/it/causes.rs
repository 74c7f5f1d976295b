//! Every cause of an end, and what the events of a call make of it.

use serde_json::{Value, json};
use switchboard_core::{
    Outcome::{
        self, Busy, Cancelled, Completed, Declined, Failed, InvalidNumber, NoAnswer, Voicemail,
    },
    Provider, ProviderState, UsageFilter,
};
use switchboard_telnyx::causes::{is_machine, outcome};

use crate::support::{CALLEE, Server, provider_at};

#[test]
fn every_documented_cause_before_and_after_the_answer() {
    let rows = [
        ("normal_clearing", Failed, Completed),
        ("user_busy", Busy, Completed),
        ("no_answer", NoAnswer, Completed),
        ("timeout", NoAnswer, Completed),
        ("call_rejected", Declined, Completed),
        ("originator_cancel", Cancelled, Completed),
        ("not_found", InvalidNumber, Completed),
        ("time_limit", Failed, Completed),
        ("unspecified", Failed, Completed),
        ("something_new", Failed, Completed),
        ("", Failed, Completed),
    ];
    for (cause, before, after) in rows {
        assert_eq!((outcome(cause, None, false), outcome(cause, None, true)), (before, after));
    }
    assert_eq!(outcome("call_rejected", Some("403"), false), Failed);
    assert_eq!(outcome("call_rejected", Some("603"), false), Declined);
    for (result, machine) in
        [("machine", true), ("silence", true), ("fax_detected", true), ("human", false)]
    {
        assert_eq!(is_machine(result), machine);
    }
}

fn event(name: &str, second: u32, more: &Value) -> Value {
    let mut payload = json!({
        "call_control_id": "v3:1", "client_state": "YS0x", "to": CALLEE, "from": "+13125550100",
        "direction": "outgoing",
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        payload[field] = value.clone();
    }
    let at = format!("2026-02-15T14:00:{second:02}Z");
    json!({"name": name, "type": "webhook", "metadata": {
        "id": format!("{name}{second}"), "event_type": name, "occurred_at": at, "payload": payload,
    }})
}

/// The same row with the whole delivery instead of what is under its `data`.
fn whole(row: &Value) -> Value {
    json!({"name": row["name"], "type": "webhook", "metadata": {
        "data": row["metadata"], "meta": {"attempt": 1},
    }})
}

/// The state of a call with these events, in this order and the other way round, and with the raw
/// event in either shape.
async fn state_of(events: Vec<Value>) -> ProviderState {
    let mut states = Vec::new();
    for (reverse, in_data) in [(false, false), (true, false), (false, true)] {
        let mut rows = events.clone();
        if reverse {
            rows.reverse();
        }
        if in_data {
            rows = rows.iter().map(whole).collect();
        }
        let server = Server::start(move |asked| {
            let body = match asked.path.as_str() {
                "/v2/call_events" => json!({"data": rows, "meta": {}}),
                _ => json!({"data": {"call_control_id": "v3:1", "call_leg_id": "l1", "is_alive": false}}),
            };
            (200, body.to_string())
        })
        .await;
        let call = provider_at(&server).calls().get(&"v3:1".into()).await.unwrap();
        assert_eq!(call.reference, (!events.is_empty()).then(|| "a-1".to_owned()));
        states.push(call.state);
    }
    assert!(states.iter().all(|state| *state == states[0]), "in any order and shape");
    states[0]
}

#[tokio::test]
async fn the_state_comes_from_all_events_in_any_order() {
    let hangup = |cause: &str, sip: &str| {
        event("call.hangup", 30, &json!({"hangup_cause": cause, "sip_hangup_cause": sip}))
    };
    let none = json!({});
    let initiated = event("call.initiated", 1, &none);
    let answered = event("call.answered", 5, &none);
    let machine = event("call.machine.premium.detection.ended", 8, &json!({"result": "machine"}));
    let talked = event("call.conversation.ended", 20, &json!({"duration_sec": 12}));
    let ended = |outcome: Outcome| ProviderState::Ended(outcome);
    let rows = [
        (vec![], ProviderState::Queued),
        (vec![initiated.clone()], ProviderState::Queued),
        (vec![initiated.clone(), answered.clone()], ProviderState::InProgress),
        (vec![initiated.clone(), hangup("user_busy", "486")], ended(Busy)),
        (vec![initiated.clone(), hangup("call_rejected", "403")], ended(Failed)),
        (
            vec![initiated.clone(), answered.clone(), hangup("normal_clearing", "200")],
            ended(Completed),
        ),
        (
            vec![
                initiated.clone(),
                answered.clone(),
                machine.clone(),
                hangup("normal_clearing", "200"),
            ],
            ended(Voicemail),
        ),
        (vec![initiated.clone(), hangup("normal_clearing", "200")], ended(Failed)),
        // The history lacks the answer, and has what only a call that was answered has.
        (vec![initiated.clone(), talked.clone()], ProviderState::InProgress),
        (vec![initiated.clone(), talked, hangup("normal_clearing", "200")], ended(Completed)),
        (vec![initiated.clone(), machine, hangup("normal_clearing", "200")], ended(Voicemail)),
        (vec![answered, event("call.analyzed", 40, &none)], ProviderState::InProgress),
    ];
    for (events, expected) in rows {
        assert_eq!(state_of(events.clone()).await, expected, "{events:?}");
    }
}

/// A history whose filter is ignored tells how other calls ended.
#[tokio::test]
async fn the_end_of_another_call_is_not_this_ones() {
    let busy = json!({"hangup_cause": "user_busy", "call_control_id": "v3:2"});
    let nameless = json!({"hangup_cause": "user_busy", "call_control_id": null});
    let events = vec![
        event("call.initiated", 1, &json!({})),
        event("call.hangup", 9, &busy),
        event("call.hangup", 10, &nameless),
    ];
    assert_eq!(state_of(events).await, ProviderState::Queued);
}

/// A cost whose currency is not told, or not one, is not guessed.
#[tokio::test]
async fn a_cost_is_in_one_currency_that_is_told() {
    let part = |currency: &str| json!({"cost": "0.01", "currency": currency});
    let rows = [
        (json!([part("USD"), part("USD")]), Some("0.02 USD")),
        (json!([part("EUR")]), Some("0.02 EUR")),
        (json!([part("USD"), part("EUR")]), None),
        (json!([{"cost": "0.02"}]), None),
        (json!([]), None),
    ];
    for (parts, expected) in rows {
        let cost = event("call.cost", 50, &json!({"total_cost": "0.02", "cost_parts": parts}));
        let server = Server::answering(200, json!({"data": [cost], "meta": {}}).to_string()).await;
        let provider = provider_at(&server);
        let records = provider.usage().unwrap().records(&UsageFilter::default()).await.unwrap();
        assert_eq!(records[0].cost.map(|cost| cost.to_string()).as_deref(), expected);
    }
}
