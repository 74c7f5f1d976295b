//! Calls of the simulated CALL-E: their course, their ends, cancelling, events.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Ending, Outcome, Reached};
use switchboard_testkit::{SimCallE, SimConfig};

use crate::common::{Reply, call, call_with, get};

pub(crate) const TO: &str = "+12125550101";
pub(crate) const PLACE: &str = "/v2/calls";

pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).concurrency(100)
}

pub(crate) async fn start(config: SimConfig) -> SimCallE {
    SimCallE::start(config).await.unwrap()
}

pub(crate) fn order(to: &str) -> Value {
    json!({
        "task": "Reserve a table for four.", "phone": to, "metadata": {"attempt": "a-1"},
        "result_schema": {
            "type": "object", "additionalProperties": false, "required": ["reached"],
            "properties": {"reached": {"type": "boolean"}, "summary": {"type": "string"}},
        },
    })
}

pub(crate) async fn send(sim: &SimCallE, key: &str, body: Value) -> Reply {
    call_with(sim, "POST", PLACE, &[("idempotency-key", key)], body).await
}

pub(crate) async fn place(sim: &SimCallE, key: &str, body: Value) -> Value {
    let answer = send(sim, key, body).await;
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

pub(crate) async fn read(sim: &SimCallE, id: &Value) -> Value {
    get(sim, &format!("/v2/calls/{}", id.as_str().unwrap())).await.json()
}

/// The call once it has ended and its result is no longer pending.
pub(crate) async fn ended(sim: &SimCallE, id: &Value) -> Value {
    loop {
        let call = read(sim, id).await;
        if !call["completed_at"].is_null() && call["result_status"] != "pending" {
            return call;
        }
    }
}

#[tokio::test]
async fn a_call_runs_from_queued_to_its_result() {
    let sim = start(quick().outcome(TO, Outcome::Completed)).await;
    let answer = place(&sim, "k-1", order(TO)).await;
    assert_eq!(
        (&answer["status"], &answer["result_status"]),
        (&json!("queued"), &json!("pending"))
    );
    assert!(answer["id"].as_str().unwrap().starts_with("call_") && answer["call_id"].is_null());
    let ring = &sim.rings().rings()[0];
    assert_eq!((ring.to.as_str(), ring.provider.as_str()), (TO, "calle"));
    assert_eq!(ring.idempotency_key.as_deref(), Some("k-1"));
    assert_eq!(ring.call_id, answer["id"]);

    let done = ended(&sim, &answer["id"]).await;
    assert_eq!(
        (&done["status"], &done["call_outcome"], &done["result_status"]),
        (&json!("completed"), &json!("completed"), &json!("available"))
    );
    assert_eq!(done["result"], json!({"reached": true, "summary": "simulated"}));
    assert_eq!((&done["phone"], &done["metadata"]["attempt"]), (&json!(TO), &json!("a-1")));
    assert_eq!((&done["region"], done["call_id"].is_string()), (&json!("US"), true));
    assert_eq!(done["transcript"][1]["speaker"], "user");
    assert!(done["transcript"][1]["offset_seconds"].is_f64());
    assert!(done.get("cost").is_none() && done.get("duration").is_none());
    assert_eq!(get(&sim, "/v2/calls/call_none").await.status, 404);
    assert_eq!(call(&sim, "GET", PLACE, Value::Null).await.status, 405, "there is no list");
}

#[tokio::test]
async fn each_end_has_its_fields_and_rings_or_does_not() {
    let (accepted, dialled, answered) = (Reached::Accepted, Reached::Dialled, Reached::Answered);
    let null = Value::Null;
    for (ending, reached, status, outcome, code, result) in [
        (Ending::from("completed"), answered, "completed", json!("completed"), &null, "available"),
        (Ending::from("no_outcome"), answered, "completed", json!(null), &null, "available"),
        (
            Ending::from("no_answer"),
            dialled,
            "completed",
            json!("no_answer"),
            &null,
            "not_applicable",
        ),
        (Ending::from("busy"), dialled, "completed", json!("busy"), &null, "not_applicable"),
        (
            Ending::from("declined"),
            dialled,
            "completed",
            json!("declined"),
            &null,
            "not_applicable",
        ),
        (
            Ending::from("call_failed"),
            dialled,
            "failed",
            json!(null),
            &json!("call_failed"),
            "unavailable",
        ),
        (
            Ending::from("call_failed").after(accepted),
            accepted,
            "failed",
            json!(null),
            &json!("call_failed"),
            "unavailable",
        ),
        (
            Ending::from("timed_out"),
            dialled,
            "failed",
            json!(null),
            &json!("timed_out"),
            "unavailable",
        ),
        (
            Ending::from("result_invalid"),
            answered,
            "failed",
            json!(null),
            &json!("result_invalid"),
            "unavailable",
        ),
        (
            Ending::from("recipient_blocked"),
            accepted,
            "failed",
            json!(null),
            &json!("call_failed"),
            "unavailable",
        ),
        (Ending::from("canceled"), accepted, "canceled", json!(null), &null, "not_applicable"),
        (
            Ending::from("canceled").after(dialled),
            dialled,
            "canceled",
            json!(null),
            &null,
            "not_applicable",
        ),
    ] {
        let sim = start(quick().ending(TO, ending.clone())).await;
        let id = place(&sim, "k", order(TO)).await["id"].clone();
        let done = ended(&sim, &id).await;
        assert_eq!(
            (&done["status"], &done["call_outcome"]),
            (&json!(status), &outcome),
            "{ending:?}"
        );
        assert_eq!(
            (&done["error"]["code"], &done["result_status"]),
            (code, &json!(result)),
            "{ending:?}"
        );
        let rang = reached != accepted;
        assert_eq!(
            (sim.rings().count(TO), done["call_id"].is_string()),
            (rang.into(), rang),
            "{ending:?}"
        );
        assert_eq!(done["transcript"] != json!([]), reached == answered, "{ending:?}");
    }
}

#[tokio::test]
async fn voicemail_has_no_word() {
    let sim = start(quick().outcome(TO, Outcome::Voicemail)).await;
    let id = place(&sim, "k", order(TO)).await["id"].clone();
    assert_eq!(ended(&sim, &id).await["call_outcome"], "completed");
}

#[tokio::test]
async fn a_cancelled_call_that_was_not_dialled_never_rings() {
    let sim = start(quick().speed(1.0).queue(Duration::from_secs(3600))).await;
    let id = place(&sim, "k", order(TO)).await["id"].clone();
    let cancel = format!("/v2/calls/{}/cancel", id.as_str().unwrap());
    let answer = call(&sim, "POST", &cancel, Value::Null).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("canceled")));
    assert!(read(&sim, &id).await["call_id"].is_null() && sim.rings().is_empty());
    let again = call(&sim, "POST", &cancel, Value::Null).await;
    assert_eq!((again.status, &again.json()["error"]["code"]), (409, &json!("call_cannot_cancel")));

    let talks = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(86_400));
    let sim = start(quick().speed(1.0).outcome(TO, talks)).await;
    let id = place(&sim, "k", order(TO)).await["id"].clone();
    assert_eq!(read(&sim, &id).await["status"], "in_progress");
    let cancel = format!("/v2/calls/{}/cancel", id.as_str().unwrap());
    assert_eq!(call(&sim, "POST", &cancel, Value::Null).await.status, 200);
    let done = read(&sim, &id).await;
    assert_eq!((&done["status"], done["call_id"].is_string()), (&json!("canceled"), true));
    assert_eq!(sim.rings().count(TO), 1);
}

#[tokio::test]
async fn events_are_paged() {
    let sim = start(quick().outcome(TO, Outcome::Busy)).await;
    let id = place(&sim, "k", order(TO)).await["id"].clone();
    let target = format!("/v2/calls/{}/events", id.as_str().unwrap());
    let all = loop {
        let all = get(&sim, &target).await.json();
        if all["data"].as_array().unwrap().len() == 3 {
            break all;
        }
    };
    assert_eq!((&all["object"], &all["next_cursor"]), (&json!("list"), &json!(null)));
    assert_eq!(all["data"][2]["type"], "call.completed");
    let first = get(&sim, &format!("{target}?limit=2")).await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = get(&sim, &format!("{target}?cursor={cursor}")).await.json();
    assert_eq!(rest["data"][0], all["data"][2]);
    for bad in ["limit=0", "limit=101", "cursor=none"] {
        assert_eq!(get(&sim, &format!("{target}?{bad}")).await.status, 400);
    }
}
