//! Webhooks to endpoints of tenants.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use switchboard::{
    Clock as _,
    journal::server::{
        Deliveries as _, DeliveryFilter, DeliveryState, EndpointFormat, EndpointSecrets,
        NewEndpoint, WebhookDelivery, WebhookEndpoint,
    },
    uuid::Uuid,
};
use switchboard_api::{
    caller::Role,
    webhooks::{
        schedule::{DELAYS, has_failed, next_try},
        secret_text, sign,
    },
};
use tokio::task::yield_now;

use super::{Outside, Received, Receiver};

/// An endpoint of a new tenant: its key, its path and its secret.
async fn endpoint(outside: &Outside, url: &str, more: Value) -> (String, String, String) {
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut body = json!({"url": url});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = outside.post("/v1/webhook-endpoints", &key, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/v1/webhook-endpoints/{}", made.body["endpoint"]["id"].as_str().unwrap());
    let secret = made.body["secret"].as_str().unwrap().to_owned();
    let read = outside.get(&path, &key).await;
    assert_eq!(read.body, made.body["endpoint"]);
    assert!(!read.text.contains("whsec_"), "it is shown once");
    (key, path, secret)
}

/// The only delivery, once it was tried this often.
async fn tried(outside: &Outside, attempts: u32) -> WebhookDelivery {
    loop {
        let filter = DeliveryFilter { limit: 10, ..DeliveryFilter::default() };
        let all = outside.store.deliveries(&filter).await.unwrap();
        if let [one] = all.as_slice()
            && one.attempts == attempts
        {
            return one.clone();
        }
        yield_now().await;
    }
}

/// True if the crate of Standard Webhooks makes one of its signatures. (Its `verify` knows no other
/// time than now.)
fn is_signed(received: &Received, secret: &str) -> bool {
    let header = |name: &str| received.headers[name].to_str().unwrap();
    let at = header("webhook-timestamp").parse().unwrap();
    let theirs = Webhook::new(secret).unwrap();
    let theirs = theirs.sign(header("webhook-id"), at, received.body.as_bytes()).unwrap();
    header("webhook-signature").split(' ').any(|ours| ours == theirs)
}

#[tokio::test]
async fn an_event_arrives_as_it_is_in_the_feed_and_signed() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    let more = json!({"types": ["call.ended"], "description": "orders"});
    let (key, path, secret) = endpoint(&outside, &receiver.url, more).await;
    outside.publish("other", "call.ended", 0..1).await;
    outside.publish("acme", "call.created", 0..1).await;
    outside.publish("acme", "call.ended", 7..8).await;
    let got = receiver.next().await;
    let polled = outside.get("/v1/events?type=call.ended", &key).await;
    assert_eq!(polled.text.matches(&got.body).count(), 1, "the same bytes");
    let event: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(got.headers["webhook-id"], event["id"].as_str().unwrap());
    let now = outside.clock.now().as_second().to_string();
    assert_eq!(got.headers["webhook-timestamp"], now.as_str());
    assert_eq!(got.headers["content-type"], "application/json");
    assert!(is_signed(&got, &secret));
    assert!(!is_signed(&got, &secret_text(&[1; 32])));
    let mut forged = got.clone();
    forged.body = forged.body.replace('7', "8");
    assert!(!is_signed(&forged, &secret));
    let delivery = tried(&outside, 1).await;
    assert_eq!(delivery.state, DeliveryState::Delivered);
    let listed = outside.get(&format!("{path}/deliveries?state=delivered"), &key).await;
    assert_eq!(listed.body["data"][0]["status"], 200, "{}", listed.text);
    assert_eq!(listed.body["data"][0]["event"], event["id"]);
    assert_eq!(listed.body["has_more"], false);
    let read = outside.get(&path, &key).await;
    assert_eq!(read.body["failures"], 0);
    assert_eq!(read.body["last_success_at"], "2026-03-02T09:00:00.000000Z");
}

