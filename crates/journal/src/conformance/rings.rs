//! How often a phone rings, by whose wish, and what it costs.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{
    Attempt, AttemptId, AttemptState, CallId, CallStatus, Cost, Credits, Currency, Delivery,
    ErrorKind, Money, Outcome, ProviderId, ProviderState, TenantId,
};

use super::fixtures::{
    admitted, at, attempt, failed, in_doubt, open, queued, record, report, request, send, valid,
};
use crate::{Journal, JournalExt, state::Fact};

fn unanswered(theirs: &str) -> Fact {
    Fact::Reported(Box::new(report("alpha", theirs, ProviderState::Ended(Outcome::NoAnswer))))
}

/// A call that rang once and nobody took it.
async fn rang(journal: &Arc<dyn Journal>, n: u32, theirs: &str) -> (CallId, AttemptId) {
    let call = open(journal, request(n), 0).await;
    let tried = send(journal, call).await;
    record(journal, call, Fact::Answered(tried, Box::new(queued("alpha", theirs)))).await;
    record(journal, call, unanswered(theirs)).await;
    (call, tried)
}

fn ring(ring: u32) -> Attempt {
    attempt("alpha").with(|attempt| attempt.ring = ring)
}

pub(super) async fn rings_are_counted_by_person_tenant_and_time(journal: Arc<dyn Journal>) {
    let person = valid(&request(1)).to;
    let tenant = TenantId::default();
    let counted = |since| {
        let (journal, tenant) = (Arc::clone(&journal), tenant.clone());
        async move { journal.rings(&tenant, &person, at(since)).await.unwrap() }
    };
    assert_eq!(counted(0).await, 0);
    rang(&journal, 1, "a-1").await;
    in_doubt(&journal, 2, attempt("alpha")).await;
    assert_eq!(
        (counted(0).await, counted(1).await, counted(2).await),
        (1, 1, 0),
        "it was sent at the first second"
    );
    let silent = request(1).with(|call| call.task = "another".to_owned());
    let silent = open(&journal, silent, 0).await;
    let tried = send(&journal, silent).await;
    assert_eq!(counted(0).await, 2, "who is asked may ring");
    record(&journal, silent, failed(tried, Delivery::NotSent)).await;
    assert_eq!(counted(0).await, 1, "an attempt with proof that no phone rang does not count");
    record(&journal, silent, Fact::Intended(Box::new(attempt("alpha")))).await;
    assert_eq!(counted(0).await, 1, "nor what was not sent");
    let theirs = request(1).with(|call| call.tenant = Some("another".to_owned()));
    let theirs = open(&journal, theirs, 0).await;
    send(&journal, theirs).await;
    assert_eq!(counted(0).await, 1, "a tenant's rings are its own");
    assert_eq!(journal.rings(&"another".into(), &person, at(0)).await.unwrap(), 1);
}

