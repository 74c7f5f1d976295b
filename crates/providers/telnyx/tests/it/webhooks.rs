//! Incoming webhooks: their signature and what they say.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use switchboard_core::{
    ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Provider, ProviderState, Result,
};
use switchboard_telnyx::Telnyx;
use switchboard_testkit::backend::WebhookTarget;

use crate::support::{CALLEE, config, plain_order, quick, started};

const TIME: i64 = 1_771_164_000;

/// The first test vector of RFC 8032, section 7.1: its secret seed and public key.
const SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn signed(body: &[u8], time: &str) -> IncomingWebhook {
    let pair = Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
    assert_eq!(STANDARD.encode(pair.public_key().as_ref()), PUBLIC);
    let signature = pair.sign(&[time.as_bytes(), b"|", body].concat());
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    IncomingWebhook {
        headers: vec![
            header("telnyx-timestamp", time),
            header("telnyx-signature-ed25519", &STANDARD.encode(signature)),
        ],
        body: body.to_vec(),
        received_at: Timestamp::from_second(TIME).unwrap(),
    }
}

fn receive(delivery: &IncomingWebhook) -> Result<Event> {
    let mut config = config("KEY1", "http://127.0.0.1:1");
    config.webhook_public_key = Some(PUBLIC.to_owned());
    let provider = Telnyx::new(config).unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    receiver.receive(delivery).map(|mut events| events.remove(0))
}

fn body(name: &str, more: &Value) -> Value {
    let mut payload = json!({
        "call_control_id": "v3:1", "client_state": "YS0x", "to": CALLEE, "direction": "outgoing",
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        payload[field] = value.clone();
    }
    json!({"data": {
        "id": "evt_1", "event_type": name, "occurred_at": "2026-02-15T14:00:00Z", "payload": payload,
    }, "meta": {"attempt": 1}})
}

#[test]
fn each_event() {
    let ended = |outcome| EventKind::Call(ProviderState::Ended(outcome));
    let cause = |cause: &str| json!({"hangup_cause": cause});
    let rows = [
        ("call.initiated", json!({}), EventKind::Call(ProviderState::Queued)),
        ("call.answered", json!({}), EventKind::Call(ProviderState::InProgress)),
        ("call.conversation.ended", json!({}), EventKind::Call(ProviderState::InProgress)),
        ("call.hangup", cause("user_busy"), ended(Outcome::Busy)),
        ("call.hangup", cause("normal_clearing"), ended(Outcome::Completed)),
        (
            "call.hangup",
            json!({"hangup_cause": "user_busy", "direction": "incoming"}),
            EventKind::InboundCall(ProviderState::Ended(Outcome::Busy)),
        ),
        ("call.cost", json!({}), EventKind::Other("call.cost".to_owned())),
    ];
    for (name, more, kind) in rows {
        let text = body(name, &more).to_string();
        let event = receive(&signed(text.as_bytes(), &TIME.to_string())).unwrap();
        assert_eq!((event.id.as_str(), &event.kind), ("evt_1", &kind), "{name}");
        assert_eq!(event.call.as_ref().map(|call| call.as_str()), Some("v3:1"));
        assert_eq!(event.reference.as_deref(), Some("a-1"));
    }
}

#[test]
fn what_is_not_signed_as_documented_is_refused() {
    let text = body("call.answered", &json!({})).to_string();
    let good = signed(text.as_bytes(), &TIME.to_string());
    assert!(receive(&good).is_ok());
    let refused = |change: &dyn Fn(&mut IncomingWebhook)| {
        let mut delivery = good.clone();
        change(&mut delivery);
        assert_eq!(receive(&delivery).unwrap_err().kind(), ErrorKind::Unauthorized);
    };
    refused(&|delivery| delivery.body.push(b' '));
    refused(&|delivery| delivery.headers.clear());
    refused(&|delivery| delivery.headers.truncate(1));
    refused(&|delivery| drop(delivery.headers.remove(0)));
    refused(&|delivery| delivery.headers[0].1 = (TIME + 1).to_string());
    refused(&|delivery| delivery.headers[0].1 = "soon".to_owned());
    refused(&|delivery| delivery.headers[1].1 = "not base64".to_owned());
    refused(&|delivery| delivery.headers[1].1 = STANDARD.encode([0; 64]));
    for (late, fits) in [(300, true), (301, false), (-300, true), (-301, false)] {
        let mut delivery = good.clone();
        delivery.received_at = Timestamp::from_second(TIME + late).unwrap();
        assert_eq!(receive(&delivery).is_ok(), fits, "{late}");
    }
    for time in ["+1771164000", "-1", " 1771164000", ""] {
        assert!(receive(&signed(text.as_bytes(), time)).is_err(), "{time}");
    }
}

/// A signature that another implementation (OpenSSL 3.0.19) made with the same key.
#[test]
fn a_signature_that_was_computed_elsewhere() {
    let text = r#"{"data":{"id":"evt_1","event_type":"call.answered","payload":{"call_control_id":"v3:1"}}}"#;
    let signature =
        "GnbBkHyI/5/ENfaRceylm5vQDW0Ao50valjclkaQjvwnvbnSVuBCHBeqtBrWoyPAz7je4hKMtke0Ebc1U9CTDQ==";
    let mut delivery = signed(text.as_bytes(), "1771164000");
    delivery.headers[1].1 = signature.to_owned();
    let event = receive(&delivery).unwrap();
    assert_eq!(event.kind, EventKind::Call(ProviderState::InProgress));
}

#[test]
fn what_is_no_event() {
    for text in ["", "[]", "nonsense", "{}", r#"{"data":[]}"#, r#"{"data":{"event_type":""}}"#] {
        let error = receive(&signed(text.as_bytes(), &TIME.to_string())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{text}");
    }
}

#[tokio::test]
async fn the_simulator_signs_what_this_backend_reads() {
    let mut target = WebhookTarget::start().await;
    let (_simulator, provider) = started(quick().ending(CALLEE, "user_busy")).await;
    let order = plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
    let placed = provider.calls().place(&order).await.unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    for _ in 0..4 {
        let delivery = target.next().await;
        let event = receiver.receive(&delivery).unwrap().remove(0);
        assert_eq!(event.call.as_ref(), Some(&placed.id));
        assert_eq!(event.reference, Some(order.attempt.to_string()));
        let mut forged = delivery.clone();
        forged.body.push(b' ');
        assert!(receiver.receive(&forged).is_err());
    }
}
