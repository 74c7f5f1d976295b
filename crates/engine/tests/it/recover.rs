//! What a process left in some state, and what the next one makes of it.

use std::{sync::Arc, time::Duration};

use jiff::ToSpan;
use switchboard_core::{
    Attempt, AttemptId, AttemptState, Call, CallId, CallRequest, CallStatus, ErrorKind, Outcome,
    Proof, Refusal,
};
use switchboard_engine::Recovered;
use switchboard_journal::{Journal, JournalExt, NewCall, state::Fact};
use uuid::Uuid;

use crate::support::{
    call, epoch, id,
    process::{Gone, books, clock, dying, kill},
    request, seconds, valid, within,
    world::{Act, World, process, shared},
};

/// Takes a call up that one process left in some state, and says what was counted and how it ended.
async fn taken_up(
    worlds: &[Arc<World>],
    left: impl AsyncFnOnce(&dyn Journal) -> CallId,
) -> (Recovered, Call) {
    let (clock, books) = (clock(), books());
    let id = left(&*books).await;
    books.leave();
    let next = process(worlds, &clock, Arc::new(books.another()));
    let recovered = next.recover().await.unwrap();
    (recovered, within(next.wait(id)).await.unwrap())
}

async fn opened(journal: &dyn Journal, request: CallRequest) -> CallId {
    let id = CallId::new(Uuid::now_v7());
    let new = NewCall::new(id, Arc::new(valid(request)), epoch());
    journal.open(new).await.unwrap();
    id
}

async fn said(journal: &dyn Journal, id: CallId, facts: impl IntoIterator<Item = Fact>) {
    for fact in facts {
        journal.record(id, fact, epoch()).await.unwrap();
    }
}

fn admitted() -> Fact {
    Fact::Admitted { estimated_cost: None, experiment: None, plan: None }
}

fn attempt() -> Attempt {
    Attempt::new(AttemptId::new(Uuid::now_v7()), id("alpha"), Uuid::nil(), epoch())
}

