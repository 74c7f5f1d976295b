//! The loop that sends. Nothing else in the workspace calls `Calls::place`.
//!
//! Every attempt is recorded before a byte leaves, and its result before anything else happens.
//! What happens next depends only on the result's `Delivery`: there is no match arm that retries by
//! default. The file is long so that every decision about sending can be reviewed in one place.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptError, Call, CallFailure, CallId, Delivery, Error, ErrorKind, Outcome,
    PlaceError, PlaceRequest, ProviderCall, ProviderCallId, ProviderState, Refusal, Result,
    RuleVerdict, ValidCall,
};
use switchboard_journal::{Denied, Write, WriteError, state::Fact};
use switchboard_router::{
    Candidate, NumberPolicy, Parties, Rejected, Rejection, Reservation, Scope,
    failover::{Next, next},
    hash::{digest, share},
    hold,
    scopes::slots,
};
use tokio::sync::SemaphorePermit;
use tracing::{Instrument, Span, debug_span, field};

use crate::{
    bill,
    config::ActiveConfig,
    credit,
    decide::{self, Decided},
    departure::Departure,
    events::{AfterFailure, CallEventKind},
    follow::{self, PlacedCall},
    judge, opening,
    place_request::order,
    planned::Planned,
    provider::ProviderRuntime,
    reconcile, redial,
    refuse::{expired, refuse, refuse_by},
    review,
    shared::Shared,
    tried::Tried,
    waiting::{Permit, WaitRequest},
};

/// The longest pause that is accepted from a provider's Retry-After.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Bounds of the pause after "too many requests": the shortest, and the longest if the provider
/// does not say how long to wait.
const REST: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The longest first pause if the provider does not say how long to wait; doubles with each repeat.
const FIRST_REST: Duration = Duration::from_secs(15);
/// The longest pause before the first retry of an unsent attempt; twice as long before the second.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// How soon to look again at a provider whose capacity is used up by other processes.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often to read the provider's list for a call whose placing request is only answered when the
/// call is over.
const EARLY_LOOKUP_EVERY: Duration = Duration::from_secs(15);

/// How the attempts of a call ended for now.
pub(crate) enum Ran {
    /// Nothing more is sent: a provider may have the call, or it was refused.
    Over,
    /// The calling rules do not let it ring now. Nothing is in doubt.
    Held,
}

/// What to do after an attempt.
enum Then {
    /// The provider has the call, or that is unknown, or a person has to approve it: send nothing
    /// more.
    Stop,
    /// Proven not to have rung, and a provider may still be asked.
    Again,
    /// Proven not to have rung, and no provider may be asked any more.
    GiveUp(CallFailure),
    /// Nothing was sent, because the calling rules do not let it ring now.
    Hold,
}

/// What all attempts of one call have in common.
struct CallContext<'a> {
    inner: &'a Arc<Shared>,
    /// The configuration under which the call was admitted.
    config: &'a ActiveConfig,
    id: CallId,
    request: &'a Arc<ValidCall>,
    ring: u32,
    draw: u64,
    /// True if another provider may be asked when one provider's account is out of credit.
    quota_opt_in: bool,
}

