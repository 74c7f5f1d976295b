//! Incoming webhooks, which are not signed.

use serde_json::json;
use switchboard_core::{
    ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Provider, ProviderState, Result,
};
use switchboard_testkit::backend::WebhookTarget;

use crate::support::{CALLEE, plain_order, quick, started};

async fn receive(body: &str) -> Result<Event> {
    let (_simulator, provider) = started(quick()).await;
    let delivery = IncomingWebhook {
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    receiver.receive(&delivery).map(|mut events| events.remove(0))
}

#[tokio::test]
async fn each_type_of_event() {
    let ended = |outcome| EventKind::Call(ProviderState::Ended(outcome));
    let rows = [
        (
            "call.completed",
            json!({"id": "call_1", "status": "completed", "call_outcome": "busy"}),
            ended(Outcome::Busy),
        ),
        ("call.failed", json!({"id": "call_1", "status": "failed"}), ended(Outcome::Failed)),
        ("call.canceled", json!({"id": "call_1", "status": "canceled"}), ended(Outcome::Cancelled)),
        ("call.started", json!({"id": "call_1"}), EventKind::Other("call.started".to_owned())),
    ];
    for (name, mut data, kind) in rows {
        data["metadata"] = json!({"switchboard_attempt": "a-1"});
        let body = json!({"id": "evt_1", "type": name, "created_at": "2026-02-15T14:00:00Z", "data": data});
        let event = receive(&body.to_string()).await.unwrap();
        assert_eq!((event.id.as_str(), &event.kind), ("evt_1", &kind));
        assert_eq!(event.call.as_ref().map(|call| call.as_str()), Some("call_1"));
        assert_eq!(event.reference.as_deref(), Some("a-1"));
        assert_eq!(event.at, Some("2026-02-15T14:00:00Z".parse().unwrap()));
    }
}

#[tokio::test]
async fn what_is_no_event() {
    for body in ["", "[]", "nonsense", "{}", r#"{"type":""}"#, r#"{"type":{}}"#, r#"{"data":{}}"#] {
        assert_eq!(receive(body).await.unwrap_err().kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn a_repeat_of_an_event_has_its_id() {
    let mut target = WebhookTarget::start().await;
    let script = switchboard_testkit::fault::FaultScript::from_toml("[webhooks]\ntwice = [1]");
    let config = quick().ending(CALLEE, "declined").faults(script.unwrap());
    let (_simulator, provider) = started(config).await;
    let order = plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
    let placed = provider.calls().place(&order).await.unwrap();
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let first = receiver.receive(&target.next().await).unwrap().remove(0);
    let again = receiver.receive(&target.next().await).unwrap().remove(0);
    assert_eq!((first.call.as_ref(), &first.id), (Some(&placed.id), &again.id));
    assert_eq!(first.kind, EventKind::Call(ProviderState::Ended(Outcome::Declined)));
}
