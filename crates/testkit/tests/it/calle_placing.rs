//! What the simulated CALL-E makes of a placing request: refusals, preparation, repeated keys, and
//! helpers that ring phones by themselves.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::KeyRepeat;
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};

use crate::calle::{PLACE, TO, ended, order, place, quick, read, send, start};
use crate::common::{call, get, pass, raw};

/// The order with some fields set.
fn with(fields: Value) -> Value {
    let mut order = order(TO);
    for (name, value) in fields.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

#[tokio::test]
async fn refusals_have_their_codes_and_no_phone_rings() {
    let mut config = quick().unsafe_phrase("threaten");
    let coded = [
        ("recipient_blocked", 403),
        ("policy_violation", 422),
        ("invalid_recipient", 422),
        ("input_incomplete", 422),
        ("unsupported_language", 422),
        ("insufficient_balance", 402),
        ("llm_token_budget_exceeded", 429),
        ("rate_limit_exceeded", 429),
        ("account_concurrency_exceeded", 429),
        ("account_concurrency_unavailable", 503),
        ("llm_token_budget_unavailable", 503),
        ("provider_unavailable", 503),
        ("internal_error", 500),
        ("forbidden", 403),
    ];
    for (nth, (code, _)) in coded.iter().enumerate() {
        config = config.refuse(format!("+12125551{nth:03}"), *code);
    }
    let sim = start(config).await;
    let schema = |properties: Value| json!({"result_schema": {"type": "object", "additionalProperties": false, "properties": properties}});
    let many: serde_json::Map<String, Value> =
        (0..33).map(|nth| (format!("f{nth}"), json!({"type": "string"}))).collect();
    let mut rows = vec![
        (json!({"task": null}), 400, "invalid_request"),
        (json!({"task": "  "}), 400, "invalid_request"),
        (json!({"task": "threaten them"}), 422, "policy_violation"),
        (json!({"phone": null}), 400, "invalid_request"),
        (json!({"phone": "2125550101"}), 422, "invalid_phone"),
        (json!({"phone": "+1911"}), 422, "invalid_phone"),
        (json!({"result_schema": null}), 400, "invalid_request"),
        (
            json!({"result_schema": {"type": "object", "properties": {"a": {"type": "string"}}}}),
            422,
            "result_schema_invalid",
        ),
        (schema(json!({})), 422, "result_schema_invalid"),
        (schema(json!({"a": {"type": "object"}})), 422, "result_schema_invalid"),
        (schema(json!(many)), 422, "result_schema_invalid"),
        (json!({"region": "GB"}), 422, "unsupported_region"),
        (json!({"locale": "english"}), 422, "unsupported_language"),
        (json!({"metadata": "text"}), 400, "invalid_request"),
        (json!({"webhook_url": "http://example.com/hook"}), 400, "invalid_request"),
    ];
    for (nth, (code, status)) in coded.iter().enumerate() {
        rows.push((json!({"phone": format!("+12125551{nth:03}")}), *status, code));
    }
    for (fields, status, code) in rows {
        let answer = send(&sim, "k", with(fields.clone())).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (status, &json!(code)),
            "{fields}"
        );
        assert!(answer.json()["error"]["details"].is_object());
        if code == "input_incomplete" {
            assert!(answer.json()["error"]["details"]["missing_inputs"].is_array());
        }
    }
    let keyless = call(&sim, "POST", PLACE, order(TO)).await;
    assert_eq!(
        (keyless.status, &keyless.json()["error"]["code"]),
        (400, &json!("invalid_request"))
    );
    assert_eq!(send(&sim, &"k".repeat(256), order(TO)).await.status, 400);
    assert_eq!(raw(sim.address(), "POST", PLACE, &[], b"{}").await.status, 401);
    let narrow = start(quick().scopes(["calls:read"])).await;
    assert_eq!(send(&narrow, "k", order(TO)).await.json()["error"]["code"], "forbidden");
    let broke = start(quick().credits(0)).await;
    assert_eq!(send(&broke, "k", order(TO)).await.status, 402);
    let abroad = start(quick().countries(["GB"])).await;
    assert_eq!(send(&abroad, "k", order(TO)).await.json()["error"]["code"], "unsupported_region");
    assert!([&sim, &narrow, &broke, &abroad].iter().all(|sim| sim.rings().is_empty()));
    place(&sim, "k", order(TO)).await;
    assert_eq!(sim.rings().len(), 1, "the key of a request that was refused is free");
}

#[tokio::test]
async fn one_line_by_default_which_may_be_freed_late() {
    let talks = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(60));
    for (lag, second) in [(0, 202), (1_000_000_000, 429)] {
        let config = quick().concurrency(1).outcome(TO, talks).slot_lag(Duration::from_secs(lag));
        let sim = start(config).await;
        let first = place(&sim, "k-1", order(TO)).await;
        ended(&sim, &first["id"]).await;
        let answer = send(&sim, "k-2", order("+12125550102")).await;
        assert_eq!((answer.status, sim.rings().len()), (second, if second == 202 { 2 } else { 1 }));
        if second == 429 {
            assert_eq!(answer.json()["error"]["code"], "account_concurrency_exceeded");
            assert_eq!(answer.json()["error"]["details"]["max_active_tasks"], 1);
            assert_eq!(answer.header("retry-after"), None);
        }
    }
    let sim = start(quick().limits(1, 1)).await;
    place(&sim, "k-1", order(TO)).await;
    assert_eq!(send(&sim, "k-2", order(TO)).await.json()["error"]["code"], "rate_limit_exceeded");
}

