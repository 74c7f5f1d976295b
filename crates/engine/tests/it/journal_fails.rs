//! What is not written down is not sent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard_core::{CallStatus, Error, ErrorKind, Proof, Trace};
use switchboard_journal::{Journal, state::Fact};

use crate::support::{
    Fake, Op, call, completed,
    fake::unknown,
    journal::{Meddle, Meddling},
    run, seconds, start_with, within,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Admitted,
    Intended,
    Claimed,
    Sent,
}

fn is(fact: &Fact, before: Before) -> bool {
    match before {
        Before::Admitted => matches!(fact, Fact::Admitted { .. }),
        Before::Intended => matches!(fact, Fact::Intended(_)),
        Before::Claimed => matches!(fact, Fact::Claimed(_)),
        Before::Sent => matches!(fact, Fact::Sent(_)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_stops_all_sending() {
    for before in [Before::Admitted, Before::Intended, Before::Claimed, Before::Sent] {
        let journal: Arc<dyn Journal> = Meddling::new(move |fact| {
            if is(fact, before) {
                Meddle::Fail(Error::new(ErrorKind::Journal, "the disk is full"))
            } else {
                Meddle::No
            }
        });
        let (router, logs) = start_with(
            vec![Fake::new("alpha").never_placing()],
            |_| {},
            |builder| builder.journal(journal),
        );
        router.submit(call(1)).await.unwrap();
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!(logs[0].count(Op::Place), 0, "{before:?}");
        let next = router.submit(call(2)).await.unwrap_err();
        assert_eq!(next.kind(), ErrorKind::Journal, "{before:?}: nothing is taken in any more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_could_not_be_written_down_is_looked_for_again() {
    let tries = Arc::new(AtomicUsize::new(0));
    let journal: Arc<dyn Journal> = {
        let tries = Arc::clone(&tries);
        Meddling::new(move |fact| {
            if matches!(fact, Fact::Traced(..)) && tries.fetch_add(1, Ordering::SeqCst) == 0 {
                return Meddle::Fail(
                    Error::new(ErrorKind::Conflict, "belongs to another call").with_code("owned"),
                );
            }
            Meddle::No
        })
    };
    let alpha = Fake::new("alpha")
        .placing(|_| Err(unknown()))
        .tracing(|_| Ok(vec![Trace { call: "a-1".into(), proof: Proof::NumberAndTask }]))
        .listing(|| vec![completed("alpha", "a-1")]);
    let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.journal(journal));
    let id = router.submit(call(1)).await.unwrap().id;
    let call = within(router.wait(id)).await.unwrap();
    assert_eq!((call.status, logs[0].count(Op::Place)), (CallStatus::Closed, 1));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_written_down_too_slowly_is_not_sent() {
    for before in [Before::Claimed, Before::Sent] {
        let journal: Arc<dyn Journal> =
            Meddling::new(
                move |fact| {
                    if is(fact, before) { Meddle::Delay(seconds(60)) } else { Meddle::No }
                },
            );
        let (router, logs) = start_with(
            vec![Fake::new("alpha").never_placing()],
            |_| {},
            |builder| builder.journal(journal),
        );
        let call = run(&router, call(1)).await;
        assert_eq!((call.status, logs[0].count(Op::Place)), (CallStatus::Refused, 0), "{before:?}");
        assert!(call.attempts.iter().all(|attempt| !attempt.state.is_live()));
    }
}