#[tokio::test]
async fn a_failure_is_tried_again_on_schedule_and_given_up_after_ten() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    endpoint(&outside, &receiver.url, json!({})).await;
    for status in [500, 404, 302, 400, 503, 502, 500, 500, 500, 500] {
        receiver.answer(status, &[]);
    }
    outside.publish("acme", "call.ended", 0..1).await;
    let mut first: Option<Received> = None;
    for attempt in 1..=10 {
        let got = receiver.next().await;
        let first = first.get_or_insert_with(|| got.clone());
        assert_eq!(got.headers["webhook-id"], first.headers["webhook-id"]);
        assert_eq!(got.body, first.body);
        let delivery = tried(&outside, attempt).await;
        if attempt == 10 {
            assert_eq!(delivery.state, DeliveryState::Dead);
            assert_eq!(delivery.status, Some(500));
            break;
        }
        let now = outside.clock.now();
        let wait = delivery.due_at.duration_since(now).as_secs_f64();
        let usual = DELAYS[attempt as usize].as_secs_f64();
        assert!((0.9 * usual..=1.1 * usual).contains(&wait), "{attempt}: {wait}");
        // A moment before, nothing is due.
        let left = Duration::from_secs_f64(wait);
        assert!(left > Duration::from_secs(1));
        let claimed = outside.store.claim_deliveries(now, left, 10, 8).await.unwrap();
        assert!(claimed.is_empty());
        outside.clock.advance(left + Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_receiver_says_how_long_to_wait() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    endpoint(&outside, &receiver.url, json!({})).await;
    receiver.answer(429, &[("retry-after", "3600")]);
    receiver.answer(503, &[("retry-after", "999999")]);
    receiver.answer(500, &[("retry-after", "36000")]);
    outside.publish("acme", "call.ended", 0..1).await;
    for (attempt, least, most) in [(1, 3_600, 3_600), (2, 86_400, 86_400), (3, 1_620, 1_980)] {
        receiver.next().await;
        let delivery = tried(&outside, attempt).await;
        let wait = delivery.due_at.duration_since(outside.clock.now());
        assert!((least..=most).contains(&wait.as_secs()), "{attempt}: {wait}");
        outside.clock.advance(wait.unsigned_abs() + Duration::from_secs(1));
    }
    receiver.next().await;
    assert_eq!(tried(&outside, 4).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn what_a_process_has_claimed_is_another_ones_soon_after_its_request_is_over() {
    let outside = Outside::with(|api| api.webhooks.timeout = Duration::from_secs(3));
    // It takes the request, and never answers.
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    endpoint(&outside, &url, json!({})).await;
    outside.publish("acme", "call.ended", 0..1).await;
    let _held = receiver.accept().await.unwrap();
    let next = outside.store.next_due().await.unwrap().unwrap();
    let lease = next.duration_since(outside.clock.now());
    assert!(lease > SignedDuration::from_secs(3) && lease <= SignedDuration::from_secs(18));
}

#[tokio::test]
async fn both_secrets_sign_while_one_is_replaced() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    let (key, path, old) = endpoint(&outside, &receiver.url, json!({})).await;
    let rotated =
        outside.post(&format!("{path}/rotate-secret"), &key, json!({"overlap_hours": 24})).await;
    assert_eq!(rotated.status, 200, "{}", rotated.text);
    let new = rotated.body["secret"].as_str().unwrap().to_owned();
    assert_ne!(old, new);
    assert_eq!(rotated.body["endpoint"]["former_secret_until"], "2026-03-03T09:00:00.000000Z");
    outside.publish("acme", "call.ended", 0..1).await;
    let got = receiver.next().await;
    assert!(is_signed(&got, &old) && is_signed(&got, &new));
    outside.clock.advance(Duration::from_secs(24 * 3_600));
    outside.publish("acme", "call.ended", 1..2).await;
    let got = receiver.next().await;
    assert!(!is_signed(&got, &old) && is_signed(&got, &new));
    // Without an overlap the old one ends at once.
    let at_once = outside.post(&format!("{path}/rotate-secret"), &key, json!({})).await;
    outside.publish("acme", "call.ended", 2..3).await;
    let got = receiver.next().await;
    assert!(!is_signed(&got, &new) && is_signed(&got, at_once.body["secret"].as_str().unwrap()));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_gets_nothing_until_it_is_enabled_and_recovers() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    let (key, path, _) = endpoint(&outside, &receiver.url, json!({})).await;
    let mut stream = outside.stream("?type=webhook_endpoint.disabled", &key, None).await;
    receiver.answer(410, &[]);
    outside.publish("acme", "call.ended", 0..1).await;
    receiver.next().await;
    let (_, told) = stream.event().await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["data"]["reason"], "gone");
    let read = outside.get(&path, &key).await;
    assert_eq!(read.body["disabled_because"], "gone");
    assert_eq!(read.body["enabled"], false);
    outside.publish("acme", "call.ended", 1..3).await;
    let since = json!({"since": "2026-03-02T09:00:00Z"});
    let early = outside.post(&format!("{path}/recover"), &key, since.clone()).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "conflict"));
    let enabled =
        outside.ask("PATCH".parse().unwrap(), &path, &key, Some(json!({"enabled": true}))).await;
    assert_eq!(enabled.body["enabled"], true, "{}", enabled.text);
    let recovered = outside.post(&format!("{path}/recover"), &key, since).await;
    assert_eq!(recovered.status, 202, "{}", recovered.text);
    // The one that failed, the two that were missed, and that it was disabled.
    assert_eq!(recovered.body["events"], 4);
    let mut numbers = Vec::new();
    for _ in 0..4 {
        let event: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
        numbers.push(event["data"]["number"].as_u64());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [None, Some(0), Some(1), Some(2)]);
}

