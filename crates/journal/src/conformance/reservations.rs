//! Slots and budgets: never more than there is, and given back by proof alone.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use switchboard_core::{
    AttemptId, CallId, CallStatus, Cost, Credits, Currency, Delivery, ErrorKind, Money, ProviderId,
    Refusal, Result,
};
use switchboard_router::{BudgetHold, Budgeted, RateSlot, Reservation, Scope};

use super::fixtures::{
    admitted, at, attempt, budgeted, failed, open, queued, rate_slot, record, request, write,
    write_intent,
};
use crate::{
    Journal,
    state::{Fact, Resolution, Verdict},
};

/// The `n`th call's attempt with these needs.
async fn take(
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

/// Ten millionths of a budget of so many.
fn ten_of(limit: i64) -> Reservation {
    Reservation {
        hold: Some(BudgetHold {
            amount: Money::from_micros(10, Currency::USD),
            budgets: vec![budgeted("all", limit)],
        }),
        ..Reservation::default()
    }
}

pub(super) async fn slots_are_given_back_only_where_nothing_was_sent(journal: Arc<dyn Journal>) {
    let slot = |limiter: &str| Reservation {
        rate_slots: vec![rate_slot(limiter, 3)],
        ..Reservation::default()
    };
    let mut taken = Vec::new();
    for n in 0..3 {
        taken.push(take(&journal, n, slot("alpha")).await.unwrap());
    }
    let full = |n: u32| {
        let journal = Arc::clone(&journal);
        async move {
            let full = take(&journal, n, slot("alpha")).await.unwrap_err();
            assert_eq!((full.kind(), full.code()), (ErrorKind::RateLimited, Some("rate_limited")));
            assert_eq!(full.field(), Some("alpha/place"), "which one is full");
            let wait = full.retry_after().unwrap();
            assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60), "{wait:?}");
        }
    };
    full(10).await;
    take(&journal, 11, slot("beta")).await.unwrap();
    let (call, tried) = taken[0];
    record(&journal, call, failed(tried, Delivery::Unknown)).await;
    full(12).await;
    record(&journal, call, Fact::Reconciling(tried)).await;
    record(&journal, call, failed(tried, Delivery::Refused(Refusal::RateLimited))).await;
    full(13).await;
    let (call, tried) = taken[1];
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    take(&journal, 14, slot("alpha")).await.unwrap();
    full(15).await;
}

