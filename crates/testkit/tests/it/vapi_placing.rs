//! What the simulated Vapi makes of a placing request: refusals, the limit of concurrent calls, and
//! helpers that ring phones by themselves or later.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::OverLimit;
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};

use crate::common::{call, get, raw};
use crate::vapi::{TO, endless, order, place, quick, read, start, until, with};

#[tokio::test]
async fn refusals_have_their_status_and_no_phone_rings() {
    let config = quick()
        .refuse("+12125550120", "400: Over the outbound limit of this number")
        .refuse("+12125550121", "402")
        .refuse("+12125550122", "403")
        .refuse("+12125550123", "429")
        .refuse("+12125550124", "500");
    let sim = start(config).await;
    let customer = |fields: Value| json!({"customer": with(json!({"number": TO}), fields)});
    let overrides = |fields: Value| json!({"assistantOverrides": fields});
    let server = |fields: Value| {
        overrides(json!({"server": with(json!({"url": "https://a.invalid"}), fields)}))
    };
    for (fields, status) in [
        (json!({"customer": null}), 400),
        (customer(json!({"number": null})), 400),
        (customer(json!({"number": "2125550101"})), 400),
        (customer(json!({"number": "+1911", "numberE164CheckEnabled": false})), 400),
        (customer(json!({"number": "1".repeat(41), "numberE164CheckEnabled": false})), 400),
        (customer(json!({"externalId": "x".repeat(41)})), 400),
        (customer(json!({"name": "x".repeat(41)})), 400),
        (json!({"name": "x".repeat(41)}), 400),
        (json!({"phoneNumberId": null}), 400),
        (json!({"phoneNumberId": "none"}), 404),
        (json!({"phoneNumberId": null, "phoneNumber": {"twilioPhoneNumber": "+14155550111"}}), 400),
        (json!({"assistantId": "none"}), 404),
        (json!({"assistantId": null, "assistantVersion": "v1"}), 400),
        (overrides(json!({"metadata": "text"})), 400),
        (overrides(json!({"variableValues": []})), 400),
        (overrides(json!({"maxDurationSeconds": 9})), 400),
        (overrides(json!({"maxDurationSeconds": 43_201})), 400),
        (overrides(json!({"voicemailMessage": "x".repeat(1001)})), 400),
        (overrides(json!({"serverMessages": "all"})), 400),
        (server(json!({"timeoutSeconds": 301})), 400),
        (server(json!({"backoffPlan": {"type": "fixed", "maxRetries": 11}})), 400),
        (server(json!({"backoffPlan": {"type": "wild"}})), 400),
        (json!({"schedulePlan": {"earliestAt": "soon"}}), 400),
        (json!({"customers": []}), 400),
        (customer(json!({"number": "+12125550120"})), 400),
        (customer(json!({"number": "+12125550121"})), 402),
        (customer(json!({"number": "+12125550122"})), 403),
        (customer(json!({"number": "+12125550123"})), 429),
        (customer(json!({"number": "+12125550124"})), 500),
    ] {
        let answer = call(&sim, "POST", "/call", with(order(&sim, TO), fields.clone())).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["statusCode"]), (status, &json!(status)), "{fields}");
        assert!(body["error"].is_string());
        assert!(body["message"].is_string() || body["message"][0].is_string());
    }
    assert_eq!(raw(sim.address(), "POST", "/call", &[], b"{}").await.status, 401);
    sim.revoke();
    assert_eq!(call(&sim, "POST", "/call", order(&sim, TO)).await.status, 401);
    assert!(sim.rings().is_empty());
    let sim = start(quick().limits(1, 100)).await;
    place(&sim, order(&sim, TO)).await;
    assert_eq!(call(&sim, "POST", "/call", order(&sim, TO)).await.status, 429);
    assert_eq!(sim.rings().len(), 1);
}

#[tokio::test]
async fn some_flaws_are_accepted_and_never_dialled() {
    let sim = start(quick()).await;
    let broke = start(quick().credits(0)).await;
    for (sim, fields, reason) in [
        (&sim, json!({"assistantId": null}), "call-start-error-neither-assistant-nor-server-set"),
        (&sim, json!({"assistantVersion": "v7"}), "call.start.error-assistant-version-validation"),
        (&broke, json!({}), "call.start.error-subscription-insufficient-credits"),
    ] {
        let answer = place(sim, with(order(sim, TO), fields)).await;
        assert_eq!((&answer["status"], answer.get("endedReason")), (&json!("queued"), None));
        assert_eq!(until(sim, &answer["id"], "ended").await["endedReason"], reason);
        assert!(sim.rings().is_empty());
    }
}

