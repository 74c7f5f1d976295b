//! What a journal may never write, run through the trait, so that every journal is held to the same
//! rules.
//!
//! [`hold`] is for tests: it panics where a journal breaks a rule; [`hold_shared`] does the same
//! with two processes, and [`hold_by_the_callers_clock`] with journals that go by the time that
//! they are given. The rest of the module builds the requests and facts that it needs, and is open
//! so that a journal's own tests can say things in the same words. It is one long file because it
//! is one list: every rule about a call that a journal has to keep.
//!
//! | file | rules about |
//! |---|---|
//! | `intent.rs` | what is written together |
//! | `duplicates.rs` | the same person and task again, and rows of batches |
//! | `reservations.rs` | slots and budgets |
//! | `concurrency.rs` | how many calls are under way at once |
//! | `doubt.rs` | agents whose last call is not identified |
//! | `rings.rs` | how often a phone rings, redials and bills |
//! | `inbox.rs` | webhooks |
//! | `news.rs` | what other processes write to a process's calls |
//! | `processes.rs` | several processes with one journal |
//! | `audit.rs` | decisions that are not about a single call |
//! | `server/` | what a server keeps beside the calls |
//!
//! [`HookedJournal`] is a journal in memory for tests that have their word in its steps, or watch
//! them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod audit;
mod concurrency;
mod doubt;
mod duplicates;
mod hooked;
mod inbox;
mod intent;
mod news;
mod processes;
mod reservations;
mod rings;
pub mod server;

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use switchboard_core::{
    Appointment, Attempt, AttemptId, AttemptState, Call, CallFailure, CallId, CallRequest,
    CallStatus, Currency, Delivery, Error, ErrorKind, Money, Outcome, Proof, ProviderCall,
    ProviderId, ProviderState, Redial, Refusal, Result, ValidCall,
};
use switchboard_router::{Budgeted, ConcurrencySlot, RateSlot, Reservation, Scope};
use uuid::Uuid;

use crate::{Journal, JournalExt, NewCall, Opened, Selection, Write, state::Fact};

pub use audit::debate;
pub use concurrency::crowd;
pub use hooked::{HookedJournal, Hooks, Written};

/// Every rule, each on a journal of its own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold<Made: Future<Output = Arc<dyn Journal>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    one_live_attempt(new().await).await;
    one_active_call_for_each_callee_and_tenant(new().await).await;
    who_may_have_rung_keeps_the_callee(new().await).await;
    one_owner_of_a_providers_call(new().await).await;
    a_key_names_one_request(new().await).await;
    duplicates::a_possible_duplicate_is_refused_within_its_window(new().await).await;
    duplicates::a_refused_call_is_no_duplicate(new().await).await;
    duplicates::a_duplicate_that_was_meant_does_not_hide_the_first(new().await).await;
    duplicates::who_is_still_to_be_called_or_just_was_is_held_back(new().await).await;
    duplicates::a_key_that_was_made_is_no_leave(new().await).await;
    duplicates::a_row_is_one_call_whatever_else_it_says(new().await).await;
    what_is_forbidden_changes_nothing(new().await).await;
    what_is_forbidden_frees_nobody(new().await).await;
    what_was_asked_for_comes_back_whole(new().await).await;
    calls_are_selected(new().await).await;
    calls_are_found_again(new().await).await;
    intent::several_facts_are_all_or_nothing(new().await).await;
    intent::a_refusal_takes_nothing(new().await).await;
    reservations::slots_are_given_back_only_where_nothing_was_sent(new().await).await;
    reservations::budgets_are_never_overdrawn(new().await).await;
    reservations::holds_are_released_by_proof_alone(new().await).await;
    reservations::an_attempt_holds_its_share_once(new().await).await;
    doubt::an_agent_in_doubt_takes_no_call(new().await).await;
    doubt::who_is_alone(new().await).await;
    doubt::an_end_without_an_id_leaves_its_neighbours_unproven(new().await).await;
    doubt::two_tenants_with_one_task_are_not_told_apart_by_it(new().await).await;
    rings::rings_are_counted_by_person_tenant_and_time(new().await).await;
    rings::a_second_ring_waits_for_the_end_of_the_first(new().await).await;
    rings::bills_come_late_and_add_up(new().await).await;
    concurrency::a_room_is_kept_until_the_call_is_over(new().await).await;
    concurrency::no_more_are_under_way_than_there_is_room(new().await).await;
    concurrency::what_a_write_gives_back_is_there_for_the_next(new().await).await;
    concurrency::a_room_has_an_end_of_its_own(new().await).await;
    crowd(&[new().await]).await;
    inbox::webhooks_are_kept_until_they_are_handled(new().await).await;
    audit::decisions_are_kept_in_order(new().await).await;
    audit::a_decision_comes_back_whole(new().await).await;
}

