//! Calls of the simulated Telnyx: their course, their ends, reads and the history.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Ending, Outcome, Reached};
use switchboard_testkit::fault::FaultScript;
use switchboard_testkit::{SimConfig, SimTelnyx};

use crate::common::{call, get};

pub(crate) const TO: &str = "+12125550101";
pub(crate) const PLACE: &str = "/v2/calls";

/// "attempt-1" in Base64.
pub(crate) const STATE: &str = "YXR0ZW1wdC0x";

pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).concurrency(100)
}

/// Calls that talk until they are ended.
pub(crate) fn endless() -> CallScript {
    CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(14_000))
}

pub(crate) async fn start(config: SimConfig) -> SimTelnyx {
    SimTelnyx::start(config).await.unwrap()
}

pub(crate) fn order(sim: &SimTelnyx, to: &str) -> Value {
    json!({
        "connection_id": sim.connection_id(), "from": sim.number(), "to": to,
        "assistant": {"id": sim.assistant_id()}, "client_state": STATE, "retry_on_timeout": false,
    })
}

/// A body with some fields set.
pub(crate) fn with(mut body: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(crate) async fn place(sim: &SimTelnyx, body: Value) -> Value {
    let answer = call(sim, "POST", PLACE, body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["data"].clone()
}

/// The path of a call, with its id escaped.
pub(crate) fn path(placed: &Value) -> String {
    format!("/v2/calls/{}", placed["call_control_id"].as_str().unwrap().replace(':', "%3A"))
}

/// The payload of an event of a call, once the history has it.
pub(crate) async fn event(sim: &SimTelnyx, placed: &Value, name: &str) -> Value {
    let leg = placed["call_leg_id"].as_str().unwrap();
    let target = format!("/v2/call_events?filter[leg_id]={leg}&filter[name]={name}");
    loop {
        let rows = get(sim, &target).await.json();
        if let Some(row) = rows["data"].get(0) {
            assert_eq!(row["metadata"]["event_type"], name);
            return row["metadata"]["payload"].clone();
        }
    }
}

async fn names(sim: &SimTelnyx, placed: &Value) -> Vec<String> {
    event(sim, placed, "call.hangup").await;
    let leg = placed["call_leg_id"].as_str().unwrap();
    let rows = get(sim, &format!("/v2/call_events?filter[leg_id]={leg}&page[size]=100")).await;
    let rows = rows.json()["data"].as_array().unwrap().clone();
    rows.iter().rev().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_call_runs_from_its_dial_to_its_cost() {
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(65));
    let sim = start(quick().outcome(TO, script.ringing_for(Duration::from_secs(3)))).await;
    let command = "5d1f2f8e-6b3c-4f57-9a54-0d3f5a7c1b2e";
    let fields = json!({"command_id": command, "record": "record-from-answer"});
    let placed = place(&sim, with(order(&sim, TO), fields)).await;
    assert_eq!((&placed["is_alive"], &placed["client_state"]), (&json!(false), &json!(STATE)));
    assert!(placed["call_control_id"].as_str().unwrap().starts_with("v3:"));
    let ring = &sim.rings().rings()[0];
    assert_eq!((ring.to.as_str(), ring.provider.as_str()), (TO, "telnyx"));
    assert_eq!(ring.idempotency_key.as_deref(), Some(command));
    assert_eq!(ring.call_id, placed["call_control_id"]);

    let hangup = event(&sim, &placed, "call.hangup").await;
    assert_eq!(
        (&hangup["hangup_cause"], &hangup["hangup_source"], &hangup["client_state"]),
        (&json!("normal_clearing"), &json!("callee"), &json!(STATE))
    );
    let read = get(&sim, &path(&placed)).await.json()["data"].clone();
    assert_eq!((&read["is_alive"], &read["call_duration"]), (&json!(false), &json!(65)));
    assert!(!read.to_string().contains("cause"), "a read does not tell how it ended");
    let cost = event(&sim, &placed, "call.cost").await;
    assert_eq!(
        (&cost["total_cost"], &cost["cost_parts"][0]["cost"]),
        (&json!("0.114"), &json!("0.014"))
    );
    let names = names(&sim, &placed).await;
    assert_eq!(
        names[..5],
        ["dial", "call.initiated", "call.answered", "call.conversation.ended", "call.hangup"]
    );
    assert_eq!(names.iter().filter(|name| *name == "call.cost").count(), 2, "it comes twice");
    assert!(names.contains(&"call.recording.saved".to_owned()));
    assert_eq!(get(&sim, "/v2/calls/v3:none").await.status, 404);
}

#[tokio::test]
async fn each_cause_rings_or_does_not_as_it_is_filed() {
    let (accepted, dialled, answered) = (Reached::Accepted, Reached::Dialled, Reached::Answered);
    let mut rows = vec![
        (Ending::from("normal_clearing"), answered, "normal_clearing", "200"),
        (Ending::from("normal_clearing").after(dialled), dialled, "normal_clearing", "200"),
        (Ending::from("time_limit"), answered, "time_limit", "200"),
        (Ending::from("user_busy"), dialled, "user_busy", "486"),
        (Ending::from("no_answer"), dialled, "no_answer", "480"),
        (Ending::from("timeout"), dialled, "timeout", "408"),
        (Ending::from("call_rejected"), dialled, "call_rejected", "603"),
        (Ending::from("call_rejected/403"), dialled, "call_rejected", "403"),
        (Ending::from("not_found"), dialled, "not_found", "404"),
        (Ending::from("unspecified"), dialled, "unspecified", "500"),
    ];
    for own in ["D1", "D2", "D3", "D10", "D13", "D17", "D19", "D24"] {
        rows.push((Ending::from(own), accepted, "call_rejected", "403"));
    }
    for (ending, reached, cause, sip) in rows {
        let sim = start(quick().ending(TO, ending.clone())).await;
        let placed = place(&sim, order(&sim, TO)).await;
        let hangup = event(&sim, &placed, "call.hangup").await;
        assert_eq!(
            (&hangup["hangup_cause"], &hangup["sip_hangup_cause"]),
            (&json!(cause), &json!(sip)),
            "{ending:?}"
        );
        let rang = reached != accepted;
        assert_eq!(sim.rings().count(TO), usize::from(rang), "{ending:?}");
        let own = hangup["sip_hangup_reason"].as_str();
        assert_eq!(own.is_some_and(|own| own.starts_with('D')), !rang, "{ending:?}");
        assert_eq!(hangup["start_time"].is_null(), !rang);
        let names = names(&sim, &placed).await;
        assert!(names.contains(&"call.initiated".to_owned()), "which proves nothing");
        assert_eq!(names.contains(&"call.answered".to_owned()), reached == answered);
    }
}

#[tokio::test]
async fn a_machine_is_told_only_if_it_is_looked_for() {
    for (detection, event_name, outcome, result) in [
        (json!("detect"), Some("call.machine.detection.ended"), Outcome::Voicemail, "machine"),
        (
            json!("premium"),
            Some("call.machine.premium.detection.ended"),
            Outcome::Completed,
            "human",
        ),
        (json!("disabled"), None, Outcome::Voicemail, ""),
        (json!(null), None, Outcome::Voicemail, ""),
    ] {
        let script = CallScript::new(outcome).ringing_for(Duration::from_secs(1));
        let sim = start(quick().outcome(TO, script)).await;
        let fields = json!({"answering_machine_detection": detection});
        let placed = place(&sim, with(order(&sim, TO), fields)).await;
        let names = names(&sim, &placed).await;
        let told = names.iter().find(|name| name.starts_with("call.machine"));
        assert_eq!(told.map(String::as_str), event_name);
        if let Some(name) = event_name {
            assert_eq!(event(&sim, &placed, name).await["result"], result);
        }
        assert_eq!(event(&sim, &placed, "call.hangup").await["hangup_cause"], "normal_clearing");
    }
}

#[tokio::test]
async fn a_hung_up_call_that_was_not_dialled_never_rings() {
    let sim = start(quick().speed(1.0).queue(Duration::from_secs(3600))).await;
    let placed = place(&sim, order(&sim, TO)).await;
    let hangup = format!("{}/actions/hangup", path(&placed));
    assert_eq!(call(&sim, "POST", &hangup, json!({})).await.json()["data"]["result"], "ok");
    let told = event(&sim, &placed, "call.hangup").await;
    assert_eq!(told["hangup_cause"], "originator_cancel");
    assert!(sim.rings().is_empty());
    let again = call(&sim, "POST", &hangup, json!({})).await;
    assert_eq!((again.status, &again.json()["errors"][0]["code"]), (422, &json!("90018")));

    let sim = start(quick().speed(1.0).outcome(TO, endless())).await;
    let placed = place(&sim, order(&sim, TO)).await;
    assert_eq!(get(&sim, &path(&placed)).await.json()["data"]["is_alive"], true);
    let hangup = format!("{}/actions/hangup", path(&placed));
    let command =
        json!({"client_state": STATE, "command_id": "5d1f2f8e-0000-4f57-9a54-0d3f5a7c1b2e"});
    for _ in 0..2 {
        assert_eq!(call(&sim, "POST", &hangup, command.clone()).await.status, 200);
    }
    let told = event(&sim, &placed, "call.hangup").await;
    assert_eq!(
        (&told["hangup_cause"], &told["hangup_source"]),
        (&json!("normal_clearing"), &json!("caller"))
    );
    assert_eq!(sim.rings().count(TO), 1);
    let none = call(&sim, "POST", "/v2/calls/none/actions/hangup", json!({})).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn active_calls_and_the_history_are_filtered_and_paged() {
    let sim = start(quick().speed(1.0).outcome(TO, endless())).await;
    for _ in 0..3 {
        place(&sim, order(&sim, TO)).await;
    }
    let target = format!("/v2/connections/{}/active_calls", sim.connection_id());
    let first = get(&sim, &format!("{target}?page[limit]=2")).await.json();
    let after = first["meta"]["cursors"]["after"].as_str().unwrap().replace(':', "%3A");
    assert_eq!(
        (first["data"].as_array().unwrap().len(), &first["data"][0]["client_state"]),
        (2, &json!(STATE))
    );
    let rest = get(&sim, &format!("{target}?page[limit]=2&page[after]={after}")).await.json();
    assert_eq!(
        (rest["data"].as_array().unwrap().len(), &rest["meta"]["cursors"]["after"]),
        (1, &json!(null))
    );
    assert_eq!(get(&sim, "/v2/connections/none/active_calls").await.status, 404);
    for (query, count) in [
        ("filter[to]=%2B12125550101", 9),
        ("filter[to]=%2B12125550199", 0),
        ("filter[type]=command", 3),
        ("filter[type]=webhook", 6),
        ("filter[name]=call.initiated", 3),
        ("filter[product]=texml", 0),
        ("filter[status]=in_progress", 9),
        ("filter[status]=completed", 0),
        ("filter[occurred_at][gte]=2999-01-01T00:00:00Z", 0),
        ("filter[occurred_at][lt]=2999-01-01T00:00:00Z", 9),
    ] {
        let rows = loop {
            let all = get(&sim, "/v2/call_events").await.json();
            if all["meta"]["total_results"] == 9 {
                break get(&sim, &format!("/v2/call_events?{query}")).await.json();
            }
        };
        assert_eq!(rows["meta"]["total_results"], count, "{query}");
    }
    let page = get(&sim, "/v2/call_events?page[size]=4&page[number]=3").await.json();
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["meta"]["total_pages"]),
        (1, &json!(3))
    );
    for bad in ["filter[type]=other", "page[size]=0", "filter[occurred_at][gt]=soon"] {
        assert_eq!(get(&sim, &format!("/v2/call_events?{bad}")).await.status, 422);
    }
}

#[tokio::test]
async fn lists_can_be_late() {
    let late = FaultScript::from_toml("[list]\nlag_ms = 3600000").unwrap();
    let sim = start(quick().speed(1.0).outcome(TO, endless()).faults(late)).await;
    let placed = place(&sim, order(&sim, TO)).await;
    let active = format!("/v2/connections/{}/active_calls", sim.connection_id());
    for target in [active.as_str(), "/v2/call_events", "/v2/ai/conversations"] {
        assert_eq!(get(&sim, target).await.json()["data"], json!([]));
    }
    assert_eq!(get(&sim, &path(&placed)).await.json()["data"]["is_alive"], true);
    assert_eq!(sim.rings().count(TO), 1);
}
