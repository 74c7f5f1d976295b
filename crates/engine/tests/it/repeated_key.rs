//! An attempt in doubt is repeated once under its key, where the provider documents that this places no
//! second call.

use std::{sync::Arc, time::Duration};

use switchboard_core::{
    AttemptState, CallStatus, Clock, ErrorKind, Idempotency, Outcome, PlaceError, ProviderCall,
    Refusal, Replay,
};
use switchboard_journal::{OptOut, OptOutSource, People as _, state::Fact};

use crate::support::{
    Fake, Op, call,
    clock::Set,
    completed,
    fake::{refused, unknown},
    journal::{Meddle, Meddling},
    process::{books, clock},
    request, run, seconds, start, start_with, valid, within,
};

/// A provider whose keys live so long. The first request is in doubt, and the next ones are answered
/// so.
fn keeping(
    lives: Duration,
    again: impl Fn() -> Result<ProviderCall, PlaceError> + Send + 'static,
) -> Fake {
    let mut fake =
        Fake::new("alpha").placing_times(1, |_| Err(unknown())).placing(move |_| again());
    fake.info.idempotency = Idempotency::Documented { lives, replay: Replay::FirstAnswer };
    fake
}

#[tokio::test(start_paused = true)]
async fn the_same_request_is_sent_once_more_and_its_answer_settles_the_doubt() {
    let alpha = keeping(seconds(3600), || Ok(completed("alpha", "a-1")));
    let (router, logs) = start(vec![alpha, Fake::new("beta")]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (2, 0));
    let (orders, tried) = (logs[0].orders(), &call.attempts[0]);
    assert_eq!(orders[0].attempt, orders[1].attempt);
    assert_eq!(orders[0].idempotency_key, orders[1].idempotency_key);
    assert_eq!(format!("{:?}", orders[0]), format!("{:?}", orders[1]));
    assert_eq!((call.attempts.len(), tried.state), (1, AttemptState::Placed));
    assert!(tried.repeated_at.is_some(), "written down before it was sent");
    assert!(logs[0].count(Op::Trace) >= 1, "a read comes first");
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_the_repeat_that_is_none_proves_nothing_about_the_first() {
    for refusal in [Refusal::ThisProvider, Refusal::RateLimited, Refusal::Everyone] {
        let alpha = keeping(seconds(3600), move || Err(refused(ErrorKind::Forbidden, refusal)));
        let (router, logs) = start(vec![alpha, Fake::new("beta")]);
        let call = run(&router, call(1)).await;
        assert_eq!(call.status, CallStatus::Indeterminate, "{refusal:?}");
        assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (2, 0), "{refusal:?}");
        assert!(call.attempts[0].repeated_at.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_repeated_without_a_documented_key_or_late_in_its_life() {
    let mut undocumented = keeping(seconds(3600), || Ok(completed("alpha", "a-1")));
    undocumented.info.idempotency = Idempotency::Undocumented;
    // Half of the key's life is over when the request has failed.
    let mut late = keeping(seconds(240), || Ok(completed("alpha", "a-1")));
    late.place_takes = seconds(121);
    // A repeat could arrive when the provider has forgotten the key, however soon it leaves.
    let short = keeping(seconds(239), || Ok(completed("alpha", "a-1")));
    for alpha in [undocumented, late, short] {
        let (router, logs) = start(vec![alpha]);
        let call = run(&router, call(1)).await;
        assert_eq!(call.status, CallStatus::Indeterminate);
        assert_eq!((logs[0].count(Op::Place), call.attempts[0].repeated_at), (1, None));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_opted_out_meanwhile_is_not_rung_by_a_repeat() {
    let alpha = keeping(seconds(3600), || Ok(completed("alpha", "a-1")));
    let journal = books();
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.journal(journal.clone()));
    let wanted = valid(request(1));
    let placed = router.submit(wanted.clone()).await.unwrap();
    // The first request is in doubt, and the first read has not come.
    tokio::time::sleep(seconds(1)).await;
    let asked = OptOut::new(OptOutSource::Operator, "somebody", placed.created_at);
    journal.opt_out(&wanted.to, &asked).await.unwrap();
    let call = router.wait(placed.id).await.unwrap();
    assert_eq!(call.status, CallStatus::Indeterminate);
    assert_eq!((logs[0].count(Op::Place), call.attempts[0].repeated_at), (1, None));
}

#[tokio::test(start_paused = true)]
async fn the_time_between_the_last_look_at_the_key_and_the_first_byte_counts() {
    // The request fails after 112 seconds, the first read comes two seconds later, and the journal takes
    // seven to write that the request is repeated: half of a life of 240 seconds is over when it is written.
    for (lives, places) in [(240, 1), (250, 2)] {
        let journal = Meddling::new(|fact| match fact {
            Fact::Repeated(_) => Meddle::Delay(seconds(7)),
            _ => Meddle::No,
        });
        let mut alpha = keeping(seconds(lives), || Ok(completed("alpha", "a-1")));
        alpha.place_takes = seconds(112);
        let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.journal(journal));
        let call = run(&router, call(1)).await;
        assert_eq!(logs[0].count(Op::Place), places, "a life of {lives} s");
        // What may have been sent is doubted: it was written that it would be.
        assert!(call.attempts[0].repeated_at.is_some());
    }
}

/// How often a request is sent whose key lives for four minutes, and whose answer takes so long, if the wall
/// clock is changed by this many seconds, so long after the request left.
async fn sent_after_a_change(answer: Duration, after: Duration, by: i64) -> usize {
    let mut alpha = keeping(seconds(240), || Ok(completed("alpha", "a-1")));
    alpha.place_takes = answer;
    let true_clock: Arc<dyn Clock> = clock();
    let wall = Set::new(&true_clock, 0);
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.clock(Arc::clone(&wall) as _));
    let placed = router.submit(call(1)).await.unwrap();
    tokio::time::sleep(after).await;
    wall.set(by);
    within(router.wait(placed.id)).await.unwrap();
    logs[0].count(Op::Place)
}

#[tokio::test(start_paused = true)]
async fn no_change_of_the_wall_clock_makes_a_key_younger() {
    assert_eq!(sent_after_a_change(seconds(121), seconds(10), -3600).await, 1, "set back");
    // As where the machine slept, and its other clock stood still.
    assert_eq!(sent_after_a_change(seconds(0), seconds(1), 3600).await, 1, "it slept");
    assert_eq!(sent_after_a_change(seconds(0), seconds(1), -3600).await, 2, "young all the same");
}
