//! Webhooks of the simulated Retell.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::SimRetell;
use switchboard_testkit::calls::Outcome;
use switchboard_testkit::fault::FaultScript;

use crate::common::call;
use crate::common::receiver::{Hook, Receiver, hmac_hex};
use crate::retell::{TO, order, place, quick, start};

fn is_signed(sim: &SimRetell, hook: &Hook) -> bool {
    let Some(header) = hook.headers.get("x-retell-signature") else {
        return false;
    };
    let (time, digest) = header.strip_prefix("v=").unwrap().split_once(",d=").unwrap();
    digest == hmac_hex(sim.credential(), &format!("{}{time}", hook.body))
}

async fn take(receiver: &Receiver, count: usize) -> Vec<Hook> {
    let mut hooks = Vec::new();
    for _ in 0..count {
        hooks.push(receiver.take(204).await);
    }
    hooks
}

fn events(hooks: &[Hook]) -> Vec<String> {
    let mut events: Vec<String> =
        hooks.iter().map(|hook| hook.json()["event"].as_str().unwrap().to_owned()).collect();
    events.sort();
    events
}

#[tokio::test]
async fn the_account_the_agent_and_the_call_can_have_a_url() {
    let [account, agent, own] =
        [Receiver::new().await, Receiver::new().await, Receiver::new().await];
    let sim = start(quick().webhook_url(account.url()).outcome(TO, Outcome::Completed)).await;
    let id = place(&sim, order(&sim, TO)).await["call_id"].clone();
    let hooks = take(&account, 3).await;
    assert_eq!(events(&hooks), ["call_analyzed", "call_ended", "call_started"]);
    for hook in &hooks {
        assert!(is_signed(&sim, hook));
        assert_eq!((&hook.json()["call"]["call_id"], hook.path.as_str()), (&id, "/hook?a=1"));
        let analyzed = hook.json()["call"].get("call_analysis").is_some();
        assert_eq!(analyzed, hook.json()["event"] == "call_analyzed");
    }

    let changed = json!({"webhook_url": agent.url(), "webhook_events": ["call_ended"]});
    let target = format!("/update-agent/{}", sim.agent_id());
    assert_eq!(call(&sim, "PATCH", &target, changed).await.json()["version"], 1);
    let publish = format!("/publish-agent-version/{}", sim.agent_id());
    call(&sim, "POST", &publish, Value::Null).await;
    place(&sim, order(&sim, TO)).await;
    assert_eq!(events(&take(&agent, 1).await), ["call_ended"]);

    let mut body = order(&sim, TO);
    body["agent_override"] = json!({"agent": {"webhook_url": own.url()}});
    place(&sim, body).await;
    assert_eq!(events(&take(&own, 1).await), ["call_ended"], "the agent still says which events");
}

#[tokio::test]
async fn a_call_that_never_connects_has_no_start() {
    for ending in ["concurrency_limit_reached", "dial_no_answer"] {
        let receiver = Receiver::new().await;
        let sim = start(quick().webhook_url(receiver.url()).ending(TO, ending)).await;
        place(&sim, order(&sim, TO)).await;
        let hooks = take(&receiver, 2).await;
        assert_eq!(events(&hooks), ["call_analyzed", "call_ended"]);
        assert_eq!(hooks[0].json()["call"]["disconnection_reason"], ending);
    }
}

#[tokio::test]
async fn webhooks_are_retried_three_times() {
    let receiver = Receiver::new().await;
    let config = quick().webhook_url(receiver.url()).ending(TO, "dial_busy");
    let sim = start(config.webhook_retries([Duration::from_millis(1); 3])).await;
    place(&sim, order(&sim, TO)).await;
    for _ in 0..8 {
        receiver.take(500).await;
    }
    loop {
        let attempts = sim.webhook_attempts();
        if attempts.len() == 8 {
            assert_eq!(attempts.iter().map(|attempt| attempt.attempt).max(), Some(4));
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn webhooks_can_be_doubled_forged_unsigned_and_overtaken() {
    let script = "[webhooks]\ntwice = [1]\nforge = [2]\nunsigned = [3]\nlate = [4]\nlate_ms = 300";
    let receiver = Receiver::new().await;
    let config = quick().webhook_url(receiver.url()).ending(TO, "dial_busy");
    let sim = start(config.faults(FaultScript::from_toml(script).unwrap())).await;
    place(&sim, order(&sim, TO)).await;
    let hooks = take(&receiver, 3).await;
    let signed = hooks.iter().filter(|hook| is_signed(&sim, hook)).count();
    assert_eq!(
        (signed, events(&hooks)),
        (2, ["call_analyzed", "call_ended", "call_ended"].map(str::to_owned).into())
    );
    let overtaken = place(&sim, order(&sim, TO)).await["call_id"].clone();
    let hook = receiver.take(204).await;
    assert_eq!(hook.json()["event"], "call_ended");
    assert!(!hook.headers.contains_key("x-retell-signature"), "the third is unsigned");
    place(&sim, order(&sim, TO)).await;
    let last = take(&receiver, 3).await;
    assert!(last.iter().all(|hook| is_signed(&sim, hook)));
    assert_eq!(last[2].json()["call"]["call_id"], overtaken);
}
