//! Several processes with one journal: whose a call is, and what becomes of it when its process is
//! gone.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{Call, CallId, CallStatus, Currency, Delivery, Money, Proof};
use switchboard_router::{BudgetHold, Reservation};

use super::fixtures::{
    Pair, admitted, at, attempt, budgeted, completed, failed, fault, open, queued, rate_slot,
    record, request, send, write_intent,
};
use crate::{Journal, JournalExt, StoredWebhook, state::Fact};

async fn get(journal: &Arc<dyn Journal>, call: CallId) -> Call {
    journal.get(call).await.unwrap().unwrap()
}

async fn is_taken_over(journal: &Arc<dyn Journal>, call: CallId, fact: Fact) {
    let before = get(journal, call).await;
    let refused = journal.record(call, fact, at(9)).await.unwrap_err();
    assert_eq!(refused.code(), Some("not_owner"));
    assert_eq!(get(journal, call).await, before);
}

pub(super) async fn only_its_owner_moves_a_call_on((one, other, _gone): Pair) {
    assert!(one.is_shared());
    let call = open(&one, request(1), 0).await;
    is_taken_over(&other, call, admitted()).await;
    let tried = send(&one, call).await;
    for fact in [Fact::Overdue, Fact::Reconciling(tried), Fact::GaveUp(fault())] {
        is_taken_over(&other, call, fact).await;
    }
    // Evidence is accepted from every process, and seen by all.
    record(&other, call, failed(tried, Delivery::Unknown)).await;
    is_taken_over(&other, call, Fact::Reconciling(tried)).await;
    record(&one, call, Fact::Reconciling(tried)).await;
    record(&other, call, Fact::Traced(tried, "a-1".into(), Proof::Webhook)).await;
    let closed = record(&other, call, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    assert_eq!((closed.status, get(&one, call).await), (CallStatus::Closed, closed.clone()));
}

pub(super) async fn who_lives_keeps_its_calls((one, other, _gone): Pair) {
    let theirs = open(&other, request(1), 0).await;
    let call = open(&one, request(2), 0).await;
    for journal in [&one, &other] {
        journal.beat(at(1)).await.unwrap();
        assert!(journal.take_over(at(2)).await.unwrap().is_empty());
    }
    record(&one, call, admitted()).await;
    record(&other, theirs, admitted()).await;
}

pub(super) async fn the_calls_of_the_gone_are_taken_over((one, other, gone): Pair) {
    one.beat(at(0)).await.unwrap();
    other.beat(at(0)).await.unwrap();
    let received = open(&one, request(1), 0).await;
    let sent = open(&one, request(2), 0).await;
    let tried = send(&one, sent).await;
    let own = open(&other, request(3), 0).await;
    let refused = open(&one, request(4), 0).await;
    record(&one, refused, Fact::Refused(fault())).await;
    let stalled = open(&one, request(5), 0).await;
    let overdue = send(&one, stalled).await;
    record(&one, stalled, Fact::Answered(overdue, Box::new(queued("alpha", "a-5")))).await;
    record(&one, stalled, Fact::Overdue).await;
    let unknown = open(&one, request(6), 0).await;
    let doubted = send(&one, unknown).await;
    for fact in
        [failed(doubted, Delivery::Unknown), Fact::Reconciling(doubted), Fact::GaveUp(fault())]
    {
        record(&one, unknown, fact).await;
    }
    gone.await;

    let taken = other.take_over(at(1)).await.unwrap();
    let expected =
        [get(&other, received).await, get(&other, sent).await, get(&other, unknown).await];
    assert_eq!(taken, expected, "what is open or in doubt, whole and oldest first");
    assert!(other.take_over(at(1)).await.unwrap().is_empty(), "once");

    is_taken_over(&one, received, admitted()).await;
    is_taken_over(&one, sent, Fact::Claimed(tried)).await;
    assert!(one.take_over(at(1)).await.unwrap().is_empty(), "who is gone takes nothing");
    // The answer to what the former owner sent is taken from it.
    let placed = record(&one, sent, Fact::Answered(tried, Box::new(queued("alpha", "a-2")))).await;
    assert_eq!(placed.status, CallStatus::InProgress);
    record(&other, received, admitted()).await;
    record(&other, sent, Fact::Overdue).await;
    record(&other, own, admitted()).await;

    // It goes on under a new name, and what it had stays where it is.
    one.beat(at(2)).await.unwrap();
    other.beat(at(2)).await.unwrap();
    let new = open(&one, request(7), 0).await;
    assert!(other.take_over(at(3)).await.unwrap().is_empty());
    record(&one, new, admitted()).await;
    is_taken_over(&one, received, Fact::Refused(fault())).await;
    assert!(one.take_over(at(3)).await.unwrap().is_empty());
}

pub(super) async fn what_attempts_take_is_shared((one, other, _gone): Pair) {
    let reservation = || Reservation {
        callee: None,
        concurrency_slots: Vec::new(),
        rate_slots: vec![rate_slot("alpha", 2)],
        hold: Some(BudgetHold {
            amount: Money::from_micros(10, Currency::USD),
            budgets: vec![budgeted("all", 1_000)],
        }),
        certain_agent: true,
    };
    let mut n = 0;
    for journal in [&one, &other] {
        n += 1;
        let call = open(journal, request(n), 0).await;
        record(journal, call, admitted()).await;
        write_intent(journal, call, attempt("alpha"), reservation()).await.unwrap();
    }
    for journal in [&one, &other] {
        n += 1;
        let call = open(journal, request(n), 0).await;
        record(journal, call, admitted()).await;
        let full = write_intent(journal, call, attempt("alpha"), reservation()).await.unwrap_err();
        assert_eq!(full.code(), Some("rate_limited"));
        let dear = Reservation {
            rate_slots: Vec::new(),
            hold: Some(BudgetHold {
                amount: Money::from_micros(981, Currency::USD),
                budgets: vec![budgeted("all", 1_000)],
            }),
            ..reservation()
        };
        let over = write_intent(journal, call, attempt("alpha"), dear).await.unwrap_err();
        assert_eq!(over.code(), Some("over_budget"));
    }
    let webhook = StoredWebhook {
        attempt: attempt("alpha").id,
        body: b"{}".to_vec(),
        calls: Vec::new(),
        at: at(1),
    };
    assert!(one.store_webhook(&webhook).await.unwrap());
    assert_eq!(other.pending_webhooks().await.unwrap(), std::slice::from_ref(&webhook));
    other.mark_handled(&webhook, at(2)).await.unwrap();
    assert!(!one.store_webhook(&webhook).await.unwrap());
}