#[tokio::test]
async fn a_delivery_is_sent_again_when_its_owner_asks() {
    let outside = Outside::start();
    let mut receiver = Receiver::start().await;
    let (key, path, _) = endpoint(&outside, &receiver.url, json!({})).await;
    outside.publish("acme", "call.ended", 0..1).await;
    let first = receiver.next().await;
    tried(&outside, 1).await;
    let listed = outside.get(&format!("{path}/deliveries"), &key).await;
    let id = listed.body["data"][0]["id"].as_str().unwrap().to_owned();
    let other = outside.key(Some("other"), Role::Caller).await;
    let again = format!("/v1/deliveries/{id}/redeliver");
    assert_eq!(outside.post(&again, &other, json!({})).await.status, 404);
    assert_eq!(outside.get(&path, &other).await.status, 404);
    let asked = outside.post(&again, &key, json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    assert_eq!(receiver.next().await.body, first.body);
    // A test is sent at once and once.
    receiver.answer(500, &[]);
    let tested = outside.post(&format!("{path}/test"), &key, json!({})).await;
    assert_eq!(tested.body, json!({"delivered": false, "status": 500, "failure": "status"}));
    let got: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
    assert_eq!(got["type"], "webhook_endpoint.test");
    let removed = outside.ask("DELETE".parse().unwrap(), &path, &key, None).await;
    assert_eq!(removed.status, 204);
    assert_eq!(outside.get(&path, &key).await.status, 404);
}

#[tokio::test]
async fn what_must_not_be_an_endpoint_is_refused() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let own = "https://calls.example.com/hooks/v1/a/b";
    for url in ["http://example.com/", "https://10.0.0.1/", "https://example.com:22/", own] {
        let made = outside.post("/v1/webhook-endpoints", &key, json!({"url": url})).await;
        assert_eq!((made.status.as_u16(), made.code()), (422, "url_not_allowed"), "{url}");
        assert_eq!(made.body["field"], "url");
        assert!(!made.body["fix"].as_str().unwrap().is_empty());
    }
    let wrong = json!({"url": "https://example.com/", "types": ["call.endet"]});
    let made = outside.post("/v1/webhook-endpoints", &key, wrong).await;
    assert_eq!(made.status, 400);
    assert!(made.body["fix"].as_str().unwrap().contains("call.ended"), "{}", made.text);
    for _ in 0..16 {
        let new = json!({"url": "https://example.com/"});
        assert_eq!(outside.post("/v1/webhook-endpoints", &key, new).await.status, 201);
    }
    let new = json!({"url": "https://example.com/"});
    let made = outside.post("/v1/webhook-endpoints", &key, new).await;
    assert_eq!((made.status.as_u16(), made.code()), (409, "too_many_endpoints"));
    let listed = outside.get("/v1/webhook-endpoints", &key).await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 16);
}

