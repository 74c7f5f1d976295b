//! Calls of the simulated Retell: their course, their ends, and the list.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Ending, Outcome, Reached};
use switchboard_testkit::fault::FaultScript;
use switchboard_testkit::{SimConfig, SimRetell};

use crate::common::{call, get};

pub(crate) const TO: &str = "+12125550101";
pub(crate) const PLACE: &str = "/v2/create-phone-call";

pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).limits(10_000, 1_000_000)
}

pub(crate) async fn start(config: SimConfig) -> SimRetell {
    SimRetell::start(config).await.unwrap()
}

pub(crate) fn order(sim: &SimRetell, to: &str) -> Value {
    json!({"from_number": sim.number(), "to_number": to, "override_agent_id": sim.agent_id()})
}

pub(crate) async fn place(sim: &SimRetell, body: Value) -> Value {
    let answer = call(sim, "POST", PLACE, body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

pub(crate) async fn read(sim: &SimRetell, id: &Value) -> Value {
    get(sim, &format!("/v2/get-call/{}", id.as_str().unwrap())).await.json()
}

/// The call once it has ended.
pub(crate) async fn ended(sim: &SimRetell, id: &Value) -> Value {
    loop {
        let call = read(sim, id).await;
        if call["disconnection_reason"].is_string() {
            return call;
        }
    }
}

async fn list(sim: &SimRetell, body: Value) -> Value {
    let answer = call(sim, "POST", "/v3/list-calls", body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

#[tokio::test]
async fn a_call_runs_from_registered_to_its_analysis() {
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(65));
    let sim = start(quick().outcome(TO, script)).await;
    let mut body = order(&sim, TO);
    body["metadata"] = json!({"attempt": "a-1"});
    body["retell_llm_dynamic_variables"] = json!({"task": "Reserve a table"});
    body["idempotency_key"] = json!("key-12345");
    let answer = place(&sim, body).await;
    assert_eq!(
        (&answer["call_status"], &answer["call_type"], &answer["direction"]),
        (&json!("registered"), &json!("phone_call"), &json!("outbound"))
    );
    assert!(answer.get("start_timestamp").is_none());
    let ring = &sim.rings().rings()[0];
    assert_eq!((ring.to.as_str(), ring.provider.as_str()), (TO, "retell"));
    assert_eq!(ring.idempotency_key.as_deref(), Some("key-12345"));
    assert_eq!(ring.call_id, answer["call_id"]);

    let done = ended(&sim, &answer["call_id"]).await;
    assert_eq!(
        (&done["call_status"], &done["disconnection_reason"], &done["duration_ms"]),
        (&json!("ended"), &json!("user_hangup"), &json!(65_000))
    );
    assert_eq!((&done["metadata"]["attempt"], &done["agent_version"]), (&json!("a-1"), &json!(0)));
    assert_eq!(done["call_cost"]["total_duration_seconds"], 65);
    assert_eq!(done["call_cost"]["combined_cost"].to_string(), "7.583333");
    assert!(done["start_timestamp"].as_i64() <= done["end_timestamp"].as_i64());
    assert!(done["transcript_object"][1]["words"][0]["start"].is_f64());
    assert!(done["recording_url"].is_string());
    assert!(done["telephony_identifier"]["twilio_call_sid"].is_string());
    loop {
        let analyzed = read(&sim, &answer["call_id"]).await;
        if analyzed["call_analysis"]["call_summary"].is_string() {
            break;
        }
    }
    assert_eq!(sim.rings().count(TO), 1);
}

#[tokio::test]
async fn each_reason_rings_or_does_not_as_it_is_filed() {
    let (accepted, dialled, answered) = (Reached::Accepted, Reached::Dialled, Reached::Answered);
    let rows = [
        (Ending::from("telephony_provider_permission_denied"), accepted, "not_connected"),
        (Ending::from("concurrency_limit_reached"), accepted, "not_connected"),
        (Ending::from("no_concurrency_fallback"), accepted, "not_connected"),
        (Ending::from("no_valid_payment"), accepted, "not_connected"),
        (Ending::from("credit_exhausted"), accepted, "not_connected"),
        (Ending::from("budget_reached"), accepted, "not_connected"),
        (Ending::from("scam_detected"), accepted, "not_connected"),
        (Ending::from("credit_exhausted").after(answered), answered, "ended"),
        (Ending::from("scam_detected").after(dialled), dialled, "not_connected"),
        (Ending::from("telephony_provider_unavailable"), dialled, "not_connected"),
        (Ending::from("dial_failed"), dialled, "not_connected"),
        (Ending::from("sip_routing_error"), dialled, "not_connected"),
        (Ending::from("invalid_destination"), dialled, "not_connected"),
        (Ending::from("user_declined"), dialled, "not_connected"),
        (Ending::from("error_unknown"), dialled, "error"),
        (Ending::from("error_llm_websocket_open"), answered, "error"),
        (Ending::from("user_requested_dnc"), answered, "ended"),
        (Ending::from("ivr_reached"), answered, "ended"),
    ];
    for (ending, reached, status) in rows {
        let sim = start(quick().ending(TO, ending.clone())).await;
        let answer = place(&sim, order(&sim, TO)).await;
        assert_eq!(answer["call_status"], "registered");
        let done = ended(&sim, &answer["call_id"]).await;
        let rang = reached != accepted;
        assert_eq!((sim.rings().count(TO), &done["call_status"]), (rang.into(), &json!(status)));
        for proof in ["start_timestamp", "telephony_identifier", "duration_ms", "call_cost"] {
            assert_eq!(done.get(proof).is_some(), rang, "{ending:?} {proof}");
        }
        assert_eq!(done.get("transcript").is_some(), reached == answered, "{ending:?}");
    }
}

#[tokio::test]
async fn drawn_outcomes_have_their_reasons() {
    for (outcome, reason) in [
        (Outcome::Completed, "user_hangup"),
        (Outcome::NoAnswer, "dial_no_answer"),
        (Outcome::Busy, "dial_busy"),
        (Outcome::Voicemail, "voicemail_reached"),
        (Outcome::Failed, "error_unknown"),
    ] {
        let sim = start(quick().outcome(TO, outcome)).await;
        let answer = place(&sim, order(&sim, TO)).await;
        assert_eq!(ended(&sim, &answer["call_id"]).await["disconnection_reason"], reason);
        assert_eq!(sim.rings().count(TO), 1);
    }
}

#[tokio::test]
async fn a_stopped_call_that_was_not_dialled_never_rings() {
    let waits = quick().speed(1.0).queue(Duration::from_secs(3600));
    let sim = start(waits).await;
    let id = place(&sim, order(&sim, TO)).await["call_id"].clone();
    let stop = format!("/v2/stop-call/{}", id.as_str().unwrap());
    assert_eq!(call(&sim, "POST", &stop, Value::Null).await.status, 204);
    let done = read(&sim, &id).await;
    assert_eq!(
        (&done["disconnection_reason"], &done["call_status"]),
        (&json!("manual_stopped"), &json!("not_connected"))
    );
    assert!(sim.rings().is_empty() && done.get("start_timestamp").is_none());
    assert_eq!(call(&sim, "POST", &stop, Value::Null).await.status, 400);
    assert_eq!(call(&sim, "POST", "/v2/stop-call/call_none", Value::Null).await.status, 404);

    let talks = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(86_400));
    let sim = start(quick().speed(1.0).outcome(TO, talks)).await;
    let id = place(&sim, order(&sim, TO)).await["call_id"].clone();
    assert_eq!(read(&sim, &id).await["call_status"], "ongoing");
    let live = format!("/v2/listen-live-call/{}", id.as_str().unwrap());
    assert!(call(&sim, "POST", &live, Value::Null).await.json()["access_token"].is_string());
    let stop = format!("/v2/stop-call/{}", id.as_str().unwrap());
    assert_eq!(call(&sim, "POST", &stop, Value::Null).await.status, 204);
    assert_eq!(read(&sim, &id).await["disconnection_reason"], "manual_stopped");
    assert_eq!(call(&sim, "POST", &live, Value::Null).await.status, 404);
    assert_eq!(sim.rings().count(TO), 1);
}

#[tokio::test]
async fn the_list_filters_and_pages() {
    let sim = start(quick().concurrency(100)).await;
    let mut ids = Vec::new();
    for nth in 0..5 {
        let mut body = order(&sim, &format!("+1212555011{nth}"));
        body["metadata"] = json!({"attempt": format!("a-{nth}")});
        let id = place(&sim, body).await["call_id"].clone();
        ended(&sim, &id).await;
        ids.push(id);
    }
    let by_metadata = |value: &str| {
        json!({"metadata": [
            {"key": "attempt", "type": "string", "op": "eq", "value": value},
        ]})
    };
    for (criteria, found) in [
        (by_metadata("a-3"), vec![3]),
        (by_metadata("a-9"), vec![]),
        (json!({"to_number": "+12125550112"}), vec![2]),
        (json!({"to_number": {"op": "in", "value": ["+12125550110", "+12125550114"]}}), vec![4, 0]),
        (json!({"call_id": {"type": "string", "op": "eq", "value": ids[1]}}), vec![1]),
        (json!({"agent": [{"agent_id": sim.agent_id(), "version": [0]}]}), vec![4, 3, 2, 1, 0]),
        (json!({"agent": [{"agent_id": sim.agent_id(), "version": [1]}]}), vec![]),
        (json!({"start_timestamp": {"op": "ge", "value": 4_000_000_000_000_u64}}), vec![]),
        (json!({"start_timestamp": {"lower_threshold": 1}}), vec![4, 3, 2, 1, 0]),
        (json!({"direction": "inbound"}), vec![]),
    ] {
        let page = list(&sim, json!({"filter_criteria": criteria})).await;
        let shown: Vec<&Value> =
            page["items"].as_array().unwrap().iter().map(|call| &call["call_id"]).collect();
        assert_eq!(shown, found.iter().map(|nth: &usize| &ids[*nth]).collect::<Vec<_>>());
    }
    let mut seen = BTreeSet::new();
    let mut key = Value::Null;
    loop {
        let body = json!({"limit": 2, "pagination_key": key, "include_total": true});
        let page = list(&sim, body).await;
        assert_eq!(page["total"], 5);
        for call in page["items"].as_array().unwrap() {
            assert!(seen.insert(call["call_id"].to_string()));
        }
        if page["has_more"] == false {
            break;
        }
        key = page["pagination_key"].clone();
    }
    assert_eq!(seen.len(), 5);
    for bad in [
        json!({"limit": 0}),
        json!({"limit": 1001}),
        json!({"sort_order": "upwards"}),
        json!({"filter_criteria": {"call_status": ["registered"]}}),
        json!({"filter_criteria": {"colour": "red"}}),
        json!({"filter_criteria": {"metadata": [{"key": "attempt"}]}}),
        json!({"filter_criteria": {"to_number": {"op": "like", "value": "+1"}}}),
    ] {
        assert_eq!(call(&sim, "POST", "/v3/list-calls", bad).await.status, 400);
    }
}

#[tokio::test]
async fn a_call_can_be_missing_from_the_list() {
    let waits = || quick().speed(1.0).queue(Duration::from_secs(3600));
    for (config, shown) in [(waits(), 0), (waits().lists_undialled(true), 1)] {
        let sim = start(config).await;
        place(&sim, order(&sim, TO)).await;
        assert_eq!(list(&sim, json!({})).await["items"].as_array().unwrap().len(), shown);
    }
    let late = FaultScript::from_toml("[list]\nlag_ms = 3600000").unwrap();
    let sim = start(quick().faults(late)).await;
    let id = place(&sim, order(&sim, TO)).await["call_id"].clone();
    ended(&sim, &id).await;
    assert_eq!(list(&sim, json!({})).await["items"], json!([]));
    assert_eq!(sim.rings().count(TO), 1);
}

#[tokio::test]
async fn calls_are_changed_and_deleted() {
    let sim = start(quick()).await;
    let id = place(&sim, order(&sim, TO)).await["call_id"].clone();
    ended(&sim, &id).await;
    let text = id.as_str().unwrap();
    let changed =
        call(&sim, "PATCH", &format!("/v2/update-call/{text}"), json!({"metadata": {"a": 1}}))
            .await;
    assert_eq!(changed.json()["metadata"], json!({"a": 1}));
    let again = call(&sim, "PUT", &format!("/rerun-call-analysis/{text}"), Value::Null).await;
    assert!(again.json()["call_analysis"].is_object());
    let gone = format!("/v2/delete-call/{text}");
    assert_eq!(call(&sim, "DELETE", &gone, Value::Null).await.status, 204);
    assert_eq!(get(&sim, &format!("/v2/get-call/{text}")).await.status, 422);
    assert_eq!(call(&sim, "DELETE", &gone, Value::Null).await.status, 422);
}
