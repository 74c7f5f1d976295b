//! The forms of what endpoints receive.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use switchboard::{
    CallRequest, TenantId,
    journal::server::{ApiKey, ApiKeys as _},
};
use switchboard_api::caller::{KeyText, Role, ScopeName};
use tower::ServiceExt;

use super::{
    Answer, Receiver, answer,
    hooks::{Hooked, TASK, TO},
};

async fn key(hooked: &Hooked, scopes: impl Iterator<Item = ScopeName>) -> String {
    let text = KeyText::random().unwrap();
    let mut key = ApiKey::new(text.id(), text.secret_hash(), jiff::Timestamp::now());
    key.tenant = Some(TenantId::from("acme"));
    key.scopes = scopes.map(|scope| scope.as_str().to_owned()).collect();
    hooked.journal.inner.add_key(key).await.unwrap();
    text.expose().to_owned()
}

async fn make(hooked: &Hooked, key: &str, body: Value) -> Answer {
    let request = Request::post("/v1/webhook-endpoints")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()));
    answer(hooked.router.clone().oneshot(request.unwrap()).await.unwrap()).await
}

async fn json_of(receiver: &mut Receiver) -> Value {
    serde_json::from_str(&receiver.next().await.body).unwrap()
}

#[tokio::test]
async fn metadata_and_words_go_where_they_are_asked_for_and_nowhere_else() {
    let hooked = Hooked::start().await;
    let caller = key(&hooked, Role::Caller.scopes(true)).await;
    let (mut thin, mut whole, mut flat) =
        (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    let types = json!(["call.ended"]);
    for body in [
        json!({"url": thin.url, "types": types}),
        json!({"url": whole.url, "types": types, "metadata": true}),
        json!({"url": flat.url, "format": "kaicalls"}),
    ] {
        let made = make(&hooked, &caller, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let mut request = CallRequest::new(TO, TASK);
    request.tenant = Some("acme".to_owned());
    request.metadata.insert("order".to_owned(), "8812".to_owned());
    let call = hooked.switchboard.place(&request).await.unwrap();
    let call = hooked.switchboard.wait(call.id).await.unwrap();
    let mut thin = json_of(&mut thin).await;
    assert!(thin["data"]["call"].get("metadata").is_none());
    let with = json_of(&mut whole).await;
    assert_eq!(with["data"]["call"]["metadata"], json!({"order": "8812"}));
    // All the rest is the same.
    thin["data"]["call"]["metadata"] = json!({"order": "8812"});
    assert_eq!(thin, with);
    let flat = json_of(&mut flat).await;
    let timestamp = flat["timestamp"].clone();
    assert_eq!(
        flat,
        json!({
            "event": "call.completed",
            "call_id": call.id,
            "status": "completed",
            "duration": call.duration.map(|duration| duration.as_secs()),
            "recording_url": flat["recording_url"],
            "summary": call.summary,
            "timestamp": timestamp,
        })
    );
    assert!(flat["summary"].as_str().is_some_and(|summary| !summary.is_empty()));
}

#[tokio::test]
async fn the_form_with_words_needs_the_scope_for_them() {
    let hooked = Hooked::start().await;
    let all = Role::Caller.scopes(true).filter(|scope| *scope != ScopeName::CallsContent);
    let caller = key(&hooked, all).await;
    let url = "https://example.com/";
    let made = make(&hooked, &caller, json!({"url": url, "format": "kaicalls"})).await;
    assert_eq!((made.status.as_u16(), made.code()), (403, "missing_scope"));
    assert_eq!(made.body["scope"], "calls:content");
    let able = key(&hooked, Role::Caller.scopes(true)).await;
    for more in [json!({"types": ["call.ended"]}), json!({"metadata": true})] {
        let mut body = json!({"url": url, "format": "kaicalls"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = make(&hooked, &able, body).await;
        assert_eq!(made.code(), "invalid_request", "{}", made.text);
    }
}