/// Sends attempts until one may have rung, or no provider is left. Continues after the call's
/// earlier attempts.
pub(crate) async fn run(
    inner: &Arc<Shared>,
    asks: &WaitRequest<'_>,
    call: &Call,
    first: Planned,
    draw: u64,
    mut pass: Option<Permit>,
) -> Result<Ran> {
    let WaitRequest { request, config, .. } = *asks;
    let going = CallContext {
        inner,
        config,
        id: call.id,
        request,
        ring: redial::ring(&call.attempts),
        draw,
        quota_opt_in: config.policy.fails_over_on_quota(request),
    };
    let (mut tried, end) = Tried::of(config, call, going.ring, going.quota_opt_in);
    if let Some(fault) = end {
        refuse(inner, call.id, fault).await?;
        return Ok(Ran::Over);
    }
    let mut first = Some(first);
    loop {
        let mut planned = first.take().unwrap_or_else(|| going.plan(&tried));
        let plan = &mut planned.plan;
        plan.rejected.retain(|one| tried.may_wait_for(&one.provider));
        plan.candidates.retain(|one| tried.allows(config, one));
        // Providers that asked for a pause come after those that were not asked yet.
        plan.candidates.sort_by_key(|one| tried.is_deferred(&one.provider));
        // A retry after an unsent attempt comes before the next provider, if the plan still allows
        // it.
        if let Some(last) = tried.last.take()
            && let Some(at) = plan.candidates.iter().position(|one| one.provider == last)
            && let Some(front) = plan.candidates.get_mut(..=at)
        {
            front.rotate_right(1);
        }
        match inner.waiting.turn(inner, asks, &mut planned, &mut pass).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                // The last provider's error is more useful than a message that no provider is left.
                let said = tried
                    .fault
                    .take()
                    .filter(|_| error.kind() == ErrorKind::NoProvider && error.field().is_none());
                let fault = said.unwrap_or_else(|| CallFailure::from(&error));
                refuse_by(inner, call.id, fault, planned.record(config, draw)).await?;
                return Ok(Ran::Over);
            }
        }
        // Whatever may take long comes before the look at the clock.
        let turn = going.turn(&planned).await;
        let now = inner.now();
        if !request.window.contains(now) || now > asks.give_up {
            let fault = tried.fault.take().unwrap_or_else(|| expired(request, asks.give_up));
            refuse_by(inner, call.id, fault, planned.record(config, draw)).await?;
            return Ok(Ran::Over);
        }
        let plan = &planned.plan;
        let Some(candidate) = plan.candidates.first() else {
            return Err(plan.to_error());
        };
        let parties = plan.parties(&request.tenant);
        let span = debug_span!(
            "attempt",
            call = %call.id,
            provider = %candidate.provider,
            delivery = field::Empty
        );
        let attempt = attempt(&going, candidate, parties, &mut tried, &mut pass, turn);
        match attempt.instrument(span).await? {
            Then::Stop => return Ok(Ran::Over),
            Then::Again => {}
            Then::Hold => return Ok(Ran::Held),
            Then::GiveUp(fault) => {
                refuse(inner, call.id, fault).await?;
                return Ok(Ran::Over);
            }
        }
    }
}

impl<'a> CallContext<'a> {
    /// Waits for the pace of the planned provider and for a turn at the journal.
    async fn turn(&self, planned: &Planned) -> Option<SemaphorePermit<'a>> {
        let candidate = planned.plan.candidates.first()?;
        self.config.runtime(&candidate.provider)?.pace_turn(&*self.inner.clock).await;
        self.inner.reserving_turn().await
    }

    /// Plans which provider to ask next. If no other provider is left, providers that are ejected
    /// as outliers may be asked too.
    fn plan(&self, tried: &Tried) -> Planned {
        let CallContext { inner, config, request, draw, .. } = *self;
        let planned = inner.plan(config, request, draw);
        let plan = &planned.plan;
        let is_ejected = |one: &Rejected| {
            matches!(one.rejection, Rejection::Outlier(_)) && tried.may_ask(&one.provider)
        };
        if plan.candidates.iter().any(|one| tried.allows(config, one))
            || !plan.rejected.iter().any(is_ejected)
        {
            return planned;
        }
        inner.plan_over_ejections(config, request, draw)
    }
}

