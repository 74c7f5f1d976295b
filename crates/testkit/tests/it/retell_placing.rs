//! What the simulated Retell makes of a placing request: refusals, repeated keys, limits, and
//! helpers that ring phones by themselves.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};
use switchboard_testkit::{KeyRepeat, SimConfig};

use crate::common::{call, get, pass, raw};
use crate::retell::{PLACE, TO, ended, order, place, quick, read, start};

/// The order with some fields set.
fn with(mut order: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

#[tokio::test]
async fn refusals_have_their_status_and_no_phone_rings() {
    let config = quick()
        .refuse("+12125550120", "400")
        .refuse("+12125550121", "402")
        .refuse("+12125550122", "429")
        .refuse("+12125550123", "500");
    let sim = start(config).await;
    for (fields, status) in [
        (json!({"from_number": null}), 400),
        (json!({"from_number": "4155550100"}), 400),
        (json!({"from_number": "+14155550199"}), 422),
        (json!({"to_number": null}), 400),
        (json!({"to_number": 12_125_550_101_u64}), 400),
        (json!({"to_number": "2125550101"}), 400),
        (json!({"to_number": "+1911"}), 400),
        (json!({"override_agent_id": null}), 422),
        (json!({"override_agent_id": "agent_none"}), 422),
        (json!({"override_agent_version": 7}), 422),
        (json!({"override_agent_version": "live"}), 422),
        (json!({"override_agent_version": true}), 400),
        (json!({"metadata": "text"}), 400),
        (json!({"metadata": {"a": "x".repeat(50_000)}}), 400),
        (json!({"retell_llm_dynamic_variables": {"a": 1}}), 400),
        (json!({"idempotency_key": "four"}), 400),
        (json!({"idempotency_key": "with space"}), 400),
        (json!({"idempotency_key": "k".repeat(256)}), 400),
        (json!({"honor_internal_dnc": "yes"}), 400),
        (json!({"agent_override": {"agent": {"max_call_duration_ms": 59_999}}}), 400),
        (json!({"agent_override": {"agent": {"max_call_duration_ms": 7_200_001}}}), 400),
        (json!({"to_number": "+12125550120"}), 400),
        (json!({"to_number": "+12125550121"}), 402),
        (json!({"to_number": "+12125550122"}), 429),
        (json!({"to_number": "+12125550123"}), 500),
    ] {
        let answer = call(&sim, "POST", PLACE, with(order(&sim, TO), fields.clone())).await;
        assert_eq!(answer.status, status, "{fields}");
        assert_eq!(answer.json()["status"], "error");
        assert!(answer.json()["message"].is_string());
    }
    let bare = raw(sim.address(), "POST", PLACE, &[], b"{}").await;
    assert_eq!((bare.status, &bare.json()["status"]), (401, &json!("error")));
    sim.revoke();
    assert_eq!(call(&sim, "POST", PLACE, order(&sim, TO)).await.status, 401);
    let broke = start(quick().credits(0)).await;
    assert_eq!(call(&broke, "POST", PLACE, order(&broke, TO)).await.status, 402);
    assert!(sim.rings().is_empty() && broke.rings().is_empty());
}

#[tokio::test]
async fn do_not_call_binds_only_where_it_is_asked_for() {
    let sim = start(quick()).await;
    let contact = json!({"phone_number": TO, "do_not_call": true});
    assert_eq!(call(&sim, "POST", "/create-contact", contact).await.status, 201);
    let read = get(&sim, "/get-contact-by-phone/%2B12125550101").await.json();
    assert_eq!(read["do_not_call"], true);
    let honored = with(order(&sim, TO), json!({"honor_internal_dnc": true}));
    assert_eq!(call(&sim, "POST", PLACE, honored).await.status, 400);
    assert!(sim.rings().is_empty());
    place(&sim, order(&sim, TO)).await;
    assert_eq!(sim.rings().count(TO), 1);
}

#[tokio::test]
async fn a_repeated_key_rings_once_within_its_hour() {
    let key = json!({"idempotency_key": "attempt-1"});
    for (repeat, status, id_is_back) in [
        (KeyRepeat::FirstAnswer, 201, true),
        (KeyRepeat::CurrentCall, 201, true),
        (KeyRepeat::Silent, 201, false),
        (KeyRepeat::Refused, 400, false),
    ] {
        let sim = start(quick().key_repeat(repeat)).await;
        let body = with(order(&sim, TO), key.clone());
        let first = place(&sim, body.clone()).await;
        ended(&sim, &first["call_id"]).await;
        let again = call(&sim, "POST", PLACE, body.clone()).await;
        assert_eq!(again.status, status, "{repeat:?}");
        assert_eq!(again.json()["call_id"] == first["call_id"], id_is_back, "{repeat:?}");
        if repeat == KeyRepeat::FirstAnswer {
            assert_eq!(again.json(), first);
        }
        pass(Duration::from_secs(3599)).await;
        assert_eq!(call(&sim, "POST", PLACE, body.clone()).await.status, status);
        assert_eq!(sim.rings().count(TO), 1, "{repeat:?}");
        pass(Duration::from_secs(1)).await;
        let late = place(&sim, body).await;
        assert_ne!(late["call_id"], first["call_id"]);
        assert_eq!(sim.rings().count(TO), 2, "after its life, a key is new");
    }
    let sim = start(quick().key_repeat(KeyRepeat::RingsAgain)).await;
    for _ in 0..2 {
        place(&sim, with(order(&sim, TO), key.clone())).await;
    }
    assert_eq!(sim.rings().count(TO), 2);
}

#[tokio::test]
async fn a_key_with_another_body_is_a_repeat_or_an_error() {
    for (refused, status) in [(false, 201), (true, 400)] {
        let sim = start(quick().other_body_refused(refused)).await;
        let body = with(order(&sim, TO), json!({"idempotency_key": "attempt-1"}));
        place(&sim, body.clone()).await;
        let other = with(body, json!({"to_number": "+12125550102"}));
        assert_eq!(call(&sim, "POST", PLACE, other).await.status, status);
        assert_eq!((sim.rings().len(), sim.rings().count(TO)), (1, 1));
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_key_and_by_its_metadata() {
    let cut = Rule::on("POST", PLACE, Fault::Reset).after(After::Ring).nth(1);
    let no_id = Rule::on("POST", PLACE, Fault::MissingId).nth(1);
    for rule in [cut, no_id] {
        let sim = start(quick().faults(FaultScript::default().rule(rule))).await;
        let fields = json!({"idempotency_key": "attempt-1", "metadata": {"attempt": "a-1"}});
        let body = with(order(&sim, TO), fields);
        let lost = call(&sim, "POST", PLACE, body.clone()).await;
        assert!(lost.body.is_empty() || lost.json()["call_id"].is_null());
        let found = place(&sim, body).await;
        assert_eq!(
            (found["call_id"].as_str(), sim.rings().count(TO)),
            (Some(&*sim.rings().rings()[0].call_id), 1)
        );
        let filter = json!({"metadata": [{"key": "attempt", "op": "eq", "value": "a-1"}]});
        let list = call(&sim, "POST", "/v3/list-calls", json!({"filter_criteria": filter})).await;
        assert_eq!(list.json()["items"][0]["call_id"], found["call_id"]);
    }
}

#[tokio::test]
async fn the_first_call_over_the_concurrency_is_never_dialled() {
    let sim = start(quick().speed(0.001).concurrency(2)).await;
    for nth in 0..3 {
        place(&sim, order(&sim, &format!("+1212555011{nth}"))).await;
    }
    assert_eq!((sim.rings().len(), sim.rings().count("+12125550112")), (2, 0));
    let told = get(&sim, "/get-concurrency").await.json();
    assert_eq!(
        (told["current_concurrency"].as_u64(), told["concurrency_limit"].as_u64()),
        (Some(2), Some(2))
    );
    let filter = json!({"filter_criteria": {"disconnection_reason": "concurrency_limit_reached"}});
    let list = call(&sim, "POST", "/v3/list-calls", filter).await.json();
    assert_eq!(list["items"][0]["to_number"], "+12125550112");
    assert!(list["items"][0].get("start_timestamp").is_none());
}

#[tokio::test]
async fn one_call_a_second_and_no_other_country_by_default() {
    let sim = start(SimConfig::default().seed(0).speed(100_000.0).retry_after(true)).await;
    let abroad = place(&sim, order(&sim, "+442079460000")).await;
    let refused = call(&sim, "POST", PLACE, order(&sim, TO)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    pass(Duration::from_secs(1)).await;
    place(&sim, order(&sim, TO)).await;
    let reason = read(&sim, &abroad["call_id"]).await["disconnection_reason"].clone();
    assert_eq!(reason, "telephony_provider_permission_denied");
    assert_eq!((sim.rings().len(), sim.rings().count(TO)), (1, 1));
}

#[tokio::test]
async fn a_number_brings_agents_of_its_own_by_weight() {
    let sim = start(quick().concurrency(100)).await;
    let made = call(&sim, "POST", "/create-agent", json!({"agent_name": "Other"})).await.json();
    let target = "/update-phone-number/%2B14155550100";
    let agents = |weights: [f64; 2]| {
        json!({"outbound_agents": [
            {"agent_id": sim.agent_id(), "weight": weights[0]},
            {"agent_id": made["agent_id"], "agent_version": 0, "weight": weights[1]},
        ]})
    };
    assert_eq!(call(&sim, "PATCH", target, agents([0.5, 0.6])).await.status, 400);
    assert_eq!(call(&sim, "PATCH", target, agents([0.5, 0.5])).await.status, 200);
    let mut talked = Vec::new();
    for _ in 0..20 {
        let body = with(order(&sim, TO), json!({"override_agent_id": null}));
        talked.push(place(&sim, body).await["agent_id"].clone());
    }
    assert!(talked.contains(&json!(sim.agent_id())) && talked.contains(&made["agent_id"]));
}

#[tokio::test]
async fn a_batch_rings_several_phones_now_or_later() {
    let sim = start(quick().speed(3600.0)).await;
    let tasks = json!([
        {"to_number": "+12125550111", "override_agent_id": sim.agent_id()},
        {"to_number": "+12125550112", "override_agent_id": sim.agent_id()},
    ]);
    let body = json!({"from_number": sim.number(), "tasks": tasks});
    let answer = call(&sim, "POST", "/create-batch-call", body.clone()).await;
    assert_eq!((answer.status, &answer.json()["total_task_count"]), (201, &json!(2)));
    assert_eq!(sim.rings().len(), 2);
    let later = answer.json()["scheduled_timestamp"].as_i64().unwrap() + 1_800_000;
    let answer =
        call(&sim, "POST", "/create-batch-call", with(body, json!({"trigger_timestamp": later})));
    assert_eq!(answer.await.status, 201);
    sim.rings().wait_for_rings(4).await;
    assert_eq!(sim.rings().duplicates().len(), 2);
}
