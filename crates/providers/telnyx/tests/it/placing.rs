//! What a Dial command proves about the phone, whatever becomes of it, and how an attempt in doubt is
//! settled.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Delivery, ErrorKind, Outcome, Proof, Provider, ProviderState, Refusal};
use switchboard_telnyx::Telnyx;
use switchboard_testkit::{
    backend::WebhookTarget,
    calls::{CallScript, Outcome as Ends},
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{
    CALLEE, KEY, Server, account, config, cut_server, over, plain_order, provider_at, quick,
    started,
};

const PATH: &str = "/v2/calls";
const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
const LIMITED: Delivery = Delivery::Refused(Refusal::RateLimited);

fn a_minute_ago() -> Timestamp {
    Timestamp::now().checked_sub(SignedDuration::from_mins(1)).unwrap()
}

#[tokio::test]
async fn a_call_from_its_dial_to_its_cost() {
    let (simulator, provider) = started(quick().ending(CALLEE, "normal_clearing")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.state, placed.status_word.as_str()), (ProviderState::Queued, "dialled"));
    assert_eq!(placed.to.as_ref().map(|to| to.e164()), Some(CALLEE));
    let ended = over(&provider, &placed.id).await;
    assert_eq!(ended.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(ended.reference, Some(plain_order().attempt.to_string()));
    assert!(ended.duration.is_some() && ended.created_at.is_some());
    assert_eq!((simulator.rings().posts(), simulator.rings().count(CALLEE)), (1, 1));
}

#[tokio::test]
async fn a_fault_is_told_as_it_is_and_nothing_is_sent_twice() {
    let (unknown, placed) = (Delivery::Unknown, Delivery::Placed);
    let rule = |fault: Fault| Rule::on("POST", PATH, fault);
    let rows = [
        (rule(Fault::Close), unknown, 0),
        (rule(Fault::Close).after(After::Ring), unknown, 1),
        (rule(Fault::Reset), unknown, 0),
        (rule(Fault::Reset).after(After::Ring), unknown, 1),
        (rule(Fault::CutBody { sent: None }), placed, 1),
        (rule(Fault::NotJson), placed, 1),
        (rule(Fault::EmptyBody), placed, 1),
        (rule(Fault::MissingId), placed, 1),
        (rule(Fault::HugeBody { bytes: (1 << 20) + 1024 }), placed, 1),
        (rule(Fault::answer(500, "10007")), unknown, 0),
        (rule(Fault::answer(500, "10007")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(503, "10008")), unknown, 0),
        (rule(Fault::answer(504, "10008")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(408, "10007")), unknown, 0),
        (rule(Fault::answer(409, "10007")), unknown, 0),
        (rule(Fault::answer(429, "10011")), LIMITED, 0),
        (rule(Fault::answer(429, "90103")), LIMITED, 0),
        (rule(Fault::answer(402, "20100")), Delivery::Refused(Refusal::Quota), 0),
        (rule(Fault::answer(422, "10015")), EVERYONE, 0),
        (rule(Fault::answer(401, "10009")), HERE, 0),
        (rule(Fault::answer(403, "10010")), HERE, 0),
        (rule(Fault::Redirect { status: 307, location: PATH.to_owned() }), HERE, 0),
    ];
    for (rule, delivery, rings) in rows {
        let what = format!("{rule:?}");
        let (simulator, provider) =
            started(quick().faults(FaultScript::default().rule(rule))).await;
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{what}: {error:?}");
        assert_eq!(simulator.posts_to(PATH), 1, "{what}");
        assert_eq!(simulator.rings().count(CALLEE), rings, "{what}");
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn nobody_listens() {
    let (simulator, provider) = started(quick()).await;
    simulator.refuse_connections().await;
    let error = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(simulator.rings().is_empty());
}

#[tokio::test]
async fn refusals_of_the_provider_itself() {
    let (simulator, provider) = started(quick()).await;
    let stranger = plain_order().with(|order| order.agent = Some("none".into()));
    let refused = provider.calls().place(&stranger).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::InvalidRequest, HERE));
    assert_eq!(refused.error().code(), Some("10015"));
    let mut unconnected = account(&simulator);
    unconnected.connection_id = Some("1".to_owned());
    let refused =
        Telnyx::new(unconnected).unwrap().calls().place(&plain_order()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::NotFound, HERE));
    simulator.revoke();
    let refused = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::Unauthorized, HERE));
    assert!(simulator.rings().is_empty());
}