/// One attempt: intent, claim, send, result.
async fn attempt(
    going: &CallContext<'_>,
    candidate: &Candidate,
    parties: Parties<'_>,
    tried: &mut Tried,
    pass: &mut Option<Permit>,
    turn: Option<SemaphorePermit<'_>>,
) -> Result<Then> {
    let CallContext { inner, config, id, request, ring, .. } = *going;
    let Some(runtime) = config.runtime(&candidate.provider) else {
        return Err(inner.plan(config, request, going.draw).plan.to_error());
    };
    // Another call may have taken the last rate slot since the plan was made: plan again.
    let Ok(slot) = runtime.take_place_slot(inner.now()) else {
        pass.iter_mut().for_each(Permit::release);
        return Ok(Then::Again);
    };
    pass.iter_mut().for_each(Permit::slot_taken);
    let began = inner.clock.uptime();
    let decided = match inner.decide(config, request, parties.profile, inner.now()).await {
        Ok(decided) if decided.decision.verdict == RuleVerdict::Allow => decided,
        // The rules are asked again where the call waits, or is refused.
        Ok(_) => {
            runtime.give_back(slot);
            return Ok(Then::Hold);
        }
        Err(error) => {
            runtime.give_back(slot);
            return Err(error);
        }
    };
    let profile = parties.profile.or(config.policy.default_profile.as_ref());
    let number = runtime.number_for(&request.to, profile);
    let order = order(
        inner,
        id,
        ring,
        tried.repeats(&runtime.id),
        &config.policy.as_placed(request, parties.profile),
        &decided.opening,
        runtime,
        config.policy.agent_for(parties.profile, &runtime.id),
        number,
        &config.policy,
    );
    let write =
        match intent_transaction(going, candidate, parties, runtime, &order, number, decided) {
            Ok(write) => write,
            Err(error) => {
                runtime.give_back(slot);
                return Ok(skip_provider(going, runtime, error, tried));
            }
        };
    // From here on, a shutdown waits for this attempt.
    let open = inner.shutdown.in_flight();
    if let Err(stopping) = inner.check_running() {
        runtime.give_back(slot);
        return Err(stopping);
    }
    let reservation = write.reservation.clone();
    let written = inner.write(id, write).await;
    drop(turn);
    let recorded = match written {
        Ok(recorded) => {
            inner.gates.enter(order.attempt, &reservation, inner.now());
            if let Some(until) = reservation.concurrency_slots.first().map(|slot| slot.until) {
                runtime.enter(order.attempt, until, inner.now());
            }
            // The limits now count this attempt, so its permit is used up.
            *pass = None;
            recorded
        }
        Err(error) => {
            runtime.give_back(slot);
            pass.iter_mut().for_each(Permit::release);
            return on_denied(going, runtime, error, tried).await;
        }
    };
    tried.written += 1;
    if has_others(&recorded.call, ring, tried.written) {
        runtime.give_back(slot);
        inner.waiting.look();
        let unsent = Error::new(
            ErrorKind::Timeout,
            "the attempt was not sent: another process had the call meanwhile",
        );
        let unsent = PlaceError::not_sent(unsent.with_provider(runtime.id.clone()));
        record_failure(inner, id, runtime, &order, &unsent).await?;
        // Take over what the other process's attempts showed.
        let (known, end) = Tried::of(config, &recorded.call, ring, going.quota_opt_in);
        *tried = known;
        return Ok(end.map_or(Then::Again, Then::GiveUp));
    }
    // Checked last, with nothing slow between the check and the first byte: a process that was
    // paused here for long, or is being stopped, must not send.
    let late = inner.clock.uptime().saturating_sub(began) >= config.policy.timings.send_within;
    if late || inner.check_running().is_err() {
        runtime.give_back(slot);
        inner.waiting.look();
        let why = if late { "writing it down took too long" } else { "the engine was stopped" };
        let unsent = Error::new(ErrorKind::Timeout, format!("the attempt was not sent: {why}"))
            .with_provider(runtime.id.clone());
        return not_placed(going, runtime, &order, PlaceError::not_sent(unsent), tried).await;
    }
    inner.report(id, || CallEventKind::Sent { provider: runtime.id.clone() });
    runtime.opened();
    tried.sent += 1;

    let sent = Departure::now(&*inner.clock);
    let result = send(inner, id, runtime, &order, sent.at).await;
    match result {
        Ok(report) => {
            let waited = (!runtime.provider.info().synchronous).then(|| {
                Duration::try_from(inner.now().duration_since(sent.at)).unwrap_or_default()
            });
            judge::worked(inner, runtime, sent.uptime(), waited);
            answered(inner, id, runtime, &order, report, sent).await?;
            drop(open);
            Ok(Then::Stop)
        }
        Err(failed) => {
            if failed.delivery() == Delivery::NotSent {
                runtime.give_back(slot);
                inner.waiting.look();
            }
            judge::failed(inner, id, runtime, &failed, sent.uptime());
            match failed.delivery() {
                Delivery::NotSent | Delivery::Refused(_) => {
                    not_placed(going, runtime, &order, failed, tried).await
                }
                Delivery::Placed | Delivery::Unknown => {
                    runtime.doubt(order.attempt, order.agent.clone());
                    record_failure(inner, id, runtime, &order, &failed).await?;
                    inner.report(id, || CallEventKind::InDoubt { error: failed.to_string() });
                    reconcile::start(inner, id, runtime, order, sent);
                    Ok(Then::Stop)
                }
            }
        }
    }
}

