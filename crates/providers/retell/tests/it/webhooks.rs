//! Incoming webhooks: their signature and what they say.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{
    ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Provider, ProviderState, Refusal,
    Result, TrustedReasons,
};
use switchboard_retell::{Retell, RetellConfig};
use switchboard_testkit::backend::WebhookTarget;

use crate::support::{
    CALLEE, KEY, plain_order,
    sim::{quick, started},
};

/// The body, the time and the digest of one webhook, computed with
/// `printf '%s%s' "$body" "$time" | openssl dgst -sha256 -hmac key_0123456789abcdef`.
const BODY: &str = r#"{"event":"call_ended","call":{"call_id":"call_1","call_status":"ended","disconnection_reason":"user_hangup"}}"#;
const TIME: i64 = 1_764_000_000_000;
const DIGEST: &str = "0bda75daf806f271ac6be16f3710ddaf33e6c819b88db5a4561a336f35123593";
/// The same with the key `key_of_webhooks`.
const OTHER_DIGEST: &str = "798f0dfb37dff25fadc1362bbb0da34574dc319e6b603d7a72f8abdddb0eb42f";

fn delivery(signature: Option<&str>, body: &[u8], received: i64) -> IncomingWebhook {
    let header = |text: &str| ("x-retell-signature".to_owned(), text.to_owned());
    IncomingWebhook {
        headers: signature.map(header).into_iter().collect(),
        body: body.to_vec(),
        received_at: Timestamp::from_millisecond(received).unwrap(),
    }
}

fn receive(config: RetellConfig, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
    let provider = Retell::new(config).unwrap();
    provider.webhooks().unwrap().receiver().unwrap().receive(delivery)
}

fn check(signature: &str, body: &str, received: i64) -> Result<Vec<Event>> {
    receive(RetellConfig::new(KEY), &delivery(Some(signature), body.as_bytes(), received))
}

#[test]
fn a_good_signature() {
    let events = check(&format!("v={TIME},d={DIGEST}"), BODY, TIME).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].id, "call_1:call_ended");
    assert_eq!(events[0].call, Some("call_1".into()));
    assert_eq!(events[0].kind, EventKind::Call(ProviderState::Ended(Outcome::Completed)));
    let upper = DIGEST.to_uppercase();
    assert!(check(&format!("v={TIME},d={upper}"), BODY, TIME).is_ok());
}

#[test]
fn the_window_is_five_minutes_either_way() {
    let good = format!("v={TIME},d={DIGEST}");
    for (offset, is_taken) in
        [(-300_000, true), (300_000, true), (-300_001, false), (300_001, false)]
    {
        assert_eq!(check(&good, BODY, TIME + offset).is_ok(), is_taken, "{offset} ms");
    }
}

#[test]
fn every_bad_signature_is_refused() {
    let later = TIME + 1;
    let rows = [
        String::new(),
        "v=,d=".to_owned(),
        format!("v={TIME}"),
        format!("d={DIGEST}"),
        format!("d={DIGEST},v={TIME}"),
        format!("v={TIME},d="),
        format!("v={TIME},d={}", &DIGEST[2..]),
        format!("v={TIME},d={DIGEST}00"),
        format!("v={TIME},d={}", "zz".repeat(32)),
        format!("v={TIME},d={}", "0".repeat(64)),
        format!("v={later},d={DIGEST}"),
        format!("v=+{TIME},d={DIGEST}"),
        format!("v=99999999999999999999999999,d={DIGEST}"),
        format!("v={TIME},d={OTHER_DIGEST}"),
    ];
    for signature in rows {
        let error = check(&signature, BODY, TIME).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{signature}");
        assert_eq!(error.provider().map(|id| id.as_str()), Some("retell"));
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
    let changed = BODY.replace("call_1", "call_2");
    let error = check(&format!("v={TIME},d={DIGEST}"), &changed, TIME).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "another body");
    let unsigned = receive(RetellConfig::new(KEY), &delivery(None, BODY.as_bytes(), TIME));
    assert_eq!(unsigned.unwrap_err().kind(), ErrorKind::Unauthorized, "no signature");
}

#[test]
fn another_key_may_sign() {
    let mut config = RetellConfig::new(KEY);
    config.webhook_key = Some("key_of_webhooks".into());
    let by = |digest: &str| {
        let signature = format!("v={TIME},d={digest}");
        receive(config.clone(), &delivery(Some(&signature), BODY.as_bytes(), TIME)).is_ok()
    };
    assert!(by(OTHER_DIGEST) && !by(DIGEST));
}

