//! Whatever the provider repeats, nothing that the contract hands out holds a key, and nothing that
//! is printed holds a key or a whole number.

use std::{error::Error as _, sync::Arc};

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_core::{CallFilter, Delivery, PageRequest, PlaceError, Provider};
use switchboard_retell::{Retell, wire};

use switchboard_testkit::backend::{secret_forms, shown};

use crate::support::{CALLEE, FROM, KEY, Server, config_at, plain_order, provider_at};

const HOOK_KEY: &str = "key_fedcba9876543210";

/// JSON text with the form in one place of everything that is ever answered.
fn body(form: &str, place: usize) -> String {
    let names = [
        "call_id",
        "call_status",
        "disconnection_reason",
        "to_number",
        "agent_id",
        "agent_name",
        "transcript",
        "recording_url",
        "phone_number",
        "pagination_key",
    ];
    let at = |(nth, name): (usize, &&str)| match nth == place {
        true => format!("\"{name}\":\"https://x.example/{form}\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let mut fields: Vec<String> = names.iter().enumerate().map(at).collect();
    let text = if place == 10 { form } else { "x" };
    fields.push(format!("\"metadata\":{{\"switchboard_attempt\":\"{text}\"}}"));
    fields.push(format!("\"call_analysis\":{{\"call_summary\":\"{text}\"}}"));
    fields.push(format!("\"{}\":1", if place == 11 { form } else { "z" }));
    let record = format!("{{{}}}", fields.join(","));
    match place {
        12 => format!("{{\"status\":\"error\",\"message\":\"{form}\"}}"),
        13 => format!("<html>{form}</html>"),
        _ => record.replacen('{', &format!("{{\"items\":[{record}],"), 1),
    }
}

fn provider(server: &Server) -> Retell {
    let mut config = config_at(server);
    config.webhook_key = Some(HOOK_KEY.into());
    Retell::new(config).unwrap()
}

#[test]
fn no_form_of_a_key_comes_through_the_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new((200, String::new())));
    let told = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| told.lock().clone()));
    let provider = provider(&server);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) };
    proptest!(config, |(own in any::<bool>(), form in 0..5_usize, place in 0..14_usize, status in prop_oneof![4 => Just(200_u16), 1 => Just(400)])| {
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
            all.extend(shown(calls.trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await.map(|found| format!("{found:?}"))));
            all.extend(shown(provider.agents().unwrap().get(&agent).await));
            all.extend(shown(provider.agents().unwrap().list().await));
            all.extend(shown(provider.numbers().unwrap().list().await));
            all.extend(shown(provider.usage().unwrap().balances().await));
            all.extend(shown(provider.usage().unwrap().records(&Default::default()).await));
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
    let body = json!({"call_id": format!("call-{KEY}"), "call_status": "registered"});
    let server = Server::answering(201, body.to_string()).await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
}

fn shows_nothing(text: &str) {
    for hidden in [KEY, HOOK_KEY, CALLEE, FROM, "2125550123", "4155550100"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_key_or_a_whole_number() {
    let record = json!({
        "call_id": "c1",
        "call_status": "ended",
        "disconnection_reason": "user_hangup",
        "to_number": CALLEE,
        "from_number": FROM,
        "phone_number": FROM,
        "transcript": format!("Agent: I call {CALLEE}"),
        "transcript_object": [{"role": "agent", "content": CALLEE, "words": []}],
        "call_analysis": {"call_summary": CALLEE},
        "recording_url": format!("https://x.example/{CALLEE}.wav"),
        CALLEE: 1,
    });
    let server = Server::answering(200, record.to_string()).await;
    let provider = provider(&server);
    let id = "c1".into();
    shows_nothing(&format!("{provider:?}"));
    shows_nothing(&format!("{:?}", provider.calls().place(&plain_order()).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.calls().get(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.client().calls().get("c1").await.unwrap()));
    shows_nothing(&format!("{:?}", provider.transcripts().unwrap().transcript(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.recordings().unwrap().recording(&id).await.unwrap()));
    let parsed: wire::Number = serde_json::from_value(record).unwrap();
    shows_nothing(&format!("{parsed:?}"));

    for status in [400, 402, 422, 429, 500] {
        let words = format!("{CALLEE} cannot be called from {FROM} with {KEY}");
        let body = json!({"status": "error", "message": words}).to_string();
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        shows_nothing(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_broken_connection_shows_neither_the_key_nor_the_number_in_the_path() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = Retell::new(crate::support::config(KEY, &url)).unwrap();
    let rented = serde_json::from_value(json!({
        "provider": "retell", "id": null, "number": FROM, "agent": null, "created_at": null, "raw": null,
    }));
    let released = provider.numbers().unwrap().release(&rented.unwrap()).await.unwrap_err();
    let placed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(placed.delivery(), Delivery::NotSent);
    for error in [released, placed.into_error()] {
        let mut shown = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(cause) = source {
            shown.push_str(&format!(" {cause} {cause:?}"));
            source = cause.source();
        }
        shows_nothing(&shown);
    }
}
