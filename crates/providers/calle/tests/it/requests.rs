//! The placing request, field by field.

use serde_json::json;
use switchboard_core::{CallRequest, Provider};

use crate::support::{CALLEE, KEY, Server, order, plain_order, provider_at};

const ANSWER: &str = r#"{"id":"call_1","status":"queued"}"#;

#[tokio::test]
async fn the_whole_request() {
    let server = Server::answering(202, ANSWER).await;
    let mut request = CallRequest::new(CALLEE, "Confirm the appointment");
    request.callee_name = Some("John Smith".to_owned());
    request.instructions = vec!["Be brief".to_owned()];
    let order = order(request).with(|order| {
        order.first_message = Some("Hello!".to_owned());
        order.webhook_url = Some("https://hooks.example/a".parse().unwrap());
    });
    provider_at(&server).calls().place(&order).await.unwrap();
    let asked = server.only();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v2/calls"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(asked.headers["idempotency-key"], order.idempotency_key.to_string());
    let schema = &asked.body["result_schema"];
    assert_eq!(
        (&schema["type"], &schema["additionalProperties"]),
        (&json!("object"), &json!(false))
    );
    let mut body = asked.body.clone();
    body.as_object_mut().unwrap().remove("result_schema");
    let task = "Confirm the appointment\n\nInstructions:\n- Begin the call with exactly these words, before anything else: Hello!\n- Be brief\n\nPerson to speak to: John Smith";
    assert_eq!(
        body,
        json!({
            "task": task,
            "phone": CALLEE,
            "metadata": {"switchboard_attempt": order.attempt.to_string()},
            "webhook_url": "https://hooks.example/a",
        })
    );
}

/// A repeat under the same key must be the same request, to the byte.
#[tokio::test]
async fn a_repeat_has_the_same_key_and_the_same_body() {
    let server = Server::answering(202, ANSWER).await;
    let provider = provider_at(&server);
    for _ in 0..2 {
        provider.calls().place(&plain_order()).await.unwrap();
    }
    let [first, again] = &server.asked()[..] else { panic!("two requests") };
    assert_eq!(first.headers["idempotency-key"], again.headers["idempotency-key"]);
    assert_eq!(first.text, again.text);
}

/// What would ring several phones, or later, has no way into a request.
#[tokio::test]
async fn helpers_of_the_provider_are_never_asked_for() {
    let server = Server::answering(202, ANSWER).await;
    provider_at(&server).calls().place(&plain_order()).await.unwrap();
    let body = server.only().body;
    let mut names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["metadata", "phone", "result_schema", "task"]);
    assert!(body["phone"].is_string(), "one phone");
}
