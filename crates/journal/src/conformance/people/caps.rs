//! No phone rings more often than a rule allows, over all calls to its person.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use switchboard_core::{
    AttemptId, CallStatus, Delivery, ErrorKind, Outcome, ProviderState, Refusal, TenantId,
};

use super::{cap, end, limits, of, person, ring};
use crate::{
    Denied, Journal, Write,
    conformance::fixtures::{
        admitted, at, attempt, failed, fault, open, queued, record, report, request,
    },
    state::{Fact, Resolution, Verdict},
};

pub(in crate::conformance) async fn rings_of_all_tenants_count(journal: Arc<dyn Journal>) {
    let three = || limits(vec![cap("P-CAP-DAY", at(0), 3)]);
    ring(&journal, of("a", 1), three(), 10).await.unwrap();
    // Rings count whether or not their own attempt was limited.
    ring(&journal, of("b", 1), limits(vec![]), 20).await.unwrap();
    let call = open(&journal, of("c", 1), 0).await;
    for fact in [admitted(), Fact::Intended(Box::new(attempt("beta")))] {
        record(&journal, call, fact).await;
    }
    let last = ring(&journal, of("d", 1), three(), 30).await.unwrap();
    let denied = ring(&journal, of("e", 1), three(), 40).await.unwrap_err();
    let reached = Denied::CapReached { rule: "P-CAP-DAY".to_owned() };
    assert_eq!(Denied::in_error(&denied), Some(&reached));
    assert_eq!(
        (denied.kind(), denied.code(), denied.field()),
        (ErrorKind::Blocked, Some("cap_reached"), Some("to"))
    );
    ring(&journal, of("e", 2), three(), 40).await.unwrap();

    // A ring counts after the time at which the cap begins, and not at that time.
    for (since, fewer_than, expected) in [
        (at(10), 2, false),
        (at(9), 3, false),
        (at(10), 3, true),
        (at(29), 1, false),
        (at(30), 1, true),
        (at(31), 1, true),
        (at(31), 0, false),
    ] {
        let needs = limits(vec![cap("P-CAP-GAP", since, fewer_than)]);
        let sent = ring(&journal, of("f", 1), needs, 40).await;
        assert_eq!(sent.is_ok(), expected, "fewer than {fewer_than} since {since}");
        if let Ok((call, tried)) = sent {
            record(&journal, call, failed(tried, Delivery::NotSent)).await;
            record(&journal, call, Fact::Refused(fault())).await;
        }
    }

    // The first cap that is reached is named.
    let caps = vec![cap("P-WIDE", at(0), 9), cap("P-FIRST", at(0), 1), cap("P-SECOND", at(0), 1)];
    let denied = ring(&journal, of("g", 1), limits(caps), 40).await.unwrap_err();
    let first = Denied::CapReached { rule: "P-FIRST".to_owned() };
    assert_eq!(Denied::in_error(&denied), Some(&first));
    // An end frees nobody: the phone has rung.
    end(&journal, last).await;
    assert!(ring(&journal, of("h", 1), three(), 40).await.is_err());
    let rings = journal.history(&TenantId::default(), &person(1), at(10)).await.unwrap().rings;
    assert_eq!(rings, [at(20), at(30)]);
}

/// The only ring that is allowed, and another call that asks for it after each fact: only the last
/// one frees it.
async fn taken_until_the_last(
    journal: &Arc<dyn Journal>,
    n: u32,
    facts: impl FnOnce(AttemptId) -> Vec<Fact>,
) {
    let one = || limits(vec![cap("P-CAP-ONE", at(0), 1)]);
    let (call, tried) = ring(journal, of("first", n), one(), 1).await.unwrap();
    let facts = facts(tried);
    let last = facts.len();
    for (step, fact) in (1..).zip(facts) {
        let name = format!("{fact:?}");
        record(journal, call, fact).await;
        let next = ring(journal, of("next", n), one(), 2).await;
        assert_eq!(next.is_ok(), step == last, "after {name}");
    }
}