#[tokio::test]
async fn nothing_guards_against_a_repeat() {
    let rule = Rule::on("POST", "/call", Fault::Reset).after(After::Ring).nth(1);
    let sim = start(quick().faults(FaultScript::default().rule(rule))).await;
    let body = with(order(&sim, TO), json!({"name": "a-1"}));
    assert_eq!(call(&sim, "POST", "/call", body.clone()).await.status, 0);
    let target = format!("/call?assistantId={}", sim.assistant_id());
    let found = get(&sim, &target).await.json();
    assert_eq!((&found[0]["name"], sim.rings().count(TO)), (&json!("a-1"), 1));
    place(&sim, body).await;
    assert_eq!(sim.rings().count(TO), 2);
}

#[tokio::test]
async fn a_call_over_the_limit_waits_or_is_never_dialled_or_is_refused() {
    let (one, other) = ("+12125550111", "+12125550112");
    for over in [OverLimit::Waits, OverLimit::NeverDialled, OverLimit::Refused] {
        let config = quick().speed(1.0).concurrency(1).over_limit(over);
        let sim = start(config.outcome(one, endless())).await;
        let overrides =
            json!({"monitorPlan": {"controlEnabled": true}, "maxDurationSeconds": 43_200});
        let first =
            place(&sim, with(order(&sim, one), json!({"assistantOverrides": overrides}))).await;
        assert_eq!(first["subscriptionLimits"]["remainingConcurrentCalls"], 0);
        let answer = call(&sim, "POST", "/call", order(&sim, other)).await;
        assert_eq!(sim.rings().count(other), 0, "{over:?}");
        if over == OverLimit::Refused {
            assert_eq!(answer.status, 400);
            continue;
        }
        assert_eq!(answer.status, 201);
        assert_eq!(answer.json()["subscriptionLimits"]["concurrencyBlocked"], true);
        let id = answer.json()["id"].clone();
        if over == OverLimit::NeverDialled {
            let reason = &read(&sim, &id).await["endedReason"];
            assert_eq!(reason, "call.start.error-subscription-concurrency-limit-reached");
            continue;
        }
        assert_eq!(read(&sim, &id).await["status"], "queued");
        let url = first["monitor"]["controlUrl"].as_str().unwrap();
        let target = url.strip_prefix(sim.url()).unwrap();
        raw(sim.address(), "POST", target, &[], br#"{"type": "end-call"}"#).await;
        sim.rings().wait_for_rings(2).await;
        assert_eq!(sim.rings().count(other), 1, "it rings later");
    }
}

#[tokio::test]
async fn a_waiting_call_can_be_deleted() {
    let (one, other) = ("+12125550111", "+12125550112");
    let short = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(300));
    let sim = start(quick().speed(3000.0).concurrency(1).outcome(one, short)).await;
    let first = place(&sim, order(&sim, one)).await["id"].clone();
    let waits = place(&sim, order(&sim, other)).await["id"].clone();
    let target = format!("/call/{}", waits.as_str().unwrap());
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.json()["status"], "ended");
    until(&sim, &first, "ended").await;
    let third = place(&sim, order(&sim, TO)).await;
    until(&sim, &third["id"], "ended").await;
    assert_eq!((sim.rings().count(other), sim.rings().len()), (0, 2));
}

#[tokio::test]
async fn several_customers_ring_several_phones() {
    let sim = start(quick()).await;
    let customers = json!([{"number": TO}, {"number": "+12125550102"}, {"number": "bad"}]);
    let body = with(order(&sim, TO), json!({"customer": null, "customers": customers}));
    let answer = place(&sim, body).await;
    assert_eq!((answer["results"].as_array().unwrap().len(), sim.rings().len()), (2, 2));
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
    assert!(answer.get("id").is_none() && answer["subscriptionLimits"].is_object());
}

#[tokio::test]
async fn a_scheduled_call_rings_later_unless_it_is_deleted() {
    let sim = start(quick().speed(3600.0)).await;
    let at = |hours| {
        let now = jiff::Timestamp::now();
        now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap().to_string()
    };
    let body = |hours| with(order(&sim, TO), json!({"schedulePlan": {"earliestAt": at(hours)}}));
    let answer = place(&sim, body(24)).await;
    assert_eq!(answer["status"], "scheduled");
    let target = format!("/call/{}", answer["id"].as_str().unwrap());
    let gone = call(&sim, "DELETE", &target, Value::Null).await.json();
    assert_eq!(gone["endedReason"], "scheduled-call-deleted");
    let answer = place(&sim, body(1)).await;
    assert_eq!(
        (&read(&sim, &answer["id"]).await["status"], sim.rings().len()),
        (&json!("scheduled"), 0)
    );
    sim.rings().wait_for_rings(1).await;
    assert_eq!(json!(sim.rings().rings()[0].call_id), answer["id"]);
    place(&sim, body(-1)).await;
    assert_eq!(sim.rings().len(), 2, "a time in the past is now");
}