#[tokio::test]
async fn a_repeated_key_rings_once() {
    for (repeat, status, same) in [
        (KeyRepeat::FirstAnswer, 202, true),
        (KeyRepeat::CurrentCall, 202, true),
        (KeyRepeat::Silent, 202, false),
        (KeyRepeat::Refused, 409, false),
    ] {
        let sim = start(quick().key_repeat(repeat)).await;
        let first = place(&sim, "k", order(TO)).await;
        let done = ended(&sim, &first["id"]).await;
        let again = send(&sim, "k", order(TO)).await;
        assert_eq!((again.status, again.json()["id"] == first["id"]), (status, same), "{repeat:?}");
        match repeat {
            KeyRepeat::FirstAnswer => assert_eq!(again.json(), first),
            KeyRepeat::CurrentCall => assert_eq!(again.json(), done),
            _ => {}
        }
        let other = send(&sim, "k", order("+12125550102")).await;
        assert_eq!(
            (other.status, &other.json()["error"]["code"]),
            (409, &json!("idempotency_conflict"))
        );
        pass(Duration::from_secs(30 * 86_400)).await;
        assert_eq!(send(&sim, "k", order(TO)).await.status, status, "no end is documented");
        assert_eq!(sim.rings().len(), 1, "{repeat:?}");
    }
    let sim = start(quick().key_repeat(KeyRepeat::RingsAgain)).await;
    for _ in 0..2 {
        place(&sim, "k", order(TO)).await;
    }
    assert_eq!(sim.rings().count(TO), 2);
    let sim = start(quick().key_life(Duration::from_secs(60))).await;
    place(&sim, "k", order(TO)).await;
    pass(Duration::from_secs(60)).await;
    place(&sim, "k", order(TO)).await;
    assert_eq!(sim.rings().count(TO), 2);
}

#[tokio::test]
async fn the_key_of_a_failed_call_stays_bound_to_it() {
    for (refused, status) in [(false, 202), (true, 422)] {
        let sim = start(quick().ending(TO, "call_failed").failed_key_refused(refused)).await;
        let id = place(&sim, "k", order(TO)).await["id"].clone();
        ended(&sim, &id).await;
        assert_eq!(send(&sim, "k", order(TO)).await.status, status);
        assert_eq!(sim.rings().count(TO), 1);
    }
}

#[tokio::test]
async fn a_client_that_gives_up_during_the_preparation_gets_a_call() {
    let sim = start(quick().speed(1000.0).preparation(Duration::from_secs(25))).await;
    {
        let mut gone = Box::pin(send(&sim, "k", order(TO)));
        tokio::select! {
            answer = &mut gone => panic!("there was an answer: {answer:?}"),
            () = sim.rings().wait_for_posts(1) => {}
        }
    }
    let (one, other) = tokio::join!(send(&sim, "k", order(TO)), send(&sim, "k", order(TO)));
    assert_eq!((one.status, other.status), (202, 202));
    assert_eq!(one.json()["id"], other.json()["id"]);
    assert_eq!((sim.rings().count(TO), sim.rings().posts()), (1, 3));
    assert_eq!(sim.rings().rings()[0].call_id, one.json()["id"]);
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_key() {
    for fault in [Fault::Reset, Fault::Close, Fault::answer(500, "internal_error")] {
        let rule = Rule::on("POST", PLACE, fault).after(After::Ring).nth(1);
        let sim = start(quick().faults(FaultScript::default().rule(rule))).await;
        assert_ne!(send(&sim, "k", order(TO)).await.status, 202);
        let found = place(&sim, "k", order(TO)).await;
        assert_eq!(
            (sim.rings().count(TO), read(&sim, &found["id"]).await["phone"].clone()),
            (1, json!(TO))
        );
    }
}

#[tokio::test]
async fn the_older_endpoint_rings_several_phones() {
    let sim = start(quick()).await;
    let body = json!({"task": "Call", "recipients": [{"phone": TO}, "+12125550102"]});
    let answer = call(&sim, "POST", "/v1/calls", body.clone()).await;
    assert_eq!((answer.status, sim.rings().len()), (201, 2));
    let id = answer.json()["data"][1]["id"].clone();
    let read = get(&sim, &format!("/v1/calls/{}", id.as_str().unwrap())).await;
    assert_eq!(read.json()["phone"], "+12125550102");
    call(&sim, "POST", "/v1/calls", body).await;
    assert_eq!(sim.rings().duplicates().len(), 2, "it has no key");
    let none = call(&sim, "POST", "/v1/calls", json!({"task": "Call", "recipients": []})).await;
    assert_eq!(none.json()["error"]["code"], "no_recipients");
}

#[tokio::test]
async fn goals_are_run() {
    let sim = start(quick()).await;
    let goals = get(&sim, "/v1/goals").await.json();
    let id = goals["data"][0]["id"].as_str().unwrap();
    assert_eq!(get(&sim, &format!("/v1/goals/{id}")).await.json(), goals["data"][0]);
    let runs = format!("/v1/goals/{id}/runs");
    let run = call(&sim, "POST", &runs, json!({"phone": TO})).await;
    assert_eq!((run.status, sim.rings().count(TO)), (201, 1));
    let read = get(&sim, &format!("{runs}/{}", run.json()["id"].as_str().unwrap())).await.json();
    assert_eq!(read["call"]["id"], run.json()["call"]["id"]);
    assert_eq!(get(&sim, &format!("{runs}/none")).await.status, 404);
}
