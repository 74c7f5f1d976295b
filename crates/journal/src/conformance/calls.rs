//! One call after the other: keys, callees, attempts, owners, and how calls are found again.

use std::sync::Arc;

use switchboard_core::{
    Appointment, AttemptId, AttemptState, Call, CallFlag, CallFlagKind, CallId, CallStatus,
    Currency, Delivery, ErrorKind, Money, Outcome, Proof, ProviderId, Redial, RuleDecision,
    RuleVerdict,
};
use uuid::Uuid;

use super::fixtures::{
    admitted, at, attempt, completed, failed, fault, new_call, open, queued, record,
    refusal_to_open, request, send, task, valid,
};
use crate::{Journal, JournalExt, Opened, Selection, state::Fact};

pub(super) async fn one_live_attempt(journal: Arc<dyn Journal>) {
    let call = open(&journal, request(1), 0).await;
    let first = attempt("alpha");
    let tried = first.id;
    record(&journal, call, admitted()).await;
    let steps = [
        Fact::Intended(Box::new(first)),
        Fact::Claimed(tried),
        Fact::Sent(tried),
        failed(tried, Delivery::Unknown),
        Fact::Reconciling(tried),
    ];
    for step in steps {
        let name = format!("{step:?}");
        record(&journal, call, step).await;
        let second = Fact::Intended(Box::new(attempt("beta")));
        let error = journal.record(call, second, at(2)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "after {name}");
        assert_eq!(journal.get(call).await.unwrap().unwrap().attempts.len(), 1);
    }
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    let after = record(&journal, call, Fact::Intended(Box::new(attempt("beta")))).await;
    assert_eq!(after.attempts.iter().filter(|attempt| attempt.state.is_live()).count(), 1);
    let late = journal.record(call, failed(tried, Delivery::Unknown), at(3)).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict, "the first attempt is not the last one any more");
}

pub(super) async fn what_rules_and_transcripts_show_is_kept_with_the_call(
    journal: Arc<dyn Journal>,
) {
    let call = open(&journal, request(1), 0).await;
    let decision = |verdict| {
        RuleDecision::new(at(1), verdict, "2026-11-29".to_owned(), "2026f".to_owned())
            .with(|decision| decision.wait_until = Some(at(60)))
    };
    let flag = |kind, message: &str| CallFlag::new(kind, message, at(2));
    let missing = flag(CallFlagKind::FirstWordsMissing, "The first words did not say why.");
    let wish = flag(CallFlagKind::MayHaveOptedOut, "Read entry 2.");
    let again = flag(CallFlagKind::FirstWordsMissing, "The first words said nothing.");
    for (fact, kept, flags) in [
        (Fact::Decided(Box::new(decision(RuleVerdict::Wait))), RuleVerdict::Wait, vec![]),
        (Fact::Decided(Box::new(decision(RuleVerdict::Allow))), RuleVerdict::Allow, vec![]),
        (
            Fact::Flagged(vec![missing.clone(), wish.clone()]),
            RuleVerdict::Allow,
            vec![missing, wish.clone()],
        ),
        (Fact::Flagged(vec![again.clone()]), RuleVerdict::Allow, vec![wish, again]),
    ] {
        record(&journal, call, fact).await;
        let found = journal.get(call).await.unwrap().unwrap();
        assert_eq!(found.decision.as_deref(), Some(&decision(kept)));
        assert_eq!(found.flags, flags);
        assert_eq!(journal.list().await.unwrap(), [found]);
    }
}

