//! Deliveries: both layouts of the body, every word, and the signature.

use crate::support::{Server, provider_at};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use switchboard_core::{
    ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Provider, ProviderState, Result,
};
use switchboard_kaicalls::KaiCallsConfig;

const NOW: i64 = 1_771_165_800;

fn config() -> KaiCallsConfig {
    KaiCallsConfig::new(crate::support::KEY)
}

fn delivery(headers: &[(&str, &str)], body: &[u8]) -> IncomingWebhook {
    IncomingWebhook {
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_vec(),
        received_at: jiff::Timestamp::from_second(NOW).unwrap(),
    }
}

fn receive(config: &KaiCallsConfig, delivery: &IncomingWebhook) -> Result<Event> {
    let provider = crate::support::open(config).unwrap();
    let mut events = provider.webhooks().unwrap().receiver().unwrap().receive(delivery)?;
    assert_eq!(events.len(), 1);
    Ok(events.remove(0))
}

fn event(body: &str) -> Event {
    receive(&config(), &delivery(&[], body.as_bytes())).unwrap()
}

#[test]
fn the_documented_bodies() {
    let done = event(include_str!("../fixtures/004/webhook_completed.json"));
    assert_eq!(done.kind, EventKind::Call(ProviderState::Ended(Outcome::Completed)));
    assert_eq!(
        (done.call.as_ref().unwrap().as_str(), done.duration),
        ("uuid-call789", Some(std::time::Duration::from_secs(127)))
    );
    assert_eq!(done.at, Some("2026-02-15T14:32:12Z".parse().unwrap()));
    assert_eq!(done.raw.value()["recording_url"], "https://...");

    let failed = event(include_str!("../fixtures/004/webhook_failed.json"));
    assert_eq!(failed.kind, EventKind::Call(ProviderState::Ended(Outcome::NoAnswer)));
    assert_ne!(failed.id, done.id);
    assert_eq!(
        failed.id,
        event(include_str!("../fixtures/004/webhook_failed.json")).id,
        "the same event has the same id"
    );
}

#[test]
fn the_same_event_under_data() {
    let body = r#"{"id":"evt_1","type":"call.ended","created_at":"2026-02-15T14:32:12Z","data":{"call_id":"c1","status":"voicemail","duration":9}}"#;
    let enveloped = event(body);
    assert_eq!((enveloped.id.as_str(), enveloped.call.as_ref().unwrap().as_str()), ("evt_1", "c1"));
    assert_eq!(enveloped.kind, EventKind::Call(ProviderState::Ended(Outcome::Voicemail)));

    let own_id = event(
        r#"{"event":"call.completed","id":"evt_2","data":{"id":"c2","type":"call","direction":"inbound"}}"#,
    );
    assert_eq!((own_id.id.as_str(), own_id.call.as_ref().unwrap().as_str()), ("evt_2", "c2"));
    assert_eq!(own_id.kind, EventKind::InboundCall(ProviderState::Ended(Outcome::Completed)));
}

#[test]
fn the_same_event_with_a_call_in_it() {
    for body in [
        r#"{"event_id":"evt_3","event":"call.completed","call":{"id":"c3","status":"busy"}}"#,
        r#"{"event_id":"evt_3","event":"call.completed","data":{"call":{"id":"c3","status":"busy"}}}"#,
    ] {
        let nested = event(body);
        assert_eq!((nested.id.as_str(), nested.call.as_ref().unwrap().as_str()), ("evt_3", "c3"));
        assert_eq!(nested.kind, EventKind::Call(ProviderState::Ended(Outcome::Busy)));
    }
}

