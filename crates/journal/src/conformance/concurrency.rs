//! Concurrency slots: never more calls in progress than the limit, and a slot released by the end
//! of its call, by proof or by its own time.

#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use switchboard_core::{
    AttemptId, CallId, Delivery, ErrorKind, Outcome, ProviderState, Refusal, Result,
};
use switchboard_router::{ConcurrencySlot, Reservation};

use super::fixtures::{
    Pair, admitted, at, attempt, completed, concurrency_slot, failed, fault, open, queued, record,
    report, request, write, write_intent,
};
use crate::{
    Journal, Write,
    state::{Fact, Resolution, Verdict},
};

fn concurrency(slots: Vec<ConcurrencySlot>) -> Reservation {
    Reservation { concurrency_slots: slots, ..Reservation::default() }
}

/// The `n`th call's attempt, under way with these needs.
async fn enter(
    journal: &Arc<dyn Journal>,
    n: u32,
    reservation: Reservation,
) -> Result<(CallId, AttemptId)> {
    let call = open(journal, request(n), 0).await;
    record(journal, call, admitted()).await;
    let one = attempt("alpha");
    let tried = one.id;
    write_intent(journal, call, one, reservation).await.map(|_| (call, tried))
}

/// One concurrency slot, and another call that asks for it after each fact: only the last one frees
/// it.
async fn held_until_the_last(
    journal: &Arc<dyn Journal>,
    n: u32,
    facts: impl FnOnce(AttemptId) -> Vec<Fact>,
) {
    let one = || concurrency(vec![concurrency_slot("alpha", 1)]);
    let (call, tried) = enter(journal, n, one()).await.unwrap();
    let facts = facts(tried);
    let last = facts.len();
    for (step, fact) in (1..).zip(facts) {
        let name = format!("{fact:?}");
        record(journal, call, fact).await;
        let other = open(journal, request(n + step as u32), 0).await;
        record(journal, other, admitted()).await;
        let next = attempt("alpha");
        let tried = next.id;
        let entered = write_intent(journal, other, next, one()).await;
        assert_eq!(entered.is_ok(), step == last, "after {name}");
        if entered.is_ok() {
            record(journal, other, failed(tried, Delivery::NotSent)).await;
        }
    }
}

pub(super) async fn a_slot_is_kept_until_the_call_is_over(journal: Arc<dyn Journal>) {
    let ended = |theirs: &str, outcome| {
        Fact::Reported(Box::new(report("alpha", theirs, ProviderState::Ended(outcome))))
    };
    let answered = |tried, theirs: &str| Fact::Answered(tried, Box::new(queued("alpha", theirs)));
    held_until_the_last(&journal, 0, |tried| vec![failed(tried, Delivery::NotSent)]).await;
    held_until_the_last(&journal, 10, |tried| {
        vec![failed(tried, Delivery::Refused(Refusal::ThisProvider))]
    })
    .await;
    held_until_the_last(&journal, 20, |tried| {
        vec![answered(tried, "a-1"), Fact::Overdue, ended("a-1", Outcome::Completed)]
    })
    .await;
    held_until_the_last(&journal, 30, |tried| {
        vec![
            failed(tried, Delivery::Unknown),
            Fact::Reconciling(tried),
            Fact::AssumedNotPlaced(tried),
        ]
    })
    .await;
    let silent = Resolution {
        verdict: Verdict::NotPlaced,
        call: None,
        by: "an operator".to_owned(),
        note: "the provider says so".to_owned(),
    };
    held_until_the_last(&journal, 40, |tried| {
        vec![
            failed(tried, Delivery::Unknown),
            Fact::Reconciling(tried),
            Fact::GaveUp(fault()),
            Fact::Resolved(tried, silent),
        ]
    })
    .await;
    // The answer may come with the end.
    held_until_the_last(&journal, 50, |tried| {
        vec![Fact::Answered(tried, Box::new(completed("alpha", "a-2")))]
    })
    .await;
    held_until_the_last(&journal, 70, |tried| {
        let state = ProviderState::NotDialled(Refusal::ThisProvider);
        vec![
            answered(tried, "a-4"),
            Fact::NotDialled(tried, Box::new(report("alpha", "a-4", state))),
        ]
    })
    .await;
    // A ring is over although its call is not.
    let (call, tried) =
        enter(&journal, 60, concurrency(vec![concurrency_slot("alpha", 1)])).await.unwrap();
    for fact in
        [answered(tried, "a-3"), ended("a-3", Outcome::NoAnswer), Fact::Redialled(tried, at(600))]
    {
        record(&journal, call, fact).await;
    }
    enter(&journal, 61, concurrency(vec![concurrency_slot("alpha", 1)])).await.unwrap();
}

