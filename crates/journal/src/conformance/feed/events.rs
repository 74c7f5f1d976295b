//! Which events there are.

use std::sync::Arc;

use switchboard_core::{
    CallRequest, CallStatus, Cost, Currency, Delivery, Money, Outcome, Proof, ProviderState,
};

use super::{
    super::fixtures::{
        admitted, at, attempt, completed, failed, fault, open, queued, record, refusal_to_open,
        report, request, send, task, write,
    },
    fixtures::{FeedStore, about, journal, kinds, news, settle_turns, tenant, told},
};
use crate::{
    JournalExt,
    server::FeedQuery,
    state::{Fact, Resolution, Verdict},
};

pub(super) async fn an_event_is_there_if_and_only_if_the_change_is(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let keyed = request(1).with(|call| call.idempotency_key = Some("order-17".to_owned()));
    let first = open(&calls, keyed.clone(), 0).await;
    calls.open(super::super::new_call(&keyed, at(1))).await.unwrap();
    let other = request(2).with(|call| call.idempotency_key = Some("order-17".to_owned()));
    refusal_to_open(&calls, other, 1).await;
    refusal_to_open(&calls, request(1), 1).await;
    assert_eq!(kinds(&store).await, ["call.created"], "neither a replay nor a refusal is told");

    let tried = send(&calls, first).await;
    assert_eq!(kinds(&store).await, ["call.created"], "nothing that a program waits for");
    let both =
        vec![Fact::Answered(tried, Box::new(queued("alpha", "a-1"))), Fact::Reconciling(tried)];
    write(&calls, first, both, Default::default()).await.unwrap();
    // The first fact is possible and the second is not.
    let forbidden = vec![
        Fact::Reported(Box::new(completed("alpha", "a-1"))),
        Fact::Intended(Box::new(attempt("beta"))),
    ];
    write(&calls, first, forbidden, Default::default()).await.unwrap_err();
    assert_eq!(kinds(&store).await, ["call.created", "call.placed"]);

    // Another call's: the lock of the callee denies it.
    let second = open(&calls, task(1, "another"), 2).await;
    calls.record(second, admitted(), at(3)).await.unwrap_err();
    record(&calls, first, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    // Once more, and it says nothing new.
    record(&calls, first, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    let all = told(&store).await;
    let kinds: Vec<&str> = all.iter().map(|one| one.event.kind.as_str()).collect();
    assert_eq!(kinds, ["call.created", "call.placed", "call.created", "call.ended"]);
    let about: Vec<_> = all.iter().map(|one| about(&one.event)).collect();
    assert_eq!(about, [first, first, second, first]);
}

pub(super) async fn a_call_counts_its_changes(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let call = open(&calls, request(1), 0).await;
    let revision = async || calls.get(call).await.unwrap().unwrap().revision;
    assert_eq!(revision().await, 1);
    let tried = send(&calls, call).await;
    assert_eq!(revision().await, 5, "one more with each fact");
    calls.record(call, Fact::Claimed(tried), at(2)).await.unwrap_err();
    assert_eq!(revision().await, 5, "a fact that is denied changes nothing");
    let both = vec![
        Fact::Answered(tried, Box::new(queued("alpha", "a-1"))),
        Fact::Reported(Box::new(completed("alpha", "a-1"))),
    ];
    let written = write(&calls, call, both, Default::default()).await.unwrap();
    assert_eq!((written.revision, revision().await), (7, 7));
}

pub(super) async fn an_event_says_where_its_call_stands(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let call = open(&calls, request(1), 0).await;
    let tried = send(&calls, call).await;
    let mut after = Vec::new();
    after.push(record(&calls, call, failed(tried, Delivery::Unknown)).await);
    record(&calls, call, Fact::Reconciling(tried)).await;
    after.push(record(&calls, call, Fact::GaveUp(fault())).await);
    after.push(record(&calls, call, Fact::Traced(tried, "a-1".into(), Proof::Webhook)).await);
    after.push(record(&calls, call, Fact::Overdue).await);
    let resolution = Resolution {
        verdict: Verdict::Ended(Outcome::Completed),
        call: None,
        by: "an operator".to_owned(),
        note: "it was heard".to_owned(),
    };
    after.push(record(&calls, call, Fact::Resolved(tried, resolution)).await);
    let money = Money::from_micros(180_000, Currency::USD);
    after.push(record(&calls, call, Fact::Billed(tried, Cost::Money(money), Some(money))).await);
    after.push(record(&calls, call, failed(tried, Delivery::NotSent)).await);

    let events = told(&store).await;
    let kinds: Vec<&str> = events.iter().map(|one| one.event.kind.as_str()).collect();
    let expected = [
        "call.created",
        "call.attempt_failed",
        "call.indeterminate",
        "call.placed",
        "call.stalled",
        "call.resolved",
        "call.ended",
        "call.billed",
        "call.alarm",
    ];
    assert_eq!(kinds, expected);
    // The resolution made two events.
    after.insert(5, after[4].clone());
    for (one, call) in events[1..].iter().zip(&after) {
        let said = &one.event.data["call"];
        assert_eq!(said["id"], call.id.to_string());
        assert_eq!(said["revision"], call.revision, "{}", one.event.kind);
        assert_eq!(said["status"], call.status.as_str());
        assert_eq!(said["outcome"].as_str(), call.outcome.map(Outcome::as_str));
        assert_eq!(said["settled"], call.status.is_settled());
        assert_eq!((one.event.at, one.event.call), (at(1), Some(call.id)));
        assert_eq!(one.event.tenant.as_ref(), Some(&call.tenant));
    }
    let data = |n: usize| &events[n].event.data;
    assert_eq!(data(0)["call"]["revision"], 1);
    assert_eq!(data(1)["attempt"], tried.to_string());
    assert_eq!((&data(1)["delivery"], &data(1)["code"]), (&"unknown".into(), &"provider".into()));
    assert_eq!(data(2)["fault"]["kind"], "no_provider");
    assert_eq!(
        (&data(3)["attempt"], &data(3)["call"]["provider"]),
        (&tried.to_string().into(), &"alpha".into())
    );
    assert_eq!(data(5)["by"], "an operator");
    assert_eq!(data(7)["cost"]["amount"], "0.18");
}

pub(super) async fn a_ring_that_leads_to_another_has_not_ended_the_call(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let call = open(&calls, request(1), 0).await;
    let tried = send(&calls, call).await;
    record(&calls, call, Fact::Answered(tried, Box::new(queued("alpha", "a-1")))).await;
    let busy = report("alpha", "a-1", ProviderState::Ended(Outcome::Busy));
    let both = vec![Fact::Reported(Box::new(busy)), Fact::Redialled(tried, at(60))];
    let scheduled = write(&calls, call, both, Default::default()).await.unwrap();
    assert_eq!(scheduled.status, CallStatus::Scheduled);
    let events = told(&store).await;
    let kinds: Vec<&str> = events.iter().map(|one| one.event.kind.as_str()).collect();
    assert_eq!(kinds, ["call.created", "call.placed", "call.redial_scheduled"]);
    let data = &events[2].event.data;
    assert_eq!((&data["ring"], &data["outcome"]), (&1.into(), &"busy".into()));
    assert_eq!(data["redial_at"], at(60).to_string());
}

pub(super) async fn events_are_found_by_tenant_type_and_call(store: Arc<dyn FeedStore>) {
    let calls = journal(&store);
    let ours = open(&calls, request(1), 0).await;
    let theirs = request(2).with(|call| call.tenant = Some("another".to_owned()));
    let theirs = open(&calls, theirs, 0).await;
    record(&calls, ours, Fact::Refused(fault())).await;
    record(&calls, theirs, Fact::Refused(fault())).await;
    store.publish(vec![news(1, 1)]).await.unwrap();
    settle_turns(&store, at(2)).await;
    let positions = async |query: FeedQuery| {
        let page = store.feed(&FeedQuery { limit: 50, ..query }).await.unwrap();
        assert_eq!((page.read_up_to, page.has_more), (5, false));
        page.events.into_iter().map(|one| one.position).collect::<Vec<_>>()
    };
    let all = FeedQuery::default;
    assert_eq!(positions(all()).await, [1, 2, 3, 4, 5]);
    let another = FeedQuery { tenant: Some(tenant("another")), ..all() };
    assert_eq!(positions(another.clone()).await, [2, 4], "a tenant sees nothing of the operators'");
    let refused = FeedQuery {
        kinds: vec!["call.refused".to_owned(), "provider.unhealthy".to_owned()],
        ..all()
    };
    assert_eq!(positions(refused.clone()).await, [3, 4, 5]);
    assert_eq!(positions(FeedQuery { tenant: another.tenant, ..refused }).await, [4]);
    assert_eq!(positions(FeedQuery { call: Some(ours), ..all() }).await, [1, 3]);
    assert_eq!(positions(FeedQuery { call: Some(ours), after: 1, ..all() }).await, [3]);
    assert_eq!(positions(FeedQuery { call: Some(ours), after: 3, ..all() }).await, [0_u64; 0]);
}

pub(super) async fn no_number_and_no_word_is_told(store: Arc<dyn FeedStore>) {
    const WORDS: &str = "Tell Marlene that the tulips are blue.";
    let calls = journal(&store);
    let asked = CallRequest::new(request(7).to, WORDS).with(|call| {
        call.metadata = [("order".to_owned(), WORDS.to_owned())].into();
        call.callee_name = Some(WORDS.to_owned());
        call.tags = vec!["tulips".to_owned()];
    });
    let call = open(&calls, asked, 0).await;
    let tried = send(&calls, call).await;
    let error = switchboard_core::Error::new(switchboard_core::ErrorKind::Provider, WORDS)
        .with_code("tulips");
    let refused =
        Fact::Failed { attempt: tried, delivery: Delivery::Unknown, error: (&error).into() };
    record(&calls, call, refused).await;
    record(&calls, call, Fact::Reconciling(tried)).await;
    let failure = switchboard_core::CallFailure {
        kind: switchboard_core::ErrorKind::NoProvider,
        message: WORDS.to_owned(),
    };
    record(&calls, call, Fact::GaveUp(failure)).await;
    let mut ended = completed("alpha", "tulips-17");
    (ended.summary, ended.next_steps) = (Some(WORDS.to_owned()), Some(WORDS.to_owned()));
    ended.raw = switchboard_core::Raw::new(WORDS.into());
    record(&calls, call, Fact::Reported(Box::new(ended))).await;
    let events = told(&store).await;
    assert_eq!(events.len(), 5, "{events:?}");
    for event in events {
        let text = format!("{:?}", event.event);
        for word in ["tulips", "Marlene", "5550007"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}