/// Two processes with one journal, both alive, and what makes the first one gone in the eyes of the
/// second.
pub type Pair = (Arc<dyn Journal>, Arc<dyn Journal>, BoxFuture<'static, ()>);

/// Every rule about several processes, each on a journal of its own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold_shared<Made: Future<Output = Pair> + Send>(new: impl Fn() -> Made + Send + Sync) {
    processes::only_its_owner_moves_a_call_on(new().await).await;
    processes::who_lives_keeps_its_calls(new().await).await;
    processes::the_calls_of_the_gone_are_taken_over(new().await).await;
    processes::what_attempts_take_is_shared(new().await).await;
    news::what_others_write_is_news_until_it_was_acted_on(new().await).await;
    news::every_kind_of_evidence_is_news(new().await).await;
    news::news_of_the_gone_are_their_heirs(new().await).await;
    concurrency::rooms_are_shared_and_outlive_their_process(new().await).await;
    audit::decisions_are_everybodys(new().await).await;
    let (one, other, _gone) = new().await;
    crowd(&[one, other]).await;
    let (one, other, _gone) = new().await;
    debate(&[one, other]).await;
}

/// Every rule about time, for journals that go by the time that they are given and by no clock of
/// their own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold_by_the_callers_clock<Made: Future<Output = Arc<dyn Journal>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    reservations::a_window_slides(new().await).await;
    concurrency::a_room_ends_when_it_was_said_to(new().await).await;
}

/// The moment at which these tests begin.
///
/// # Panics
/// Never: it is a constant.
pub fn epoch() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// So many seconds after it.
///
/// # Panics
/// Beyond the year 9999.
pub fn at(after: u64) -> Timestamp {
    epoch().checked_add(Duration::from_secs(after)).unwrap()
}

/// A request to the `n`th number, in Texas; another for each `n` below 100,000.
pub fn request(n: u32) -> CallRequest {
    CallRequest::new(format!("+1512{:07}", 5_550_000 + n), "Ask whether they are open on Sunday.")
}

/// The call that a request is.
///
/// # Panics
/// Where it makes no sense.
pub fn valid(request: &CallRequest) -> ValidCall {
    request.validate(epoch()).unwrap()
}

/// What a provider says of a call in this state.
pub fn report(provider: &str, theirs: &str, state: ProviderState) -> ProviderCall {
    let provider = ProviderId::new(provider.to_owned());
    ProviderCall::new(provider, theirs.into(), state, format!("{state:?}"))
}

fn queued(provider: &str, theirs: &str) -> ProviderCall {
    report(provider, theirs, ProviderState::Queued)
}

fn completed(provider: &str, theirs: &str) -> ProviderCall {
    report(provider, theirs, ProviderState::Ended(Outcome::Completed))
}

/// A call that is about to exist.
///
/// # Panics
/// Where the request makes no sense.
pub fn new_call(request: &CallRequest, at: Timestamp) -> NewCall {
    NewCall::new(CallId::new(Uuid::now_v7()), Arc::new(valid(request)), at)
}

/// The same number and another task each time.
fn task(n: u32, task: &str) -> CallRequest {
    CallRequest { task: task.to_owned(), ..request(n) }
}

/// A new call in the journal.
///
/// # Panics
/// Where it is refused or was there already.
pub async fn open(journal: &Arc<dyn Journal>, request: CallRequest, after: u64) -> CallId {
    match journal.open(new_call(&request, at(after))).await.unwrap() {
        Opened::New(call) => {
            assert_eq!(call.status, CallStatus::Received);
            call.id
        }
        Opened::Replayed(call) | Opened::Changed(call) => panic!("{} was there already", call.id),
    }
}

