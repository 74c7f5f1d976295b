//! What a placing request proves about the phone, whatever becomes of it.

use serde_json::json;
use switchboard_core::{
    AttemptError, CallRequest, Delivery, ErrorKind, Outcome, PlaceError, Provider, ProviderState,
    Refusal,
};
use switchboard_retell::Retell;
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};

use crate::support::{
    CALLEE, Server, config, cut_server, order, plain_order, provider_at,
    sim::{over, quick, started},
};

const PATH: &str = "/v2/create-phone-call";
const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);

#[tokio::test]
async fn a_call_from_registered_to_its_end() {
    let (simulator, provider) = started(quick().ending(CALLEE, "user_hangup")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.state, placed.status_word.as_str()), (ProviderState::Queued, "registered"));
    assert_eq!(placed.to.as_ref().map(|to| to.e164()), Some(CALLEE));
    assert_eq!(placed.reference, Some(plain_order().attempt.to_string()));
    let ended = over(&provider, &placed.id).await;
    assert_eq!(ended.state, ProviderState::Ended(Outcome::Completed));
    assert!(ended.cost.is_some() && ended.duration.is_some() && ended.created_at.is_some());
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
        (rule(Fault::answer(500, "error")), unknown, 0),
        (rule(Fault::answer(500, "error")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(502, "error")), unknown, 0),
        (rule(Fault::answer(503, "error")), unknown, 0),
        (rule(Fault::answer(504, "error")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(408, "error")), unknown, 0),
        (rule(Fault::answer(409, "error")), unknown, 0),
        (rule(Fault::answer(429, "error")), Delivery::Refused(Refusal::RateLimited), 0),
        (rule(Fault::answer(402, "error")), Delivery::Refused(Refusal::Quota), 0),
        (rule(Fault::answer(400, "error")), EVERYONE, 0),
        (rule(Fault::answer(401, "error")), HERE, 0),
        (rule(Fault::answer(422, "error")), HERE, 0),
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
    let contact = json!({"phone_number": CALLEE, "do_not_call": true});
    let request = provider.client().request(switchboard_retell::Method::Post, "/create-contact");
    request.unwrap().json(&contact).unwrap().send().await.unwrap();
    let refused = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(refused.delivery(), EVERYONE, "its contact is marked do-not-call");

    let other = || order(CallRequest::new("+12125550124", "Confirm"));
    let stranger = other().with(|order| order.agent = Some("agent_none".into()));
    let refused = provider.calls().place(&stranger).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::NotFound, HERE));
    simulator.revoke();
    let refused = provider.calls().place(&other()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::Unauthorized, HERE));
    assert!(simulator.rings().is_empty());

    let (broke, provider) = started(quick().credits(0)).await;
    let refused = provider.calls().place(&other()).await.unwrap_err();
    assert_eq!(refused.delivery(), Delivery::Refused(Refusal::Quota));
    assert!(broke.rings().is_empty());
}

#[tokio::test]
async fn a_repeat_under_the_same_key_rings_once() {
    let lost = Rule::on("POST", PATH, Fault::Reset).after(After::Ring).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(lost))).await;
    let first = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(first.delivery(), Delivery::Unknown);
    let again = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!(simulator.rings().count(CALLEE), 1);
    assert_eq!(again.id.as_str(), simulator.rings().rings()[0].call_id);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_placed_and_its_words_are_kept() {
    let rows = [
        (201, r#"{"status":"error","message":"no call for +1 (212) 555-0123"}"#, "no call for"),
        (201, r#"{"call_id":"","call_status":"registered"}"#, "no id"),
        (201, r#"{"call_id":null}"#, "no id"),
        (201, r#"{"call_id":["x"]}"#, "no id"),
        (201, "{", ""),
        (201, "[]", ""),
        (200, "<html>Sorry</html>", "Sorry"),
        (202, "", "no body"),
        (204, "", "no body"),
    ];
    for (status, body, words) in rows {
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Decode, Delivery::Placed),
            "{status} {body}"
        );
        let kept = AttemptError::from(error.error());
        assert!(kept.message.contains(words), "{body}: {}", kept.message);
        assert!(!kept.message.contains("555-0123"), "{}", kept.message);
        assert_eq!(server.asked().len(), 1);
    }
}

fn told(error: &PlaceError) -> (ErrorKind, Delivery) {
    (error.kind(), error.delivery())
}

#[tokio::test]
async fn every_status_by_a_whole_body_and_by_a_cut_one() {
    use ErrorKind::{InvalidRequest, NotFound, Provider as Theirs, QuotaExceeded, Unauthorized};
    let unknown = Delivery::Unknown;
    let quota = Delivery::Refused(Refusal::Quota);
    let limited = (ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited));
    let rows = [
        (400, (InvalidRequest, EVERYONE), (InvalidRequest, unknown)),
        (401, (Unauthorized, HERE), (Unauthorized, HERE)),
        (402, (QuotaExceeded, quota), (QuotaExceeded, unknown)),
        (403, (ErrorKind::Forbidden, unknown), (ErrorKind::Forbidden, unknown)),
        (404, (NotFound, HERE), (NotFound, HERE)),
        (409, (ErrorKind::Conflict, unknown), (ErrorKind::Conflict, unknown)),
        (418, (Theirs, unknown), (Theirs, unknown)),
        (422, (NotFound, HERE), (InvalidRequest, unknown)),
        (429, limited, limited),
        (500, (Theirs, unknown), (Theirs, unknown)),
        (503, (Theirs, unknown), (Theirs, unknown)),
    ];
    for (status, whole, cut) in rows {
        let body = r#"{"status":"error","message":"Say it in words"}"#;
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(told(&error), whole, "{status}");
        assert_eq!(error.error().status(), Some(status));
        assert!(error.error().message().contains("Say it in words"), "{error}");
        assert_eq!(server.asked().len(), 1, "{status}: sent once");

        let (url, requests) = cut_server(status, body.to_owned()).await;
        let provider = Retell::new(config(crate::support::KEY, &url)).unwrap();
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(told(&error), cut, "{status} cut: {error:?}");
        assert_eq!(requests.load(std::sync::atomic::Ordering::SeqCst), 1, "{status}: sent once");
    }
}