#[tokio::test(start_paused = true)]
async fn what_had_not_left_goes_on() {
    for told in [0, 1, 2] {
        let worlds = shared([World::new("alpha", &[])]);
        let (recovered, call) = taken_up(&worlds, async |journal| {
            let id = opened(journal, request(1)).await;
            said(journal, id, [Fact::Scheduled, admitted()].into_iter().take(told)).await;
            id
        })
        .await;
        assert_eq!((recovered.calls, recovered.resumed), (1, 1), "after {told} facts");
        assert_eq!((call.status, worlds[0].rings()), (CallStatus::Closed, 1), "after {told} facts");
    }
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_call_keeps_its_hour() {
    let worlds = shared([World::new("alpha", &[])]);
    let began = tokio::time::Instant::now();
    let (_, call) = taken_up(&worlds, async |journal| {
        let opens = epoch().checked_add(1.hour()).unwrap();
        let id = opened(journal, request(1).with(|call| call.not_before = Some(opens.to_string())))
            .await;
        said(journal, id, [Fact::Scheduled]).await;
        id
    })
    .await;
    assert_eq!(call.status, CallStatus::Closed);
    assert!(worlds[0].rung()[0].at.duration_since(began) >= seconds(3600));
}

#[tokio::test(start_paused = true)]
async fn an_intent_that_nobody_claimed_never_left_and_the_call_goes_on() {
    let worlds = shared([World::new("alpha", &[])]);
    let (recovered, call) = taken_up(&worlds, async |journal| {
        let id = opened(journal, request(1)).await;
        said(journal, id, [admitted(), Fact::Intended(Box::new(attempt()))]).await;
        id
    })
    .await;
    assert_eq!((recovered.resumed, recovered.uncertain), (1, 0));
    assert_eq!((call.status, worlds[0].rings(), call.attempts.len()), (CallStatus::Closed, 1, 2));
    assert_eq!(call.attempts[0].state, AttemptState::NotPlaced);
    assert_eq!(call.attempts[0].evidence[0].proof, Proof::NeverClaimed);
}

#[tokio::test(start_paused = true)]
async fn a_claim_may_have_been_sent_and_is_never_sent_again() {
    for sent in [false, true] {
        let worlds = shared([World::new("alpha", &[]), World::new("beta", &[])]);
        let (recovered, call) = taken_up(&worlds, async |journal| {
            let id = opened(journal, request(1)).await;
            let attempt = attempt();
            let name = attempt.id;
            said(journal, id, [admitted(), Fact::Intended(Box::new(attempt)), Fact::Claimed(name)])
                .await;
            if sent {
                said(journal, id, [Fact::Sent(name)]).await;
            }
            id
        })
        .await;
        assert_eq!((recovered.uncertain, recovered.resumed), (1, 0), "sent: {sent}");
        assert_eq!(call.status, CallStatus::Indeterminate, "sent: {sent}");
        assert_eq!(call.attempts[0].error.as_ref().unwrap().code.as_deref(), Some("restart"));
        assert!(worlds.iter().all(|world| world.orders().is_empty()), "sent: {sent}");
    }
}

/// A call whose placing request is open when its process is gone.
async fn open_when_gone(act: Act) -> (Recovered, Call, Vec<Arc<World>>) {
    let worlds = shared([World::new("alpha", &[act]), World::new("beta", &[])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(5)).await;
    kill(&first, &books);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    let recovered = second.recover().await.unwrap();
    let last = second.get(id).await.unwrap().attempts[0].state;
    assert!(
        matches!(last, AttemptState::Unknown | AttemptState::Reconciling | AttemptState::Placed),
        "{last:?}: what was open is written down as in doubt when recover returns, or was found by then"
    );
    (recovered, within(second.wait(id)).await.unwrap(), worlds)
}

#[tokio::test(start_paused = true)]
async fn an_open_request_is_looked_for_and_found() {
    let (recovered, call, worlds) = open_when_gone(Act::RingAndHang).await;
    assert_eq!((recovered.calls, recovered.uncertain), (1, 1));
    assert_eq!((call.status, call.provider_call_id), (CallStatus::Closed, Some("alpha-0".into())));
    assert_eq!((worlds[0].rings(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_open_request_that_nothing_shows_is_indeterminate() {
    let (_, call, worlds) = open_when_gone(Act::Hang).await;
    assert_eq!(call.status, CallStatus::Indeterminate);
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_under_way_is_followed_to_its_end() {
    let mut alpha = World::new("alpha", &[]);
    alpha.lasts = seconds(300);
    let worlds = shared([alpha]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let id = within(first.place(call(1))).await.unwrap().id;
    kill(&first, &books);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    let recovered = second.recover().await.unwrap();
    assert_eq!(recovered, Recovered { calls: 1, followed: 1, ..Recovered::default() });
    assert_eq!(within(second.wait(id)).await.unwrap().outcome, Some(Outcome::Completed));
    assert_eq!(
        second.recover().await.unwrap(),
        Recovered::default(),
        "it is nobody else's to take"
    );
}

/// A call that one process tried so often before it was gone, between an attempt that was proven
/// silent and the next.
async fn silent_when_gone(acts: &[Act], written: usize) -> (Call, Vec<Arc<World>>) {
    let worlds = shared([World::new("alpha", acts), World::new("beta", &[])]);
    let (clock, books) = (clock(), books());
    // Admitted, then two transactions for each attempt: the bracket and its result.
    let (journal, over, _) = dying(&books, Some(Gone::After(2 * written)));
    let first = process(&worlds, &clock, journal);
    let id = first.submit(call(1)).await.unwrap().id;
    within(over.notified()).await;
    let last = first.get(id).await.unwrap().attempts.pop().unwrap();
    assert_eq!(last.state, AttemptState::NotPlaced);
    kill(&first, &books);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    assert_eq!(second.recover().await.unwrap().resumed, 1);
    (within(second.wait(id)).await.unwrap(), worlds)
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refused_is_not_asked_again_by_the_next_process() {
    let (call, worlds) = silent_when_gone(&[Act::Refuse(Refusal::ThisProvider)], 1).await;
    assert_eq!((call.status, call.provider), (CallStatus::Closed, Some(id("beta"))));
    assert_eq!((worlds[0].orders().len(), worlds[1].rings()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_all_is_one_for_the_next_process_too() {
    let (call, worlds) = silent_when_gone(&[Act::Refuse(Refusal::Everyone)], 1).await;
    assert_eq!(call.status, CallStatus::Refused);
    assert_eq!(call.fault.unwrap().kind, ErrorKind::Forbidden, "the provider's own reason");
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_credit_waits_for_it_in_the_next_process_too() {
    let (call, worlds) = silent_when_gone(&[Act::Refuse(Refusal::Quota)], 1).await;
    assert_eq!((call.status, call.provider), (CallStatus::Closed, Some(id("alpha"))));
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn retries_are_counted_over_processes() {
    for gone_after in [1, 2, 3] {
        let (call, worlds) = silent_when_gone(&[Act::NotSent(Duration::ZERO); 9], gone_after).await;
        assert_eq!(
            (call.status, call.provider),
            (CallStatus::Closed, Some(id("beta"))),
            "gone after {gone_after}"
        );
        assert_eq!(
            (worlds[0].orders().len(), worlds[1].rings()),
            (3, 1),
            "gone after {gone_after}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_stays_the_same_over_processes() {
    let (_, worlds) = silent_when_gone(&[Act::NotSent(Duration::ZERO)], 1).await;
    let orders = worlds[0].orders();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0].idempotency_key, orders[1].idempotency_key);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_gone_from_the_configuration_leaves_no_call_open() {
    for act in [Act::RingAndHang, Act::Ring] {
        let worlds = shared([World::new("alpha", &[act]), World::new("beta", &[])]);
        let (clock, books) = (clock(), books());
        let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
        let id = first.submit(call(1)).await.unwrap().id;
        tokio::time::sleep(seconds(5)).await;
        kill(&first, &books);
        let second = process(&worlds[1..], &clock, Arc::new(books.another()));
        second.recover().await.unwrap();
        let call = within(second.wait(id)).await.unwrap();
        let expected =
            if act == Act::Ring { CallStatus::Stalled } else { CallStatus::Indeterminate };
        assert_eq!((call.status, worlds[1].orders().len()), (expected, 0), "{act:?}");
    }
}