/// True if the ring has attempts that this process did not make: it was paused, and another process
/// owned the call meanwhile.
fn has_others(call: &Call, ring: u32, written: u64) -> bool {
    call.attempts.iter().filter(|attempt| attempt.ring == ring).count() as u64 != written
}

/// The one transaction before a byte leaves: intent, claim and permission to send, together with
/// everything that the attempt reserves.
fn intent_transaction(
    going: &CallContext<'_>,
    candidate: &Candidate,
    parties: Parties<'_>,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    number: Option<&NumberPolicy>,
    decided: Decided,
) -> Result<Write> {
    let CallContext { inner, config, request, ring, .. } = *going;
    let attempt =
        Attempt::new(order.attempt, runtime.id.clone(), order.idempotency_key, inner.now()).with(
            |attempt| {
                attempt.ring = ring;
                attempt.agent = order.agent.clone();
                attempt.agent_version = order.agent_version.clone();
                attempt.from = order.from.as_ref().map(|from| from.name.clone());
                attempt.estimated_cost = candidate.estimated_cost;
            },
        );
    let hold = match config.policy.providers.get(candidate.index) {
        Some(one) => hold(
            &config.policy.budgets,
            &one.deck,
            &request.to,
            order.max_duration,
            &runtime.id,
            parties,
            inner.now(),
        )?,
        None => None,
    };
    let longest = order.max_duration + config.policy.timings.grace;
    let until = inner.now().checked_add(longest).unwrap_or(Timestamp::MAX);
    let mut reservation = Reservation {
        hold,
        certain_agent: runtime.tells_by_agent(),
        callee: Some(decided.limits),
        ..slots(&config.policy, (&runtime.id, runtime.limits()), parties, until)
    };
    reservation.rate_slots.extend(number.iter().flat_map(|one| one.rate_slots(&runtime.id)));
    // With the rules off, there is nothing to keep.
    let checked = decided.decision.off.is_none();
    let mut facts: Vec<Fact> =
        checked.then(|| Fact::Decided(Box::new(decided.decision))).into_iter().collect();
    facts.extend([
        Fact::Intended(Box::new(attempt)),
        Fact::Claimed(order.attempt),
        Fact::Sent(order.attempt),
    ]);
    Ok(Write { facts, reservation })
}

/// The journal denied the attempt, for example because another process has the last slot, the agent
/// or the rest of the budget.
async fn on_denied(
    going: &CallContext<'_>,
    runtime: &ProviderRuntime,
    error: WriteError,
    tried: &mut Tried,
) -> Result<Then> {
    let now = going.inner.now();
    let after = |wait| now.checked_add(wait).unwrap_or(Timestamp::MAX);
    match error {
        WriteError::Denied(Denied::RateLimited { scope, wait }) => {
            full_until(going, runtime, &scope, after(wait));
        }
        // A concurrency slot is released when a call ends, and other processes do not announce
        // that.
        WriteError::Denied(Denied::ConcurrencyFull { scope, wait, .. }) => {
            full_until(going, runtime, &scope, after(wait.min(LOOK_AGAIN)));
        }
        WriteError::Denied(Denied::AgentInDoubt) => runtime.is_full_until(after(LOOK_AGAIN)),
        // Both happened since the rules were asked.
        WriteError::Denied(Denied::OptedOut) => return Ok(Then::GiveUp(decide::opted_out())),
        WriteError::Denied(Denied::CapReached { .. }) => {
            going.inner.clock.sleep(LOOK_AGAIN).await;
            return Ok(Then::Hold);
        }
        WriteError::Denied(denied @ Denied::OverBudget { .. }) => {
            return Ok(skip_provider(going, runtime, denied.into(), tried));
        }
        WriteError::Denied(
            denied @ (Denied::CalleeBusy { .. }
            | Denied::AttemptInFlight
            | Denied::OwnedBy(_)
            | Denied::NotOwner
            | Denied::HoldExists),
        ) => return Err(denied.into()),
        WriteError::Rejected(error) | WriteError::Unavailable(error) => return Err(error),
    }
    Ok(Then::Again)
}