async fn refusal_to_open(journal: &Arc<dyn Journal>, request: CallRequest, after: u64) -> Error {
    journal.open(new_call(&request, at(after))).await.unwrap_err()
}

/// A fact in the journal.
///
/// # Panics
/// Where it is refused.
pub async fn record(journal: &Arc<dyn Journal>, call: CallId, fact: Fact) -> Call {
    Call::clone(&journal.record(call, fact, at(1)).await.unwrap().call)
}

/// It may be placed.
pub fn admitted() -> Fact {
    Fact::Admitted { estimated_cost: None, experiment: None, plan: None }
}

/// An attempt that is about to exist.
pub fn attempt(provider: &str) -> Attempt {
    Attempt {
        id: AttemptId::new(Uuid::now_v7()),
        provider: ProviderId::new(provider.to_owned()),
        ring: 0,
        agent: None,
        idempotency_key: Uuid::now_v7(),
        state: AttemptState::Intent,
        provider_call_id: None,
        delivery: None,
        error: None,
        outcome: None,
        estimated_cost: None,
        cost: None,
        billed: None,
        created_at: at(1),
        sent_at: None,
        ended_at: None,
        evidence: Vec::new(),
    }
}

/// The placing request failed so.
pub fn failed(attempt: AttemptId, delivery: Delivery) -> Fact {
    Fact::Failed {
        attempt,
        delivery,
        error: (&Error::new(ErrorKind::Provider, "it failed")).into(),
    }
}

/// Nobody takes it.
pub fn fault() -> CallFailure {
    CallFailure { kind: ErrorKind::NoProvider, message: "nobody takes it".to_owned() }
}

/// From received to sent.
///
/// # Panics
/// Where a step is refused.
pub async fn send(journal: &Arc<dyn Journal>, call: CallId) -> AttemptId {
    let attempt = attempt("alpha");
    let tried = attempt.id;
    for fact in
        [admitted(), Fact::Intended(Box::new(attempt)), Fact::Claimed(tried), Fact::Sent(tried)]
    {
        record(journal, call, fact).await;
    }
    tried
}

/// An attempt in which this agent speaks.
fn agents_attempt(provider: &str, agent: Option<&str>) -> Attempt {
    Attempt { agent: agent.map(Into::into), ..attempt(provider) }
}

/// The `n`th call, sent by this attempt, with an unknown result.
async fn in_doubt(journal: &Arc<dyn Journal>, n: u32, one: Attempt) -> (CallId, AttemptId) {
    let call = open(journal, request(n), 0).await;
    let tried = one.id;
    record(journal, call, admitted()).await;
    write_intent(journal, call, one, Reservation::default()).await.unwrap();
    record(journal, call, failed(tried, Delivery::Unknown)).await;
    (call, tried)
}

/// Facts and what they need.
async fn write(
    journal: &Arc<dyn Journal>,
    call: CallId,
    facts: Vec<Fact>,
    reservation: Reservation,
) -> Result<Call> {
    let written = journal.write(call, Write { facts, reservation }, at(1)).await?;
    Ok(Call::clone(&written.call))
}

/// From admitted to sent in one write, with all that the attempt needs.
///
/// # Errors
/// What is missing.
pub async fn write_intent(
    journal: &Arc<dyn Journal>,
    call: CallId,
    attempt: Attempt,
    reservation: Reservation,
) -> Result<Call> {
    let tried = attempt.id;
    let facts = vec![Fact::Intended(Box::new(attempt)), Fact::Claimed(tried), Fact::Sent(tried)];
    write(journal, call, facts, reservation).await
}

/// One slot of a limit per minute.
pub fn rate_slot(limiter: &str, limit: u32) -> RateSlot {
    RateSlot {
        scope: Scope::Placing(ProviderId::new(limiter.to_owned())),
        limit,
        window: Duration::from_secs(60),
    }
}

/// One slot of a limit of concurrent calls, for at most an hour from the first second of these
/// tests.
pub fn concurrency_slot(scope: &str, limit: u32) -> ConcurrencySlot {
    ConcurrencySlot {
        scope: Scope::Calls(ProviderId::new(scope.to_owned())),
        limit,
        until: at(3_601),
    }
}

