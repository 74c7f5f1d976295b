//! What a placing request holds, to the last field, and what it never holds.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use switchboard_core::{CallRequest, Delivery, ErrorKind, PlaceRequest, Provider};
use switchboard_retell::{Retell, RetellConfig, VersionSelector};

use crate::support::{
    CALLEE, FROM, KEY, Server, config_at, number, order, plain_order, provider_at,
};

const ANSWER: &str = r#"{"call_id":"call_1","call_status":"registered"}"#;

async fn sent(
    change: impl FnOnce(&mut RetellConfig),
    order: &PlaceRequest,
) -> crate::support::Asked {
    let server = Server::answering(201, ANSWER).await;
    let mut config = config_at(&server);
    change(&mut config);
    Retell::new(config).unwrap().calls().place(order).await.unwrap();
    server.only()
}

#[tokio::test]
async fn a_plain_call_to_the_last_field() {
    let asked = sent(|_| {}, &plain_order()).await;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v2/create-phone-call"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        asked.body,
        json!({
            "from_number": FROM,
            "to_number": CALLEE,
            "override_agent_id": "agent_1",
            "metadata": {"switchboard_attempt": "00000000-0000-0000-0000-000000000001"},
            "idempotency_key": "00000000-0000-0000-0000-000000000002",
            "honor_internal_dnc": true,
            "retell_llm_dynamic_variables": {"task": "Confirm appointment for tomorrow at 2pm"},
            "agent_override": {"agent": {"max_call_duration_ms": 300_000}},
        })
    );
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
    let asked =
        sent(|config| config.task_variable = "goal".to_owned(), &order(full_request())).await;
    let variables = &asked.body["retell_llm_dynamic_variables"];
    assert_eq!(variables["callee_name"], "Jordan Reyes");
    assert_eq!(
        variables["goal"],
        "Book a table\n\nInstructions:\n- Begin the call with exactly these words, before anything \
         else: Good evening!\n- Be brief\n\nPerson to speak to: Jordan Reyes\nBusiness that is \
         called: Italian Bistro\nOn behalf of: Ada\nTime zone: America/New_York"
    );
    assert!(variables.as_object().unwrap().values().all(Value::is_string), "text and nothing else");
}

#[tokio::test]
async fn what_a_router_must_not_send_is_never_sent() {
    let full = order(full_request()).with(|order| {
        order.webhook_url = Some("https://hooks.example/a?b=c".parse().unwrap());
    });
    let version =
        |config: &mut RetellConfig| config.agent_version = Some(VersionSelector::Number(3));
    let asked = sent(version, &full).await;
    let fields: BTreeSet<&str> =
        asked.body.as_object().unwrap().keys().map(String::as_str).collect();
    let allowed = [
        "agent_override",
        "from_number",
        "honor_internal_dnc",
        "idempotency_key",
        "metadata",
        "override_agent_id",
        "override_agent_version",
        "retell_llm_dynamic_variables",
        "to_number",
    ];
    assert_eq!(fields, BTreeSet::from(allowed));
    for never in [
        "custom_sip_headers",
        "ignore_e164_validation",
        "outbound_agents",
        "tasks",
        "trigger_timestamp",
    ] {
        assert!(!asked.body.to_string().contains(never), "{never}");
    }
    assert_eq!(
        asked.body["agent_override"],
        json!({"agent": {"max_call_duration_ms": 300_000, "webhook_url": "https://hooks.example/a?b=c"}})
    );
    assert_eq!(asked.body["honor_internal_dnc"], true);
}

#[tokio::test]
async fn a_version_is_a_number_or_a_tag_and_goes_with_its_own_agent_only() {
    for (version, sent_as) in [
        (VersionSelector::Number(0), json!(0)),
        (VersionSelector::Tag("live".to_owned()), json!("live")),
    ] {
        let set = |config: &mut RetellConfig| config.agent_version = Some(version.clone());
        let asked = sent(set, &plain_order()).await;
        assert_eq!(asked.body["override_agent_version"], sent_as);
        let other = plain_order().with(|order| order.agent = Some("agent_2".into()));
        let asked = sent(set, &other).await;
        assert_eq!(asked.body["override_agent_id"], "agent_2");
        assert!(asked.body.get("override_agent_version").is_none());
    }
}

#[tokio::test]
async fn the_version_and_the_variable_of_a_profile_come_first() {
    for (version, sent_as) in [("4", json!(4)), ("live", json!("live"))] {
        let order = plain_order().with(|order| {
            order.agent_version = Some(version.to_owned());
            order.task_variable = Some("goal".to_owned());
        });
        let set =
            |config: &mut RetellConfig| config.agent_version = Some(VersionSelector::Number(3));
        let asked = sent(set, &order).await;
        assert_eq!(asked.body["override_agent_version"], sent_as);
        let variables = asked.body["retell_llm_dynamic_variables"].as_object().unwrap();
        assert_eq!(variables.keys().collect::<Vec<_>>(), ["goal"]);
    }
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
    assert_eq!(asked.body["from_number"], "+14155550199");
}

#[tokio::test]
async fn the_longest_duration_stays_within_the_documented_bounds() {
    for (asked_for, millis) in [(1, 60_000), (60, 60_000), (7200, 7_200_000), (9000, 7_200_000)] {
        let order = plain_order().with(|order| order.max_duration = Duration::from_secs(asked_for));
        let asked = sent(|_| {}, &order).await;
        assert_eq!(asked.body["agent_override"]["agent"]["max_call_duration_ms"], millis);
    }
}

#[tokio::test]
async fn without_a_number_or_an_agent_nothing_is_sent() {
    type Change = fn(&mut RetellConfig);
    let rows: [(&str, Change); 2] = [
        ("from_number", |config| config.from_number = None),
        ("agent_id", |config| config.agent_id = None),
    ];
    for (field, change) in rows {
        let server = Server::answering(201, ANSWER).await;
        let mut config = config_at(&server);
        change(&mut config);
        let failed = Retell::new(config).unwrap().calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.delivery(), failed.error().field()),
            (ErrorKind::Configuration, Delivery::NotSent, Some(field))
        );
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn a_repeat_is_the_same_bytes_under_the_same_key() {
    let server = Server::answering(201, ANSWER).await;
    let provider = provider_at(&server);
    for _ in 0..2 {
        provider.calls().place(&order(full_request())).await.unwrap();
    }
    let asked = server.asked();
    assert_eq!((asked.len(), &asked[0].body), (2, &asked[1].body));
}