/// HMAC-SHA256 written out, so that the test does not share the library of what it tests.
pub(crate) fn signed(key: &str, body: &[u8], time: i64) -> IncomingWebhook {
    let digest = hmac(key.as_bytes(), &[body, time.to_string().as_bytes()].concat());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    delivery(Some(&format!("v={time},d={hex}")), body, time)
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    assert!(key.len() <= 64);
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

#[test]
fn the_vectors_agree_with_each_other() {
    let written_out = signed(KEY, BODY.as_bytes(), TIME);
    assert_eq!(
        written_out.header("x-retell-signature"),
        Some(format!("v={TIME},d={DIGEST}").as_str())
    );
}

fn event(body: Value) -> Event {
    let mut config = RetellConfig::new(KEY);
    config.not_dialled = TrustedReasons::documented();
    let mut events = receive(config, &signed(KEY, body.to_string().as_bytes(), TIME)).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[test]
fn each_event_in_neutral_terms() {
    let call = json!({
        "call_id": "call_1",
        "call_status": "ended",
        "disconnection_reason": "voicemail_reached",
        "direction": "outbound",
        "metadata": {"switchboard_attempt": "a-1"},
        "start_timestamp": TIME - 9_000,
        "end_timestamp": TIME,
        "duration_ms": 9_000,
        "call_analysis": {"call_summary": "Nobody was there."},
    });
    let analyzed = event(json!({"event": "call_analyzed", "call": call}));
    assert_eq!(analyzed.kind, EventKind::Call(ProviderState::Ended(Outcome::Voicemail)));
    assert_eq!(analyzed.reference.as_deref(), Some("a-1"));
    assert_eq!(analyzed.at, Timestamp::from_millisecond(TIME).ok());
    assert_eq!(analyzed.duration, Some(Duration::from_secs(9)));
    assert_eq!(analyzed.summary.as_deref(), Some("Nobody was there."));
    assert_ne!(analyzed.id, event(json!({"event": "call_ended", "call": call})).id);

    let with = |name: &str, fields: Value| {
        let mut call = json!({"call_id": "call_1"});
        for (field, value) in fields.as_object().unwrap() {
            call[field] = value.clone();
        }
        event(json!({"event": name, "call": call})).kind
    };
    let rows = [
        ("call_started", json!({"call_status": "registered"}), ProviderState::InProgress),
        ("call_started", json!({"call_status": "ongoing"}), ProviderState::InProgress),
        ("call_started", json!({}), ProviderState::InProgress),
        ("call_ended", json!({}), ProviderState::Unrecognised),
        (
            "call_ended",
            json!({"call_status": "not_connected", "disconnection_reason": "dial_busy"}),
            ProviderState::Ended(Outcome::Busy),
        ),
        (
            "call_ended",
            json!({"call_status": "error", "disconnection_reason": "credit_exhausted"}),
            ProviderState::NotDialled(Refusal::Quota),
        ),
    ];
    for (name, fields, state) in rows {
        assert_eq!(with(name, fields.clone()), EventKind::Call(state), "{name} {fields}");
    }
    let inbound = with("call_started", json!({"direction": "inbound"}));
    assert_eq!(inbound, EventKind::InboundCall(ProviderState::InProgress));
    for other in ["transcript_updated", "transfer_started", "brand_new"] {
        assert_eq!(with(other, json!({})), EventKind::Other(other.to_owned()));
    }
}

#[test]
fn what_is_no_event() {
    for body in ["", "[]", "nonsense", "{}", r#"{"event":""}"#, r#"{"event":{}}"#, r#"{"call":{}}"#]
    {
        let delivery = signed(KEY, body.as_bytes(), TIME);
        let error = receive(RetellConfig::new(KEY), &delivery).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn the_simulator_signs_what_this_backend_reads() {
    let mut target = WebhookTarget::start().await;
    let (_simulator, provider) = started(quick().ending(CALLEE, "dial_busy")).await;
    let order = plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
    let placed = provider.calls().place(&order).await.unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let delivery = target.next().await;
        let event = receiver.receive(&delivery).unwrap().remove(0);
        assert_eq!(event.call.as_ref(), Some(&placed.id));
        assert_eq!(event.reference, Some(order.attempt.to_string()));
        assert_eq!(event.kind, EventKind::Call(ProviderState::Ended(Outcome::Busy)));
        let mut forged = delivery.clone();
        forged.body.push(b' ');
        assert!(receiver.receive(&forged).is_err());
        ids.push(event.id);
    }
    ids.sort();
    let id = placed.id.as_str();
    assert_eq!(ids, [format!("{id}:call_analyzed"), format!("{id}:call_ended")]);
}
