//! From the text of a configuration to a call's end: the facade, the router, both backends, both
//! simulators.

use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use switchboard::{
    CallRequest, CallStatus, Delivery, ErrorKind, IncomingWebhook, Outcome, router::BreakerState,
};
use switchboard_testkit::{
    SimConfig,
    calls::{CallScript, Outcome as Ending},
};
use switchboard_tests::{
    Receiver, Sims, Which, callee, config, request,
    wait::{eventually, until, within},
};

/// A talk of 95 seconds, in a moment.
fn quick() -> SimConfig {
    let talk = CallScript::new(Ending::Completed)
        .ringing_for(Duration::from_secs(5))
        .talking_for(Duration::from_secs(95));
    SimConfig::default().seed(0).speed(1000.0).outcome(callee(0), talk)
}

fn tagged(n: usize, tag: &str) -> CallRequest {
    let mut request = request(n);
    request.tags = vec![tag.to_owned()];
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_call_from_its_request_to_its_bill() {
    let sims = Sims::start(quick(), quick()).await;
    let switchboard = config::start(config::router(&sims));

    for (to, code) in [("+1911", "emergency"), ("+19005550101", "premium")] {
        let error = switchboard.place(&CallRequest::new(to, "Say hello.")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::NumberNotAllowed, Some("to")),
            "{code}: {error}"
        );
    }
    assert!(sims.rings.is_empty() && sims.kaicalls.requests().is_empty());

    let plan = switchboard.plan(&request(0)).unwrap();
    let order: Vec<_> = plan.candidates.iter().map(|one| one.provider.as_str()).collect();
    assert_eq!(order, ["kaicalls", "kallyai"]);
    let estimated: Vec<_> =
        plan.candidates.iter().map(|one| one.estimated_cost.unwrap().to_string()).collect();
    assert!(estimated[0].contains("0.24") && estimated[1].contains("0.18"), "{estimated:?}");

    let placed = switchboard.place(&request(0)).await.unwrap();
    assert!(
        matches!(placed.status, CallStatus::InProgress | CallStatus::Closed),
        "{}",
        placed.status
    );
    assert_eq!(placed.provider.as_ref().unwrap().as_str(), "kaicalls");
    let over = within("the end of the call", switchboard.wait(placed.id)).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(over.duration, Some(Duration::from_secs(95)));
    assert!(over.summary.is_some());

    let transcript = switchboard.engine().transcript(over.id).await.unwrap();
    assert!(!transcript.entries.is_empty());
    let recording = switchboard.engine().recording(over.id).await.unwrap();
    assert!(recording.url.path().ends_with(".mp3"));
    let billed = eventually("the bill", || async {
        switchboard.engine().settle_costs().await.unwrap();
        Some(switchboard.get(over.id).await.unwrap()).filter(|call| call.cost.is_some())
    })
    .await;
    assert!(billed.cost.unwrap().to_string().contains("0.15"), "{:?}", billed.cost);
    assert!(billed.transcript.is_some() && billed.recording.is_some());
    let error = switchboard.engine().stop(over.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "KaiCalls documents no way to stop a call");
    assert_eq!(
        (sims.rings.len(), sims.posts(Which::KaiCalls), sims.posts(Which::KallyAi)),
        (1, 1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_call_from_its_request_to_its_bill() {
    let sims = Sims::start(quick(), quick()).await;
    let switchboard = config::start(config::router(&sims));
    let placed = switchboard.place(&tagged(0, "kallyai")).await.unwrap();
    let over = within("the end of the call", switchboard.wait(placed.id)).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(over.provider.as_ref().unwrap().as_str(), "kallyai");
    assert!(!switchboard.engine().transcript(over.id).await.unwrap().entries.is_empty());
    assert!(switchboard.engine().recording(over.id).await.unwrap().url.path().ends_with(".mp3"));
    // One credit for the call and a tenth for each of the two minutes begun, at 0.15 each.
    let billed = eventually("the bill", || async {
        switchboard.engine().settle_costs().await.unwrap();
        Some(switchboard.get(over.id).await.unwrap()).filter(|call| call.cost.is_some())
    })
    .await;
    assert!(billed.cost.unwrap().to_string().contains("0.18"), "{:?}", billed.cost);
    assert_eq!(
        (sims.rings.len(), sims.posts(Which::KaiCalls), sims.posts(Which::KallyAi)),
        (1, 0, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_ends_a_call_that_nobody_asks_about() {
    let sims = Sims::start(quick(), quick()).await;
    let receiver = Receiver::listen().await;
    let webhooks = config::webhooks(receiver.url(), "0123456789abcdef0123456789abcdef");
    let switchboard = config::start(
        config::router(&sims)
            .adjust(|policy| policy.timings.poll_every = Duration::from_secs(3600))
            .webhooks(webhooks),
    );
    receiver.serve(switchboard.engine());

    let placed = switchboard.place(&request(0)).await.unwrap();
    let over = within("the webhook", switchboard.wait(placed.id)).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(over.duration, Some(Duration::from_secs(95)));
    // The body is a hint: the call was read by its id, and no list was.
    let reads: Vec<_> =
        sims.kaicalls.requests().into_iter().filter(|one| one.method == "GET").collect();
    assert!(!reads.is_empty() && reads.iter().all(|one| one.query.contains("id=")), "{reads:?}");
    until("the receiver's answer", || {
        sims.kaicalls.webhook_attempts().iter().any(|one| one.status == Some(200))
    })
    .await;

    // An address that was not given out: another attempt, another time, another mac.
    let address = sims.kaicalls.webhook_attempts()[0].url.clone();
    let given_out = address.split_once("/hooks/v1/").unwrap().1;
    let (head, mac) = given_out.rsplit_once('.').unwrap();
    let turned: String = mac.chars().rev().collect();
    for path in [
        format!("{head}.{turned}"),
        format!("{head}."),
        given_out.replacen("kaicalls", "kallyai", 1),
        "kaicalls/x".to_owned(),
    ] {
        let webhook = IncomingWebhook {
            headers: Vec::new(),
            body: br#"{"event":"call.completed"}"#.to_vec(),
            received_at: Timestamp::now(),
        };
        let error = switchboard.engine().receive_webhook(&path, webhook).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(sims.rings.len(), 1);
}

/// A call of an hour at KallyAI, whose request is answered at its end: the list shows it before, so
/// that it can be stopped.
#[tokio::test]
async fn a_call_is_stopped_while_its_request_is_open() {
    let hour = CallScript::new(Ending::Completed).talking_for(Duration::from_secs(3600));
    let sims = Sims::start(SimConfig::default().seed(0).outcome(callee(0), hour), quick()).await;
    let switchboard = config::start(config::router(&sims));
    let placed = switchboard.place(&tagged(0, "kallyai")).await.unwrap();
    assert_eq!((placed.status, placed.outcome), (CallStatus::Attempting, None));
    within("the ring", sims.rings.wait_for_rings(1)).await;
    let error = switchboard.engine().stop(placed.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "its id is not known yet");

    // The list is looked at every quarter of a minute.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(20)).await;
    tokio::time::resume();
    eventually("the id", || async {
        switchboard.get(placed.id).await.unwrap().attempts[0].provider_call_id.clone()
    })
    .await;
    switchboard.engine().stop(placed.id).await.unwrap();
    let over = within("the end of the call", switchboard.wait(placed.id)).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::Cancelled)));
    assert_eq!(
        (sims.rings.len(), sims.posts(Which::KallyAi), sims.posts(Which::KaiCalls)),
        (1, 1, 0)
    );
}

/// A call that KallyAI holds in its queue is cancelled there, and one that waits for its window is
/// cancelled here.
#[tokio::test]
async fn a_call_is_cancelled_before_it_rings() {
    let queued = SimConfig::default().seed(0).queue(Duration::from_secs(1800));
    let sims = Sims::start(queued, quick()).await;
    let switchboard = config::start(config::router(&sims));
    let placed = switchboard.place(&tagged(0, "kallyai")).await.unwrap();
    within("the request", sims.kallyai.wait_for_requests("POST", Which::KallyAi.path(), 1)).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(20)).await;
    tokio::time::resume();
    eventually("the id", || async {
        switchboard.get(placed.id).await.unwrap().attempts[0].provider_call_id.clone()
    })
    .await;
    switchboard.engine().cancel(placed.id).await.unwrap();
    let over = within("the end of the call", switchboard.wait(placed.id)).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::Cancelled)));

    let mut later = request(1);
    later.not_before =
        Some(Timestamp::now().checked_add(Duration::from_secs(3600)).unwrap().to_string());
    let scheduled = switchboard.submit(&later).await.unwrap();
    switchboard.engine().cancel(scheduled.id).await.unwrap();
    let refused = within("the refusal", switchboard.wait(scheduled.id)).await.unwrap();
    assert_eq!((refused.status, refused.attempts.len()), (CallStatus::Refused, 0));
    assert!(sims.rings.is_empty());
    assert_eq!((sims.posts(Which::KallyAi), sims.posts(Which::KaiCalls)), (1, 0));
}

