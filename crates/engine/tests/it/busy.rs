//! One callee, one call at a time; and windows in which a call may be made.

use switchboard_core::{CallStatus, ErrorKind, ProviderState, Refusal};
use switchboard_engine::WaitReason;
use switchboard_router::{BusyCallee, Match, Policy, Route};

use crate::support::{
    Fake, Op, call, completed, fake::refused, id, queued, report, request, run, seconds, start,
    start_with, valid, within,
};

fn route(busy_callee: BusyCallee) -> impl FnOnce(&mut Policy) {
    move |policy| {
        policy.routes.push(Route {
            name: "everything".to_owned(),
            when: Match::default(),
            providers: Vec::new(),
            strategy: None,
            busy_callee,
            failover_on_quota: false,
            facts: Default::default(),
        });
    }
}

/// The call in its list ends a minute after the test began.
fn talks_for_a_minute() -> Fake {
    let began = tokio::time::Instant::now();
    Fake::new("alpha")
        .placing_times(1, |_| Ok(queued("alpha", "a-1")))
        .placing(|_| Ok(completed("alpha", "a-2")))
        .listing(move || {
            vec![if began.elapsed() < seconds(60) {
                report("alpha", "a-1", ProviderState::InProgress)
            } else {
                completed("alpha", "a-1")
            }]
        })
}

fn another_task(n: u32) -> switchboard_core::ValidCall {
    let mut other = request(n);
    other.task = "Ask for a table for two.".to_owned();
    valid(other)
}

#[tokio::test(start_paused = true)]
async fn a_second_call_to_a_busy_callee_waits_its_turn() {
    let (router, logs) =
        start_with(vec![talks_for_a_minute()], route(BusyCallee::Wait), |builder| builder);
    within(router.place(call(1))).await.unwrap();
    let second = router.submit(another_task(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let reason = router.waits_for(second);
    assert!(matches!(reason, Some(WaitReason::CalleeBusy)), "{reason:?}");
    let second = within(router.wait(second)).await.unwrap();
    assert_eq!(second.status, CallStatus::Closed);
    assert!(router.waits_for(second.id).is_none(), "it waits no more");
    let placed = logs[0].when(Op::Place);
    assert!(placed[1] >= seconds(60) && placed[1] < seconds(70), "{placed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_second_call_to_a_busy_callee_is_refused_where_the_route_says_so() {
    let (router, logs) =
        start_with(vec![talks_for_a_minute()], route(BusyCallee::Refuse), |builder| builder);
    within(router.place(call(1))).await.unwrap();
    let second = run(&router, another_task(1)).await;
    assert_eq!(
        (second.status, second.fault.unwrap().kind),
        (CallStatus::Refused, ErrorKind::Conflict)
    );
    assert!(second.attempts.is_empty());
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn patience_with_a_busy_callee_ends() {
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![queued("alpha", "a-1")]);
    let (router, logs) = start(vec![alpha]);
    within(router.place(call(1))).await.unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(run(&router, another_task(1)).await.status, CallStatus::Refused);
    assert!(
        began.elapsed() >= seconds(119) && began.elapsed() < seconds(126),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn another_tenant_is_not_held_up() {
    let (router, logs) = start(vec![talks_for_a_minute()]);
    within(router.place(call(1))).await.unwrap();
    let mut theirs = request(1);
    theirs.tenant = Some("another".to_owned());
    assert_eq!(run(&router, valid(theirs)).await.status, CallStatus::Closed);
    assert!(logs[0].when(Op::Place)[1] < seconds(1));
}

#[tokio::test(start_paused = true)]
async fn of_ten_calls_to_one_callee_no_two_are_under_way_together() {
    let mut alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())));
    alpha.info.synchronous = true;
    alpha.place_takes = seconds(10);
    let (router, logs) = start(vec![alpha]);
    let mut ids = Vec::new();
    for n in 0..10 {
        let mut request = request(1);
        request.task = format!("Ask the question with the number {n}.");
        ids.push(router.submit(valid(request)).await.unwrap().id);
    }
    for id in ids {
        assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    let placed = logs[0].when(Op::Place);
    assert_eq!(placed.len(), 10);
    assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= seconds(10)), "{placed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_for_later_is_scheduled_and_made_in_its_window() {
    let alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = start(vec![alpha]);
    let mut later = request(1);
    later.not_before = Some("2026-03-02T10:00:00Z".to_owned());
    later.not_after = Some("2026-03-02T11:00:00Z".to_owned());

    let first = within(router.place(valid(later))).await.unwrap();
    assert_eq!(first.status, CallStatus::Scheduled);
    tokio::time::sleep(seconds(3599)).await;
    assert_eq!(logs[0].count(Op::Place), 0);
    assert_eq!(within(router.wait(first.id)).await.unwrap().status, CallStatus::Closed);
    let placed = logs[0].when(Op::Place);
    assert!(
        placed.len() == 1 && placed[0] >= seconds(3600) && placed[0] < seconds(3602),
        "{placed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_first_ends_the_call() {
    let alpha = Fake::new("alpha").placing(|_| {
        Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
            .map(|error| error.with_retry_after(seconds(30))))
    });
    let (router, logs) = start(vec![alpha]);
    let mut brief = request(1);
    brief.not_after = Some("2026-03-02T09:00:20Z".to_owned());
    let call = run(&router, valid(brief)).await;
    assert_eq!((call.status, logs[0].count(Op::Place)), (CallStatus::Refused, 1));
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_call_that_is_cancelled_is_never_made() {
    let (router, logs) = start(vec![Fake::new("alpha").never_placing()]);
    let mut later = request(1);
    later.not_before = Some("2026-03-02T10:00:00Z".to_owned());
    let first = within(router.place(valid(later))).await.unwrap();
    router.cancel(first.id).await.unwrap();
    tokio::time::sleep(seconds(7200)).await;
    assert_eq!(router.get(first.id).await.unwrap().status, CallStatus::Refused);
    assert_eq!(logs[0].count(Op::Place), 0);
}

#[tokio::test(start_paused = true)]
async fn a_route_that_nobody_serves_says_why() {
    let (router, logs) = start_with(
        vec![Fake::new("alpha").never_placing()],
        |policy| policy.providers[0].enabled = false,
        |builder| builder,
    );
    let call = run(&router, call(1)).await;
    let fault = call.fault.unwrap();
    assert_eq!((call.status, fault.kind), (CallStatus::Refused, ErrorKind::NoProvider));
    assert!(fault.message.contains("alpha: it is switched off"), "{}", fault.message);
    assert_eq!(logs[0].count(Op::Place), 0);
    assert!(router.provider(&id("alpha")).is_some());
}
