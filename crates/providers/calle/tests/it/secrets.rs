//! Whatever the provider repeats, nothing that the contract hands out holds the key, and nothing that
//! is printed holds the key or a whole number.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_calle::CallE;
use switchboard_core::{Delivery, PlaceError, Provider};
use switchboard_testkit::backend::{cases, secret_forms, shown};

use crate::support::{CALLEE, KEY, Server, config, plain_order, provider_at};

/// JSON text with the form in one place of everything that is ever answered.
fn body(form: &str, place: usize) -> String {
    let names = ["id", "status", "call_outcome", "task", "phone", "call_id", "region"];
    let at = |(nth, name): (usize, &&str)| match nth == place {
        true => format!("\"{name}\":\"x {form}\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let mut fields: Vec<String> = names.iter().enumerate().map(at).collect();
    let text = if place == 7 { form } else { "x" };
    fields.push(format!("\"metadata\":{{\"switchboard_attempt\":\"{text}\"}}"));
    fields.push(format!("\"result\":{{\"summary\":\"{text}\"}}"));
    fields.push(format!("\"transcript\":[{{\"speaker\":\"bot\",\"text\":\"{text}\"}}]"));
    fields.push(format!("\"{}\":1", if place == 8 { form } else { "z" }));
    match place {
        9 => format!("{{\"error\":{{\"code\":\"{form}\",\"message\":\"{form}\"}}}}"),
        10 => format!("<html>{form}</html>"),
        _ => format!("{{{}}}", fields.join(",")),
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
                shown(provider.cancels().unwrap().cancel(&id).await),
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
    let body = json!({"id": format!("call-{KEY}"), "status": "queued"});
    let server = Server::answering(202, body.to_string()).await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
}

fn shows_nothing(text: &str) {
    for hidden in [KEY, CALLEE, "2125550123"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}

#[tokio::test]
async fn nothing_that_is_printed_holds_the_key_or_a_whole_number() {
    let record = json!({
        "id": "c1", "status": "completed", "phone": CALLEE, "task": CALLEE, CALLEE: 1,
        "result": {"summary": CALLEE}, "transcript": [{"speaker": "bot", "text": CALLEE}],
    });
    let server = Server::answering(202, record.to_string()).await;
    let provider = provider_at(&server);
    let id = "c1".into();
    shows_nothing(&format!("{provider:?}"));
    shows_nothing(&format!("{:?}", provider.calls().place(&plain_order()).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.calls().get(&id).await.unwrap()));
    shows_nothing(&format!("{:?}", provider.client().calls().get("c1").await.unwrap()));
    shows_nothing(&format!("{:?}", provider.transcripts().unwrap().transcript(&id).await.unwrap()));
    for status in [400, 402, 403, 422, 429, 500] {
        let words = format!("{CALLEE} cannot be called with {KEY}");
        let body = json!({"error": {"code": "invalid_phone", "message": words}}).to_string();
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        shows_nothing(&format!("{error} {error:?}"));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let provider = CallE::new(config(KEY, &url)).unwrap();
    let placed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(placed.delivery(), Delivery::NotSent);
    shown::<()>(Err(placed.into_error())).iter().for_each(|text| shows_nothing(text));
}