/// More calls in a minute than KaiCalls' documented limit: its share is 57, the rest goes to
/// KallyAI, and nobody is told to slow down.
#[tokio::test(flavor = "multi_thread")]
async fn seventy_calls_in_a_minute_keep_the_limit() {
    let sims = Sims::start(quick(), quick()).await;
    let switchboard = config::start(config::router(&sims));
    let calls = join_all((0..70).map(|n| {
        let switchboard = switchboard.clone();
        async move {
            let id = switchboard.submit(&request(n)).await.unwrap().id;
            within("the end of the call", switchboard.wait(id)).await.unwrap()
        }
    }))
    .await;
    let unfinished: Vec<_> = calls
        .iter()
        .filter(|call| call.status != CallStatus::Closed)
        .map(|call| &call.fault)
        .collect();
    assert!(unfinished.is_empty(), "{unfinished:?}");
    assert!(calls.iter().all(|call| call.attempts.len() == 1));
    assert_eq!((sims.posts(Which::KaiCalls), sims.posts(Which::KallyAi)), (57, 13));
    assert_eq!(sims.rings.len(), 70);
    assert!(sims.rings.duplicates().is_empty());
    let too_many =
        sims.kaicalls.requests().into_iter().filter(|one| one.status == Some(429)).count();
    assert_eq!(too_many, 0, "reads keep their limit as well");
}

