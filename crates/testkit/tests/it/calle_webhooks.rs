//! Webhooks of the simulated CALL-E.

use std::time::Duration;

use serde_json::json;
use switchboard_testkit::calls::Ending;
use switchboard_testkit::fault::FaultScript;

use crate::calle::{TO, ended, order, place, quick, start};
use crate::common::call;
use crate::common::receiver::Receiver;

#[tokio::test]
async fn each_end_has_one_event_and_no_signature() {
    for (ending, event) in [
        ("completed", "call.completed"),
        ("no_answer", "call.completed"),
        ("timed_out", "call.failed"),
        ("canceled", "call.canceled"),
    ] {
        let receiver = Receiver::new().await;
        let config = quick().ending(TO, Ending::from(ending));
        let sim = start(config.webhook_retries([Duration::from_millis(1)])).await;
        let mut body = order(TO);
        body["webhook_url"] = json!(receiver.url());
        let id = place(&sim, "k", body).await["id"].clone();
        let first = receiver.take(500).await;
        let again = receiver.take(200).await;
        assert_eq!(first.body, again.body, "a repeat has the same id");
        let hook = again.json();
        assert_eq!(
            (&hook["type"], &hook["id"]),
            (&json!(event), &json!(again.headers["call-e-event-id"]))
        );
        assert!(hook["created_at"].is_string());
        assert_eq!(
            (&hook["data"]["id"], &hook["data"]["metadata"]["attempt"]),
            (&id, &json!("a-1"))
        );
        assert_eq!(hook["data"], ended(&sim, &id).await);
        assert!(!again.headers.keys().any(|name| name.contains("signature")));
    }
}

#[tokio::test]
async fn webhooks_can_be_lost_and_doubled() {
    let script = FaultScript::from_toml("[webhooks]\nlose = [1]\ntwice = [2]").unwrap();
    let receiver = Receiver::new().await;
    let sim = start(quick().ending(TO, "busy").faults(script)).await;
    let mut body = order(TO);
    body["webhook_url"] = json!(receiver.url());
    let lost = place(&sim, "k-1", body.clone()).await["id"].clone();
    ended(&sim, &lost).await;
    let id = place(&sim, "k-2", body).await["id"].clone();
    for _ in 0..2 {
        assert_eq!(receiver.take(200).await.json()["data"]["id"], id);
    }
}

#[tokio::test]
async fn a_cancelled_call_has_its_event() {
    let receiver = Receiver::new().await;
    let sim = start(quick().speed(1.0).queue(Duration::from_secs(3600))).await;
    let mut body = order(TO);
    body["webhook_url"] = json!(receiver.url());
    let id = place(&sim, "k", body).await["id"].clone();
    let cancel = format!("/v2/calls/{}/cancel", id.as_str().unwrap());
    assert_eq!(call(&sim, "POST", &cancel, json!({})).await.status, 200);
    let hook = receiver.take(200).await.json();
    assert_eq!((&hook["type"], &hook["data"]["call_id"]), (&json!("call.canceled"), &json!(null)));
    assert!(sim.rings().is_empty());
}
