//! What is written together is written whole, or not at all.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{AttemptState, CallStatus, Currency, Delivery, ErrorKind, Money};
use switchboard_router::{BudgetHold, Reservation};

use super::fixtures::{
    admitted, agents_attempt, at, attempt, budgeted, failed, in_doubt, open, rate_slot, record,
    request, write_intent,
};
use crate::{
    Journal, Write,
    state::{Effect, Fact},
};

pub(super) async fn several_facts_are_all_or_nothing(journal: Arc<dyn Journal>) {
    let call = open(&journal, request(1), 0).await;
    let one = attempt("alpha");
    let tried = one.id;
    let mut facts =
        vec![admitted(), Fact::Intended(Box::new(one)), Fact::Claimed(tried), Fact::Sent(tried)];
    let mut too_many = facts.clone();
    too_many.push(Fact::Claimed(tried));
    let write = |facts| Write { facts, reservation: Reservation::default() };
    let refused = journal.write(call, write(too_many), at(1)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.attempts.len()), (CallStatus::Received, 0));
    assert_eq!(journal.call_of(tried).await.unwrap(), None, "the attempt was never made");

    facts.push(failed(tried, Delivery::NotSent));
    let next = attempt("beta");
    let last = next.id;
    facts.extend([Fact::Intended(Box::new(next)), Fact::Claimed(last), Fact::Sent(last)]);
    let written = journal.write(call, write(facts), at(2)).await.unwrap();
    assert!(written.effects.contains(&Effect::Next), "{:?}", written.effects);
    let states: Vec<AttemptState> =
        written.call.attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(states, [AttemptState::NotPlaced, AttemptState::Sent]);
    assert_eq!(journal.get(call).await.unwrap().unwrap(), *written.call);
    assert_eq!(journal.call_of(last).await.unwrap(), Some(call));
}

pub(super) async fn a_refusal_takes_nothing(journal: Arc<dyn Journal>) {
    let slots = |names: &[&str]| Reservation {
        rate_slots: names.iter().map(|name| rate_slot(name, 1)).collect(),
        ..Reservation::default()
    };
    let hold = |micros: i64| BudgetHold {
        amount: Money::from_micros(micros, Currency::USD),
        budgets: vec![budgeted("day", 100), budgeted("month", 50)],
    };
    let mut calls = Vec::new();
    for n in 0..4 {
        let call = open(&journal, request(n), 0).await;
        record(&journal, call, admitted()).await;
        calls.push(call);
    }
    in_doubt(&journal, 9, agents_attempt("alpha", Some("doubted"))).await;
    write_intent(&journal, calls[0], attempt("alpha"), slots(&["taken"])).await.unwrap();

    let everything = |micros: i64, names: &[&str]| Reservation {
        hold: Some(hold(micros)),
        certain_agent: true,
        ..slots(names)
    };
    let refusals = [
        (everything(50, &["free", "taken"]), Some("a"), "rate_limited"),
        (everything(51, &["free"]), Some("a"), "over_budget"),
        (everything(50, &["free"]), Some("doubted"), "agent_in_doubt"),
    ];
    for (reservation, agent, code) in refusals {
        let one = agents_attempt("alpha", agent);
        let tried = one.id;
        let refused = write_intent(&journal, calls[1], one, reservation).await.unwrap_err();
        assert_eq!(refused.code(), Some(code));
        let kept = journal.get(calls[1]).await.unwrap().unwrap();
        assert_eq!((kept.status, kept.attempts.len()), (CallStatus::Admitted, 0));
        assert_eq!(journal.call_of(tried).await.unwrap(), None);
    }
    let sent = write_intent(
        &journal,
        calls[1],
        agents_attempt("alpha", Some("a")),
        everything(50, &["free"]),
    )
    .await;
    assert_eq!(
        sent.unwrap().attempts[0].state,
        AttemptState::Sent,
        "slot, money and agent are all still there"
    );
    for (reservation, code) in
        [(slots(&["free"]), "rate_limited"), (everything(1, &[]), "over_budget")]
    {
        let one = agents_attempt("alpha", Some("a"));
        let refused = write_intent(&journal, calls[2], one, reservation).await.unwrap_err();
        assert_eq!(refused.code(), Some(code), "it took each of them once");
    }
}
