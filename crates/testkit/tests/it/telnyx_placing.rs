//! What the simulated Telnyx makes of a placing request: refusals, repeated commands, limits, and
//! helpers that ring phones by themselves, twice or later.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::Outcome;
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};
use switchboard_testkit::{KeyRepeat, SimConfig};

use crate::common::{call, call_with, get, pass, raw};
use crate::telnyx::{PLACE, STATE, TO, endless, event, order, path, place, quick, start, with};

const COMMAND: &str = "5d1f2f8e-6b3c-4f57-9a54-0d3f5a7c1b2e";

#[tokio::test]
async fn refusals_have_their_codes_and_no_phone_rings() {
    let config = quick()
        .refuse("+12125550120", "10015")
        .refuse("+12125550121", "402:20100")
        .refuse("+12125550122", "10039")
        .refuse("+12125550123", "90103")
        .refuse("+12125550124", "10008");
    let sim = start(config).await;
    let policy = |pauses: Value| json!({"webhook_retries_policies": {"call.hangup": {"retries_ms": pauses}}});
    for (fields, status, code, pointer) in [
        (json!({"connection_id": null}), 422, "10015", "/connection_id"),
        (json!({"connection_id": "1"}), 404, "10005", "/connection_id"),
        (json!({"from": null}), 422, "10015", "/from"),
        (json!({"from": "3125550100"}), 422, "10016", "/from"),
        (json!({"from": "+13125550199"}), 422, "10015", "/from"),
        (json!({"to": null}), 422, "10015", "/to"),
        (json!({"to": []}), 422, "10015", "/to"),
        (json!({"to": 12_125_550_101_u64}), 422, "10015", "/to"),
        (json!({"to": "2125550101"}), 422, "10016", "/to"),
        (json!({"to": "+1911"}), 422, "10002", "/to"),
        (json!({"assistant": "text"}), 422, "10015", "/assistant"),
        (json!({"assistant": {}}), 422, "10015", "/assistant/id"),
        (json!({"assistant": {"id": "none"}}), 422, "10015", "/assistant/id"),
        (json!({"command_id": "short"}), 422, "10015", "/command_id"),
        (json!({"client_state": "not base64!"}), 422, "10015", "/client_state"),
        (json!({"time_limit_secs": 14_401}), 422, "10015", "/time_limit_secs"),
        (json!({"timeout_secs": 4}), 422, "10015", "/timeout_secs"),
        (json!({"timeout_secs": 601}), 422, "10015", "/timeout_secs"),
        (json!({"retry_on_timeout": "no"}), 422, "10015", "/retry_on_timeout"),
        (
            json!({"answering_machine_detection": "maybe"}),
            422,
            "10015",
            "/answering_machine_detection",
        ),
        (json!({"record": "always"}), 422, "10015", "/record"),
        (policy(json!([1, 1, 1, 1, 1, 1])), 422, "10015", "/webhook_retries_policies"),
        (policy(json!([60_001])), 422, "10015", "/webhook_retries_policies"),
        (json!({"to": "+12125550120"}), 422, "10015", "/to"),
        (json!({"to": "+12125550121"}), 402, "20100", "/to"),
        (json!({"to": "+12125550122"}), 403, "10039", "/to"),
        (json!({"to": "+12125550123"}), 429, "90103", "/to"),
        (json!({"to": "+12125550124"}), 503, "10008", "/to"),
    ] {
        let answer = call(&sim, "POST", PLACE, with(order(&sim, TO), fields.clone())).await;
        let error = &answer.json()["errors"][0];
        assert_eq!(
            (answer.status, &error["code"], &error["source"]["pointer"]),
            (status, &json!(code), &json!(pointer)),
            "{fields}"
        );
        assert!(error["title"].is_string() && error["detail"].is_string());
    }
    let bare = raw(sim.address(), "POST", PLACE, &[], b"{}").await;
    assert_eq!((bare.status, &bare.json()["errors"][0]["code"]), (401, &json!("10009")));
    assert_eq!(call(&sim, "POST", PLACE, json!([])).await.json()["errors"][0]["code"], "10001");
    sim.revoke();
    assert_eq!(call(&sim, "POST", PLACE, order(&sim, TO)).await.status, 401);
    assert!(sim.rings().is_empty());
}