pub(super) async fn budgets_are_never_overdrawn(journal: Arc<dyn Journal>) {
    let hold = |micros: i64, budgets: &[Budgeted]| Reservation {
        hold: Some(BudgetHold {
            amount: Money::from_micros(micros, Currency::USD),
            budgets: budgets.to_vec(),
        }),
        ..Reservation::default()
    };
    let day = || budgeted("day", 1_000_000);
    let tomorrow = Budgeted { period: at(86_400), ..day() };
    let (call, tried) = take(&journal, 0, hold(400_000, &[day()])).await.unwrap();
    let (silent, unsent) = take(&journal, 1, hold(400_000, &[day()])).await.unwrap();
    let over = take(&journal, 2, hold(200_001, &[day()])).await.unwrap_err();
    assert_eq!((over.kind(), over.code()), (ErrorKind::QuotaExceeded, Some("over_budget")));
    let words = format!(
        "the budget day of {} does not cover {} more",
        Money::from_micros(1_000_000, Currency::USD),
        Money::from_micros(200_001, Currency::USD)
    );
    assert_eq!(over.message(), words);
    take(&journal, 3, hold(1_000_000, &[tomorrow])).await.unwrap();
    take(&journal, 4, hold(200_000, &[budgeted("night", 200_000), day()])).await.unwrap();
    let full = take(&journal, 5, hold(1, &[day()])).await.unwrap_err();
    assert_eq!(full.code(), Some("over_budget"), "to the last millionth");

    let money = |micros: i64, currency| Some(Money::from_micros(micros, currency));
    let billed = |tried, money| Fact::Billed(tried, Cost::Credits(Credits::from_micros(1)), money);
    record(&journal, call, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    // A bill that tells no money, or other money, settles nothing.
    record(&journal, call, billed(tried, None)).await;
    record(&journal, call, billed(tried, money(1, Currency::EUR))).await;
    // And what was placed does not count as without a ring because a later report says so.
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    assert!(take(&journal, 6, hold(1, &[day()])).await.is_err());
    record(&journal, call, billed(tried, money(100_000, Currency::USD))).await;
    take(&journal, 7, hold(300_000, &[day()])).await.unwrap();
    assert!(take(&journal, 8, hold(1, &[day()])).await.is_err());
    // A second bill stands for the first.
    record(&journal, call, billed(tried, money(150_000, Currency::USD))).await;
    record(&journal, silent, failed(unsent, Delivery::NotSent)).await;
    record(&journal, silent, failed(unsent, Delivery::NotSent)).await;
    take(&journal, 9, hold(350_000, &[day()])).await.unwrap();
    assert!(take(&journal, 10, hold(1, &[day()])).await.is_err(), "released once");
}

pub(super) async fn holds_are_released_by_proof_alone(journal: Arc<dyn Journal>) {
    let all = || ten_of(10);
    let resolved = |verdict| Resolution {
        verdict,
        call: None,
        by: "an operator".to_owned(),
        note: "the provider says so".to_owned(),
    };
    let (call, tried) = take(&journal, 0, all()).await.unwrap();
    for fact in [failed(tried, Delivery::Unknown), Fact::Reconciling(tried)] {
        record(&journal, call, fact).await;
        journal.take_over(at(1_000_000)).await.unwrap();
    }
    assert!(take(&journal, 1, all()).await.is_err(), "who may have rung may cost something");
    record(&journal, call, Fact::Resolved(tried, resolved(Verdict::NotPlaced))).await;
    let (call, tried) = take(&journal, 2, all()).await.unwrap();
    record(&journal, call, failed(tried, Delivery::Refused(Refusal::ThisProvider))).await;
    let (call, tried) = take(&journal, 3, all()).await.unwrap();
    record(&journal, call, failed(tried, Delivery::Unknown)).await;
    record(&journal, call, Fact::AssumedNotPlaced(tried)).await;
    // What is given back in a write is there for the next one: the new attempt comes first.
    let (call, tried) = take(&journal, 4, all()).await.unwrap();
    let next = attempt("beta");
    let last = next.id;
    let facts = vec![
        failed(tried, Delivery::NotSent),
        Fact::Intended(Box::new(next)),
        Fact::Claimed(last),
        Fact::Sent(last),
    ];
    let over = write(&journal, call, facts, all()).await.unwrap_err();
    assert_eq!(over.code(), Some("over_budget"));
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    take(&journal, 5, all()).await.unwrap();
}

pub(super) async fn an_attempt_holds_its_share_once(journal: Arc<dyn Journal>) {
    let share = || ten_of(25);
    let (call, tried) = take(&journal, 0, share()).await.unwrap();
    let again =
        write(&journal, call, vec![failed(tried, Delivery::Unknown)], share()).await.unwrap_err();
    assert_eq!(again.code(), Some("hold_exists"));
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!(kept.status, CallStatus::Attempting, "nothing of it is written down");
    take(&journal, 1, share()).await.unwrap();
}

/// For journals that count slots by the time that they are given.
pub(super) async fn a_window_slides(journal: Arc<dyn Journal>) {
    let need = |limiter: &str, limit| RateSlot {
        scope: Scope::Placing(ProviderId::new(limiter.to_owned())),
        limit,
        window: Duration::from_secs(60),
    };
    let mut n = 0;
    let mut ask = |limiter: &'static str, limit: u32, after: u64| {
        n += 1;
        let (journal, person) = (Arc::clone(&journal), n);
        let reservation =
            Reservation { rate_slots: vec![need(limiter, limit)], ..Reservation::default() };
        async move {
            let call = open(&journal, request(person), 0).await;
            let one = attempt("alpha");
            let facts = vec![
                admitted(),
                Fact::Intended(Box::new(one.clone())),
                Fact::Claimed(one.id),
                Fact::Sent(one.id),
            ];
            let write = crate::Write { facts, reservation };
            let taken = journal.write(call, write, at(after)).await;
            taken.map(|_| ()).map_err(|error| {
                assert_eq!(error.code(), Some("rate_limited"));
                error.retry_after().unwrap().as_secs()
            })
        }
    };
    for (after, expected) in [
        (0, Ok(())),
        (30, Ok(())),
        (59, Err(1)),
        (60, Ok(())),
        (61, Err(29)),
        // A clock that jumps back does not find what was free then.
        (40, Err(30)),
        (89, Err(1)),
        (90, Ok(())),
    ] {
        let taken = ask("two", 2, after).await;
        match (after, taken, expected) {
            // What a journal takes for now after a jump is its own; that nothing is free is not.
            (40, Err(wait), _) => assert!((1..=30).contains(&wait)),
            (_, taken, expected) => assert_eq!(taken, expected, "after {after} s"),
        }
    }
    assert!(ask("none", 0, 0).await.is_err());

    // Any times: no window ever holds more.
    let (mut now, mut seed, mut taken) = (1_000_u64, 7_u64, Vec::new());
    for _ in 0..120 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        now = (now + (seed >> 33) % 31).saturating_sub(if (seed >> 20).is_multiple_of(13) {
            90
        } else {
            0
        });
        if ask("any", 3, now).await.is_ok() {
            // What is behind the last one counts as taken with it.
            taken.push(taken.last().map_or(now, |last: &u64| now.max(*last)));
        }
    }
    assert!(taken.len() > 20);
    for (place, end) in taken.iter().enumerate() {
        let within = taken[..=place].iter().filter(|then| **then + 60 > *end);
        assert!(within.count() <= 3, "{taken:?}");
    }
}