/// A budget of so many millionths of a dollar, in a period that begins with these tests.
pub fn budgeted(name: &str, micros: i64) -> Budgeted {
    Budgeted {
        name: name.to_owned(),
        period: epoch(),
        limit: Money::from_micros(micros, Currency::USD),
    }
}

async fn one_live_attempt(journal: Arc<dyn Journal>) {
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

async fn one_active_call_for_each_callee_and_tenant(journal: Arc<dyn Journal>) {
    let first = open(&journal, task(1, "one"), 0).await;
    let second = open(&journal, task(1, "two"), 0).await;
    let elsewhere = CallRequest { tenant: Some("another".to_owned()), ..task(1, "three") };
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

async fn who_may_have_rung_keeps_the_callee(journal: Arc<dyn Journal>) {
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

async fn one_owner_of_a_providers_call(journal: Arc<dyn Journal>) {
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

async fn a_key_names_one_request(journal: Arc<dyn Journal>) {
    let keyed = |n: u32| CallRequest { idempotency_key: Some("order-17".to_owned()), ..request(n) };
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
    for other in [keyed(2), CallRequest { urgent: true, ..keyed(1) }] {
        let reused = refusal_to_open(&journal, other, 2).await;
        assert_eq!(
            (reused.kind(), reused.code()),
            (ErrorKind::Conflict, Some("idempotency_key_reused"))
        );
        assert!(reused.message().contains(&first.to_string()));
    }
    let theirs = CallRequest { tenant: Some("another".to_owned()), ..keyed(2) };
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

async fn what_is_forbidden_changes_nothing(journal: Arc<dyn Journal>) {
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

async fn what_is_forbidden_frees_nobody(journal: Arc<dyn Journal>) {
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

async fn what_was_asked_for_comes_back_whole(journal: Arc<dyn Journal>) {
    let everything = CallRequest {
        agent: Some("receptionist".to_owned()),
        language: Some("es-mx".to_owned()),
        callee_name: Some("José".to_owned()),
        business_name: Some("Chez \"Nous\"".to_owned()),
        on_behalf_of: Some("Ann".to_owned()),
        callback_number: Some("+442079460018".to_owned()),
        first_message: Some("Hello\nthere".to_owned()),
        instructions: vec!["Be brief.".to_owned(), "Be kind.".to_owned()],
        appointment: Some(Appointment {
            date: Some("2026-03-14".to_owned()),
            time: Some("20:05".to_owned()),
            time_preference: Some("after five".to_owned()),
            party_size: Some(4),
        }),
        lead_id: Some("lead-7".to_owned()),
        timezone: Some("America/New_York".to_owned()),
        urgent: true,
        max_duration_seconds: Some(90),
        not_before: Some("2026-03-02T09:00:00.5+01:00".to_owned()),
        not_after: Some("2026-03-02T09:00:00.000000001Z".to_owned()),
        max_cost: Some(Money::from_micros(1_250_001, Currency::EUR)),
        tags: vec!["b".to_owned(), "a".to_owned()],
        metadata: [("order".to_owned(), "17".to_owned())].into(),
        idempotency_key: Some("everything".to_owned()),
        batch: Some("spring; 20 %".to_owned()),
        tenant: Some("another".to_owned()),
        allow_duplicate: true,
        failover_on_quota: true,
        redial: Some(Redial {
            on: [Outcome::Busy, Outcome::NoAnswer].into(),
            times: 2,
            gap_seconds: 300,
            per_day: 3,
        }),
        ..request(1)
    };
    let asked = valid(&everything);
    let call = open(&journal, everything, 7).await;
    assert_eq!(
        *journal.request(call).await.unwrap().unwrap(),
        asked,
        "though its window is over by now"
    );
    let kept = journal.get(call).await.unwrap().unwrap();
    assert_eq!((kept.to, kept.metadata, kept.batch), (asked.to, asked.metadata, asked.batch));

    let row = CallRequest {
        batch: Some("spring".to_owned()),
        row_key: Some("made of it".to_owned()),
        ..request(2)
    };
    let call = open(&journal, row.clone(), 8).await;
    assert_eq!(*journal.request(call).await.unwrap().unwrap(), valid(&row));
}

async fn calls_are_selected(journal: Arc<dyn Journal>) {
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

async fn calls_are_found_again(journal: Arc<dyn Journal>) {
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