#[test]
fn the_vectors_of_the_specification_and_our_signatures_agree() {
    // https://github.com/standard-webhooks/standard-webhooks: the secret and the message of its
    // own tests.
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, secret).unwrap();
    // It has 24 bytes, and keys of HMAC are filled up with zeros.
    let mut key = [0; 32];
    key[..bytes.len()].copy_from_slice(&bytes);
    let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
    let body = br#"{"test": 2432232314}"#;
    let signed = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    assert_eq!(sign(&[key], id, at, body), signed);
    let theirs = Webhook::new(&format!("whsec_{secret}")).unwrap();
    assert_eq!(theirs.sign(id, at, body).unwrap(), signed);
    // Whole headers of now, with two secrets: theirs takes either, and no third.
    let now = Timestamp::now().as_second();
    let headers: http::HeaderMap = [
        ("webhook-id", "evt_1".to_owned()),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", sign(&[[1; 32], [2; 32]], "evt_1", now, body)),
    ]
    .into_iter()
    .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
    .collect();
    let verifies =
        |secret| Webhook::new(&secret_text(&secret)).unwrap().verify(body, &headers).is_ok();
    assert!(verifies([1; 32]) && verifies([2; 32]) && !verifies([3; 32]));
}

#[test]
fn the_schedule_has_ten_tries_over_three_days() {
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let total: Duration = DELAYS.iter().sum();
    assert_eq!(total, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
    let mut last = at;
    for tries in 1..10 {
        let (early, late) = (next_try(tries, at, None, 0.0), next_try(tries, at, None, 1.0));
        let usual = DELAYS[tries as usize].as_secs_f64();
        let wait = |next: Option<Timestamp>| next.unwrap().duration_since(at).as_secs_f64();
        assert!((wait(early) - 0.9 * usual).abs() < 0.001);
        assert!((wait(late) - 1.1 * usual).abs() < 0.001);
        assert!(next_try(tries, at, None, 0.5).unwrap() > last);
        last = next_try(tries, at, None, 0.5).unwrap();
    }
    assert_eq!(next_try(10, at, None, 0.5), None);
    assert_eq!(next_try(10, at, Some(Duration::from_secs(60)), 0.5), None);
    // What the receiver asks for is a minimum.
    let day = Duration::from_secs(86_400);
    assert_eq!(next_try(1, at, Some(day), 0.5), Some(at + day));
    assert_eq!(next_try(9, at, Some(Duration::from_secs(60)), 0.5), Some(at + day));
}

#[test]
fn an_endpoint_has_failed_after_five_days_twenty_failures_and_twelve_hours() {
    let made: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let endpoint = |success: Option<i64>, since: i64, failures| {
        let mut one = WebhookEndpoint::new(NewEndpoint {
            id: Uuid::nil(),
            tenant: None,
            url: String::new(),
            kinds: Vec::new(),
            call: None,
            format: EndpointFormat::Standard,
            metadata: false,
            description: String::new(),
            secrets: EndpointSecrets { current: Vec::new(), former: None },
            created_at: made,
            request_key: None,
            at_most: 16,
        });
        let hour = |hour| made + SignedDuration::from_hours(hour);
        one.last_success_at = success.map(hour);
        one.failing_since = Some(hour(since));
        one.failures = failures;
        one
    };
    let at =
        |hours, one: &WebhookEndpoint| has_failed(one, made + SignedDuration::from_hours(hours));
    let never = endpoint(None, 1, 20);
    assert!(!at(119, &never) && at(120, &never));
    assert!(!at(500, &endpoint(None, 1, 19)), "too few failures");
    let once = endpoint(Some(100), 101, 50);
    assert!(!at(219, &once) && at(220, &once), "five days from the last success");
    // An endpoint that has nothing to do for days is not disabled by its first bad hours.
    let idle = endpoint(Some(0), 300, 50);
    assert!(!at(312, &idle) && at(313, &idle));
}
