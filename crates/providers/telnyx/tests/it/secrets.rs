//! Whatever the provider repeats, nothing that the contract hands out holds the key, and nothing that
//! is printed holds the key or a whole number.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_core::{Delivery, PlaceError, Provider, UsageFilter};
use switchboard_telnyx::Telnyx;
use switchboard_testkit::backend::{cases, secret_forms, shown};

use crate::support::{CALLEE, FROM, KEY, Server, config, plain_order, provider_at};

/// JSON text with the form in one place of everything that is ever answered.
fn body(form: &str, place: usize) -> String {
    let names =
        ["call_control_id", "call_leg_id", "client_state", "id", "name", "text", "version_id"];
    let at = |(nth, name): (usize, &&str)| match nth == place {
        true => format!("\"{name}\":\"x {form}\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let mut fields: Vec<String> = names.iter().enumerate().map(at).collect();
    fields.push("\"is_alive\":false".to_owned());
    let text = if place == 7 { form } else { "c1" };
    fields.push(format!("\"metadata\":{{\"call_control_id\":\"{text}\",\"event_type\":\"call.hangup\",\"payload\":{{\"call_control_id\":\"c1\",\"hangup_cause\":\"{text}\"}}}}"));
    fields.push(format!("\"download_urls\":{{\"mp3\":\"https://x.example/{text}\"}}"));
    fields.push(format!("\"{}\":1", if place == 8 { form } else { "z" }));
    let row = format!("{{{}}}", fields.join(","));
    match place {
        9 => format!("{{\"errors\":[{{\"code\":\"{form}\",\"detail\":\"{form}\"}}]}}"),
        10 => format!("<html>{form}</html>"),
        nth if nth % 2 == 0 => format!("{{\"data\":[{row}]}}"),
        _ => format!("{{\"data\":{row}}}"),
    }
}

#[test]
fn no_form_of_the_key_comes_through_the_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new((200, String::new())));
    let told = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| told.lock().clone()));
    let provider = provider_at(&server);
    proptest!(cases(96), |(form in 0..5_usize, place in 0..11_usize, status in prop_oneof![4 => Just(200_u16), 1 => Just(422)])| {
        let form = &secret_forms(KEY)[form];
        *answer.lock() = (status, body(form, place));
        let all = runtime.block_on(async {
            let (id, calls) = ("c1".into(), provider.calls());
            let placed = calls.place(&plain_order()).await.map_err(PlaceError::into_error);
            [
                shown(placed),
                shown(calls.get(&id).await),
                shown(provider.transcripts().unwrap().transcript(&id).await),
                shown(provider.recordings().unwrap().recording(&id).await),
                shown(provider.stops().unwrap().stop(&id).await),
                shown(provider.agents().unwrap().list().await),
                shown(provider.numbers().unwrap().list().await),
                shown(provider.usage().unwrap().balances().await),
                shown(provider.usage().unwrap().records(&UsageFilter::default()).await),
            ].concat()
        });
        for text in all {
            for hidden in [KEY, form.as_str()] {
                prop_assert!(!text.contains(hidden), "{hidden} in place {place} of {status}: {text}");
            }
        }
    });
}

#[tokio::test]
async fn an_id_that_holds_the_key_is_no_id() {
    let body = json!({"data": {"call_control_id": format!("call-{KEY}"), "is_alive": false}});
    let server = Server::answering(200, body.to_string()).await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
}

fn shows_nothing(text: &str) {
    for hidden in [KEY, CALLEE, FROM, "2125550123", "3125550100"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[tokio::test]
async fn nothing_that_is_printed_holds_the_key_or_a_whole_number() {
    let row = json!({
        "call_control_id": "v3:1", "call_leg_id": "l1", "is_alive": true, "id": "c1", CALLEE: 1,
        "metadata": {"call_control_id": "v3:1", "event_type": "call.answered", "payload": {
            "call_control_id": "v3:1", "to": CALLEE, "from": FROM,
        }},
        "role": "user", "text": CALLEE, "phone_number": FROM,
        "download_urls": {"mp3": format!("https://x.example/{CALLEE}.mp3")},
    });
    let server = Server::start(move |asked| {
        let path = asked.path.as_str();
        let single = path == "/v2/calls" || path.starts_with("/v2/calls/");
        let body = if single { json!({"data": row}) } else { json!({"data": [row]}) };
        (200, body.to_string())
    })
    .await;
    let provider = provider_at(&server);
    let id = "v3:1".into();
    shows_nothing(&format!("{provider:?}"));
    shows_nothing(&format!("{:?}", provider.calls().place(&plain_order()).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.calls().get(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.client().calls().get("v3:1").await.unwrap()));
    shows_nothing(&format!("{:?}", provider.transcripts().unwrap().transcript(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.recordings().unwrap().recording(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.client().numbers().list(1).await.unwrap()));
    for status in [400, 402, 403, 422, 429, 500] {
        let words = format!("{CALLEE} cannot be called with {KEY}");
        let body =
            json!({"errors": [{"code": "10015", "title": "No", "detail": words}]}).to_string();
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        shows_nothing(&format!("{error} {error:?}"));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = Telnyx::new(config(KEY, &url)).unwrap();
    let placed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(placed.delivery(), Delivery::NotSent);
    shown::<()>(Err(placed.into_error())).iter().for_each(|text| shows_nothing(text));
}
