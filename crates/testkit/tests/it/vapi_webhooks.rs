//! Webhooks of the simulated Vapi.

use serde_json::{Value, json};
use switchboard_testkit::fault::FaultScript;
use switchboard_testkit::{SimVapi, VapiSignature};

use crate::common::call;
use crate::common::receiver::{Hook, Receiver, hmac_hex};
use crate::vapi::{TO, order, place, quick, start, with};

fn is_signed(sim: &SimVapi, hook: &Hook) -> bool {
    hook.headers.get("x-signature").is_some_and(|signature| {
        let text = format!("{}.{}", hook.headers["x-timestamp"], hook.body);
        *signature == hmac_hex(sim.webhook_secret(), &text)
    })
}

/// The kinds of so many webhooks, with their status or end reason, sorted.
async fn take(receiver: &Receiver, count: usize) -> Vec<(String, String)> {
    let mut kinds = Vec::new();
    for _ in 0..count {
        let message = receiver.take(200).await.json()["message"].clone();
        let word = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let detail = if word("status").is_empty() { word("endedReason") } else { word("status") };
        kinds.push((word("type"), detail));
    }
    kinds.sort();
    kinds
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(kind, word)| ((*kind).to_owned(), (*word).to_owned())).collect()
}

#[tokio::test]
async fn the_nearest_server_gets_the_messages() {
    let [account, number, assistant, own] = [
        Receiver::new().await,
        Receiver::new().await,
        Receiver::new().await,
        Receiver::new().await,
    ];
    let sim = start(quick().webhook_url(account.url()).ending(TO, "customer-ended-call")).await;
    let expected = pairs(&[
        ("end-of-call-report", "customer-ended-call"),
        ("status-update", "ended"),
        ("status-update", "in-progress"),
        ("status-update", "ringing"),
    ]);
    place(&sim, order(&sim, TO)).await;
    assert_eq!(take(&account, 4).await, expected);
    let target = format!("/phone-number/{}", sim.phone_number_id());
    call(&sim, "PATCH", &target, json!({"server": {"url": number.url()}})).await;
    place(&sim, order(&sim, TO)).await;
    assert_eq!(take(&number, 4).await, expected);
    let target = format!("/assistant/{}", sim.assistant_id());
    call(&sim, "PATCH", &target, json!({"server": {"url": assistant.url()}})).await;
    place(&sim, order(&sim, TO)).await;
    assert_eq!(take(&assistant, 4).await, expected);
    let overrides = json!({"server": {"url": own.url()}, "serverMessages": ["end-of-call-report"]});
    let body = with(order(&sim, TO), json!({"name": "a-1", "assistantOverrides": overrides}));
    let id = place(&sim, body).await["id"].clone();
    let hook = own.take(200).await;
    let message = &hook.json()["message"];
    assert!(is_signed(&sim, &hook));
    assert_eq!((&message["call"]["id"], &message["call"]["name"]), (&id, &json!("a-1")));
    assert!(message["timestamp"].is_i64() && message["cost"].is_number());
    assert!(message["artifact"]["transcript"].is_string() && message["analysis"].is_object());
}

#[tokio::test]
async fn a_call_that_is_never_dialled_only_ends() {
    let receiver = Receiver::new().await;
    let word = "call.start.error-fraud-check-failed";
    let sim = start(quick().webhook_url(receiver.url()).ending(TO, word)).await;
    place(&sim, order(&sim, TO)).await;
    let expected = pairs(&[("end-of-call-report", word), ("status-update", "ended")]);
    assert_eq!(take(&receiver, 2).await, expected);
}

#[tokio::test]
async fn nothing_is_repeated_unless_it_is_asked_for() {
    for (plan, attempts) in [
        (json!(null), 1),
        (json!({"type": "fixed", "maxRetries": 2, "baseDelaySeconds": 1}), 3),
        (json!({"type": "exponential", "maxRetries": 3, "baseDelaySeconds": 2}), 4),
    ] {
        let receiver = Receiver::new().await;
        let sim = start(quick().ending(TO, "customer-busy")).await;
        let overrides = json!({
            "server": {"url": receiver.url(), "backoffPlan": plan},
            "serverMessages": ["end-of-call-report"],
        });
        place(&sim, with(order(&sim, TO), json!({"assistantOverrides": overrides}))).await;
        for _ in 0..attempts {
            receiver.take(500).await;
        }
        while sim.webhook_attempts().len() < attempts {
            tokio::task::yield_now().await;
        }
        assert_eq!(sim.webhook_attempts().len(), attempts);
    }
}

#[tokio::test]
async fn the_account_says_how_webhooks_are_signed() {
    for kind in [VapiSignature::Bearer, VapiSignature::Secret, VapiSignature::Unsigned] {
        let receiver = Receiver::new().await;
        let config = quick().vapi_signature(kind).webhook_url(receiver.url());
        let sim = start(config.ending(TO, "customer-busy")).await;
        place(&sim, order(&sim, TO)).await;
        let hook = receiver.take(200).await;
        let bearer = format!("Bearer {}", sim.webhook_secret());
        let carried = [
            hook.headers.get("authorization").map(String::as_str) == Some(&*bearer),
            hook.headers.get("x-vapi-secret").map(String::as_str) == Some(sim.webhook_secret()),
        ];
        let expected = [kind == VapiSignature::Bearer, kind == VapiSignature::Secret];
        assert_eq!(carried, expected);
        assert!(!hook.headers.contains_key("x-signature"));
    }
}

#[tokio::test]
async fn webhooks_can_be_doubled_forged_and_unsigned() {
    let script = "[webhooks]\ntwice = [1]\nforge = [2]\nunsigned = [3]";
    let receiver = Receiver::new().await;
    let config = quick().faults(FaultScript::from_toml(script).unwrap());
    let sim = start(config.ending(TO, "customer-busy")).await;
    let overrides =
        json!({"server": {"url": receiver.url()}, "serverMessages": ["end-of-call-report"]});
    for (copies, signed, has_header) in [(2, true, true), (1, false, true), (1, false, false)] {
        let body = with(order(&sim, TO), json!({"assistantOverrides": overrides}));
        place(&sim, body).await;
        for _ in 0..copies {
            let hook = receiver.take(200).await;
            assert_eq!(
                (is_signed(&sim, &hook), hook.headers.contains_key("x-signature")),
                (signed, has_header)
            );
        }
    }
    let id = place(
        &sim,
        with(
            order(&sim, TO),
            json!({"assistantOverrides": {
                "server": {"url": receiver.url()}, "serverMessages": ["call.deleted"],
            }}),
        ),
    )
    .await["id"]
        .clone();
    let target = format!("/call/{}", id.as_str().unwrap());
    call(&sim, "DELETE", &target, Value::Null).await;
    assert_eq!(receiver.take(200).await.json()["message"]["type"], "call.deleted");
}
