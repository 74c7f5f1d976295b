//! The Dial command, field by field.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use switchboard_core::{CallRequest, Delivery, PlaceRequest, Provider};
use switchboard_telnyx::{Telnyx, TelnyxConfig};

use crate::support::{Asked, CALLEE, FROM, KEY, Server, config_at, number, order, plain_order};

const ANSWER: &str = r#"{"data":{"record_type":"call","call_control_id":"v3:1","is_alive":false}}"#;

async fn sent(change: impl FnOnce(&mut TelnyxConfig), order: &PlaceRequest) -> Asked {
    let server = Server::answering(200, ANSWER).await;
    let mut config = config_at(&server);
    change(&mut config);
    Telnyx::new(config).unwrap().calls().place(order).await.unwrap();
    server.only()
}

#[tokio::test]
async fn the_whole_command() {
    let mut request = CallRequest::new(CALLEE, "Confirm the appointment");
    request.callee_name = Some("John Smith".to_owned());
    let order = order(request).with(|order| {
        order.first_message = Some("Hello!".to_owned());
        order.webhook_url = Some("https://hooks.example/a".parse().unwrap());
    });
    let set = |config: &mut TelnyxConfig| {
        config.detect_machines = true;
        config.record = true;
    };
    let asked = sent(set, &order).await;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v2/calls"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        asked.body,
        json!({
            "connection_id": "conn_1",
            "from": FROM,
            "to": CALLEE,
            "assistant": {
                "id": "assistant-1",
                "greeting": "Hello!",
                "dynamic_variables": {
                    "task": "Confirm the appointment\n\nPerson to speak to: John Smith",
                    "callee_name": "John Smith",
                },
            },
            "command_id": order.idempotency_key.to_string(),
            "retry_on_timeout": false,
            "client_state": "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAx",
            "webhook_url": "https://hooks.example/a",
            "time_limit_secs": 300,
            "answering_machine_detection": "premium",
            "record": "record-from-answer",
        })
    );
}

/// What would ring another phone, or the same one again, has no way into a command.
#[tokio::test]
async fn helpers_of_the_provider_are_never_asked_for() {
    let order = plain_order().with(|order| {
        order.agent = Some("assistant-2".into());
        order.task_variable = Some("goal".to_owned());
    });
    let body = sent(|_| {}, &order).await.body;
    let fields: BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let allowed = [
        "assistant",
        "client_state",
        "command_id",
        "connection_id",
        "from",
        "retry_on_timeout",
        "time_limit_secs",
        "to",
    ];
    assert_eq!(fields, BTreeSet::from(allowed));
    assert!(body["to"].is_string(), "one phone");
    assert_eq!(body["retry_on_timeout"], false, "no other route to the same phone");
    let variables = json!({"goal": "Confirm appointment for tomorrow at 2pm"});
    assert_eq!(body["assistant"], json!({"id": "assistant-2", "dynamic_variables": variables}));
}

/// A number of the configuration's pool comes before the account's own.
#[tokio::test]
async fn the_number_of_the_order_comes_first() {
    let order = plain_order().with(|order| {
        order.from = Some(switchboard_core::CallerNumber {
            name: "west".to_owned(),
            number: number("+14155550199"),
            id: None,
        });
    });
    let asked = sent(|config| config.from_number = None, &order).await;
    assert_eq!(asked.body["from"], "+14155550199");
}

#[tokio::test]
async fn the_longest_duration_stays_within_the_documented_bounds() {
    for (asked_for, seconds) in [(1, 30), (60, 60), (14_400, 14_400), (20_000, 14_400)] {
        let order = plain_order().with(|order| order.max_duration = Duration::from_secs(asked_for));
        assert_eq!(sent(|_| {}, &order).await.body["time_limit_secs"], seconds);
    }
}

#[tokio::test]
async fn what_is_missing_or_cannot_be_sent_is_named_and_nothing_is_sent() {
    type Change = fn(&mut TelnyxConfig);
    let rows: [(&str, Change, Option<&str>); 4] = [
        ("connection_id", |config| config.connection_id = None, None),
        ("from_number", |config| config.from_number = None, None),
        ("agent_id", |config| config.agent_id = None, None),
        ("agent_version", |_| {}, Some("v1")),
    ];
    for (field, change, version) in rows {
        let server = Server::answering(200, ANSWER).await;
        let mut config = config_at(&server);
        change(&mut config);
        let order = plain_order().with(|order| order.agent_version = version.map(str::to_owned));
        let error = Telnyx::new(config).unwrap().calls().place(&order).await.unwrap_err();
        assert_eq!((error.delivery(), error.error().field()), (Delivery::NotSent, Some(field)));
        assert!(server.asked().is_empty());
    }
}
