//! Durable events of the simulated KaiCalls: recorded for each step of a call, delivered and
//! replayed.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use crate::common::{call, get, raw};

const TO: &str = "+12125550101";

async fn start(outcome: Outcome) -> SimKaiCalls {
    let script = CallScript::new(outcome).ringing_for(Duration::from_secs(1));
    let script = match outcome {
        Outcome::Completed => script.talking_for(Duration::from_secs(1)),
        _ => script.talking_for(Duration::ZERO),
    };
    let config =
        SimConfig::default().seed(0).speed(1000.0).limits(1000, 1_000_000).outcome(TO, script);
    SimKaiCalls::start(config.webhook_retries([])).await.unwrap()
}

async fn place(sim: &SimKaiCalls, url: Option<&str>) -> String {
    let answer = call(
        sim,
        "POST",
        "/api/v1/calls",
        json!({"agent_id": sim.agent_id(), "to": TO, "webhook_url": url}),
    )
    .await;
    assert_eq!(answer.status, 201);
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The rows of a list, once there are `count` of them.
async fn rows(sim: &SimKaiCalls, target: &str, name: &str, count: usize) -> Vec<Value> {
    loop {
        let rows = get(sim, target).await.json()[name].as_array().unwrap().clone();
        if rows.len() >= count {
            assert_eq!(rows.len(), count);
            return rows;
        }
        tokio::task::yield_now().await;
    }
}

fn column<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_step_of_a_call_is_an_event() {
    let sim = start(Outcome::Completed).await;
    let id = place(&sim, None).await;
    let all = rows(&sim, &format!("/api/v1/events?object_id={id}"), "events", 4).await;
    assert_eq!(
        column(&all, "event_type"),
        ["call.completed", "call.started", "call.ringing", "call.queued"]
    );
    assert!(
        all.iter()
            .all(|event| event["business_id"] == sim.business_id() && event["status"] == "recorded")
    );
    assert_eq!((&all[0]["data"]["call_id"], &all[0]["data"]["duration"]), (&json!(id), &json!(1)));

    let sim = start(Outcome::NoAnswer).await;
    let id = place(&sim, None).await;
    let all = rows(&sim, &format!("/api/v1/events?object_id={id}"), "events", 3).await;
    assert_eq!(column(&all, "event_type"), ["call.failed", "call.ringing", "call.queued"]);
    assert_eq!(all[0]["data"]["error"], "no_answer");
    let page = get(&sim, "/api/v1/events?limit=2").await.json();
    assert_eq!((page["events"].as_array().unwrap().len(), &page["has_more"]), (2, &json!(true)));
    for (target, status) in [
        ("/api/v1/events?limit=many", 400),
        ("/api/v1/events?from=soon", 400),
        ("/api/v1/events?limit=1000", 200),
    ] {
        assert_eq!(get(&sim, target).await.status, status, "{target}");
    }
}

#[tokio::test]
async fn each_attempt_is_a_delivery_and_a_replay_is_one_more() {
    let sim = start(Outcome::Completed).await;
    // No request is sent to strangers: each attempt is recorded as failed.
    let made =
        call(&sim, "POST", "/api/v1/webhooks", json!({"webhook_url": "http://192.0.2.1/account"}))
            .await;
    let webhook = made.json()["id"].clone();
    let id = place(&sim, Some("http://192.0.2.1/call")).await;
    let target = format!("/api/v1/events?object_id={id}&event_type=call.completed");
    let event = rows(&sim, &target, "events", 1).await[0]["id"].as_str().unwrap().to_owned();
    let of_event = format!("/api/v1/event-deliveries?event_id={event}");
    let first = rows(&sim, &of_event, "deliveries", 2).await;
    let mut urls = column(&first, "webhook_url");
    urls.sort_unstable();
    assert_eq!(urls, ["http://192.0.2.1/account", "http://192.0.2.1/call"]);
    let to_account =
        first.iter().find(|row| row["webhook_url"] == "http://192.0.2.1/account").unwrap();
    assert_eq!((&to_account["webhook_id"], &to_account["status"]), (&webhook, &json!("failed")));
    rows(&sim, &format!("{of_event}&status=failed"), "deliveries", 2).await;
    assert_eq!(
        get(&sim, &format!("{of_event}&status=succeeded")).await.json()["deliveries"],
        json!([])
    );
    assert_eq!(get(&sim, &format!("{of_event}&status=delivered")).await.status, 400);
    assert_eq!(rows(&sim, &target, "events", 1).await[0]["status"], "failed");

    let replayed = call(&sim, "POST", "/api/v1/events/replay", json!({"event_id": event})).await;
    assert_eq!((replayed.status, &replayed.json()["replayed"]), (202, &json!(1)));
    rows(&sim, &of_event, "deliveries", 4).await;
    assert!(sim.webhook_attempts().iter().all(|one| one.event_id.as_deref() == Some(&event)));
    let filled = call(
        &sim,
        "POST",
        "/api/v1/events/backfill",
        json!({"from": "2020-01-01", "to": "2120-01-01", "event_type": "call.completed"}),
    )
    .await;
    assert_eq!((filled.status, &filled.json()["backfilled"]), (202, &json!(1)));
    rows(&sim, &of_event, "deliveries", 6).await;
    assert_eq!(sim.rings().count(TO), 1);

    for (path, body, status) in [
        ("replay", json!({}), 400),
        ("replay", json!({"event_id": event, "filter": {}}), 400),
        ("replay", json!({"event_id": "evt_none"}), 404),
        ("replay", json!({"event_ids": [event, "evt_none"]}), 404),
        ("replay", json!({"event_id": event, "business_id": "other"}), 404),
        ("backfill", json!({"from": "2026-01-01"}), 400),
        ("backfill", json!({"from": "2026-01-02", "to": "2026-01-01"}), 400),
        ("backfill", json!([]), 400),
    ] {
        let answer = call(&sim, "POST", &format!("/api/v1/events/{path}"), body).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["error"]["code"].is_string());
    }
    rows(&sim, &of_event, "deliveries", 6).await;
}

