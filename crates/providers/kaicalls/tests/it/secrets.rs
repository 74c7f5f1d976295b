//! Whatever the provider repeats of the key, nothing that the contract hands out holds it.

use std::sync::Arc;

use crate::support::{KEY, Server, config_at, plain_order, provider_at};
use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_core::{CallFilter, Delivery, PageRequest, Provider};
use switchboard_kaicalls::{KaiCalls, SessionCredential};
use switchboard_testkit::backend::{secret_forms, shown};

const COOKIE: &str = "session=s3cr3t-0123456789; theme=dark";

/// JSON text with the form in one place of everything that is ever answered.
fn body(form: &str, place: usize) -> String {
    let at = |name: &str, mine: usize| match mine == place {
        true => format!("\"{name}\":\"x {form} y\""),
        false => format!("\"{name}\":\"c1\""),
    };
    let fields = [
        at("id", 0),
        at("status", 1),
        at("summary", 2),
        at("name", 3),
        at("transcript", 4),
        at("agent_id", 5),
        format!("\"recording_url\":\"https://x.example/{}\"", if place == 6 { form } else { "r" }),
        format!("\"{}\":1", if place == 7 { form } else { "z" }),
    ];
    let record = format!("{{{}}}", fields.join(","));
    match place {
        8 => format!(
            "{{\"error\":{{\"code\":\"{form}\",\"message\":\"{form}\",\"request_id\":\"{form}\"}}}}"
        ),
        9 => format!("<html>{form}</html>"),
        _ => {
            let lists = [
                "calls",
                "agents",
                "numbers",
                "usage",
                "businesses",
                "events",
                "webhooks",
                "versions",
                "transcripts",
            ];
            let lists: Vec<String> =
                lists.iter().map(|name| format!("\"{name}\":[{record}]")).collect();
            record.replacen('{', &format!("{{{},", lists.join(",")), 1)
        }
    }
}

/// With a dashboard session beside the key: neither may come out of an answer to the other.
fn provider(server: &Server) -> KaiCalls {
    let mut config = config_at(server);
    config.session = Some(SessionCredential::Cookie(COOKIE.into()));
    config.webhook.secret = Some("whsec_0123456789".into());
    crate::support::open(&config).unwrap()
}

#[test]
fn no_form_of_a_secret_comes_through_the_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new((200, String::new())));
    let told = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| told.lock().clone()));
    let provider = provider(&server);
    let secrets = [KEY, "s3cr3t-0123456789", "whsec_0123456789"];
    proptest!(ProptestConfig::with_cases(96), |(which in 0..3_usize, form in 0..5_usize, place in 0..10_usize, status in prop_oneof![4 => Just(200_u16), 1 => Just(403)])| {
        let secret = secrets[which];
        let form = &secret_forms(secret)[form];
        *answer.lock() = (status, body(form, place));
        let all = runtime.block_on(async {
            let mut all = Vec::new();
            let (id, agent, calls) = ("c1".into(), "c1".into(), provider.calls());
            all.extend(shown(calls.place(&plain_order()).await.map_err(switchboard_core::PlaceError::into_error)));
            all.extend(shown(calls.get(&id).await));
            all.extend(shown(provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await.map(|page| page.items)));
            all.extend(shown(provider.transcripts().unwrap().transcript(&id).await));
            all.extend(shown(provider.recordings().unwrap().recording(&id).await));
            all.extend(shown(calls.trace(&plain_order(), jiff::Timestamp::now()).await.map(|found| format!("{found:?}"))));
            all.extend(shown(provider.agents().unwrap().get(&agent).await));
            all.extend(shown(provider.agents().unwrap().list().await));
            all.extend(shown(provider.numbers().unwrap().list().await));
            all.extend(shown(provider.usage().unwrap().records(&Default::default()).await));
            all.extend(shown(provider.usage().unwrap().balances().await));
            all.extend(shown(provider.webhooks().unwrap().subscriptions().unwrap().list().await.map(|found| format!("{found:?}"))));
            all.extend(shown(provider.webhooks().unwrap().feed().unwrap().poll().await));
            all.extend(shown(provider.client().keys().unwrap().list().await));
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
    let server = Server::answering(
        201,
        json!({"id": format!("call-{KEY}"), "status": "queued"}).to_string(),
    )
    .await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
    let server = Server::answering(201, json!({"id": "call-1", "status": KEY}).to_string()).await;
    let placed = provider_at(&server).calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.id.as_str(), placed.status_word.as_str()), ("call-1", "[redacted]"));
}
