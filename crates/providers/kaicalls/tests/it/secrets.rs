//! Whatever the provider repeats of the key, nothing that the contract hands out holds it.

use std::{error::Error as _, sync::Arc};

use crate::support::{KEY, Server, plain_order};
use parking_lot::Mutex;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;
use switchboard_core::{CallFilter, Delivery, Error, PageRequest, Provider};
use switchboard_kaicalls::{KaiCalls, SessionCredential};

const COOKIE: &str = "session=s3cr3t-0123456789; theme=dark";

fn forms(secret: &str) -> [String; 5] {
    [
        secret.to_owned(),
        format!("\\u{:04x}{}", u32::from(secret.chars().next().unwrap()), &secret[1..]),
        secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
        secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        format!("Bearer {secret}\\/"),
    ]
}

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

fn note<T: Serialize + std::fmt::Debug>(shown: &mut Vec<String>, result: Result<T, Error>) {
    match result {
        Ok(value) => shown.push(format!("{value:?} {}", serde_json::to_string(&value).unwrap())),
        Err(error) => {
            shown.push(format!("{error} {error:?}"));
            let mut source = error.source();
            while let Some(cause) = source {
                shown.push(format!("{cause} {cause:?}"));
                source = cause.source();
            }
        }
    }
}

/// With a dashboard session beside the key: neither may come out of an answer to the other.
fn provider(server: &Server) -> KaiCalls {
    let mut config = server.config();
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
        let form = &forms(secret)[form];
        *answer.lock() = (status, body(form, place));
        let shown = runtime.block_on(async {
            let mut shown = Vec::new();
            let (id, agent, calls) = ("c1".into(), "c1".into(), provider.calls());
            note(&mut shown, calls.place(&plain_order()).await.map_err(switchboard_core::PlaceError::into_error));
            note(&mut shown, calls.get(&id).await);
            note(&mut shown, provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await.map(|page| page.items));
            note(&mut shown, provider.transcripts().unwrap().transcript(&id).await);
            note(&mut shown, provider.recordings().unwrap().recording(&id).await);
            note(&mut shown, calls.trace(&plain_order(), jiff::Timestamp::now()).await.map(|found| format!("{found:?}")));
            note(&mut shown, provider.agents().unwrap().get(&agent).await);
            note(&mut shown, provider.agents().unwrap().list().await);
            note(&mut shown, provider.numbers().unwrap().list().await);
            note(&mut shown, provider.usage().unwrap().records(&Default::default()).await);
            note(&mut shown, provider.usage().unwrap().balances().await);
            note(&mut shown, provider.webhooks().unwrap().subscriptions().unwrap().list().await.map(|found| format!("{found:?}")));
            note(&mut shown, provider.webhooks().unwrap().feed().unwrap().poll().await);
            note(&mut shown, provider.client().keys().unwrap().list().await);
            shown
        });
        for text in shown {
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
    let error = server.provider().calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Placed);
    let server = Server::answering(201, json!({"id": "call-1", "status": KEY}).to_string()).await;
    let placed = server.provider().calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.id.as_str(), placed.status_word.as_str()), ("call-1", "[redacted]"));
}