pub(super) async fn no_more_calls_are_in_progress_than_there_are_slots(journal: Arc<dyn Journal>) {
    let (wide, narrow) = (|| concurrency_slot("alpha", 2), || concurrency_slot("alpha/agent/a", 1));
    let (first, tried) = enter(&journal, 0, concurrency(vec![wide(), narrow()])).await.unwrap();
    // What is refused takes nothing: the second slot of `alpha` is still free.
    let full = enter(&journal, 1, concurrency(vec![wide(), narrow()])).await.unwrap_err();
    assert_eq!((full.kind(), full.code()), (ErrorKind::RateLimited, Some("concurrency_full")));
    assert_eq!(full.field(), Some("alpha/agent/a"), "which one is full");
    assert_eq!(full.message(), "alpha/agent/a has 1 calls under way, the most that are allowed");
    let wait = full.retry_after().unwrap();
    assert!(wait > Duration::from_secs(3_500) && wait <= Duration::from_secs(3_600), "{wait:?}");
    enter(&journal, 2, concurrency(vec![wide()])).await.unwrap();
    for n in 3..6 {
        assert_eq!(
            enter(&journal, n, concurrency(vec![wide()])).await.unwrap_err().code(),
            Some("concurrency_full")
        );
    }
    enter(&journal, 6, concurrency(vec![concurrency_slot("beta", 1)])).await.unwrap();
    assert!(
        enter(&journal, 7, concurrency(vec![concurrency_slot("gamma", 0)])).await.is_err(),
        "none is none"
    );
    // A limit that is lowered lets nobody in until enough have gone, and one that is raised lets in
    // at once.
    enter(&journal, 8, concurrency(vec![concurrency_slot("alpha", 3)])).await.unwrap();
    record(&journal, first, failed(tried, Delivery::NotSent)).await;
    assert!(enter(&journal, 9, concurrency(vec![wide()])).await.is_err());
    enter(&journal, 10, concurrency(vec![concurrency_slot("alpha", 3), narrow()])).await.unwrap();
}

pub(super) async fn what_a_write_gives_back_is_there_for_the_next(journal: Arc<dyn Journal>) {
    let one = || concurrency(vec![concurrency_slot("alpha", 1)]);
    let (call, tried) = enter(&journal, 0, one()).await.unwrap();
    let next = attempt("beta");
    let last = next.id;
    let facts = vec![
        failed(tried, Delivery::NotSent),
        Fact::Intended(Box::new(next)),
        Fact::Claimed(last),
        Fact::Sent(last),
    ];
    let full = write(&journal, call, facts, one()).await.unwrap_err();
    assert_eq!(full.code(), Some("concurrency_full"));
    // What comes and goes in one write leaves nothing behind.
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    let brief = attempt("beta");
    let facts =
        vec![Fact::Claimed(brief.id), Fact::Sent(brief.id), failed(brief.id, Delivery::NotSent)];
    let facts = std::iter::once(Fact::Intended(Box::new(brief))).chain(facts).collect();
    write(&journal, call, facts, one()).await.unwrap();
    enter(&journal, 1, one()).await.unwrap();
}

pub(super) async fn a_slot_has_an_end_of_its_own(journal: Arc<dyn Journal>) {
    let until = |after| ConcurrencySlot { until: at(after), ..concurrency_slot("alpha", 1) };
    // The facts are of the first second: by then it is over.
    enter(&journal, 0, concurrency(vec![until(1)])).await.unwrap();
    enter(&journal, 1, concurrency(vec![until(3_600)])).await.unwrap();
    assert!(enter(&journal, 2, concurrency(vec![until(7_200)])).await.is_err());
}