#[tokio::test]
async fn the_carrier_refuses_after_the_api_has_accepted() {
    let abroad = "+442079460000";
    for (config, to, own) in [
        (quick(), abroad, Some("D13")),
        (quick().countries(["GB"]), abroad, None),
        (quick().concurrency(0), TO, Some("D1")),
        (quick().credits(0), TO, Some("D19")),
    ] {
        let sim = start(config).await;
        let placed = place(&sim, order(&sim, to)).await;
        let hangup = event(&sim, &placed, "call.hangup").await;
        assert_eq!(hangup["sip_hangup_reason"].as_str(), own);
        assert_eq!(sim.rings().count(to), usize::from(own.is_none()));
    }
}

#[tokio::test]
async fn a_repeated_command_rings_once_within_its_minute() {
    for (repeat, status, same) in [
        (KeyRepeat::FirstAnswer, 200, true),
        (KeyRepeat::CurrentCall, 200, true),
        (KeyRepeat::Silent, 200, false),
        (KeyRepeat::Refused, 422, false),
    ] {
        let sim = start(quick().key_repeat(repeat)).await;
        let body = with(order(&sim, TO), json!({"command_id": COMMAND}));
        let first = place(&sim, body.clone()).await;
        event(&sim, &first, "call.hangup").await;
        let again = call(&sim, "POST", PLACE, body.clone()).await;
        let id = &again.json()["data"]["call_control_id"];
        assert_eq!((again.status, *id == first["call_control_id"]), (status, same), "{repeat:?}");
        pass(Duration::from_secs(59)).await;
        assert_eq!(call(&sim, "POST", PLACE, body.clone()).await.status, status);
        assert_eq!(sim.rings().count(TO), 1, "{repeat:?}");
        pass(Duration::from_secs(1)).await;
        assert_ne!(place(&sim, body).await["call_control_id"], first["call_control_id"]);
        assert_eq!(sim.rings().count(TO), 2, "after its life, a command is new");
    }
    let sim = start(quick().key_repeat(KeyRepeat::RingsAgain)).await;
    for _ in 0..2 {
        place(&sim, with(order(&sim, TO), json!({"command_id": COMMAND}))).await;
    }
    assert_eq!(sim.rings().count(TO), 2);
    for (refused, status) in [(false, 200), (true, 422)] {
        let sim = start(quick().other_body_refused(refused)).await;
        place(&sim, with(order(&sim, TO), json!({"command_id": COMMAND}))).await;
        let other = with(order(&sim, "+12125550102"), json!({"command_id": COMMAND}));
        assert_eq!(call(&sim, "POST", PLACE, other).await.status, status);
        assert_eq!(sim.rings().len(), 1);
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_in_four_ways() {
    let lost = [
        Rule::on("POST", PLACE, Fault::Reset).after(After::Ring).nth(1),
        Rule::on("POST", PLACE, Fault::answer(500, "10007")).after(After::Ring).nth(1),
        Rule::on("POST", PLACE, Fault::MissingId).nth(1),
    ];
    for rule in lost {
        let config = quick().speed(1.0).outcome(TO, endless());
        let sim = start(config.faults(FaultScript::default().rule(rule))).await;
        let body = with(order(&sim, TO), json!({"command_id": COMMAND}));
        let answer = call(&sim, "POST", PLACE, body.clone()).await;
        if answer.status == 200 {
            assert!(answer.json()["data"]["call_control_id"].is_null());
        }
        let id = json!(sim.rings().rings()[0].call_id);
        assert_eq!(place(&sim, body).await["call_control_id"], id);
        let active = format!("/v2/connections/{}/active_calls", sim.connection_id());
        let active = get(&sim, &active).await.json();
        assert_eq!(
            (&active["data"][0]["call_control_id"], &active["data"][0]["client_state"]),
            (&id, &json!(STATE))
        );
        let history = "/v2/call_events?filter[to]=%2B12125550101&filter[name]=call.initiated";
        let row = get(&sim, history).await.json()["data"][0].clone();
        let payload = &row["metadata"]["payload"];
        assert_eq!((&payload["call_control_id"], &payload["client_state"]), (&id, &json!(STATE)));
        let filter = "metadata-%3Etelnyx_end_user_target=eq.%2B12125550101";
        let conversations = get(&sim, &format!("/v2/ai/conversations?{filter}")).await.json();
        assert_eq!(conversations["data"][0]["metadata"]["call_control_id"], id);
        assert_eq!(sim.rings().count(TO), 1);
    }
}

#[tokio::test]
async fn thirty_dials_a_second_counted_over_five() {
    let sim = start(SimConfig::default().seed(0).speed(100_000.0).retry_after(true)).await;
    for _ in 0..150 {
        assert_eq!(call(&sim, "POST", PLACE, json!({})).await.status, 422);
    }
    let refused = call(&sim, "POST", PLACE, order(&sim, TO)).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["code"]), (429, &json!("90103")));
    assert_eq!(refused.header("x-ratelimit-limit"), Some("150"));
    assert!(refused.header("retry-after").is_some() && sim.rings().is_empty());
    pass(Duration::from_secs(5)).await;
    place(&sim, order(&sim, TO)).await;
    let sim = start(quick().limits(10, 1)).await;
    assert_eq!(get(&sim, "/v2/balance").await.status, 200);
    assert_eq!(get(&sim, "/v2/balance").await.json()["errors"][0]["code"], "10011");
}