/// Remembers that other processes have used up a limit until this time.
fn full_until(going: &CallContext<'_>, runtime: &ProviderRuntime, scope: &Scope, until: Timestamp) {
    match scope {
        Scope::Tenant(_) | Scope::Profile(_) => going.inner.gates.is_full(scope, until),
        Scope::Number(_, name, _) => runtime.number_is_full_until(name, until),
        Scope::Placing(_) | Scope::PlacingIn(..) | Scope::Calls(_) => runtime.is_full_until(until),
    }
}

/// Our own rules do not allow this provider for the call; another may be cheaper, or under another
/// budget.
fn skip_provider(
    going: &CallContext<'_>,
    runtime: &ProviderRuntime,
    error: Error,
    tried: &mut Tried,
) -> Then {
    going.inner.report(going.id, || CallEventKind::Skipped {
        provider: runtime.id.clone(),
        reason: error.to_string(),
    });
    tried.exclude(going.config, &runtime.id, false);
    tried.fault = Some(CallFailure::from(&error));
    Then::Again
}

/// Sends the placing request. If the backend panics, the result of the attempt is unknown.
async fn send(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<ProviderCall, PlaceError> {
    let placing = AssertUnwindSafe(runtime.provider.calls().place(order)).catch_unwind();
    let result = if runtime.provider.info().synchronous {
        let lookups = early_lookup(inner, id, runtime, order, sent_at);
        tokio::select! {
            biased;
            result = placing => result,
            never = lookups => match never {},
        }
    } else {
        placing.await
    };
    result.unwrap_or_else(|_| {
        Err(PlaceError::unknown(
            Error::new(ErrorKind::Provider, "the backend panicked while it placed the call")
                .with_provider(runtime.id.clone())
                .with_operation("calls.place"),
        ))
    })
}

/// While the placing request is unanswered, the provider's list may already show the call: its id
/// makes it possible to stop the call, and helps after a crash. A panic of the backend here counts
/// as a lookup without result, so that it does not abort the open placing request.
async fn early_lookup(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Infallible {
    let mut seen: Option<ProviderCallId> = None;
    let mut stopped = false;
    let longest = sent_at.checked_add(order.max_duration).unwrap_or(Timestamp::MAX);
    loop {
        inner.clock.sleep(EARLY_LOOKUP_EVERY).await;
        if let Some(theirs) = &seen {
            if !stopped && inner.now() >= longest {
                stopped = true;
                follow::stop_overlong(inner, id, runtime, theirs).await;
            }
            continue;
        }
        runtime.read_turn(&*inner.clock).await;
        let look =
            AssertUnwindSafe(runtime.provider.calls().trace(order, sent_at)).catch_unwind().await;
        let traces = look.ok().and_then(Result::ok).unwrap_or_default();
        if let [only] = traces.as_slice()
            && matches!(inner.journal.owner(&runtime.id, &only.call).await, Ok(None))
            && matches!(inner.journal.is_unambiguous_by_task(order.attempt).await, Ok(true))
            && inner
                .record(id, Fact::TentativeMatch(order.attempt, only.call.clone()))
                .await
                .is_ok()
        {
            seen = Some(only.call.clone());
        }
    }
}

/// Sends the request of an attempt in doubt once more, under a key for which the provider documents
/// that this places no second call. A request that never arrived *places* the call now, so everything
/// that is asked before a first request is asked again. Returns true if it was sent.
pub(crate) fn repeat<'a>(
    inner: &'a Arc<Shared>,
    id: CallId,
    runtime: &'a Arc<ProviderRuntime>,
    order: &'a PlaceRequest,
    first: Departure,
) -> BoxFuture<'a, Result<bool>> {
    send_again(inner, id, runtime, order, first).boxed()
}