#[tokio::test]
async fn events_have_scopes_of_their_own() {
    let sim =
        SimKaiCalls::start(SimConfig::default().seed(0).scopes(["events:read"])).await.unwrap();
    assert_eq!(get(&sim, "/api/v1/events").await.status, 200);
    assert_eq!(get(&sim, "/api/v1/event-deliveries").await.status, 200);
    let refused = call(&sim, "POST", "/api/v1/events/replay", json!({"filter": {}})).await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (403, Some("forbidden"))
    );
    assert_eq!(raw(sim.address(), "GET", "/api/v1/events", &[], b"").await.status, 401);
    let narrow =
        SimKaiCalls::start(SimConfig::default().seed(0).scopes(["webhooks:read"])).await.unwrap();
    assert_eq!(get(&narrow, "/api/v1/events").await.status, 403);
    assert_eq!(
        get(&narrow, "/api/v1/event-deliveries").await.status,
        200,
        "who reads webhooks sees what became of them"
    );
    let replayer =
        SimKaiCalls::start(SimConfig::default().seed(0).scopes(["events:replay"])).await.unwrap();
    let again = call(&replayer, "POST", "/api/v1/events/replay", json!({"filter": {}})).await;
    assert_eq!((again.status, get(&replayer, "/api/v1/event-deliveries").await.status), (202, 403));
}

#[tokio::test]
async fn discovery_describes_the_api() {
    let sim = SimKaiCalls::start(SimConfig::default().seed(0)).await.unwrap();
    let paths = get(&sim, "/api/v1/openapi.json").await.json()["paths"].clone();
    for (path, methods) in paths.as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let status = call(&sim, &method.to_uppercase(), path, Value::Null).await.status;
            assert_ne!(status, 405, "{method} {path}");
        }
    }
    assert!(sim.rings().is_empty());
    assert_eq!(get(&sim, "/api/v1/schemas?name=none").await.status, 404);
    assert_eq!(get(&sim, "/api/v1/capabilities?business_id=other").await.status, 404);
}
