//! Whatever the provider repeats of the token, nothing that the contract hands out holds it.

use std::sync::{Arc, Mutex};

use crate::support::{
    rude::{Rude, TOKEN},
    simple_order,
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard_core::{CallFilter, Error, PageRequest, Provider};

fn forms() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(TOKEN.to_owned()),
        Just(format!("Bearer {TOKEN}")),
        Just(format!("\\u{:04x}{}", u32::from('a'), &TOKEN[1..])),
        Just(TOKEN.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()),
        Just(TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect()),
        Just(format!("{}\\/", TOKEN)),
    ]
}

/// JSON text with the form in every place of a call's record.
fn body(form: &str, place: usize) -> String {
    let at = |name: &str, mine: usize| match mine == place {
        true => format!("\"{name}\":\"x {form} y\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let now = Timestamp::now();
    let record = format!(
        "{{{},{},{},{},\"metadata\":{{\"created_at\":\"{now}\"}},\"submission\":{{{}}},{}}}",
        at("call_id", 0),
        at("status", 1),
        at("highlights", 2),
        at("next_steps", 3),
        at("task_description", 4),
        if place == 5 { format!("\"{form}\":1") } else { "\"z\":1".to_owned() },
    );
    match place {
        6 => format!("{{\"error\":{{\"code\":\"{form}\",\"message\":\"{form}\"}}}}"),
        7 => format!("<html>{form}</html>"),
        _ => record.replacen('{', &format!("{{\"calls\":[{record}],\"items\":[{record}],\"phone_numbers\":[{record}],\"events\":[{record}],\"entries\":[{record}],\"url\":\"https://x.example/{form}\","), 1),
    }
}

fn note<T: Serialize + std::fmt::Debug>(shown: &mut Vec<String>, result: Result<T, Error>) {
    match result {
        Ok(value) => shown.push(format!("{value:?} {}", serde_json::to_string(&value).unwrap())),
        Err(error) => {
            shown.push(format!("{error} {error:?}"));
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                shown.push(format!("{cause} {cause:?}"));
                source = cause.source();
            }
        }
    }
}

#[test]
fn no_form_of_the_token_comes_through_the_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new((200, String::new())));
    let told = Arc::clone(&answer);
    let server = runtime.block_on(Rude::start(move |_| told.lock().unwrap().clone()));
    let provider = server.provider();
    proptest!(ProptestConfig::with_cases(96), |(form in forms(), place in 0..8_usize, status in prop_oneof![4 => Just(200_u16), 1 => Just(403)])| {
        *answer.lock().unwrap() = (status, body(&form, place));
        let shown = runtime.block_on(async {
            let mut shown = Vec::new();
            let id = "c1".into();
            let calls = provider.calls();
            note(&mut shown, calls.place(&simple_order()).await.map_err(switchboard_core::PlaceError::into_error));
            note(&mut shown, calls.get(&id).await);
            note(&mut shown, provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await.map(|page| page.items));
            note(&mut shown, provider.transcripts().unwrap().transcript(&id).await);
            note(&mut shown, provider.recordings().unwrap().recording(&id).await);
            note(&mut shown, calls.trace(&simple_order(), Timestamp::now()).await.map(|found| format!("{found:?}")));
            note(&mut shown, provider.numbers().unwrap().list().await);
            note(&mut shown, provider.usage().unwrap().balances().await);
            note(&mut shown, provider.webhooks().unwrap().feed().unwrap().poll().await);
            note(&mut shown, provider.client().coordination().tree("c1").await);
            shown
        });
        for text in shown {
            for hidden in [TOKEN, form.as_str()] {
                prop_assert!(!text.contains(hidden), "{hidden} in place {place} of {status}: {text}");
            }
        }
    });
}

#[tokio::test]
async fn an_id_that_holds_the_token_is_no_id() {
    let server = Rude::answering(
        201,
        json!({"call_id": format!("call-{TOKEN}"), "status": "queued"}).to_string(),
    )
    .await;
    let error = server.provider().calls().place(&simple_order()).await.unwrap_err();
    assert_eq!(error.delivery(), switchboard_core::Delivery::Placed);
    let clean = json!({"call_id": "call-1", "status": "queued", "echo": TOKEN});
    let server = Rude::answering(201, clean.to_string()).await;
    let placed = server.provider().calls().place(&simple_order()).await.unwrap();
    assert_eq!(
        (placed.id.as_str(), &placed.raw.value()["echo"]),
        ("call-1", &Value::from("[redacted]"))
    );
}

#[tokio::test]
async fn a_stream_of_events_is_cleaned_event_by_event() {
    let list = json!({"events": [{"event_id": TOKEN, "type": "call.ringing", "call_id": TOKEN, "summary": format!("by {TOKEN}")}]});
    let server = Rude::answering(200, list.to_string()).await;
    let events = server.provider().webhooks().unwrap().feed().unwrap().poll().await;
    // Notifications have another shape: the typed client reads the events alone.
    drop(events);
    let events = server.provider().client().inbound().recent_events().await.unwrap();
    let shown = serde_json::to_string(&events).unwrap();
    assert!(!shown.contains(TOKEN) && events.len() == 1, "{shown}");
}
