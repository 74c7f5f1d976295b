//! What a placing request proves about the phone, whatever becomes of it, and how an attempt in doubt
//! is settled.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use switchboard_calle::CallE;
use switchboard_core::{
    CallRequest, CallsExt, Delivery, ErrorKind, Outcome, Provider, ProviderState, Refusal,
    SystemClock,
};
use switchboard_testkit::{
    backend::WebhookTarget,
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{
    CALLEE, KEY, Server, config, cut_server, order, plain_order, provider_at, quick, started,
};

const PATH: &str = "/v2/calls";
const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
const LIMITED: Delivery = Delivery::Refused(Refusal::RateLimited);
const NO_CREDIT: Delivery = Delivery::Refused(Refusal::Quota);

#[tokio::test]
async fn a_call_from_queued_to_its_end() {
    let (simulator, provider) = started(quick().ending(CALLEE, "completed")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.state, placed.status_word.as_str()), (ProviderState::Queued, "queued"));
    assert_eq!(placed.to.as_ref().map(|to| to.e164()), Some(CALLEE));
    assert_eq!(placed.reference, Some(plain_order().attempt.to_string()));
    let (every, at_most) =
        (std::time::Duration::from_millis(5), std::time::Duration::from_secs(20));
    let ended = provider.calls().wait(&placed.id, &SystemClock, every, at_most).await.unwrap();
    assert_eq!(ended.state, ProviderState::Ended(Outcome::Completed));
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
        (rule(Fault::answer(500, "internal_error")), unknown, 0),
        (rule(Fault::answer(500, "internal_error")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(503, "provider_unavailable")), unknown, 0),
        (rule(Fault::answer(409, "idempotency_conflict")), unknown, 0),
        (rule(Fault::answer(408, "x")), unknown, 0),
        (rule(Fault::answer(429, "rate_limit_exceeded")), LIMITED, 0),
        (rule(Fault::answer(429, "llm_token_budget_exceeded")), NO_CREDIT, 0),
        (rule(Fault::answer(402, "insufficient_balance")), NO_CREDIT, 0),
        (rule(Fault::answer(422, "invalid_phone")), EVERYONE, 0),
        (rule(Fault::answer(422, "something_new")), unknown, 0),
        (rule(Fault::answer(401, "unauthorized")), HERE, 0),
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
async fn every_refusal_of_the_provider_itself() {
    let rows = [
        ("recipient_blocked", EVERYONE),
        ("policy_violation", EVERYONE),
        ("invalid_recipient", EVERYONE),
        ("input_incomplete", EVERYONE),
        ("unsupported_region", HERE),
        ("unsupported_language", HERE),
        ("forbidden", HERE),
        ("insufficient_balance", NO_CREDIT),
        ("llm_token_budget_exceeded", NO_CREDIT),
        ("rate_limit_exceeded", LIMITED),
        ("account_concurrency_exceeded", LIMITED),
        ("account_concurrency_unavailable", Delivery::Unknown),
        ("llm_token_budget_unavailable", Delivery::Unknown),
        ("provider_unavailable", Delivery::Unknown),
    ];
    for (code, delivery) in rows {
        let (simulator, provider) = started(quick().refuse(CALLEE, code)).await;
        let refused = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(refused.delivery(), delivery, "{code}: {refused:?}");
        assert_eq!(refused.error().code(), Some(code));
        assert!(simulator.rings().is_empty(), "{code}");
    }
    let (simulator, provider) = started(quick()).await;
    simulator.revoke();
    let other = order(CallRequest::new("+12125550124", "Confirm"));
    let refused = provider.calls().place(&other).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::Unauthorized, HERE));
}

/// The answer is cut, so nobody knows the id. One repeat of the same request under its key is
/// answered with the first call, and the phone rings once.
#[tokio::test]
async fn a_lost_answer_is_settled_by_one_repeat_of_the_key() {
    let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(lost))).await;
    let first = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(first.delivery(), Delivery::Unknown);
    let found = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(found.is_empty(), "there is no list to look in");
    let again = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!(simulator.rings().count(CALLEE), 1);
    assert_eq!(again.id.as_str(), simulator.rings().rings()[0].call_id);
}

/// The webhook of the attempt's own address names the call as well.
#[tokio::test]
async fn a_lost_answer_is_settled_by_the_webhook() {
    let mut target = WebhookTarget::start().await;
    let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring);
    let config = quick().ending(CALLEE, "busy").faults(FaultScript::default().rule(lost));
    let (simulator, provider) = started(config).await;
    let order = plain_order().with(|order| order.webhook_url = Some(target.url().parse().unwrap()));
    assert_eq!(provider.calls().place(&order).await.unwrap_err().delivery(), Delivery::Unknown);
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let event = receiver.receive(&target.next().await).unwrap().remove(0);
    assert_eq!(event.reference, Some(order.attempt.to_string()));
    let found = provider.calls().get(event.call.as_ref().unwrap()).await.unwrap();
    assert_eq!(found.reference, Some(order.attempt.to_string()));
    assert_eq!(found.state, ProviderState::Ended(Outcome::Busy));
    assert_eq!(found.id.as_str(), simulator.rings().rings()[0].call_id);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_placed() {
    let rows = [
        (202, r#"{"error":{"code":"recipient_blocked","message":"no"}}"#),
        (202, r#"{"id":"","status":"queued"}"#),
        (202, r#"{"id":null}"#),
        (202, r#"{"id":["x"]}"#),
        (202, "{"),
        (202, "[]"),
        (200, "<html>Sorry</html>"),
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
async fn a_cut_refusal_proves_nothing_where_its_code_decides() {
    for (status, delivery) in [
        (400, Delivery::Unknown),
        (401, HERE),
        (402, Delivery::Unknown),
        (403, Delivery::Unknown),
        (422, Delivery::Unknown),
    ] {
        let body = r#"{"error":{"code":"unsupported_region","message":"no","details":{}}}"#;
        let (url, requests) = cut_server(status, body.to_owned()).await;
        let provider = CallE::new(config(KEY, &url)).unwrap();
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{status}: {error:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 1, "{status}: sent once");
    }
}
