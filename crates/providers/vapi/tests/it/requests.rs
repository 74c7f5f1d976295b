//! What a placing request holds, to the last field, and what it never holds.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use switchboard_core::{CallRequest, Delivery, ErrorKind, PlaceRequest, Provider};
use switchboard_vapi::{Vapi, VapiConfig};

use crate::support::{Asked, CALLEE, KEY, Server, config_at, order, plain_order, provider_at};

const ANSWER: &str = r#"{"id":"call-1","status":"queued"}"#;
const ATTEMPT: &str = "00000000-0000-0000-0000-000000000001";

async fn sent(change: impl FnOnce(&mut VapiConfig), order: &PlaceRequest) -> Asked {
    let server = Server::answering(201, ANSWER).await;
    let mut config = config_at(&server);
    change(&mut config);
    Vapi::new(config).unwrap().calls().place(order).await.unwrap();
    server.only()
}

#[tokio::test]
async fn a_plain_call_to_the_last_field() {
    let asked = sent(|_| {}, &plain_order()).await;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/call"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        asked.body,
        json!({
            "name": ATTEMPT,
            "assistantId": "assistant-1",
            "phoneNumberId": "number-1",
            "customer": {"number": CALLEE, "externalId": ATTEMPT},
            "assistantOverrides": {
                "metadata": {"switchboard_attempt": ATTEMPT},
                "variableValues": {"task": "Confirm appointment for tomorrow at 2pm"},
                "maxDurationSeconds": 300,
                "monitorPlan": {"controlEnabled": true},
            },
        })
    );
    assert!(!asked.headers.contains_key("idempotency-key"), "no document has one");
}

fn full_request() -> CallRequest {
    let mut request = CallRequest::new(CALLEE, "Book a table");
    request.callee_name = Some("Jordan Reyes".to_owned());
    request.business_name = Some("Italian Bistro".to_owned());
    request.on_behalf_of = Some("Ada".to_owned());
    request.first_message = Some("Good evening!".to_owned());
    request.instructions = vec!["Be brief".to_owned()];
    request.timezone = Some("America/New_York".to_owned());
    request
}

#[tokio::test]
async fn everything_that_the_agent_should_know_is_in_the_variables() {
    let goal = |config: &mut VapiConfig| config.task_variable = "goal".to_owned();
    let asked = sent(goal, &order(full_request())).await;
    let overrides = &asked.body["assistantOverrides"];
    assert_eq!(overrides["firstMessage"], "Good evening!");
    assert_eq!(overrides["variableValues"]["callee_name"], "Jordan Reyes");
    assert_eq!(
        overrides["variableValues"]["goal"],
        "Book a table\n\nInstructions:\n- Be brief\n\nPerson to speak to: Jordan Reyes\nBusiness \
         that is called: Italian Bistro\nOn behalf of: Ada\nTime zone: America/New_York"
    );
    assert_eq!(asked.body["customer"]["name"], "Jordan Reyes");
    let own = order(full_request()).with(|order| order.task_variable = Some("aim".to_owned()));
    let asked = sent(goal, &own).await;
    let variables = asked.body["assistantOverrides"]["variableValues"].as_object().unwrap().clone();
    assert_eq!(variables.keys().collect::<Vec<_>>(), ["aim", "callee_name"]);
    assert!(variables.values().all(Value::is_string), "text and nothing else");
}

#[tokio::test]
async fn a_name_that_is_too_long_for_the_customer_is_a_variable_only() {
    for (length, is_sent) in [(40, true), (41, false)] {
        let mut request = CallRequest::new(CALLEE, "Book a table");
        request.callee_name = Some("é".repeat(length));
        let asked = sent(|_| {}, &order(request)).await;
        assert_eq!(asked.body["customer"].get("name").is_some(), is_sent, "{length}");
        let variables = &asked.body["assistantOverrides"]["variableValues"];
        assert_eq!(variables["callee_name"], "é".repeat(length));
    }
}

