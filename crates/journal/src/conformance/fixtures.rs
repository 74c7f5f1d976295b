//! The requests, attempts and facts that the rules are tried with.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptId, Call, CallFailure, CallId, CallRequest, CallStatus, Currency, Delivery,
    Error, ErrorKind, Money, Outcome, ProviderCall, ProviderId, ProviderState, Result, ValidCall,
};
use switchboard_router::{Budgeted, ConcurrencySlot, RateSlot, Reservation, Scope};
use uuid::Uuid;

use crate::{Journal, JournalExt, NewCall, Opened, Write, state::Fact};

/// Two processes with one journal, both alive, and what makes the first one gone in the eyes of the
/// second.
pub type Pair = (Arc<dyn Journal>, Arc<dyn Journal>, BoxFuture<'static, ()>);

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

pub(in crate::conformance) fn queued(provider: &str, theirs: &str) -> ProviderCall {
    report(provider, theirs, ProviderState::Queued)
}

pub(in crate::conformance) fn completed(provider: &str, theirs: &str) -> ProviderCall {
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
pub(in crate::conformance) fn task(n: u32, task: &str) -> CallRequest {
    request(n).with(|call| call.task = task.to_owned())
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

pub(in crate::conformance) async fn refusal_to_open(
    journal: &Arc<dyn Journal>,
    request: CallRequest,
    after: u64,
) -> Error {
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
    Attempt::new(
        AttemptId::new(Uuid::now_v7()),
        ProviderId::new(provider.to_owned()),
        Uuid::now_v7(),
        at(1),
    )
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
pub(in crate::conformance) fn agents_attempt(provider: &str, agent: Option<&str>) -> Attempt {
    attempt(provider).with(|attempt| attempt.agent = agent.map(Into::into))
}

/// The `n`th call, sent by this attempt, with an unknown result.
pub(in crate::conformance) async fn in_doubt(
    journal: &Arc<dyn Journal>,
    n: u32,
    one: Attempt,
) -> (CallId, AttemptId) {
    let call = open(journal, request(n), 0).await;
    let tried = one.id;
    record(journal, call, admitted()).await;
    write_intent(journal, call, one, Reservation::default()).await.unwrap();
    record(journal, call, failed(tried, Delivery::Unknown)).await;
    (call, tried)
}

/// Facts and what they need.
pub(in crate::conformance) async fn write(
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
