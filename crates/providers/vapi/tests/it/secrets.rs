//! Whatever the provider repeats, nothing that the contract hands out holds a key, and nothing that
//! is printed holds a key or a whole number.

use std::{error::Error as _, sync::Arc};

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_core::{CallFilter, Delivery, PageRequest, PlaceError, Provider};
use switchboard_testkit::backend::{secret_forms, shown};
use switchboard_vapi::{Vapi, wire};

use crate::support::{CALLEE, KEY, Server, config_at, plain_order, provider_at};

const FROM: &str = "+14155550100";
const HOOK_KEY: &str = "key_fedcba9876543210";
const CONTROL: &str = "control-0123456789";

/// JSON text with the form in one place of everything that is ever answered.
fn body(form: &str, place: usize) -> String {
    let names = [
        "id",
        "status",
        "endedReason",
        "name",
        "assistantId",
        "number",
        "createdAt",
        "phoneCallProviderId",
        "version",
        "provider",
    ];
    let at = |(nth, name): (usize, &&str)| match nth == place {
        true => format!("\"{name}\":\"https://x.example/{form}\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let mut fields: Vec<String> = names.iter().enumerate().map(at).collect();
    let text = if place == 10 { form } else { "x" };
    fields.push(format!("\"customer\":{{\"number\":\"{text}\",\"externalId\":\"{text}\"}}"));
    fields.push(format!("\"analysis\":{{\"summary\":\"{text}\"}}"));
    fields.push(format!(
        "\"artifact\":{{\"transcript\":\"AI: {text}\",\"recordingUrl\":\"https://x.example/{text}\"}}"
    ));
    fields.push(format!("\"{}\":1", if place == 11 { form } else { "z" }));
    let record = format!("{{{}}}", fields.join(","));
    match place {
        12 => format!("{{\"message\":[\"{form}\"],\"error\":\"{form}\",\"statusCode\":400}}"),
        13 => format!("<html>{form}</html>"),
        14 => format!("[{record}]"),
        _ => record,
    }
}

fn provider(server: &Server) -> Vapi {
    let mut config = config_at(server);
    config.webhook_secret = Some(HOOK_KEY.into());
    Vapi::new(config).unwrap()
}

#[test]
fn no_form_of_a_key_comes_through_the_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new((200, String::new())));
    let told = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |asked| {
        let (status, body) = told.lock().clone();
        let is_list = asked.method == "GET" && asked.path.matches('/').count() == 1;
        let body = if is_list && body.starts_with('{') { format!("[{body}]") } else { body };
        (status, body)
    }));
    let provider = provider(&server);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) };
    proptest!(config, |(own in any::<bool>(), form in 0..5_usize, place in 0..15_usize, status in prop_oneof![4 => Just(200_u16), 1 => Just(400)])| {
        let secret = if own { KEY } else { HOOK_KEY };
        let form = &secret_forms(secret)[form];
        *answer.lock() = (status, body(form, place));
        let all = runtime.block_on(async {
            let mut all = Vec::new();
            let (id, agent, calls) = ("c1".into(), "c1".into(), provider.calls());
            all.extend(shown(calls.place(&plain_order()).await.map_err(PlaceError::into_error)));
            all.extend(shown(calls.get(&id).await));
            let list = provider.lists().unwrap();
            all.extend(shown(list.list(&CallFilter::default(), &PageRequest::default()).await.map(|page| page.items)));
            all.extend(shown(provider.transcripts().unwrap().transcript(&id).await));
            all.extend(shown(provider.recordings().unwrap().recording(&id).await));
            all.extend(shown(provider.stops().unwrap().stop(&id).await));
            all.extend(shown(provider.cancels().unwrap().cancel(&id).await));
            all.extend(shown(calls.trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await.map(|found| format!("{found:?}"))));
            all.extend(shown(provider.agents().unwrap().get(&agent).await));
            all.extend(shown(provider.agents().unwrap().list().await));
            all.extend(shown(provider.numbers().unwrap().list().await));
            all
        });
        for text in all {
            for hidden in [secret, form.as_str()] {
                prop_assert!(!text.contains(hidden), "{hidden} in place {place} of {status}: {text}");
            }
        }
    });
}

#[tokio::test]
async fn an_id_that_holds_the_key_is_no_id() {
    let body = json!({"id": format!("call-{KEY}"), "status": "queued"});
    let server = Server::answering(201, body.to_string()).await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
}

fn shows_nothing(text: &str) {
    for hidden in [KEY, HOOK_KEY, CONTROL, CALLEE, FROM, "2125550123", "4155550100"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_key_or_a_whole_number() {
    let control = format!("https://calls.example/{CONTROL}/control");
    let record = json!({
        "id": "c1",
        "status": "ended",
        "endedReason": "customer-ended-call",
        "name": CALLEE,
        "customer": {"number": CALLEE, "name": CALLEE, "externalId": CALLEE},
        "assistantOverrides": {"metadata": {"note": CALLEE}},
        "number": FROM,
        "artifact": {
            "messages": [{"role": "bot", "message": CALLEE}],
            "transcript": format!("AI: I call {CALLEE}"),
            "recordingUrl": format!("https://x.example/{CALLEE}.wav"),
        },
        "analysis": {"summary": CALLEE},
        "monitor": {"controlUrl": control, "listenUrl": control},
        CALLEE: 1,
    });
    let server = Server::answering(200, record.to_string()).await;
    let provider = provider(&server);
    let id = "c1".into();
    shows_nothing(&format!("{provider:?}"));
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    shows_nothing(&format!("{placed:?}"));
    let read = provider.calls().get(&id).await.unwrap();
    shows_nothing(&format!("{read:?}"));
    for kept in [placed.raw.value(), read.raw.value()] {
        assert!(
            !kept.to_string().contains(CONTROL),
            "the record that is stored has the secret URL"
        );
    }
    shows_nothing(&format!("{:?}", provider.client().calls().get("c1").await.unwrap()));
    shows_nothing(&format!("{:?}", provider.transcripts().unwrap().transcript(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.recordings().unwrap().recording(&id).await.unwrap()));
    let parsed: wire::Number = serde_json::from_value(record).unwrap();
    shows_nothing(&format!("{parsed:?}"));

    for status in [400, 402, 403, 404, 429, 500] {
        let words = format!("{CALLEE} cannot be called from {FROM} with {KEY}");
        let body = json!({"message": words, "error": "Phrase", "statusCode": status}).to_string();
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        shows_nothing(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_broken_connection_shows_no_secret() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = Vapi::new(crate::support::config(KEY, &url)).unwrap();
    let read = provider.calls().get(&FROM.into()).await.unwrap_err();
    let placed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(placed.delivery(), Delivery::NotSent);
    // A live call whose control URL leads to nobody.
    let control = format!("{url}/{CONTROL}/control");
    let record = json!({"id": "c1", "status": "in-progress", "monitor": {"controlUrl": control}});
    let server = Server::answering(200, record.to_string()).await;
    let stopped = provider_at(&server).stops().unwrap().stop(&"c1".into()).await.unwrap_err();
    for error in [read, placed.into_error(), stopped] {
        let mut shown = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(cause) = source {
            shown.push_str(&format!(" {cause} {cause:?}"));
            source = cause.source();
        }
        shows_nothing(&shown);
    }
}
