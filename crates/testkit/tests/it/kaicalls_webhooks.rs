//! Webhooks of the simulated KaiCalls: to a call's own URL, and signed to the account's
//! subscriptions.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::Outcome;
use switchboard_testkit::fault::FaultScript;
use switchboard_testkit::{SimConfig, SimKaiCalls, WebhookBody};

use crate::common::receiver::{Hook, Receiver, hmac_hex};
use crate::common::{call, get};

const TO: &str = "+12125550101";

fn is_signed_with(hook: &Hook, secret: &str) -> bool {
    let text = format!("{}.{}", hook.headers["x-kaicalls-timestamp"], hook.body);
    hook.headers["x-kaicalls-signature"] == format!("sha256={}", hmac_hex(secret, &text))
}

async fn start(outcome: Outcome) -> SimKaiCalls {
    let config = SimConfig::default().seed(0).speed(100_000.0).outcome(TO, outcome);
    SimKaiCalls::start(config.webhook_retries([Duration::from_millis(1); 3])).await.unwrap()
}

async fn place(sim: &SimKaiCalls, url: Option<&str>) -> Value {
    let body = json!({"agent_id": sim.agent_id(), "to": TO, "webhook_url": url});
    let answer = call(sim, "POST", "/api/v1/calls", body).await;
    assert_eq!(answer.status, 201);
    answer.json()["id"].clone()
}

#[tokio::test]
async fn the_url_of_a_call_gets_completed_or_failed_with_retries() {
    let receiver = Receiver::new().await;
    let sim = start(Outcome::Completed).await;
    let id = place(&sim, Some(&receiver.url())).await;
    assert_eq!(receiver.take(500).await.json()["call_id"], id);
    let hook = receiver.take(200).await;
    assert_eq!(hook.path, "/hook?a=1");
    let body = hook.json();
    assert_eq!(
        (&body["event"], &body["status"], &body["call_id"]),
        (&json!("call.completed"), &json!("completed"), &id)
    );
    assert!(
        body["duration"].is_u64()
            && body["recording_url"].is_string()
            && body["timestamp"].is_string()
    );
    assert!(
        !hook.headers.contains_key("x-kaicalls-signature"),
        "no secret is documented for these"
    );

    let sim = start(Outcome::NoAnswer).await;
    let id = place(&sim, Some(&receiver.url())).await;
    let body = receiver.take(200).await.json();
    assert_eq!(
        (&body["event"], &body["status"], &body["error"]),
        (&json!("call.failed"), &json!("failed"), &json!("no_answer"))
    );
    assert_eq!(body["call_id"], id);
}

#[tokio::test]
async fn subscriptions_get_signed_events_and_their_secret_is_shown_once() {
    let receiver = Receiver::new().await;
    let sim = start(Outcome::Completed).await;
    let new = json!({"webhook_url": receiver.url(), "events": ["call.completed"]});
    let made = call(&sim, "POST", "/api/v1/webhooks", new).await;
    assert_eq!(made.status, 201);
    let (id, secret) =
        (made.json()["id"].clone(), made.json()["webhook_secret"].as_str().unwrap().to_owned());
    let listed = get(&sim, "/api/v1/webhooks").await.json();
    let row = &listed["webhooks"][0];
    assert_eq!((&row["url"], &row["events"]), (&json!(receiver.url()), &json!(["call.completed"])));
    assert!(row.get("webhook_secret").is_none() && !listed.to_string().contains(&secret));
    assert_eq!(row["webhook_secret_masked"], format!("whsec_****{}", &secret[secret.len() - 4..]));
    assert!(
        listed["events"].as_array().unwrap().contains(&json!("call.failed")),
        "what can be subscribed to"
    );

    let call_id = place(&sim, None).await;
    let hook = receiver.take(200).await;
    assert!(is_signed_with(&hook, &secret) && !is_signed_with(&hook, "whsec_other"));
    assert_eq!(
        (&hook.json()["event"], &hook.json()["data"]["call_id"]),
        (&json!("call.completed"), &call_id)
    );

    let rotated =
        call(&sim, "POST", "/api/v1/webhooks/rotate-secret", json!({"id": id})).await.json();
    let fresh = rotated["webhook_secret"].as_str().unwrap();
    assert_ne!(fresh, secret);
    assert_eq!(
        call(&sim, "POST", "/api/v1/webhooks/test", json!({"id": id, "data": {"a": 1}}))
            .await
            .status,
        200
    );
    let hook = receiver.take(200).await;
    assert!(is_signed_with(&hook, fresh));
    assert_eq!(
        (hook.json()["event"].as_str(), &hook.json()["data"]["a"]),
        (Some("webhook.test"), &json!(1))
    );

    let off = json!({"id": id, "webhook_url": receiver.url(), "is_active": false});
    assert!(
        call(&sim, "POST", "/api/v1/webhooks", off).await.json().get("webhook_secret").is_none()
    );
    let target = format!("/api/v1/webhooks?id={}", id.as_str().unwrap());
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, "/api/v1/webhooks").await.json()["webhooks"], json!([]));
}

#[tokio::test]
async fn webhooks_can_be_lost_doubled_and_forged() {
    let receiver = Receiver::new().await;
    let script =
        FaultScript::from_toml("[webhooks]\nlose = [1]\ntwice = [2]\nforge = [3]").unwrap();
    let config = SimConfig::default()
        .seed(0)
        .speed(100_000.0)
        .webhook_body(WebhookBody::Flat)
        .faults(script);
    let sim = SimKaiCalls::start(config).await.unwrap();
    let made =
        call(&sim, "POST", "/api/v1/webhooks", json!({"webhook_url": receiver.url()})).await.json();
    let (id, secret) = (made["id"].clone(), made["webhook_secret"].as_str().unwrap());
    for nth in 1..=3 {
        let test = json!({"id": id, "data": {"nth": nth}});
        assert_eq!(call(&sim, "POST", "/api/v1/webhooks/test", test).await.status, 200);
        let expected: &[(u64, bool)] = match nth {
            1 => &[],
            2 => &[(2, true), (2, true)],
            _ => &[(3, false)],
        };
        for (number, genuine) in expected {
            let hook = receiver.take(200).await;
            assert_eq!(
                (hook.json()["nth"].as_u64(), is_signed_with(&hook, secret)),
                (Some(*number), *genuine)
            );
        }
    }
}

#[tokio::test]
async fn no_webhook_is_sent_to_a_stranger() {
    let receiver = Receiver::new().await;
    let sim = start(Outcome::Completed).await;
    let away = json!({"webhook_url": "http://192.0.2.1/hook"});
    let id = call(&sim, "POST", "/api/v1/webhooks", away).await.json()["id"].clone();
    assert_eq!(call(&sim, "POST", "/api/v1/webhooks/test", json!({"id": id})).await.status, 200);
    let here = call(&sim, "POST", "/api/v1/webhooks", json!({"webhook_url": receiver.url()}))
        .await
        .json()["id"]
        .clone();
    assert_eq!(call(&sim, "POST", "/api/v1/webhooks/test", json!({"id": here})).await.status, 200);
    receiver.take(200).await;
    let away = loop {
        let attempts = sim.webhook_attempts();
        if let Some(away) = attempts.into_iter().find(|attempt| attempt.url.contains("192.0.2.1")) {
            break away;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(away.status, None);
}