pub(super) async fn a_second_ring_waits_for_the_end_of_the_first(journal: Arc<dyn Journal>) {
    let call = open(&journal, request(1), 0).await;
    let first = send(&journal, call).await;
    for fact in [Fact::Redialled(first, at(600)), Fact::Intended(Box::new(ring(1)))] {
        let early = journal.record(call, fact, at(2)).await.unwrap_err();
        assert_eq!(early.kind(), ErrorKind::Conflict, "the first may still ring");
    }
    record(&journal, call, Fact::Answered(first, Box::new(queued("alpha", "a-1")))).await;
    assert!(journal.record(call, Fact::Redialled(first, at(600)), at(2)).await.is_err());
    record(&journal, call, unanswered("a-1")).await;
    let other = open(&journal, request(1).with(|call| call.task = "another".to_owned()), 0).await;
    let waits = record(&journal, call, Fact::Redialled(first, at(600))).await;
    assert_eq!(
        (waits.status, waits.redial_at, waits.outcome),
        (CallStatus::Scheduled, Some(at(600)), None)
    );
    assert_eq!(journal.get(call).await.unwrap().unwrap(), waits);
    // Between two rings the person is free for other calls, and has to be free for the second.
    record(&journal, other, admitted()).await;
    let busy = journal.record(call, admitted(), at(601)).await.unwrap_err();
    assert_eq!(busy.code(), Some("callee_busy"));
    record(&journal, other, Fact::Refused(super::fault())).await;

    record(&journal, call, admitted()).await;
    let next = ring(1);
    let second = next.id;
    for fact in [Fact::Intended(Box::new(next)), Fact::Claimed(second), Fact::Sent(second)] {
        record(&journal, call, fact).await;
    }
    // What is still said of the first ring says nothing of the second.
    let late = record(&journal, call, unanswered("a-1")).await;
    assert_eq!((late.status, late.provider_call_id), (CallStatus::Attempting, None));
    let now =
        record(&journal, call, Fact::Answered(second, Box::new(queued("alpha", "a-2")))).await;
    let states: Vec<_> =
        now.attempts.iter().map(|one| (one.ring, one.state, one.outcome)).collect();
    assert_eq!(
        states,
        [(0, AttemptState::Placed, Some(Outcome::NoAnswer)), (1, AttemptState::Placed, None)]
    );
    let alpha = ProviderId::from_static("alpha");
    for theirs in ["a-1", "a-2"] {
        assert_eq!(
            journal.owner(&alpha, &theirs.into()).await.unwrap(),
            Some(call),
            "both are its own"
        );
    }
    let stranger = open(&journal, request(2), 0).await;
    let tried = send(&journal, stranger).await;
    for theirs in ["a-1", "a-2"] {
        let owned = journal
            .record(stranger, Fact::Answered(tried, Box::new(queued("alpha", theirs))), at(3))
            .await;
        assert_eq!(owned.unwrap_err().code(), Some("owned"));
    }
    let over = record(&journal, call, unanswered("a-2")).await;
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::NoAnswer)));
    let person = valid(&request(1)).to;
    assert_eq!(journal.rings(&TenantId::default(), &person, at(0)).await.unwrap(), 2);
}

pub(super) async fn bills_come_late_and_add_up(journal: Arc<dyn Journal>) {
    let (call, first) = rang(&journal, 1, "a-1").await;
    record(&journal, call, Fact::Redialled(first, at(600))).await;
    record(&journal, call, admitted()).await;
    let next = ring(1);
    let second = next.id;
    record(&journal, call, Fact::Intended(Box::new(next))).await;
    let billed = |tried, credits, micros: Option<i64>| {
        let money = micros.map(|micros| Money::from_micros(micros, Currency::USD));
        Fact::Billed(tried, Cost::Credits(Credits::from_micros(credits)), money)
    };
    let usd = |micros| Some(Money::from_micros(micros, Currency::USD));
    let one = record(&journal, call, billed(first, 7, Some(40))).await;
    assert_eq!(
        (one.cost, one.attempts[0].billed, one.attempts[1].billed),
        (usd(40), usd(40), None)
    );
    let both = record(&journal, call, billed(second, 8, Some(2))).await;
    assert_eq!(both.cost, usd(42));
    let again = record(&journal, call, billed(first, 9, Some(50))).await;
    assert_eq!(again.cost, usd(52), "a second bill stands for the first");
    let unpriced = record(&journal, call, billed(first, 10, None)).await;
    assert_eq!((unpriced.cost, unpriced.attempts[0].billed), (usd(52), usd(50)));
    assert_eq!(unpriced.attempts[0].cost, Some(Cost::Credits(Credits::from_micros(10))));
    assert_eq!(journal.get(call).await.unwrap().unwrap(), unpriced);
    let nobodys =
        journal.record(call, billed(AttemptId::new(uuid::Uuid::nil()), 1, None), at(9)).await;
    assert_eq!(nobodys.unwrap_err().kind(), ErrorKind::Conflict);
}
