//! Calls of the simulated Vapi: their course, their ends, the list, ending and deleting.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Ending, Outcome, Reached};
use switchboard_testkit::fault::FaultScript;
use switchboard_testkit::{SimConfig, SimVapi};

use crate::common::{call, get, raw};

pub(crate) const TO: &str = "+12125550101";

pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).concurrency(100)
}

/// Calls that talk until they are ended.
pub(crate) fn endless() -> CallScript {
    CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(86_400))
}

pub(crate) async fn start(config: SimConfig) -> SimVapi {
    SimVapi::start(config).await.unwrap()
}

pub(crate) fn order(sim: &SimVapi, to: &str) -> Value {
    json!({
        "assistantId": sim.assistant_id(), "phoneNumberId": sim.phone_number_id(),
        "customer": {"number": to},
    })
}

/// A body with some fields set.
pub(crate) fn with(mut body: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(crate) async fn place(sim: &SimVapi, body: Value) -> Value {
    let answer = call(sim, "POST", "/call", body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

pub(crate) async fn read(sim: &SimVapi, id: &Value) -> Value {
    get(sim, &format!("/call/{}", id.as_str().unwrap())).await.json()
}

pub(crate) async fn until(sim: &SimVapi, id: &Value, status: &str) -> Value {
    loop {
        let call = read(sim, id).await;
        if call["status"] == status {
            return call;
        }
        assert_ne!(call["status"], "ended", "{call}");
    }
}

#[tokio::test]
async fn a_call_runs_from_queued_to_its_analysis() {
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(90));
    let sim = start(quick().outcome(TO, script)).await;
    let body = with(
        order(&sim, TO),
        json!({
            "name": "a-1", "customer": {"number": TO, "externalId": "x-1"},
            "assistantOverrides": {"metadata": {"attempt": "a-1"}, "firstMessage": "Hello there"},
        }),
    );
    let answer = place(&sim, body).await;
    assert_eq!((&answer["status"], &answer["name"]), (&json!("queued"), &json!("a-1")));
    assert_eq!(
        answer["subscriptionLimits"],
        json!({"concurrencyBlocked": false, "concurrencyLimit": 100, "remainingConcurrentCalls": 99})
    );
    let ring = &sim.rings().rings()[0];
    assert_eq!((ring.to.as_str(), ring.provider.as_str()), (TO, "vapi"));
    assert_eq!((ring.idempotency_key.as_deref(), &json!(ring.call_id)), (None, &answer["id"]));
    let done = until(&sim, &answer["id"], "ended").await;
    assert_eq!(done["endedReason"], "customer-ended-call");
    assert_eq!(
        (&done["customer"]["number"], &done["customer"]["externalId"]),
        (&json!(TO), &json!("x-1"))
    );
    assert_eq!(done["assistantOverrides"]["metadata"]["attempt"], "a-1");
    assert!(done["startedAt"].is_string() && done["phoneCallProviderId"].is_string());
    assert!(done.get("monitor").is_none() && done.get("subscriptionLimits").is_none());
    assert_eq!(done["artifact"]["messages"][1]["message"], "Hello there");
    assert_eq!(done["costBreakdown"]["vapi"].to_string(), "0.075");
    let settled = loop {
        let call = read(&sim, &answer["id"]).await;
        if call["analysis"].is_object() {
            break call;
        }
    };
    assert!(settled["cost"].as_f64() > Some(0.15), "the cost grows after the end");
    let recording = format!("/call/{}/mono-recording", answer["id"].as_str().unwrap());
    assert_eq!(raw(sim.address(), "GET", &recording, &[], b"").await.status, 401);
    let redirect = get(&sim, &recording).await;
    assert_eq!(redirect.status, 302);
    let target = redirect.header("location").unwrap().strip_prefix(sim.url()).unwrap();
    let file = raw(sim.address(), "GET", target, &[], b"").await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("audio/wav")));
    let video = recording.replace("mono", "video");
    assert_eq!(get(&sim, &video).await.status, 404);
    assert_eq!(get(&sim, "/call/none").await.json()["error"], "Not Found");
}

#[tokio::test]
async fn each_reason_rings_or_does_not_as_it_is_filed() {
    let (accepted, dialled, answered) = (Reached::Accepted, Reached::Dialled, Reached::Answered);
    for (word, reached) in [
        ("call.start.error-get-resources-validation", accepted),
        ("call.start.error-get-transport", accepted),
        ("call.start.error-subscription-frozen", accepted),
        ("call.start.error-subscription-wallet-does-not-exist", accepted),
        ("call.start.error-subscription-insufficient-credits", accepted),
        ("call.start.error-subscription-upgrade-failed", accepted),
        ("call.start.error-subscription-concurrency-limit-reached", accepted),
        ("call.start.error-vapi-number-international", accepted),
        ("call.start.error-vapi-number-outbound-daily-limit", accepted),
        ("call.start.error-enterprise-feature-not-available", accepted),
        ("call.start.error-fraud-check-failed", accepted),
        ("call.start.error-vapifault-get-org", accepted),
        ("call-start-error-neither-assistant-nor-server-set", accepted),
        ("assistant-not-found", accepted),
        ("assistant-request-failed", accepted),
        ("call.in-progress.error-vapifault-transport-never-connected", accepted),
        ("call.in-progress.error-vapifault-worker-not-available", dialled),
        ("worker-shutdown", answered),
        ("twilio-failed-to-connect-call", dialled),
        ("call.in-progress.error-sip-outbound-call-failed-to-connect", dialled),
        ("call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", dialled),
        ("twilio-reported-customer-misdialed", dialled),
        ("customer-busy", dialled),
        ("customer-did-not-answer", dialled),
        ("silence-timed-out", answered),
        ("pipeline-error-openai-llm-failed", answered),
    ] {
        let sim = start(quick().ending(TO, word)).await;
        let id = place(&sim, order(&sim, TO)).await["id"].clone();
        let done = until(&sim, &id, "ended").await;
        let rang = reached != accepted;
        assert_eq!((&done["endedReason"], sim.rings().count(TO)), (&json!(word), rang.into()));
        assert_eq!(done.get("phoneCallProviderId").is_some(), rang, "{word}");
        assert_eq!(done.get("startedAt").is_some(), reached == answered, "{word}");
        assert!(done["endedAt"].is_string());
    }
    let sim = start(quick().ending(TO, Ending::from("customer-busy").after(accepted))).await;
    let id = place(&sim, order(&sim, TO)).await["id"].clone();
    until(&sim, &id, "ended").await;
    assert!(sim.rings().is_empty());
}