#[test]
fn words_of_other_events() {
    let rows = [
        (
            r#"{"event":"call.failed","call_id":"c"}"#,
            EventKind::Call(ProviderState::Ended(Outcome::Failed)),
        ),
        (
            r#"{"event":"call.failed","call_id":"c","status":"failed","error":"busy"}"#,
            EventKind::Call(ProviderState::Ended(Outcome::Busy)),
        ),
        (
            r#"{"event":"call.failed","call_id":"c","status":"completed"}"#,
            EventKind::Call(ProviderState::Ended(Outcome::Failed)),
        ),
        (r#"{"event":"call.started","call_id":"c"}"#, EventKind::Call(ProviderState::InProgress)),
        (
            r#"{"event":"call.updated","call_id":"c","status":"ringing"}"#,
            EventKind::Call(ProviderState::Ringing),
        ),
        (
            r#"{"event":"call.transcribed","call_id":"c"}"#,
            EventKind::Other("call.transcribed".to_owned()),
        ),
        (
            r#"{"event":"lead.created","data":{"id":"l"}}"#,
            EventKind::Other("lead.created".to_owned()),
        ),
    ];
    for (body, kind) in rows {
        assert_eq!(event(body).kind, kind, "{body}");
    }
    assert_eq!(event(r#"{"event":"lead.created","data":{"id":"l"}}"#).call, None);
}

#[test]
fn what_is_no_event() {
    for body in ["", "[]", "nonsense", r#"{"call_id":"c"}"#, r#"{"event":""}"#, r#"{"event":{}}"#] {
        let error = receive(&config(), &delivery(&[], body.as_bytes())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[test]
fn signatures() {
    let mut config = config();
    config.webhook.secret = Some("whsec_test".into());
    let body = include_bytes!("../fixtures/004/webhook_completed.json").as_slice();
    let check = |timestamp: &str, signature: &str, body: &[u8]| {
        receive(
            &config,
            &delivery(
                &[("x-kaicalls-timestamp", timestamp), ("x-kaicalls-signature", signature)],
                body,
            ),
        )
    };
    let now = NOW.to_string();
    let good = sign("whsec_test", &now, body);
    assert!(check(&now, &good, body).is_ok());
    assert!(check(&now, &good.to_uppercase().replace("SHA256", "sha256"), body).is_ok());
    assert!(
        check(&now, &format!("{},{good}", sign("whsec_new", &now, body)), body).is_ok(),
        "signed with two secrets"
    );
    for at in [NOW - 300, NOW + 300] {
        assert!(check(&at.to_string(), &sign("whsec_test", &at.to_string(), body), body).is_ok());
    }

    let old = (NOW - 301).to_string();
    let early = (NOW + 301).to_string();
    let mut changed = body.to_vec();
    changed[5] ^= 1;
    let bad = [
        (now.as_str(), sign("whsec_other", &now, body), body),
        (&now, good.clone(), &changed),
        (&now, good[..good.len() - 2].to_owned(), body),
        (&now, good.trim_start_matches("sha256=").to_owned(), body),
        (&now, "sha256=".to_owned(), body),
        (&now, "sha256=zz".to_owned(), body),
        (&now, "sha256=é".to_owned(), body),
        (&now, String::new(), body),
        (&old, sign("whsec_test", &old, body), body),
        (&early, sign("whsec_test", &early, body), body),
        ("soon", sign("whsec_test", "soon", body), body),
        ("9223372036854775807", sign("whsec_test", "9223372036854775807", body), body),
        (&old, good.clone(), body),
    ];
    for (timestamp, signature, body) in bad {
        assert_eq!(
            check(timestamp, &signature, body).unwrap_err().kind(),
            ErrorKind::Unauthorized,
            "{timestamp} {signature}"
        );
    }
    assert_eq!(receive(&config, &delivery(&[], body)).unwrap_err().kind(), ErrorKind::Unauthorized);
}

#[test]
fn header_names_and_tolerance_are_settings() {
    let text = r#"{"api_key":"kc_live_x","webhook":{"secret":"s","timestamp_header":"X-Time","signature_header":"X-Sig","tolerance_seconds":10}}"#;
    let config: KaiCallsConfig = serde_json::from_str(text).unwrap();
    let body = br#"{"event":"call.completed","call_id":"c"}"#;
    let at = |seconds: i64| {
        let timestamp = seconds.to_string();
        receive(
            &config,
            &delivery(&[("x-time", &timestamp), ("x-sig", &sign("s", &timestamp, body))], body),
        )
    };
    assert!(at(NOW - 10).is_ok());
    assert!(at(NOW - 11).is_err());
}

#[tokio::test]
async fn subscriptions() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => (
            200,
            r#"{"webhooks":[{"id":"wh_1","webhook_url":"https://example.com/h","events":["call.completed"]}]}"#.to_owned(),
        ),
        "POST" => (201, r#"{"id":"wh_2","secret":"whsec_once"}"#.to_owned()),
        _ => (200, r#"{"success":false}"#.to_owned()),
    })
    .await;
    let provider = provider_at(&server);
    let orders = provider.webhooks().unwrap().subscriptions().unwrap();
    assert_eq!(orders.list().await.unwrap()[0].events, ["call.completed"]);
    let made = orders
        .create(&"https://example.com/h".parse().unwrap(), &["call.failed".to_owned()])
        .await
        .unwrap();
    assert!(made.secret.is_some() && !made.raw.value().to_string().contains("whsec_once"));
    assert_eq!(orders.delete("wh_2").await.unwrap_err().kind(), ErrorKind::Provider);
    let asked = server.asked();
    assert_eq!(asked[1].body["business_id"], "uuid-biz456");
    assert_eq!(
        (asked[2].get("id"), asked[2].get("business_id")),
        (Some("wh_2"), Some("uuid-biz456"))
    );
}