/// For journals that go by the time that they are given.
pub(super) async fn a_slot_ends_at_its_own_time(journal: Arc<dyn Journal>) {
    let ask = |n: u32, after: u64, lasts: u64| {
        let journal = Arc::clone(&journal);
        async move {
            let call = open(&journal, request(n), 0).await;
            let one = attempt("alpha");
            let facts = vec![
                admitted(),
                Fact::Intended(Box::new(one.clone())),
                Fact::Claimed(one.id),
                Fact::Sent(one.id),
            ];
            let reservation = concurrency(vec![ConcurrencySlot {
                until: at(after + lasts),
                ..concurrency_slot("alpha", 2)
            }]);
            let entered = journal.write(call, Write { facts, reservation }, at(after)).await;
            entered.map(|_| ()).map_err(|error| error.retry_after().unwrap().as_secs())
        }
    };
    for (n, after, lasts, expected) in [
        (0, 0, 100, Ok(())),
        (1, 10, 30, Ok(())),
        (2, 20, 5, Err(20)),
        (3, 39, 5, Err(1)),
        (4, 40, 10, Ok(())),
        (5, 49, 10, Err(1)),
        (6, 50, 100, Ok(())),
        (7, 99, 1, Err(1)),
        (8, 100, 1, Ok(())),
    ] {
        assert_eq!(ask(n, after, lasts).await, expected, "after {after} s");
    }
}

pub(super) async fn slots_are_shared_and_outlive_their_process((one, other, gone): Pair) {
    for journal in [&one, &other] {
        journal.beat(at(0)).await.unwrap();
    }
    let reservation = || concurrency(vec![concurrency_slot("alpha", 2)]);
    let (call, tried) = enter(&one, 0, reservation()).await.unwrap();
    enter(&other, 1, reservation()).await.unwrap();
    for (n, journal) in [(2, &one), (3, &other)] {
        assert_eq!(
            enter(journal, n, reservation()).await.unwrap_err().code(),
            Some("concurrency_full")
        );
    }
    gone.await;
    let taken = other.take_over(at(1)).await.unwrap();
    assert!(taken.iter().any(|taken| taken.id == call));
    assert!(
        enter(&other, 4, reservation()).await.is_err(),
        "the phone may still be in somebody's hand"
    );
    record(&other, call, failed(tried, Delivery::NotSent)).await;
    enter(&other, 5, reservation()).await.unwrap();
}

/// More calls than there are slots, through all of these at once, each of which ends after a while:
/// never more are in progress than the limit, and no slot is lost.
///
/// # Panics
/// Where the journals let too many in, or too few.
pub async fn crowd(journals: &[Arc<dyn Journal>]) {
    const SLOTS: u32 = 5;
    let inside = Arc::new(AtomicU32::new(0));
    let visits = (0..60_u32).map(|n| {
        let (journal, inside) =
            (Arc::clone(&journals[n as usize % journals.len()]), Arc::clone(&inside));
        async move {
            // In either order, so that two stand in each other's way.
            let mut reservation = vec![
                concurrency_slot("alpha", SLOTS),
                concurrency_slot("tenant/default", SLOTS + 3),
            ];
            if n % 2 == 0 {
                reservation.reverse();
            }
            match enter(&journal, n, concurrency(reservation)).await {
                Ok((call, tried)) => {
                    let now = 1 + inside.fetch_add(1, Ordering::SeqCst);
                    assert!(now <= SLOTS, "{now} are under way");
                    inside.fetch_sub(1, Ordering::SeqCst);
                    let end = match n % 3 {
                        0 => failed(tried, Delivery::NotSent),
                        1 => failed(tried, Delivery::Refused(Refusal::ThisProvider)),
                        _ => Fact::Answered(tried, Box::new(completed("alpha", &format!("a-{n}")))),
                    };
                    record(&journal, call, end).await;
                    true
                }
                Err(error) => {
                    assert_eq!(error.code(), Some("concurrency_full"), "{error:?}");
                    false
                }
            }
        }
    });
    let entered = join_all(visits).await.into_iter().filter(|entered| *entered).count();
    assert!(entered >= SLOTS as usize, "{entered}");
    let mut left = 0;
    for n in 0..2 * SLOTS {
        let journal = &journals[n as usize % journals.len()];
        left += u32::from(
            enter(journal, 1_000 + n, concurrency(vec![concurrency_slot("alpha", SLOTS)]))
                .await
                .is_ok(),
        );
    }
    assert_eq!(left, SLOTS, "every slot is free again");
}