#[tokio::test]
async fn only_the_secret_url_ends_a_live_call() {
    let sim = start(quick().speed(1.0).outcome(TO, endless())).await;
    let id = place(&sim, order(&sim, TO)).await["id"].clone();
    assert!(read(&sim, &id).await.get("monitor").is_none(), "control was not switched on");

    let overrides = json!({"monitorPlan": {"controlEnabled": true}, "maxDurationSeconds": 43_200});
    let body = with(order(&sim, TO), json!({"assistantOverrides": overrides}));
    let id = place(&sim, body).await["id"].clone();
    let live = until(&sim, &id, "in-progress").await;
    let url = live["monitor"]["controlUrl"].as_str().unwrap().to_owned();
    let target = url.strip_prefix(sim.url()).unwrap();
    for (kind, status) in [("say", 200), ("dance", 400), ("end-call", 200), ("end-call", 404)] {
        let body = json!({"type": kind}).to_string();
        let answer = raw(sim.address(), "POST", target, &[], body.as_bytes()).await;
        assert_eq!(answer.status, status, "{kind}");
    }
    let done = read(&sim, &id).await;
    assert_eq!(
        (&done["status"], &done["endedReason"], done.get("monitor")),
        (&json!("ended"), &json!("manually-canceled"), None)
    );
    let body = json!({"type": "end-call"}).to_string();
    let wrong = raw(sim.address(), "POST", "/control/guess", &[], body.as_bytes()).await;
    assert_eq!(wrong.status, 404);
}

#[tokio::test]
async fn a_deletion_ends_only_what_was_not_dialled() {
    let sim = start(quick().speed(1.0).queue(Duration::from_secs(3600))).await;
    let id = place(&sim, order(&sim, TO)).await["id"].clone();
    let target = format!("/call/{}", id.as_str().unwrap());
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(read(&sim, &id).await["endedReason"], "manually-canceled");
    assert!(sim.rings().is_empty());

    let sim = start(quick().speed(1.0).outcome(TO, endless())).await;
    let id = place(&sim, order(&sim, TO)).await["id"].clone();
    let target = format!("/call/{}", id.as_str().unwrap());
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, &target).await.status, 404);
    assert_eq!(get(&sim, "/call").await.json(), json!([]));
    assert_eq!(sim.rings().count(TO), 1);
    let next = place(&sim, order(&sim, "+12125550102")).await;
    assert_eq!(next["subscriptionLimits"]["remainingConcurrentCalls"], 98, "it still talks");
}

#[tokio::test]
async fn the_list_is_a_bare_array_with_bounds_of_time() {
    let sim = start(quick().outcome(TO, Outcome::Busy)).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = place(&sim, order(&sim, TO)).await["id"].clone();
        until(&sim, &id, "ended").await;
        ids.push(id);
    }
    let all = get(&sim, "/call").await.json();
    let shown: Vec<&Value> = all.as_array().unwrap().iter().map(|call| &call["id"]).collect();
    assert_eq!(shown, [&ids[2], &ids[1], &ids[0]]);
    let middle = all[1]["createdAt"].as_str().unwrap();
    for (query, count) in [
        ("limit=2".to_owned(), 2),
        ("limit=0".to_owned(), 0),
        (format!("id={}", ids[0].as_str().unwrap()), 1),
        (format!("assistantId={}", sim.assistant_id()), 3),
        ("assistantId=none".to_owned(), 0),
        (format!("phoneNumberId={}", sim.phone_number_id()), 3),
        (format!("createdAtGe={middle}"), 2),
        (format!("createdAtGt={middle}"), 1),
        (format!("createdAtLe={middle}"), 2),
        (format!("createdAtLt={middle}"), 1),
        ("updatedAtGt=2999-01-01T00:00:00Z".to_owned(), 0),
        ("name=ignored".to_owned(), 3),
    ] {
        let page = get(&sim, &format!("/call?{query}")).await.json();
        assert_eq!(page.as_array().unwrap().len(), count, "{query}");
    }
    for bad in ["limit=1001", "limit=few", "createdAtGe=yesterday"] {
        assert_eq!(get(&sim, &format!("/call?{bad}")).await.status, 400);
    }
    let target = format!("/call/{}", ids[0].as_str().unwrap());
    assert_eq!(call(&sim, "PATCH", &target, json!({"name": "new"})).await.json()["name"], "new");

    let late = FaultScript::from_toml("[list]\nlag_ms = 3600000").unwrap();
    let sim = start(quick().faults(late)).await;
    place(&sim, order(&sim, TO)).await;
    assert_eq!((get(&sim, "/call").await.json(), sim.rings().count(TO)), (json!([]), 1));
}
