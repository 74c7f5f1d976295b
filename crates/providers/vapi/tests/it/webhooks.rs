//! Incoming webhooks: their signature and what they say.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{
    ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Provider, ProviderState, Refusal,
    Result, TrustedReasons,
};
use switchboard_testkit::{VapiSignature, backend::WebhookTarget};
use switchboard_vapi::{Algorithm, Encoding, HmacCheck, Vapi, VapiConfig, WebhookCheck};

use crate::support::{
    CALLEE, KEY, plain_order,
    sim::{account, quick, started},
};

pub(crate) const SECRET: &str = "hook_0123456789abcdef";
const BODY: &str = r#"{"message":{"type":"status-update","status":"ended","endedReason":"customer-busy","timestamp":1764000000000,"call":{"id":"call-1"}}}"#;
const TIME: i64 = 1_764_000_000;
/// `printf '%s.%s' "$time" "$body" | openssl dgst -sha256 -hmac hook_0123456789abcdef`.
const SHA256: &str = "b57cb10c0b02dcb73034950099d3829abaa3de6469c34e5501c79f63cd37c8ae";
/// The same with `-sha512 -binary | base64 -w0`.
const SHA512: &str =
    "3b++eeG5YIyAJSMbDdZC0FDRdY53/QTj/8SKfZc3bUwbhp3x9zo7iL6kV0kL0OW1NmcmGFXVL80q6ZziS81I6g==";
/// Of `POST|` and the body, by the key that is written in base64 as `a2V5IGluIGJhc2U2NA==`.
const OF_THE_METHOD: &str = "900f93e22d3d2276b0ab8091cea8bee6c4f45aadc4572afa26c579646ce09373";

fn delivery(headers: &[(&str, &str)], body: &str, received: i64) -> IncomingWebhook {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    IncomingWebhook {
        headers: headers.iter().map(owned).collect(),
        body: body.as_bytes().to_vec(),
        received_at: Timestamp::from_second(received).unwrap(),
    }
}

fn receive(config: &VapiConfig, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
    let provider = Vapi::new(config.clone()).unwrap();
    provider.webhooks().unwrap().receiver().unwrap().receive(delivery)
}

fn signing(secret: &str, check: WebhookCheck) -> VapiConfig {
    let mut config = VapiConfig::new(KEY);
    config.webhook_secret = Some(secret.into());
    config.webhook_check = check;
    config
}

fn by_default() -> VapiConfig {
    signing(SECRET, WebhookCheck::default())
}

fn hmac(change: impl FnOnce(&mut HmacCheck)) -> WebhookCheck {
    WebhookCheck::Hmac(HmacCheck::default().with(change))
}

fn good(time: &str) -> [(&str, &str); 2] {
    [("x-signature", SHA256), ("x-timestamp", time)]
}

#[test]
fn a_good_signature_by_the_defaults() {
    let time = TIME.to_string();
    let events = receive(&by_default(), &delivery(&good(&time), BODY, TIME)).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].id, "call-1:status-update:ended:1764000000000");
    assert_eq!(events[0].call, Some("call-1".into()));
    assert_eq!(events[0].kind, EventKind::Call(ProviderState::Ended(Outcome::Busy)));
    let upper = SHA256.to_uppercase();
    let headers = [("x-signature", upper.as_str()), ("x-timestamp", time.as_str())];
    assert!(receive(&by_default(), &delivery(&headers, BODY, TIME)).is_ok());
}

#[test]
fn the_window_is_five_minutes_either_way() {
    let time = TIME.to_string();
    for (offset, is_taken) in [(-300, true), (300, true), (-301, false), (301, false)] {
        let delivery = delivery(&good(&time), BODY, TIME + offset);
        assert_eq!(receive(&by_default(), &delivery).is_ok(), is_taken, "{offset} s");
    }
}