async fn send_again(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    first: Departure,
) -> Result<bool> {
    let is_in_time = || first.has_young_key(&*inner.clock, runtime.provider.info().idempotency);
    if !is_in_time() {
        return Ok(false);
    }
    let config = inner.config();
    let Some(request) = inner.journal.request(id).await? else {
        return Ok(false);
    };
    let call = inner.call(id).await?;
    let Some(tried) = call.attempts.iter().find(|one| one.id == order.attempt) else {
        return Ok(false);
    };
    if !request.window.contains(inner.now()) {
        return Ok(false);
    }
    let began = inner.clock.uptime();
    let decided = inner.decide_repeat(&config, &request, tried, inner.now()).await?;
    let placed = config.policy.as_placed(&request, None);
    let words = opening::for_provider(&placed, &decided.opening, runtime.provider.info());
    let same =
        words.first_message == order.first_message && words.instructions == order.instructions;
    if decided.decision.verdict != RuleVerdict::Allow || !same {
        return Ok(false);
    }
    let Ok(slot) = runtime.take_place_slot(inner.now()) else {
        return Ok(false);
    };
    let open = inner.shutdown.in_flight();
    if inner.check_running().is_err() {
        runtime.give_back(slot);
        return Ok(false);
    }
    let reservation = Reservation {
        rate_slots: runtime.limits().rate_slots(&runtime.id),
        callee: Some(decided.limits),
        ..Reservation::default()
    };
    let write = Write { facts: vec![Fact::Repeated(order.attempt)], reservation };
    if let Err(error) = inner.write(id, write).await {
        runtime.give_back(slot);
        return match error {
            WriteError::Denied(_) => Ok(false),
            WriteError::Rejected(error) | WriteError::Unavailable(error) => Err(error),
        };
    }
    // Checked last, as before a first request. The time that all of the above took counts for the key.
    let late = inner.clock.uptime().saturating_sub(began) >= config.policy.timings.send_within;
    if late || !is_in_time() || inner.check_running().is_err() {
        runtime.give_back(slot);
        return Ok(false);
    }
    match send(inner, id, runtime, order, first.at).await {
        Ok(report) => answered(inner, id, runtime, order, report, first).await?,
        Err(failed) if failed.delivery() == Delivery::Placed => {
            record_failure(inner, id, runtime, order, &failed).await?;
        }
        // It says nothing about the first request.
        Err(failed) => tracing::debug!(call = %id, %failed, "the repeated request shows nothing"),
    }
    drop(open);
    Ok(true)
}

