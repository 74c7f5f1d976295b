//! Webhooks of the simulated Telnyx, signed with Ed25519.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::json;
use switchboard_testkit::SimTelnyx;
use switchboard_testkit::fault::FaultScript;

use crate::common::receiver::{Hook, Receiver};
use crate::telnyx::{STATE, TO, order, place, quick, start, with};

fn is_signed(sim: &SimTelnyx, hook: &Hook) -> bool {
    let Some(signature) = hook.headers.get("telnyx-signature-ed25519") else {
        return false;
    };
    let key = UnparsedPublicKey::new(&ED25519, STANDARD.decode(sim.public_key()).unwrap());
    let text = format!("{}|{}", hook.headers["telnyx-timestamp"], hook.body);
    key.verify(text.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok()
}

fn name(hook: &Hook) -> String {
    hook.json()["data"]["event_type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_event_is_signed_and_carries_our_state() {
    let [account, own] = [Receiver::new().await, Receiver::new().await];
    let sim = start(quick().webhook_url(account.url()).ending(TO, "user_busy")).await;
    let placed = place(&sim, with(order(&sim, TO), json!({"webhook_url": own.url()}))).await;
    let mut names = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let hook = own.take(200).await;
        assert!(is_signed(&sim, &hook));
        let body = hook.json();
        assert_eq!(body["data"]["payload"]["client_state"], STATE);
        assert_eq!(body["data"]["payload"]["call_control_id"], placed["call_control_id"]);
        assert_eq!(
            (&body["meta"]["attempt"], &body["meta"]["delivered_to"]),
            (&json!(1), &json!(own.url()))
        );
        names.push(name(&hook));
        ids.push(body["data"]["id"].clone());
    }
    names.sort();
    assert_eq!(names, ["call.cost", "call.cost", "call.hangup", "call.initiated"]);
    ids.sort_by_key(ToString::to_string);
    ids.dedup();
    assert_eq!(ids.len(), 4);
    place(&sim, order(&sim, TO)).await;
    assert_eq!(name(&account.take(200).await), "call.initiated", "the connection's own URL");
}

#[tokio::test]
async fn a_refused_delivery_is_repeated_with_the_same_id() {
    let receiver = Receiver::new().await;
    let sim = start(quick().webhook_retries([]).ending(TO, "D13")).await;
    let policies = json!({"call.hangup": {"retries_ms": [1, 1]}});
    let fields = json!({"webhook_url": receiver.url(), "webhook_retries_policies": policies});
    place(&sim, with(order(&sim, TO), fields)).await;
    let mut attempts = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let hook = receiver.take(500).await;
        if name(&hook) == "call.hangup" {
            assert!(is_signed(&sim, &hook));
            attempts.push(hook.json()["meta"]["attempt"].as_u64().unwrap());
            ids.push(hook.json()["data"]["id"].clone());
        }
    }
    assert_eq!(attempts, [1, 2, 3]);
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn what_was_never_accepted_goes_to_the_failover_url() {
    let [first, other] = [Receiver::new().await, Receiver::new().await];
    let config = quick().webhook_retries([]).webhook_url(first.url());
    let sim = start(config.webhook_failover_url(other.url()).ending(TO, "D13")).await;
    place(&sim, order(&sim, TO)).await;
    for _ in 0..2 {
        let refused = first.take(503).await.json();
        let hook = other.take(200).await;
        assert!(is_signed(&sim, &hook));
        assert_eq!(hook.json()["meta"]["attempt"], 2);
        assert_eq!(hook.json()["data"].get("id").is_some(), refused["data"]["id"].is_string());
    }
}

#[tokio::test]
async fn webhooks_can_be_doubled_forged_unsigned_and_late() {
    let script = "[webhooks]\ntwice = [1]\nforge = [2]\nunsigned = [3]\nlate = [5]\nlate_ms = 200";
    let receiver = Receiver::new().await;
    let sim =
        start(quick().faults(FaultScript::from_toml(script).unwrap()).ending(TO, "D13")).await;
    let body = with(order(&sim, TO), json!({"webhook_url": receiver.url()}));
    let mut seen = Vec::new();
    // Each call has two events: its acceptance and its end.
    for hooks in [3, 2] {
        place(&sim, body.clone()).await;
        for _ in 0..hooks {
            let hook = receiver.take(200).await;
            let signed = hook.headers.contains_key("telnyx-signature-ed25519");
            seen.push((name(&hook), signed, is_signed(&sim, &hook)));
        }
    }
    seen.sort();
    let row = |name: &str, signed, genuine| (name.to_owned(), signed, genuine);
    assert_eq!(
        seen,
        [
            row("call.hangup", true, false),
            row("call.hangup", true, true),
            row("call.initiated", false, false),
            row("call.initiated", true, true),
            row("call.initiated", true, true),
        ]
    );
    place(&sim, body).await;
    assert_eq!(name(&receiver.take(200).await), "call.hangup", "the end overtakes the beginning");
    assert_eq!(name(&receiver.take(200).await), "call.initiated");
    assert!(sim.rings().is_empty());
}