#[test]
fn every_other_scheme_by_its_vector() {
    let time = TIME.to_string();
    let prefixed = format!("v1={SHA512}");
    let longer = hmac(|check| {
        check.algorithm = Algorithm::Sha512;
        check.encoding = Encoding::Base64;
        check.header = "X-Own-Signature".to_owned();
        check.timestamp_header = "X-Own-Time".to_owned();
        check.prefix = "v1=".to_owned();
    });
    let headers = [("x-own-signature", prefixed.as_str()), ("x-own-time", time.as_str())];
    assert!(receive(&signing(SECRET, longer.clone()), &delivery(&headers, BODY, TIME)).is_ok());
    let bare = [("x-own-signature", SHA512), ("x-own-time", time.as_str())];
    assert!(receive(&signing(SECRET, longer), &delivery(&bare, BODY, TIME)).is_err(), "no prefix");

    let of_the_method = hmac(|check| {
        check.text = "{method}|{body}".to_owned();
        check.timestamp_header = String::new();
        check.secret_is_base64 = true;
    });
    let config = signing("a2V5IGluIGJhc2U2NA==", of_the_method);
    let headers = [("x-signature", OF_THE_METHOD)];
    assert!(receive(&config, &delivery(&headers, BODY, 0)).is_ok(), "no time is signed");
    assert!(receive(&config, &delivery(&[("x-signature", SHA256)], BODY, 0)).is_err());
}

#[test]
fn a_secret_in_a_header() {
    let named = |header: &str| WebhookCheck::Bearer { header: header.to_owned() };
    let default: WebhookCheck = serde_json::from_value(json!({"kind": "bearer"})).unwrap();
    let bearer = format!("Bearer {SECRET}");
    let rows = [
        (default.clone(), "x-vapi-secret", SECRET, true),
        (default.clone(), "x-vapi-secret", bearer.as_str(), true),
        (named("Authorization"), "authorization", bearer.as_str(), true),
        (named("authorization"), "authorization", SECRET, true),
        (default.clone(), "authorization", bearer.as_str(), false),
        (default.clone(), "x-vapi-secret", "hook_0123456789abcdeg", false),
        (default.clone(), "x-vapi-secret", "hook_", false),
        (default.clone(), "x-vapi-secret", "", false),
        (named("authorization"), "authorization", "Bearer ", false),
        (default, "x-vapi-secret", KEY, false),
    ];
    for (check, header, value, is_taken) in rows {
        let delivery = delivery(&[(header, value)], BODY, 0);
        let received = receive(&signing(SECRET, check), &delivery);
        assert_eq!(received.is_ok(), is_taken, "{header}: {value}");
        if let Err(error) = received {
            assert_eq!(error.kind(), ErrorKind::Unauthorized);
            assert!(!format!("{error} {error:?}").contains(SECRET));
        }
    }
}