#[tokio::test]
async fn what_a_router_must_not_send_is_never_sent() {
    let full = order(full_request()).with(|order| {
        order.webhook_url = Some("https://hooks.example/a?b=c".parse().unwrap());
    });
    let set = |config: &mut VapiConfig| {
        config.agent_version = Some("v3".to_owned());
        config.webhook_credential_id = Some("credential-1".to_owned());
    };
    let asked = sent(set, &full).await;
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let allowed = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(
        names(&asked.body),
        allowed(&[
            "assistantId",
            "assistantOverrides",
            "assistantVersion",
            "customer",
            "name",
            "phoneNumberId",
        ])
    );
    assert_eq!(names(&asked.body["customer"]), allowed(&["externalId", "name", "number"]));
    assert_eq!(
        names(&asked.body["assistantOverrides"]),
        allowed(&[
            "firstMessage",
            "maxDurationSeconds",
            "metadata",
            "monitorPlan",
            "server",
            "serverMessages",
            "variableValues",
        ])
    );
    // Several phones, a later time, another choice of the assistant, or no check of the number.
    for never in [
        "\"customers\"",
        "schedulePlan",
        "squad",
        "workflow",
        "numberE164CheckEnabled",
        "\"phoneNumber\"",
        "\"assistant\"",
        "fallback",
        "transport",
    ] {
        assert!(!asked.body.to_string().contains(never), "{never}");
    }
    let overrides = &asked.body["assistantOverrides"];
    assert_eq!(
        overrides["server"],
        json!({
            "url": "https://hooks.example/a?b=c",
            "credentialId": "credential-1",
            "backoffPlan": {"type": "exponential", "maxRetries": 5, "baseDelaySeconds": 5},
        })
    );
    assert_eq!(overrides["serverMessages"], json!(["status-update", "end-of-call-report"]));
}

#[tokio::test]
async fn the_version_of_the_order_comes_first_and_the_accounts_goes_with_its_own_agent_only() {
    let third = |config: &mut VapiConfig| config.agent_version = Some("v3".to_owned());
    let rows: [(Option<&str>, Option<&str>, Option<&str>); 5] = [
        (None, None, Some("v3")),
        (None, Some("v7"), Some("v7")),
        (Some("assistant-1"), None, Some("v3")),
        (Some("assistant-2"), None, None),
        (Some("assistant-2"), Some("v7"), Some("v7")),
    ];
    for (agent, version, expected) in rows {
        let order = plain_order().with(|order| {
            order.agent = agent.map(Into::into);
            order.agent_version = version.map(str::to_owned);
        });
        let asked = sent(third, &order).await;
        assert_eq!(asked.body["assistantId"], agent.unwrap_or("assistant-1"));
        assert_eq!(asked.body.get("assistantVersion").and_then(Value::as_str), expected);
    }
}

#[tokio::test]
async fn the_longest_duration_stays_within_the_documented_bounds() {
    for (asked_for, seconds) in [(1, 10), (10, 10), (43_200, 43_200), (90_000, 43_200)] {
        let order = plain_order().with(|order| order.max_duration = Duration::from_secs(asked_for));
        let asked = sent(|_| {}, &order).await;
        assert_eq!(asked.body["assistantOverrides"]["maxDurationSeconds"], seconds);
    }
}

#[tokio::test]
async fn without_a_number_or_an_agent_nothing_is_sent() {
    type Change = fn(&mut VapiConfig);
    let rows: [(&str, Change); 2] = [
        ("phone_number_id", |config| config.phone_number_id = None),
        ("agent_id", |config| config.agent_id = None),
    ];
    for (field, change) in rows {
        let server = Server::answering(201, ANSWER).await;
        let mut config = config_at(&server);
        change(&mut config);
        let failed = Vapi::new(config).unwrap().calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.delivery(), failed.error().field()),
            (ErrorKind::Configuration, Delivery::NotSent, Some(field))
        );
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn one_order_is_always_the_same_bytes() {
    let first = sent(|_| {}, &order(full_request())).await;
    let second = sent(|_| {}, &order(full_request())).await;
    assert_eq!(first.body, second.body);
}

/// A number of the configuration's pool comes before the account's own, by Vapi's id of it.
#[tokio::test]
async fn the_number_of_the_order_comes_first() {
    let from = |id: Option<&str>| switchboard_core::CallerNumber {
        name: "west".to_owned(),
        number: switchboard_core::PhoneNumber::parse("+14155550199").unwrap(),
        id: id.map(Into::into),
    };
    let order = plain_order().with(|order| order.from = Some(from(Some("number_2"))));
    assert_eq!(sent(|_| {}, &order).await.body["phoneNumberId"], "number_2");
    // Another number than the one that was chosen is not called from.
    let server = Server::answering(201, "{}").await;
    let order = plain_order().with(|order| order.from = Some(from(None)));
    let error = provider_at(&server).calls().place(&order).await.unwrap_err();
    assert_eq!(error.error().field(), Some("phone_number_id"));
    assert!(server.asked().is_empty());
}
