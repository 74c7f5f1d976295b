//! What a placing request proves about the phone, whatever becomes of it.

use switchboard_core::{
    AttemptError, CallRequest, Delivery, ErrorKind, Outcome, PlaceError, Provider, ProviderState,
    Refusal, TrustedReasons,
};
use switchboard_testkit::{
    OverLimit,
    fault::{After, Fault, FaultScript, Rule},
};
use switchboard_vapi::Vapi;

use crate::support::{
    CALLEE, ID, KEY, Server, config, cut_server, order, plain_order, provider_at,
    sim::{account, over, quick, started},
};

const PATH: &str = "/call";
const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);

#[tokio::test]
async fn a_call_from_queued_to_its_end() {
    let (simulator, provider) = started(quick().ending(CALLEE, "customer-ended-call")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!((placed.state, placed.status_word.as_str()), (ProviderState::Queued, "queued"));
    assert_eq!(placed.to.as_ref().map(|to| to.e164()), Some(CALLEE));
    assert_eq!(placed.reference, Some(plain_order().attempt.to_string()));
    let ended = over(&provider, &placed.id).await;
    assert_eq!(ended.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(ended.reference, placed.reference);
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
        (rule(Fault::answer(520, "error")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(408, "error")), unknown, 0),
        (rule(Fault::answer(409, "error")), unknown, 0),
        (rule(Fault::answer(422, "error")), unknown, 0),
        (rule(Fault::answer(429, "error")), Delivery::Refused(Refusal::RateLimited), 0),
        (rule(Fault::answer(402, "error")), Delivery::Refused(Refusal::Quota), 0),
        (rule(Fault::answer(400, "error")), EVERYONE, 0),
        (rule(Fault::answer(401, "error")), HERE, 0),
        (rule(Fault::answer(403, "error")), HERE, 0),
        (rule(Fault::answer(404, "error")), HERE, 0),
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
    let config = quick()
        .refuse("+12125550120", "400: over a limit in words only")
        .refuse("+12125550121", "402")
        .refuse("+12125550122", "403")
        .refuse("+12125550123", "429");
    let (simulator, provider) = started(config).await;
    let rows = [
        ("+12125550120", ErrorKind::InvalidRequest, EVERYONE),
        ("+12125550121", ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
        ("+12125550122", ErrorKind::Forbidden, HERE),
        ("+12125550123", ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)),
    ];
    for (to, kind, delivery) in rows {
        let refused =
            provider.calls().place(&order(CallRequest::new(to, "Confirm"))).await.unwrap_err();
        assert_eq!(told(&refused), (kind, delivery), "{to}");
    }
    let other = || order(CallRequest::new("+12125550124", "Confirm"));
    let stranger = other().with(|order| order.agent = Some("nobody".into()));
    let refused = provider.calls().place(&stranger).await.unwrap_err();
    assert_eq!(told(&refused), (ErrorKind::NotFound, HERE));
    simulator.revoke();
    let refused = provider.calls().place(&other()).await.unwrap_err();
    assert_eq!(told(&refused), (ErrorKind::Unauthorized, HERE));
    assert!(simulator.rings().is_empty());
}

/// Over the limit of concurrent calls, a success may say that the call could not start. It is
/// accepted all the same, and only its record says what became of it.
#[tokio::test]
async fn a_blocked_call_is_placed_and_its_record_decides() {
    let never = quick().concurrency(0).over_limit(OverLimit::NeverDialled);
    let (simulator, _) = started(never).await;
    for (trusted, state) in [
        (TrustedReasons::default(), ProviderState::Ended(Outcome::Failed)),
        (TrustedReasons::documented(), ProviderState::NotDialled(Refusal::RateLimited)),
    ] {
        let mut config = account(&simulator);
        config.not_dialled = trusted;
        let provider = Vapi::new(config).unwrap();
        let placed = provider.calls().place(&plain_order()).await.unwrap();
        assert_eq!(placed.raw.value()["subscriptionLimits"]["concurrencyBlocked"], true);
        assert_eq!(over(&provider, &placed.id).await.state, state);
    }
    assert!(simulator.rings().is_empty());
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_placed_and_its_words_are_kept() {
    let rows = [
        (201, r#"{"error":"Bad","message":"no call for +1 (212) 555-0123"}"#, "no call for"),
        (201, r#"{"id":"","status":"queued"}"#, "no id"),
        (201, r#"{"id":null}"#, "no id"),
        (201, r#"{"id":["x"]}"#, "no id"),
        (201, r#"{"results":[],"errors":[]}"#, "no id"),
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
    let server = Server::answering(200, format!(r#"{{"id":"{ID}","status":"queued"}}"#)).await;
    provider_at(&server).calls().place(&plain_order()).await.unwrap();
}

fn told(error: &PlaceError) -> (ErrorKind, Delivery) {
    (error.kind(), error.delivery())
}

#[tokio::test]
async fn every_status_by_a_whole_body_and_by_a_cut_one() {
    use ErrorKind::{
        Forbidden, InvalidRequest, NotFound, Provider as Theirs, QuotaExceeded, Unauthorized,
    };
    let unknown = Delivery::Unknown;
    let quota = Delivery::Refused(Refusal::Quota);
    let limited = (ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited));
    let rows = [
        (400, (InvalidRequest, EVERYONE), (InvalidRequest, unknown)),
        (401, (Unauthorized, HERE), (Unauthorized, HERE)),
        (402, (QuotaExceeded, quota), (QuotaExceeded, unknown)),
        (403, (Forbidden, HERE), (Forbidden, unknown)),
        (404, (NotFound, HERE), (NotFound, HERE)),
        (409, (ErrorKind::Conflict, unknown), (ErrorKind::Conflict, unknown)),
        (418, (Theirs, unknown), (Theirs, unknown)),
        (422, (InvalidRequest, unknown), (InvalidRequest, unknown)),
        (429, limited, limited),
        (500, (Theirs, unknown), (Theirs, unknown)),
        (503, (Theirs, unknown), (Theirs, unknown)),
        (524, (Theirs, unknown), (Theirs, unknown)),
    ];
    for (status, whole, cut) in rows {
        let body = r#"{"message":"Say it in words","error":"Phrase","statusCode":1}"#;
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(told(&error), whole, "{status}");
        assert_eq!(error.error().status(), Some(status));
        assert!(error.error().message().contains("Say it in words"), "{error}");
        assert_eq!(server.asked().len(), 1, "{status}: sent once");

        let (url, requests) = cut_server(status, body.to_owned()).await;
        let provider = Vapi::new(config(KEY, &url)).unwrap();
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(told(&error), cut, "{status} cut: {error:?}");
        assert_eq!(requests.load(std::sync::atomic::Ordering::SeqCst), 1, "{status}: sent once");
    }
}