#[tokio::test]
async fn another_route_rings_the_same_phone_again() {
    for (fields, by_default, rings) in [
        (json!({"retry_on_timeout": false}), true, 1),
        (json!({"retry_on_timeout": true}), true, 2),
        (json!({"retry_on_timeout": null}), true, 2),
        (json!({"retry_on_timeout": null}), false, 1),
    ] {
        let config = quick().outcome(TO, Outcome::NoAnswer).retries_routes_by_default(by_default);
        let sim = start(config).await;
        let placed = place(&sim, with(order(&sim, TO), fields.clone())).await;
        assert_eq!(event(&sim, &placed, "call.hangup").await["hangup_cause"], "timeout");
        assert_eq!(sim.rings().count(TO), rings, "{fields}");
    }
}

#[tokio::test]
async fn the_times_of_a_request_are_kept() {
    let slow = endless().ringing_for(Duration::from_secs(20));
    let sim = start(quick().outcome(TO, slow)).await;
    for (fields, cause, seconds) in [
        (json!({"timeout_secs": 10}), "timeout", 0),
        (json!({"time_limit_secs": 60}), "time_limit", 60),
    ] {
        let placed = place(&sim, with(order(&sim, TO), fields)).await;
        assert_eq!(event(&sim, &placed, "call.hangup").await["hangup_cause"], cause);
        let read = get(&sim, &path(&placed)).await.json();
        assert_eq!(read["data"]["call_duration"], seconds);
    }
}

#[tokio::test]
async fn several_callees_and_a_transfer_ring_several_phones() {
    let sim = start(quick().speed(1.0).outcome(TO, endless())).await;
    let placed = place(&sim, with(order(&sim, TO), json!({"to": [TO, "+12125550102"]}))).await;
    assert_eq!((sim.rings().len(), sim.rings().count("+12125550102")), (2, 1));
    assert_eq!(json!(sim.rings().rings()[0].call_id), placed["call_control_id"]);
    let transfer = format!("{}/actions/transfer", path(&placed));
    let answer = call(&sim, "POST", &transfer, json!({"to": "+12125550103"})).await;
    assert_eq!((answer.status, sim.rings().count("+12125550103")), (200, 1));
    assert_eq!(call(&sim, "POST", &transfer, json!({})).await.status, 422);
}

#[tokio::test]
async fn texml_pins_a_version_and_has_no_guard() {
    let sim = start(quick()).await;
    let versions = format!("/v2/ai/assistants/{}/versions", sim.assistant_id());
    let version = get(&sim, &versions).await.json()["data"][0]["version_id"].clone();
    let target = format!("/v2/texml/ai_calls/{}", sim.connection_id());
    let body = |version: &Value| {
        json!({
            "To": TO, "From": sim.number(), "AIAssistantId": sim.assistant_id(),
            "AIAssistantVersion": version,
        })
    };
    for _ in 0..2 {
        let answer = call(&sim, "POST", &target, body(&version)).await;
        assert_eq!((answer.status, answer.json()["call_sid"].is_string()), (200, true));
    }
    assert_eq!(call(&sim, "POST", &target, body(&json!("none"))).await.status, 422);
    assert_eq!(sim.rings().count(TO), 2);
}

#[tokio::test]
async fn a_scheduled_event_calls_later_and_redials() {
    let sim = start(quick().speed(3600.0).ending(TO, "user_busy")).await;
    let target = format!("/v2/ai/assistants/{}/scheduled_events", sim.assistant_id());
    let soon = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let body = json!({
        "telnyx_end_user_target": TO, "telnyx_agent_target": sim.number(),
        "scheduled_at_fixed_datetime": soon.to_string(), "max_retries_client_errors": 2,
    });
    let key = [("idempotency-key", "k-1")];
    let made = call_with(&sim, "POST", &target, &key, body.clone()).await;
    assert_eq!((made.status, sim.rings().len()), (201, 0));
    let again = call_with(&sim, "POST", &target, &key, body).await;
    assert_eq!(again.json(), made.json());
    sim.rings().wait_for_rings(3).await;
    assert_eq!(sim.rings().count(TO), 3);
}
