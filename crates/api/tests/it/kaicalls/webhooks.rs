//! Webhooks: of one call, and of the tenant; events and deliveries.

use std::net::SocketAddr;

use axum::{Router, extract::State};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::server::{COMPLETED, NO_ANSWER, Server};

/// A receiver on this machine.
struct Receiver {
    url: String,
    got: mpsc::UnboundedReceiver<(HeaderMap, Value)>,
}

impl Receiver {
    async fn start() -> Self {
        let (sender, got) = mpsc::unbounded_channel();
        let receive = |State(sender): State<mpsc::UnboundedSender<(HeaderMap, Value)>>,
                       headers: HeaderMap,
                       body: String| async move {
            sender.send((headers, serde_json::from_str(&body).unwrap())).unwrap();
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let router = Router::new().fallback(receive).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("http://{address}/hook"), got }
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        self.got.recv().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_of_a_call_says_how_it_ended_in_the_form_of_kaicalls() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let mut receiver = Receiver::start().await;
    for (to, event, error) in
        [(COMPLETED, "call.completed", None), (NO_ANSWER, "call.failed", Some("no_answer"))]
    {
        let mut body = server.call(to);
        body["webhook_url"] = json!(receiver.url);
        let placed = server.place(&key, to, &body).await;
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.text);
        assert_eq!(placed.body["webhook_url"], receiver.url.as_str());
        // The same request makes no second endpoint.
        let again = server.place(&key, to, &body).await;
        assert_eq!(again.body["id"], placed.body["id"], "{}", again.text);
        let (headers, said) = receiver.next().await;
        assert_eq!((&said["event"], &said["call_id"]), (&json!(event), &placed.body["id"]));
        assert_eq!(said["error"].as_str(), error, "{said}");
        if error.is_none() {
            assert!(said["summary"].is_string() && said["duration"].is_u64(), "{said}");
        }
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            assert!(headers.contains_key(name), "{headers:?}");
        }
        assert!(!said.to_string().contains(&to[2..]), "no number in a webhook");
    }
    assert!(receiver.got.try_recv().is_err(), "each call is told of once");
    // They are not the tenant's own endpoints.
    assert_eq!(server.get("webhooks", &key).await.body["webhooks"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenants_webhooks_are_managed_as_at_kaicalls() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let mut receiver = Receiver::start().await;
    let wish = json!({"webhook_url": receiver.url, "events": ["call.completed", "call.failed"], "description": "The till"});
    let made = server.post("webhooks", &key, &wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let secret = made.body["webhook_secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let id = made.body["id"].clone();
    let listed = server.get("webhooks", &key).await;
    assert_eq!(listed.body["webhooks"][0]["id"], id, "{}", listed.text);
    assert!(!listed.text.contains("whsec_"), "{}", listed.text);

    let tested = server.post("webhooks/test", &key, &json!({"id": id, "data": {"a": 1}})).await;
    assert_eq!((tested.status, &tested.body["success"]), (StatusCode::OK, &json!(true)));
    receiver.next().await;
    let rotated = server.post("webhooks/rotate-secret", &key, &json!({"id": id})).await;
    assert_ne!(rotated.body["webhook_secret"].as_str().unwrap(), secret);

    let over = server.finished(&key, "one", &server.call(COMPLETED)).await;
    let (_, said) = receiver.next().await;
    assert_eq!((&said["event"], &said["call_id"]), (&json!("call.completed"), &over["id"]));

    let call = over["id"].as_str().unwrap();
    let happened = server.get(&format!("events?object_id={call}"), &key).await;
    let kinds: Vec<&str> = happened.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["event_type"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"call.created") && kinds.contains(&"call.ended"), "{kinds:?}");
    let filtered = server.get("events?from=2020-01-01", &key).await;
    assert_eq!((filtered.status.as_u16(), filtered.code()), (400, "invalid_request"));
    let path = format!("event-deliveries?webhook_id={}", id.as_str().unwrap());
    let deliveries = server.get(&path, &key).await;
    assert_eq!(deliveries.body["deliveries"].as_array().unwrap().len(), 1, "{}", deliveries.text);

    let off = json!({"id": id, "webhook_url": receiver.url, "is_active": false});
    let changed = server.post("webhooks", &key, &off).await;
    assert_eq!((changed.status, &changed.body["is_active"]), (StatusCode::OK, &json!(false)));
    let path = format!("webhooks?id={}", id.as_str().unwrap());
    let stranger = server.key("other").await;
    let foreign = server.ask(Method::DELETE, &path, &stranger, None).await;
    assert_eq!((foreign.status.as_u16(), foreign.code()), (404, "not_found"));
    let removed = server.ask(Method::DELETE, &path, &key, None).await;
    assert_eq!(removed.body, json!({"success": true}), "{}", removed.text);
    assert_eq!(server.get("webhooks", &key).await.body["webhooks"], json!([]));

    let refused = [
        json!({"webhook_url": "http://10.0.0.1/hook"}),
        json!({"webhook_url": "ftp://example.com"}),
        json!({"webhook_url": receiver.url, "events": ["call.completed"]}),
        json!({"webhook_url": receiver.url, "events": ["sms.received", "call.completed", "call.failed"]}),
    ];
    for wish in refused {
        let answer = server.post("webhooks", &key, &wish).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid_request"), "{wish}");
    }
}