async fn answered(
    inner: &Arc<Shared>,
    id: CallId,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    mut report: ProviderCall,
    sent: Departure,
) -> Result<()> {
    // The answer is not the place to find out that it will not be dialled: its record is.
    if report.state.is_not_dialled() {
        report.state = ProviderState::Queued;
    }
    let (theirs, cost, word) = (report.id.clone(), report.cost, report.status_word.clone());
    let over = report.state.outcome();
    let answer = Fact::Answered(order.attempt, Box::new(report));
    let written = match over {
        Some(outcome) => {
            let bill =
                cost.map(|cost| bill::fact(inner, Some(&order.call), order.attempt, runtime, cost));
            redial::over(inner, id, answer, bill, outcome).await
        }
        None => inner.record(id, answer).await,
    };
    match written {
        Ok(_) => has_result(inner, runtime, Delivery::Placed),
        // The id belongs to another call of ours: a stale or wrong answer. Whether this attempt
        // rang is unknown.
        Err(WriteError::Denied(Denied::OwnedBy(_))) => {
            runtime.doubt(order.attempt, order.agent.clone());
            let stale = Error::new(
                ErrorKind::Provider,
                "the provider answered with a call that another call of ours owns",
            );
            let unknown = PlaceError::unknown(stale.with_provider(runtime.id.clone()));
            record_failure(inner, id, runtime, order, &unknown).await?;
            reconcile::start(inner, id, runtime, order.clone(), sent);
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    match over {
        Some(outcome) => {
            if outcome == Outcome::Completed {
                review::start(inner, runtime, id, theirs.clone());
            }
            inner.report(id, || CallEventKind::Ended { provider: runtime.id.clone(), outcome });
        }
        None => {
            let provider = runtime.id.clone();
            inner.report(id, || CallEventKind::Accepted { provider, status: word });
        }
    }
    let placed = PlacedCall {
        call: id,
        attempt: order.attempt,
        theirs,
        since: inner.now(),
        longest: order.max_duration,
    };
    match (over, cost) {
        (None, _) => follow::watch(inner, runtime, placed),
        (Some(_), None) => follow::await_bill(runtime, placed),
        (Some(_), Some(_)) => {}
    }
    if let Some(cost) = cost.filter(|_| over.is_none()) {
        bill::note(inner, id, order.attempt, runtime, cost).await;
    }
    Ok(())
}

async fn record_failure(
    inner: &Shared,
    id: CallId,
    runtime: &ProviderRuntime,
    order: &PlaceRequest,
    failed: &PlaceError,
) -> Result<()> {
    let fact = Fact::Failed {
        attempt: order.attempt,
        delivery: failed.delivery(),
        error: AttemptError::from(failed.error()),
    };
    inner.record(id, fact).await?;
    has_result(inner, runtime, failed.delivery());
    Ok(())
}

/// The result of an attempt is in the journal.
fn has_result(inner: &Shared, runtime: &ProviderRuntime, delivery: Delivery) {
    inner.attempts.count(&runtime.id, delivery);
    Span::current().record("delivery", delivery.as_str());
}

/// Decides what comes after an attempt that is proven not to have rung.
async fn not_placed(
    going: &CallContext<'_>,
    runtime: &Arc<ProviderRuntime>,
    order: &PlaceRequest,
    failed: PlaceError,
    tried: &mut Tried,
) -> Result<Then> {
    let CallContext { inner, id, draw, quota_opt_in, .. } = *going;
    record_failure(inner, id, runtime, order, &failed).await?;
    if failed.delivery() == Delivery::Refused(Refusal::Quota) {
        credit::refused(inner, id, runtime);
    }
    let Some(next) = next(failed.delivery(), Some(failed.kind()), quota_opt_in) else {
        return Ok(Then::Stop);
    };
    let fault = CallFailure::from(failed.error());
    tried.learn(going.config, &runtime.id, next, || runtime.may_retry());
    let report = |next| {
        inner.report(id, || CallEventKind::NotPlaced {
            provider: runtime.id.clone(),
            error: failed.to_string(),
            next,
        });
    };
    match next {
        Next::Retry if tried.may_ask(&runtime.id) => {
            let pause =
                jitter(draw, tried.sent, Duration::ZERO, RETRY_PAUSE * tried.retries(&runtime.id));
            tried.last = Some(runtime.id.clone());
            report(AfterFailure::Retry);
            inner.clock.sleep(pause).await;
        }
        Next::Retry | Next::OtherProvider | Next::AnyProvider => report(match failed.delivery() {
            Delivery::NotSent => AfterFailure::NextUnsent,
            Delivery::Refused(Refusal::Quota) => AfterFailure::NextForCredit,
            Delivery::Refused(_) | Delivery::Placed | Delivery::Unknown => AfterFailure::Next,
        }),
        Next::AfterPause => {
            let pause =
                rest(draw, tried.sent, failed.error().retry_after(), tried.repeats(&runtime.id));
            runtime.pause(pause);
            report(AfterFailure::Pause(pause));
        }
        Next::AfterCredit if !tried.may_ask(&runtime.id) => return Ok(Then::GiveUp(fault)),
        Next::AfterCredit => report(AfterFailure::WaitForCredit),
        Next::NoProvider => return Ok(Then::GiveUp(fault)),
        Next::Approval => {
            report(AfterFailure::Approval);
            return Ok(Then::Stop);
        }
    }
    tried.fault = Some(fault);
    Ok(Then::Again)
}

/// How long to pause a provider that asked for a pause. Never zero, whatever it says; longer with
/// each repeat if it does not say how long.
fn rest(draw: u64, nth: u64, asked: Option<Duration>, repeats: u32) -> Duration {
    match asked.filter(|wait| !wait.is_zero()) {
        Some(wait) => {
            let wait = wait.max(REST.0);
            jitter(draw, nth, wait, wait + (wait / 10).min(REST.0)).min(LONGEST_PAUSE)
        }
        None => {
            let most = (FIRST_REST * 2_u32.saturating_pow(repeats.saturating_sub(1))).min(REST.1);
            jitter(draw, nth, REST.0, most)
        }
    }
}

/// A pause between `least` and `most`, drawn from the call's own random number: full jitter.
fn jitter(draw: u64, nth: u64, least: Duration, most: Duration) -> Duration {
    let spread = u64::try_from(most.saturating_sub(least).as_millis()).unwrap_or(u64::MAX);
    let chance = digest(&[&draw.to_le_bytes(), &nth.to_le_bytes()]);
    least + Duration::from_millis(share(chance, spread.saturating_add(1)).unwrap_or(0))
}