/// KaiCalls goes away and comes back: failover with proof, then straight to the other, then a probe
/// that is a read, then back.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_walked_around_and_ended_by_a_read() {
    let sims = Sims::start(quick(), quick()).await;
    let switchboard = config::start(config::router(&sims));
    let run = async |n: usize| {
        let id = switchboard.submit(&request(n)).await.unwrap().id;
        let call = within("the end of the call", switchboard.wait(id)).await.unwrap();
        assert_eq!(call.status, CallStatus::Closed, "{:?}", call.fault);
        call.attempts.iter().map(|one| (one.provider.to_string(), one.delivery)).collect::<Vec<_>>()
    };
    let at = |which: Which, delivery| (which.id().to_owned(), Some(delivery));
    let breaker = || switchboard.engine().readings()[0].breaker;

    assert_eq!(run(0).await, [at(Which::KaiCalls, Delivery::Placed)]);
    sims.kaicalls.refuse_connections().await;
    let before = sims.kaicalls.requests().len();
    let unsent = at(Which::KaiCalls, Delivery::NotSent);
    assert_eq!(
        run(1).await,
        [unsent.clone(), unsent.clone(), unsent, at(Which::KallyAi, Delivery::Placed)]
    );
    assert!(matches!(breaker(), BreakerState::Open { .. }));
    for n in 2..5 {
        assert_eq!(run(n).await, [at(Which::KallyAi, Delivery::Placed)]);
    }
    sims.kaicalls.accept_connections().await;
    until("the breaker to close", || breaker() == BreakerState::Closed).await;
    let probes = sims.kaicalls.requests().split_off(before);
    assert!(!probes.is_empty() && probes.iter().all(|one| one.method == "GET"), "{probes:?}");
    assert_eq!(run(5).await, [at(Which::KaiCalls, Delivery::Placed)]);

    assert_eq!((sims.posts(Which::KaiCalls), sims.posts(Which::KallyAi)), (2, 4));
    assert_eq!(sims.rings.len(), 6);
    assert!(sims.rings.duplicates().is_empty());
}