pub(in crate::conformance) async fn proof_frees_a_ring_and_doubt_keeps_it(
    journal: Arc<dyn Journal>,
) {
    let refused = |refusal| {
        move |tried| {
            vec![
                failed(tried, Delivery::Unknown),
                Fact::Reconciling(tried),
                failed(tried, Delivery::Refused(refusal)),
            ]
        }
    };
    taken_until_the_last(&journal, 1, |tried| vec![failed(tried, Delivery::NotSent)]).await;
    taken_until_the_last(&journal, 2, refused(Refusal::ThisProvider)).await;
    taken_until_the_last(&journal, 3, refused(Refusal::Everyone)).await;
    taken_until_the_last(&journal, 4, |tried| {
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
    taken_until_the_last(&journal, 5, |tried| {
        vec![
            failed(tried, Delivery::Unknown),
            Fact::Reconciling(tried),
            Fact::GaveUp(fault()),
            Fact::Resolved(tried, silent),
        ]
    })
    .await;

    // What was placed rang, whatever is said later.
    let one = || limits(vec![cap("P-CAP-ONE", at(0), 1)]);
    let (call, tried) = ring(&journal, of("first", 6), one(), 1).await.unwrap();
    record(&journal, call, Fact::Answered(tried, Box::new(queued("alpha", "a-6")))).await;
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    assert!(ring(&journal, of("next", 6), one(), 2).await.is_err());

    // It counts from the moment it may be sent: an intent does not, a claim does.
    let call = open(&journal, of("first", 7), 0).await;
    let next = attempt("alpha");
    let tried = next.id;
    for (fact, free) in [
        (admitted(), true),
        (Fact::Intended(Box::new(next)), true),
        (Fact::Claimed(tried), false),
        (failed(tried, Delivery::Unknown), false),
    ] {
        record(&journal, call, fact).await;
        let other = ring(&journal, of("next", 7), one(), 2).await;
        assert_eq!(other.is_ok(), free);
        if let Ok((call, tried)) = other {
            record(&journal, call, failed(tried, Delivery::NotSent)).await;
            record(&journal, call, Fact::Refused(fault())).await;
        }
    }
    let kept = journal.history(&TenantId::default(), &person(7), at(0)).await.unwrap();
    assert_eq!(kept.rings, [at(1)], "of an attempt that was never sent, when it was made");
}

pub(in crate::conformance) async fn what_a_write_proves_counts_for_its_next_attempt(
    journal: Arc<dyn Journal>,
) {
    let one = || limits(vec![cap("P-CAP-ONE", at(0), 1)]);
    let (call, tried) = ring(&journal, request(1), one(), 1).await.unwrap();
    let failover = |proof: Fact| {
        let next = attempt("beta");
        let last = next.id;
        let facts =
            vec![proof, Fact::Intended(Box::new(next)), Fact::Claimed(last), Fact::Sent(last)];
        (last, Write { facts, reservation: one() })
    };
    let (last, write) = failover(failed(tried, Delivery::NotSent));
    journal.write(call, write, at(2)).await.unwrap();
    let history = journal.history(&TenantId::default(), &person(1), at(0)).await.unwrap();
    assert_eq!(history.rings, [at(2)]);

    // A redial of the same call is another ring, and what is denied changes nothing.
    let over = report("beta", "b-1", ProviderState::Ended(Outcome::NoAnswer));
    record(&journal, call, Fact::Answered(last, Box::new(over))).await;
    record(&journal, call, Fact::Redialled(last, at(600))).await;
    record(&journal, call, admitted()).await;
    let again = attempt("beta").with(|attempt| attempt.ring = 1);
    let tried = again.id;
    let facts = vec![Fact::Intended(Box::new(again)), Fact::Claimed(tried), Fact::Sent(tried)];
    let redial = |since, facts: Vec<Fact>| Write {
        facts,
        reservation: limits(vec![cap("P-CAP-GAP", since, 1)]),
    };
    let early = journal.write(call, redial(at(1), facts.clone()), at(600)).await.unwrap_err();
    assert_eq!(early.code(), Some("cap_reached"));
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.attempts.len()), (CallStatus::Admitted, 2));
    let later = at(600).checked_sub(Duration::from_secs(60)).unwrap();
    journal.write(call, redial(later, facts), at(600)).await.unwrap();
    let known = journal.person(&person(1)).await.unwrap();
    assert_eq!(known.rings, [at(2), at(600)]);
}

pub(in crate::conformance) async fn a_ring_counts_from_the_repeat_of_its_request(
    journal: Arc<dyn Journal>,
) {
    let gap = |since| limits(vec![cap("P-GAP", since, 1)]);
    let (call, tried) = ring(&journal, of("first", 1), gap(at(0)), 10).await.unwrap();
    record(&journal, call, failed(tried, Delivery::Unknown)).await;
    // The ring in doubt is the one that the repeat may make: it does not count against it.
    let again = Write { facts: vec![Fact::Repeated(tried)], reservation: gap(at(0)) };
    journal.write(call, again, at(40)).await.unwrap();
    let history = journal.history(&TenantId::default(), &person(1), at(10)).await.unwrap();
    assert_eq!(history.rings, [at(40)]);
    assert_eq!(journal.person(&person(1)).await.unwrap().rings, [at(40)]);
    for (since, free) in [(at(10), false), (at(39), false), (at(40), true)] {
        assert_eq!(ring(&journal, of("next", 1), gap(since), 60).await.is_ok(), free);
    }
    let kept = journal.get(call).await.unwrap().unwrap();
    let tried = &kept.attempts[0];
    assert_eq!((tried.sent_at, tried.repeated_at), (Some(at(10)), Some(at(40))));
}