pub(super) async fn one_active_call_for_each_callee_and_tenant(journal: Arc<dyn Journal>) {
    let first = open(&journal, task(1, "one"), 0).await;
    let second = open(&journal, task(1, "two"), 0).await;
    let elsewhere = task(1, "three").with(|call| call.tenant = Some("another".to_owned()));
    let elsewhere = open(&journal, elsewhere, 0).await;
    let tried = send(&journal, first).await;

    let busy = journal.record(second, admitted(), at(2)).await.unwrap_err();
    assert_eq!((busy.kind(), busy.code()), (ErrorKind::Conflict, Some("callee_busy")));
    assert_eq!(journal.get(second).await.unwrap().unwrap().status, CallStatus::Received);
    record(&journal, elsewhere, admitted()).await;

    record(&journal, first, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    assert!(journal.record(second, admitted(), at(2)).await.is_err(), "it is in progress");
    record(&journal, first, Fact::Overdue).await;
    assert!(journal.record(second, admitted(), at(2)).await.is_err(), "nobody saw it end");
    record(&journal, first, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    assert_eq!(record(&journal, second, admitted()).await.status, CallStatus::Admitted);
}

pub(super) async fn who_may_have_rung_keeps_the_callee(journal: Arc<dyn Journal>) {
    let first = open(&journal, task(1, "one"), 0).await;
    let second = open(&journal, task(1, "two"), 0).await;
    let tried = send(&journal, first).await;
    record(&journal, first, failed(tried, Delivery::Unknown)).await;
    record(&journal, first, Fact::Reconciling(tried)).await;
    let given_up = record(&journal, first, Fact::GaveUp(fault())).await;
    assert_eq!(given_up.status, CallStatus::Indeterminate);
    let busy = journal.record(second, admitted(), at(2)).await.unwrap_err();
    assert_eq!(busy.code(), Some("callee_busy"));
    // Proof that it never rang frees the callee.
    let freed = record(&journal, first, failed(tried, Delivery::NotSent)).await;
    assert_eq!(freed.status, CallStatus::Refused);
    record(&journal, second, admitted()).await;
}

pub(super) async fn one_owner_of_a_providers_call(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    let second = open(&journal, request(2), 0).await;
    let tried = send(&journal, first).await;
    record(&journal, first, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    assert_eq!(
        journal.owner(&ProviderId::from_static("alpha"), &"a-1".into()).await.unwrap(),
        Some(first)
    );
    assert_eq!(
        journal.owner(&ProviderId::from_static("beta"), &"a-1".into()).await.unwrap(),
        None,
        "an id is its provider's own"
    );

    let tried = send(&journal, second).await;
    let facts = [
        Fact::Answered(tried, Box::new(queued("alpha", "a-1"))),
        Fact::Traced(tried, "a-1".into(), Proof::NumberAndTask),
        Fact::Reported(Box::new(completed("alpha", "a-1"))),
    ];
    for fact in facts {
        let owned = journal.record(second, fact, at(2)).await.unwrap_err();
        assert_eq!((owned.kind(), owned.code()), (ErrorKind::Conflict, Some("owned")));
        let call = journal.get(second).await.unwrap().unwrap();
        assert_eq!((call.status, call.provider_call_id), (CallStatus::Attempting, None));
    }
    assert_eq!(
        journal.owner(&ProviderId::from_static("alpha"), &"a-1".into()).await.unwrap(),
        Some(first)
    );
}

pub(super) async fn a_key_names_one_request(journal: Arc<dyn Journal>) {
    let keyed = |n: u32| request(n).with(|call| call.idempotency_key = Some("order-17".to_owned()));
    let first = open(&journal, keyed(1), 0).await;
    match journal.open(new_call(&keyed(1), at(1))).await.unwrap() {
        Opened::Replayed(call) => assert_eq!((call.id, call.status), (first, CallStatus::Received)),
        Opened::New(_) | Opened::Changed(_) => panic!("the key came before"),
    }
    record(&journal, first, admitted()).await;
    match journal.open(new_call(&keyed(1), at(5_000))).await.unwrap() {
        Opened::Replayed(call) => assert_eq!((call.id, call.status), (first, CallStatus::Admitted)),
        Opened::New(_) | Opened::Changed(_) => panic!("the key came before"),
    }
    for other in [keyed(2), keyed(1).with(|call| call.urgent = true)] {
        let reused = refusal_to_open(&journal, other, 2).await;
        assert_eq!(
            (reused.kind(), reused.code()),
            (ErrorKind::Conflict, Some("idempotency_key_reused"))
        );
        assert!(reused.message().contains(&first.to_string()));
    }
    let theirs = keyed(2).with(|call| call.tenant = Some("another".to_owned()));
    open(&journal, theirs, 3).await;
    record(&journal, first, Fact::Refused(fault())).await;
    match journal.open(new_call(&keyed(1), at(6_000))).await.unwrap() {
        Opened::Replayed(call) => {
            assert_eq!(call.status, CallStatus::Refused, "a refusal is an answer too")
        }
        Opened::New(_) | Opened::Changed(_) => panic!("the key came before"),
    }
    assert_eq!(journal.list().await.unwrap().len(), 2);
}

pub(super) async fn what_is_forbidden_changes_nothing(journal: Arc<dyn Journal>) {
    let call = open(&journal, request(1), 0).await;
    let tried = send(&journal, call).await;
    let before = journal.get(call).await.unwrap().unwrap();
    let forbidden = [
        Fact::Scheduled,
        admitted(),
        Fact::Refused(fault()),
        Fact::Claimed(tried),
        Fact::Sent(tried),
        Fact::Overdue,
        Fact::GaveUp(fault()),
        Fact::Reconciling(tried),
        Fact::Answered(AttemptId::new(Uuid::nil()), Box::new(queued("alpha", "a-1"))),
    ];
    for fact in forbidden {
        let name = format!("{fact:?}");
        let error = journal.record(call, fact, at(9)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{name}");
        assert_eq!(journal.get(call).await.unwrap().unwrap(), before, "{name}");
    }
    let nobody = journal.record(CallId::new(Uuid::nil()), admitted(), at(9)).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

pub(super) async fn what_is_forbidden_frees_nobody(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    let tried = send(&journal, first).await;
    record(&journal, first, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    let second = open(&journal, request(2), 0).await;
    send(&journal, second).await;
    let end = Fact::Reported(Box::new(completed("alpha", "a-1")));
    let owned = journal.record(second, end, at(2)).await.unwrap_err();
    assert_eq!(owned.code(), Some("owned"));
    let third = open(&journal, task(2, "another"), 3).await;
    let busy = journal.record(third, admitted(), at(4)).await.unwrap_err();
    assert_eq!(
        busy.code(),
        Some("callee_busy"),
        "the refused report ended nothing: the second call may still ring"
    );
}

pub(super) async fn what_was_asked_for_comes_back_whole(journal: Arc<dyn Journal>) {
    let everything = request(1).with(|call| {
        call.agent = Some("receptionist".to_owned());
        call.language = Some("es-mx".to_owned());
        call.callee_name = Some("José".to_owned());
        call.business_name = Some("Chez \"Nous\"".to_owned());
        call.on_behalf_of = Some("Ann".to_owned());
        call.callback_number = Some("+442079460018".to_owned());
        call.first_message = Some("Hello\nthere".to_owned());
        call.instructions = vec!["Be brief.".to_owned(), "Be kind.".to_owned()];
        call.appointment = Some(Appointment {
            date: Some("2026-03-14".to_owned()),
            time: Some("20:05".to_owned()),
            time_preference: Some("after five".to_owned()),
            party_size: Some(4),
        });
        call.lead_id = Some("lead-7".to_owned());
        call.timezone = Some("America/New_York".to_owned());
        call.urgent = true;
        call.max_duration_seconds = Some(90);
        call.not_before = Some("2026-03-02T09:00:00.5+01:00".to_owned());
        call.not_after = Some("2026-03-02T09:00:00.000000001Z".to_owned());
        call.max_cost = Some(Money::from_micros(1_250_001, Currency::EUR));
        call.tags = vec!["b".to_owned(), "a".to_owned()];
        call.metadata = [("order".to_owned(), "17".to_owned())].into();
        call.idempotency_key = Some("everything".to_owned());
        call.batch = Some("spring; 20 %".to_owned());
        call.tenant = Some("another".to_owned());
        call.allow_duplicate = true;
        call.failover_on_quota = true;
        call.redial = Some(Redial {
            on: [Outcome::Busy, Outcome::NoAnswer].into(),
            times: 2,
            gap_seconds: 300,
            per_day: 3,
        });
    });
    let asked = valid(&everything);
    let call = open(&journal, everything, 7).await;
    assert_eq!(
        *journal.request(call).await.unwrap().unwrap(),
        asked,
        "though its window is over by now"
    );
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!((kept.to, kept.metadata, kept.batch), (asked.to, asked.metadata, asked.batch));

    let row = request(2).with(|call| {
        call.batch = Some("spring".to_owned());
        call.row_key = Some("made of it".to_owned());
    });
    let call = open(&journal, row.clone(), 8).await;
    assert_eq!(*journal.request(call).await.unwrap().unwrap(), valid(&row));
}

pub(super) async fn calls_are_selected(journal: Arc<dyn Journal>) {
    let ids = |calls: Vec<Call>| calls.into_iter().map(|call| call.id).collect::<Vec<_>>();
    let mut all = Vec::new();
    for n in 0..6 {
        all.push(open(&journal, request(n), n.into()).await);
    }
    let tried = send(&journal, all[1]).await;
    record(&journal, all[2], Fact::Refused(fault())).await;
    record(&journal, all[4], admitted()).await;
    record(&journal, all[1], failed(tried, Delivery::Unknown)).await;
    assert_eq!(
        ids(journal.unfinished().await.unwrap()),
        [all[0], all[1], all[3], all[4], all[5]],
        "a refused call is settled"
    );
    assert_eq!(ids(journal.select(&Selection::default()).await.unwrap()), all);
    let received = |after, limit| Selection { statuses: vec![CallStatus::Received], after, limit };
    assert_eq!(ids(journal.select(&received(None, None)).await.unwrap()), [all[0], all[3], all[5]]);
    assert_eq!(ids(journal.select(&received(None, Some(2))).await.unwrap()), [all[0], all[3]]);
    assert_eq!(ids(journal.select(&received(Some(all[3]), Some(2))).await.unwrap()), [all[5]]);
    let two = Selection {
        statuses: vec![CallStatus::Refused, CallStatus::Attempting],
        ..Selection::default()
    };
    let found = journal.select(&two).await.unwrap();
    assert_eq!(found[0].attempts[0].state, AttemptState::Unknown, "with their attempts");
    assert_eq!(ids(found), [all[1], all[2]]);
}

pub(super) async fn calls_are_found_again(journal: Arc<dyn Journal>) {
    let first = open(&journal, request(1), 0).await;
    let second = open(&journal, request(2), 1).await;
    let tried = send(&journal, second).await;
    assert_eq!(journal.call_of(tried).await.unwrap(), Some(second));
    assert_eq!(journal.call_of(AttemptId::new(Uuid::nil())).await.unwrap(), None);
    assert_eq!(journal.request(first).await.unwrap().unwrap().to, valid(&request(1)).to);
    assert!(journal.get(CallId::new(Uuid::nil())).await.unwrap().is_none());
    let listed: Vec<CallId> = journal.list().await.unwrap().iter().map(|call| call.id).collect();
    assert_eq!(listed, [first, second], "oldest first");
}