#[test]
fn every_bad_signature_is_refused() {
    let (time, later) = (TIME.to_string(), (TIME + 1).to_string());
    let millis = (TIME * 1000).to_string();
    let (short, long) = (SHA256[2..].to_owned(), format!("{SHA256}00"));
    let (zeros, letters) = ("0".repeat(64), "zz".repeat(32));
    let odd = SHA256[1..].to_owned();
    let rows = [
        vec![],
        vec![("x-signature", SHA256)],
        vec![("x-timestamp", time.as_str())],
        vec![("x-signature", ""), ("x-timestamp", &time)],
        vec![("x-signature", SHA256), ("x-timestamp", "")],
        vec![("x-signature", SHA256), ("x-timestamp", "soon")],
        vec![("x-signature", SHA256), ("x-timestamp", "99999999999999999999999")],
        vec![("x-signature", SHA256), ("x-timestamp", &later)],
        vec![("x-signature", SHA256), ("x-timestamp", &millis)],
        vec![("x-signature", &short), ("x-timestamp", &time)],
        vec![("x-signature", &long), ("x-timestamp", &time)],
        vec![("x-signature", &zeros), ("x-timestamp", &time)],
        vec![("x-signature", &letters), ("x-timestamp", &time)],
        vec![("x-signature", &odd), ("x-timestamp", &time)],
        vec![("x-signature", SHA512), ("x-timestamp", &time)],
    ];
    for headers in rows {
        let error = receive(&by_default(), &delivery(&headers, BODY, TIME)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{headers:?}");
        assert_eq!(error.provider().map(|id| id.as_str()), Some("vapi"));
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
    let changed = BODY.replace("call-1", "call-2");
    let error = receive(&by_default(), &delivery(&good(&time), &changed, TIME)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "another body");
}

/// HMAC-SHA256 written out, so that the test does not share the library of what it tests.
pub(crate) fn signed(body: &str, time: i64) -> IncomingWebhook {
    use sha2::{Digest, Sha256};
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(SECRET.bytes()).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let text = format!("{time}.{body}");
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(&text).finalize();
    let digest = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let at = if time < 100_000_000_000 { time } else { time / 1000 };
    delivery(&[("x-signature", &hex), ("x-timestamp", &time.to_string())], body, at)
}

#[test]
fn the_vectors_agree_with_each_other_and_the_time_may_be_in_milliseconds() {
    assert_eq!(signed(BODY, TIME).header("x-signature"), Some(SHA256));
    assert!(receive(&by_default(), &signed(BODY, TIME * 1000 + 250)).is_ok());
}

fn event(message: Value) -> Event {
    let mut config = by_default();
    config.not_dialled = TrustedReasons::documented();
    let body = json!({"message": message}).to_string();
    let mut events = receive(&config, &signed(&body, TIME)).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[test]
fn each_event_in_neutral_terms() {
    let call = json!({
        "id": "call-1",
        "status": "in-progress",
        "name": "a-1",
        "assistantOverrides": {"metadata": {"switchboard_attempt": "a-1"}},
    });
    let report = event(json!({
        "type": "end-of-call-report",
        "call": call,
        "timestamp": TIME * 1000 + 5,
        "endedReason": "voicemail",
        "startedAt": "2026-11-29T12:00:00Z",
        "endedAt": "2026-11-29T12:00:09Z",
        "cost": 0.1,
        "analysis": {"summary": "Nobody was there."},
    }));
    assert_eq!(report.kind, EventKind::Call(ProviderState::Ended(Outcome::Voicemail)));
    assert_eq!(report.reference.as_deref(), Some("a-1"));
    assert_eq!(report.at, Timestamp::from_millisecond(TIME * 1000 + 5).ok());
    assert_eq!(report.duration, Some(Duration::from_secs(9)));
    assert_eq!(report.summary.as_deref(), Some("Nobody was there."));
    assert_eq!(report.id, format!("call-1:end-of-call-report::{}", TIME * 1000 + 5));

    let rows = [
        (json!({"status": "queued"}), ProviderState::Queued),
        (json!({"status": "ringing"}), ProviderState::Ringing),
        (json!({"status": "forwarding"}), ProviderState::InProgress),
        // The call inside says what it was before.
        (json!({}), ProviderState::InProgress),
        (json!({"status": "brand-new"}), ProviderState::Unrecognised),
        (
            json!({"status": "ended", "endedReason": "customer-did-not-answer"}),
            ProviderState::Ended(Outcome::NoAnswer),
        ),
        (
            json!({"status": "ended", "endedReason": "call.start.error-subscription-frozen"}),
            ProviderState::NotDialled(Refusal::Quota),
        ),
        (
            json!({"status": "ended", "endedReason": "call.start.error-subscription-frozen", "startedAt": "now"}),
            ProviderState::Ended(Outcome::Failed),
        ),
    ];
    for (fields, state) in rows {
        let mut message = json!({"type": "status-update", "call": call});
        for (field, value) in fields.as_object().unwrap() {
            message[field] = value.clone();
        }
        assert_eq!(event(message).kind, EventKind::Call(state), "{fields}");
    }
    for other in ["hang", "transcript", "call.deleted", "call.delete.failed", "brand-new"] {
        let message = json!({"type": other, "call": call});
        assert_eq!(event(message).kind, EventKind::Other(other.to_owned()));
    }
    let bare = event(json!({"type": "status-update", "status": "ringing"}));
    assert_eq!((bare.call, bare.kind), (None, EventKind::Call(ProviderState::Ringing)));
}

#[test]
fn the_secret_urls_of_a_call_are_not_kept() {
    let shown = event(json!({
        "type": "status-update",
        "status": "in-progress",
        "call": {"id": "call-1", "monitor": {"controlUrl": "https://x.example/secret", "listenUrl": "wss://x.example/secret"}},
        "more": [{"controlUrl": "https://x.example/secret"}],
    }));
    let raw = shown.raw.value().to_string();
    assert!(!raw.contains("secret"), "{raw}");
    assert_eq!(shown.raw.value()["message"]["call"], json!({"id": "call-1"}));
}

#[test]
fn what_is_no_event() {
    for body in [
        "",
        "[]",
        "nonsense",
        "{}",
        r#"{"message":null}"#,
        r#"{"message":[]}"#,
        r#"{"message":{}}"#,
        r#"{"message":{"type":""}}"#,
        r#"{"message":{"type":{}}}"#,
        r#"{"type":"status-update"}"#,
    ] {
        for config in [by_default(), VapiConfig::new(KEY)] {
            let error = receive(&config, &signed(body, TIME)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        }
    }
}

/// Whoever knows the address can send one, so it only says which call to read.
#[test]
fn an_unsigned_delivery_never_says_that_a_call_was_not_dialled() {
    let mut config = VapiConfig::new(KEY);
    config.not_dialled = TrustedReasons::documented();
    let body = BODY.replace("customer-busy", "call.start.error-subscription-frozen");
    let events = receive(&config, &delivery(&[], &body, TIME)).unwrap();
    assert_eq!(events[0].call, Some("call-1".into()));
    assert_eq!(events[0].kind, EventKind::Call(ProviderState::Ended(Outcome::Failed)));
}

#[tokio::test]
async fn the_simulator_signs_what_this_backend_reads() {
    for kind in [VapiSignature::Hmac, VapiSignature::Bearer, VapiSignature::Secret] {
        let mut target = WebhookTarget::start().await;
        let config = quick().vapi_signature(kind).ending(CALLEE, "customer-busy");
        let (simulator, _) = started(config).await;
        let mut config = account(&simulator);
        config.webhook_check = match kind {
            VapiSignature::Bearer => WebhookCheck::Bearer { header: "authorization".to_owned() },
            VapiSignature::Secret => WebhookCheck::Bearer { header: "x-vapi-secret".to_owned() },
            _ => WebhookCheck::default(),
        };
        let provider = Vapi::new(config).unwrap();
        let order =
            plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
        let placed = provider.calls().place(&order).await.unwrap();
        let receiver = provider.webhooks().unwrap().receiver().unwrap();
        let mut ids = Vec::new();
        let mut ends = 0;
        while ends < 2 {
            let mut delivery = target.next().await;
            // A simulated call runs faster than the clock that its webhooks are checked by.
            let time = delivery.header("x-timestamp").and_then(|time| time.parse::<i64>().ok());
            if let Some(time) = time {
                delivery.received_at = match time {
                    0..100_000_000_000 => Timestamp::from_second(time).unwrap(),
                    _ => Timestamp::from_millisecond(time).unwrap(),
                };
            }
            let event = receiver.receive(&delivery).unwrap().remove(0);
            assert_eq!(event.call.as_ref(), Some(&placed.id));
            assert_eq!(event.reference, Some(order.attempt.to_string()));
            if event.kind == EventKind::Call(ProviderState::Ended(Outcome::Busy)) {
                ends += 1;
            }
            ids.push(event.id);
            let mut forged = delivery.clone();
            forged.headers.retain(|(name, _)| {
                !["x-signature", "authorization", "x-vapi-secret"].contains(&name.as_str())
            });
            assert_eq!(receiver.receive(&forged).unwrap_err().kind(), ErrorKind::Unauthorized);
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "each event has an id of its own");
    }
}