/// The carrier's own refusal comes after the command was accepted. Where its code stands is not
/// documented, so the call has failed, and no other provider is asked.
#[tokio::test]
async fn a_refusal_at_the_carriers_edge_is_a_failed_call() {
    for own in ["D1", "D13", "D19", "D24"] {
        let (simulator, provider) = started(quick().ending(CALLEE, own)).await;
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        let ended = over(&provider, &placed.id).await;
        assert_eq!(ended.state, ProviderState::Ended(Outcome::Failed), "{own}");
        assert!(simulator.rings().is_empty());
    }
}

/// The answer is cut, so nobody knows the id. An event with our reference names the call.
#[tokio::test]
async fn a_lost_answer_is_settled_by_an_event() {
    let mut target = WebhookTarget::start().await;
    let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring);
    let config = quick().ending(CALLEE, "user_busy").faults(FaultScript::default().rule(lost));
    let (simulator, provider) = started(config).await;
    let order = plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
    assert_eq!(provider.calls().place(&order).await.unwrap_err().delivery(), Delivery::Unknown);
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let event = receiver.receive(&target.next().await).unwrap().remove(0);
    assert_eq!(event.reference, Some(order.attempt.to_string()));
    let found = over(&provider, event.call.as_ref().unwrap()).await;
    assert_eq!(found.reference, Some(order.attempt.to_string()));
    assert_eq!(found.state, ProviderState::Ended(Outcome::Busy));
    assert_eq!(found.id.as_str(), simulator.rings().rings()[0].call_id);
}

/// Without a webhook, it is found among the calls that are up, and in the history after its end.
#[tokio::test]
async fn a_lost_answer_is_found_while_the_call_is_up_and_after_its_end() {
    for speed in [1.0, 100_000.0] {
        let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring).nth(1);
        let config = quick().speed(speed).outcome(CALLEE, CallScript::new(Ends::Completed));
        let (simulator, provider) = started(config.faults(FaultScript::default().rule(lost))).await;
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown);
        let found = provider.calls().trace(&plain_order(), a_minute_ago()).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].proof, Proof::Reference);
        assert_eq!(found[0].call.as_str(), simulator.rings().rings()[0].call_id);
        let other = plain_order().with(|order| {
            order.attempt = switchboard_core::AttemptId::new(uuid::Uuid::from_u128(9))
        });
        assert!(provider.calls().trace(&other, a_minute_ago()).await.unwrap().is_empty());
        assert_eq!(simulator.rings().count(CALLEE), 1);
    }
}

#[tokio::test]
async fn a_repeated_command_within_its_minute_rings_once() {
    let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(lost))).await;
    let first = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(first.delivery(), Delivery::Unknown);
    drop(provider.calls().place(&plain_order()).await);
    assert_eq!(simulator.rings().count(CALLEE), 1);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_placed() {
    let rows = [
        (200, r#"{"errors":[{"code":"10015"}]}"#),
        (200, r#"{"data":{"call_control_id":"","is_alive":false}}"#),
        (200, r#"{"data":{"call_control_id":["x"]}}"#),
        (200, r#"{"data":null}"#),
        (200, "{"),
        (200, "[]"),
        (202, "<html>Sorry</html>"),
        (204, ""),
    ];
    for (status, body) in rows {
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Placed, "{status} {body}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_cut_refusal_proves_nothing_where_it_may_hide_the_callee() {
    for (status, delivery) in [
        (400, Delivery::Unknown),
        (401, HERE),
        (402, Delivery::Unknown),
        (403, Delivery::Unknown),
        (422, Delivery::Unknown),
        (429, LIMITED),
    ] {
        let body = r#"{"errors":[{"code":"10015","title":"No","source":{"pointer":"/from"}}]}"#;
        let (url, requests) = cut_server(status, body.to_owned()).await;
        let provider = Telnyx::new(config(KEY, &url)).unwrap();
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{status}: {error:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 1, "{status}: sent once");
    }
}
