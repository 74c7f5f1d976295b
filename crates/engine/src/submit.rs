//! Accepting calls and waiting for them.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use switchboard_core::{
    AttemptState, Call, CallFailure, CallId, CallStatus, CalleeHistory, ErrorKind, Proof, Result,
    RuleDecision, RuleVerdict, ValidCall,
};
use switchboard_journal::{Denied, NewCall, Opened, Write, WriteError, state::Fact};
use switchboard_router::{BusyCallee, Plan, hash::digest};
use tracing::{Instrument, Span, debug_span, field};

use crate::{
    TakesUp,
    attempt::{self, Ran},
    decide::{self, Question},
    events::{CallEventKind, TakenUp, WaitReason},
    guards::Driving,
    provider::until,
    redial,
    refuse::{expired, refuse, refuse_by},
    shared::Shared,
    shutdown::stopping,
    waiting::{Permit, WaitRequest},
};

/// How often to check again whether a callee is still busy: another process may have that call, and
/// does not notify this one.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The result of submitting a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Submitted {
    /// A new call.
    New(Call),
    /// The same request was submitted before: this is that call.
    Before(Call),
    /// The same row of the same batch was submitted before with other details: this is that call.
    /// The callee is not called again for the new details.
    Changed(Call),
}

impl Submitted {
    /// The call, new or not.
    pub fn into_call(self) -> Call {
        match self {
            Submitted::New(call) | Submitted::Before(call) | Submitted::Changed(call) => call,
        }
    }
}

pub(crate) async fn submit(inner: &Arc<Shared>, request: ValidCall) -> Result<Call> {
    accept(inner, request).await.map(Submitted::into_call)
}

pub(crate) async fn accept(inner: &Arc<Shared>, request: ValidCall) -> Result<Submitted> {
    let (submitted, driving) = begin(inner, request).await?;
    drop(driving);
    Ok(submitted)
}

async fn begin(
    inner: &Arc<Shared>,
    request: ValidCall,
) -> Result<(Submitted, Option<DetachOnDrop<()>>)> {
    inner.check_running()?;
    // The caller may drop this future while the journal writes: the call exists then, and nothing
    // else would drive it.
    DetachOnDrop::new(inner, open(Arc::clone(inner), request)).await
}

pub(crate) async fn place(inner: &Arc<Shared>, request: ValidCall) -> Result<Call> {
    let (submitted, driving) = begin(inner, request).await?;
    let call = submitted.into_call();
    let Some(mut driving) = driving else {
        return decided(inner, call.id).await;
    };
    tokio::select! {
        biased;
        () = &mut driving => decided(inner, call.id).await,
        decided = decided(inner, call.id) => decided,
    }
}

pub(crate) async fn decided(inner: &Arc<Shared>, id: CallId) -> Result<Call> {
    wait_until(inner, id, |call, inner| inner.is_decided(call)).await
}

pub(crate) async fn wait(inner: &Arc<Shared>, id: CallId) -> Result<Call> {
    wait_until(inner, id, |call, _| call.status.is_settled()).await
}

async fn wait_until(
    inner: &Arc<Shared>,
    id: CallId,
    done: impl Fn(&Call, &Shared) -> bool + Send,
) -> Result<Call> {
    inner.call(id).await?;
    let mut changes = inner.subscribe(id);
    loop {
        changes.mark_unchanged();
        let call = inner.call(id).await?;
        if done(&call, inner) {
            drop(changes);
            inner.forget(id);
            return Ok(call);
        }
        if inner.shutdown.is_over() {
            return Err(stopping("the engine has stopped: the call stands in the journal"));
        }
        // Another process that shares the journal may settle the call without notifying this one.
        let look_again = async {
            if inner.journal.is_shared() {
                inner.clock.sleep(inner.timings().poll_every).await;
            } else {
                std::future::pending().await
            }
        };
        tokio::select! {
            biased;
            changed = changes.changed() => if changed.is_err() {
                changes = inner.subscribe(id);
            },
            () = look_again => {}
        }
    }
}

/// A future that continues as a task of its own when it is dropped, so that a caller who stops
/// waiting never interrupts a call between its request and its answer. While the caller waits, they
/// poll it themselves, which saves two thread switches.
struct DetachOnDrop<T: Send + 'static> {
    rest: Option<BoxFuture<'static, T>>,
    inner: Arc<Shared>,
}

impl<T: Send + 'static> DetachOnDrop<T> {
    fn new(inner: &Arc<Shared>, work: impl Future<Output = T> + Send + 'static) -> Self {
        Self { rest: Some(work.boxed()), inner: Arc::clone(inner) }
    }
}

impl<T: Send + 'static> Future for DetachOnDrop<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(rest) = &mut self.rest else {
            return Poll::Pending;
        };
        let polled = rest.poll_unpin(context);
        if polled.is_ready() {
            self.rest = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for DetachOnDrop<T> {
    fn drop(&mut self) {
        if let Some(rest) = self.rest.take() {
            // The result may itself be a `DetachOnDrop`, which continues when it is dropped.
            self.inner.spawn(async move { drop(rest.await) });
        }
    }
}

/// Records a call. For a new call, also returns the future that drives it: the caller polls it, or
/// drops it to detach it.
async fn open(
    inner: Arc<Shared>,
    request: ValidCall,
) -> Result<(Submitted, Option<DetachOnDrop<()>>)> {
    let id = CallId::new(inner.ids.next());
    let request = Arc::new(request);
    let config = inner.config();
    let question = Question::new(&config.policy, &request, None)?;
    let new = NewCall {
        id,
        duplicates: config.policy.duplicates.of(&request),
        request: Arc::clone(&request),
        at: inner.now(),
    };
    let commit = debug_span!("ledger.commit", call = field::Empty);
    let opened = match &config.policy.rules.off {
        Some(_) => {
            let opened = inner.journal.open(new).instrument(commit.clone()).await;
            opened.map(|opened| (opened, CalleeHistory::default()))
        }
        None => {
            let since = inner.looks_back_to(&config);
            inner.journal.open_with_history(new, since).instrument(commit.clone()).await
        }
    };
    if let Ok((Opened::New(_), _)) = &opened {
        commit.record("call", field::display(&id));
    }
    drop(commit);
    let (opened, history) = inner.halt_on_journal_error(opened)?;
    let (Opened::New(call) | Opened::Replayed(call) | Opened::Changed(call)) = &opened;
    inner.in_progress.is_asked_for(call.id, inner.now());
    Ok(match opened {
        Opened::Replayed(first) => {
            take_up_what_was_left(&inner, &first);
            (Submitted::Before(*first), None)
        }
        // The same row with other details: the existing call continues as first requested.
        Opened::Changed(first) => {
            take_up_what_was_left(&inner, &first);
            (Submitted::Changed(*first), None)
        }
        Opened::New(call) => {
            let driving = Driving::begin(&inner, id);
            let at = request.window.opens.map_or(call.created_at, |at| at.max(call.created_at));
            let lists = inner.lists(&config, at).await;
            let lists = inner.halt_on_journal_error(lists)?;
            let answer = question.answer(&config, &request.to, &history, &lists, at);
            let decision = answer.decision;
            let mut call = *call;
            // The caller hears at once that the call has to wait, or may not be made.
            if let Ring::Never = obey(&inner, &mut call, &request, &decision).await? {
                return Ok((Submitted::New(call), None));
            }
            let work = drive(Arc::clone(&inner), call.clone(), request, Some(decision), driving);
            let work = work.instrument(drive_span(id));
            (Submitted::New(call), Some(DetachOnDrop::new(&inner, work)))
        }
    })
}

/// Continues a call that an earlier process left before anything was sent, because it was submitted
/// again. With `TakesUp::Everything` this process continues such calls anyway.
fn take_up_what_was_left(inner: &Arc<Shared>, call: &Call) {
    let between = call.attempts.last().is_none_or(|last| last.state == AttemptState::NotPlaced);
    let is_left = match call.status {
        CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted => true,
        CallStatus::Attempting => between,
        CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate
        | CallStatus::Stalled => false,
    };
    if is_left && inner.takes_up == TakesUp::Asked && !inner.in_progress.drives(call.id) {
        inner.report(call.id, || CallEventKind::TakenUp { reason: TakenUp::NothingSent });
        resume(inner, call);
    }
}

/// Drives a call that is already in the journal: one that was taken over, or that is redialled. If
/// it is being driven here already, it is looked at again once that has ended.
pub(crate) fn resume(inner: &Arc<Shared>, call: &Call) {
    if !inner.may_resume(call.id) {
        return;
    }
    let Some(driving) = Driving::begin(inner, call.id) else {
        return;
    };
    let (strong, call) = (Arc::clone(inner), call.clone());
    inner.spawn(async move {
        let turn = strong.taking_up_turn().await;
        let request = strong.journal.request(call.id).await;
        drop(turn);
        match request {
            Ok(Some(request)) => {
                let span = drive_span(call.id);
                drive(strong, call, request, None, Some(driving)).instrument(span).await;
            }
            Ok(None) => tracing::warn!(call = %call.id, "the request is no longer stored: the call is left as it is"),
            Err(error) => strong.leave(call.id, &error),
        }
    });
}

/// Says which call everything in it is about. It lasts as long as the call is driven, so it is not
/// part of the span of a request.
fn drive_span(call: CallId) -> Span {
    debug_span!(parent: None, "drive", %call)
}

/// Drives a call from its current state until it is settled or followed. The guard keeps anyone
/// else in this process from driving it meanwhile.
async fn drive(
    inner: Arc<Shared>,
    call: Call,
    request: Arc<ValidCall>,
    decision: Option<RuleDecision>,
    _driving: Option<Driving>,
) {
    let id = call.id;
    let Err(error) = admit(&inner, call, &request, decision).await else {
        return;
    };
    if inner.leaves_call_as_is(&error) {
        inner.leave(id, &error);
    } else if is_withdrawn(&inner, id).await {
        inner.report(id, || CallEventKind::Withdrawn);
    } else if let Err(second) = refuse(&inner, id, CallFailure::from(&error)).await {
        tracing::warn!(call = %id, %error, %second, "the call could not be refused and is left as it is");
    }
}

/// True if the call was cancelled meanwhile, so that its next step was denied.
async fn is_withdrawn(inner: &Shared, id: CallId) -> bool {
    let call = inner.journal.get(id).await.ok().flatten();
    call.and_then(|call| call.fault).is_some_and(|fault| fault.kind == ErrorKind::Withdrawn)
}

/// Waits until the call may ring, and sends it, until it is settled or followed, or refused.
async fn admit(
    inner: &Arc<Shared>,
    mut call: Call,
    request: &Arc<ValidCall>,
    mut decision: Option<RuleDecision>,
) -> Result<()> {
    let mut due = request.window.opens.max(call.redial_at);
    loop {
        let Some(ready) = ready(inner, &mut call, request, due, decision.take()).await? else {
            return Ok(());
        };
        due = ready.due;
        // What sending needs is only there while it is sent: a call that waits takes little memory.
        match Box::pin(send(inner, &mut call, request, due)).await? {
            Ran::Over => return Ok(()),
            // The rules say that it has to wait again, or may not ring at all.
            Ran::Held => call = inner.call(call.id).await?,
        }
    }
}

/// A call that may ring now.
struct Ready {
    /// Since when, if it had to wait.
    due: Option<Timestamp>,
}

/// Waits until the call's window is open and no calling rule stops it. `None` if it was refused.
/// `decision`: what the rules decided a moment ago.
async fn ready(
    inner: &Arc<Shared>,
    call: &mut Call,
    request: &Arc<ValidCall>,
    mut due: Option<Timestamp>,
    mut decision: Option<RuleDecision>,
) -> Result<Option<Ready>> {
    loop {
        let now = inner.now();
        let at = due.map_or(now, |due| due.max(now));
        let decided = match decision.take() {
            Some(decided) => decided,
            None => inner.decide(&inner.config(), request, None, at).await?.decision,
        };
        let opens = match obey(inner, call, request, &decided).await? {
            Ring::Never => return Ok(None),
            Ring::Allowed if at <= inner.now() => return Ok(Some(Ready { due })),
            Ring::Allowed => at,
            // Rules that name a time that is over have changed meanwhile: they are asked again.
            Ring::From(until) => until.max(now.checked_add(LOOK_AGAIN).unwrap_or(until)),
        };
        if call.status == CallStatus::Received {
            *call = Call::clone(&inner.record(call.id, Fact::Scheduled).await?.call);
        }
        inner.report(call.id, || CallEventKind::Scheduled { opens });
        while inner.now() < opens {
            inner.clock.sleep(until(inner.now(), opens)).await;
        }
        due = Some(opens);
    }
}

/// When a call may ring by the rules, once that is written down.
enum Ring {
    /// At the time that was asked about.
    Allowed,
    /// From this time.
    From(Timestamp),
    /// The call was refused.
    Never,
}

/// Writes down what the rules decided about a call, unless they let it pass: that is written with
/// the attempt.
async fn obey(
    inner: &Shared,
    call: &mut Call,
    request: &ValidCall,
    decision: &RuleDecision,
) -> Result<Ring> {
    let (facts, ring) = match (decision.verdict, decision.wait_until) {
        (RuleVerdict::Allow, _) => return Ok(Ring::Allowed),
        (RuleVerdict::Wait, Some(until))
            if request.window.closes.is_some_and(|closes| closes <= until) =>
        {
            (vec![Fact::Refused(decide::closes_first(decision, until))], Ring::Never)
        }
        (RuleVerdict::Wait, Some(until)) => {
            let known = call.decision.as_ref().is_some_and(|known| {
                known.verdict == RuleVerdict::Wait && known.wait_until == Some(until)
            });
            if known && call.status != CallStatus::Received {
                return Ok(Ring::From(until));
            }
            let is_new = call.status == CallStatus::Received;
            (is_new.then_some(Fact::Scheduled).into_iter().collect(), Ring::From(until))
        }
        (RuleVerdict::Wait, None) | (RuleVerdict::Refuse, _) => {
            (vec![Fact::Refused(decide::fault(decision))], Ring::Never)
        }
    };
    let refused = facts.iter().find_map(|fact| match fact {
        Fact::Refused(fault) => Some(fault.clone()),
        _ => None,
    });
    let decided = Fact::Decided(Box::new(decision.clone()));
    let facts = std::iter::once(decided).chain(facts).collect();
    let recorded = inner.write(call.id, Write { facts, ..Write::default() }).await?;
    *call = Call::clone(&recorded.call);
    if let Some(fault) = refused {
        inner.report(call.id, || CallEventKind::Refused(fault));
    }
    Ok(ring)
}

/// Admits the call and sends it, as soon as a provider and the limits have room for it.
async fn send(
    inner: &Arc<Shared>,
    call: &mut Call,
    request: &Arc<ValidCall>,
    due: Option<Timestamp>,
) -> Result<Ran> {
    let id = call.id;
    // If it was submitted again, its waiting time starts again.
    let asked_at = inner.in_progress.asked_at(id).unwrap_or(call.created_at).max(call.created_at);
    let due = due.max(resolved_at(call));
    let since = due.map_or(asked_at, |due| due.max(asked_at));
    let give_up = latest(inner, request, since);
    if inner.now() > give_up && call.status != CallStatus::Attempting {
        refuse(inner, id, expired(request, give_up)).await?;
        return Ok(Ran::Over);
    }
    let draw = digest(&[id.as_uuid().as_bytes()]);
    let mut reported_busy = false;
    let mut pass = None;
    loop {
        let config = inner.config();
        let asks = WaitRequest { id, request, config: &config, since, give_up };
        let mut planned = inner.plan(&config, request, draw);
        if call.status == CallStatus::Attempting {
            return attempt::run(inner, &asks, call, planned, draw, pass).await;
        }
        match inner.waiting.turn(inner, &asks, &mut planned, &mut pass).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                let plan = planned.record(&config, draw);
                refuse_by(inner, id, CallFailure::from(&error), plan).await?;
                return Ok(Ran::Over);
            }
        }
        let plan = &planned.plan;
        let fact = Fact::Admitted {
            estimated_cost: plan.candidates.first().and_then(|best| best.estimated_cost),
            experiment: plan.experiment.clone(),
            plan: Some(Box::new(planned.record(&config, draw))),
        };
        let released = inner.released.notified();
        let turn = inner.reserving_turn().await;
        let written = inner.record(id, fact).await;
        drop(turn);
        match written {
            Ok(recorded) => {
                *call = Call::clone(&recorded.call);
                // Checked while this call holds the callee's lock, so that no other call can ring
                // that phone in between.
                redial::allowed(inner, call, request).await?;
                explain(inner, id, plan);
                return attempt::run(inner, &asks, call, planned, draw, pass).await;
            }
            Err(WriteError::Denied(Denied::CalleeBusy { .. }))
                if plan.busy_callee == BusyCallee::Wait && inner.now() < give_up =>
            {
                if !std::mem::replace(&mut reported_busy, true) {
                    inner.report_wait(id, WaitReason::CalleeBusy);
                }
                pass.iter_mut().for_each(Permit::release);
                let pause = inner.clock.sleep(LOOK_AGAIN.min(until(inner.now(), give_up)));
                tokio::select! {
                    biased;
                    () = released => {}
                    () = pause => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// When the last attempt was proven not to have rung. Until then the call was waiting for that
/// proof, not for capacity.
fn resolved_at(call: &Call) -> Option<Timestamp> {
    let last = call.attempts.last().filter(|last| last.state == AttemptState::NotPlaced)?;
    let proofs = last.evidence.iter().filter(|evidence| evidence.proof != Proof::NeverClaimed);
    proofs.map(|evidence| evidence.at).max()
}

/// Until when a call waits for a limit, a pause or a busy callee: until its window closes or,
/// without a closing time, for `max_wait` after it was ready.
fn latest(inner: &Shared, request: &ValidCall, since: Timestamp) -> Timestamp {
    let patience = || since.checked_add(inner.timings().max_wait).unwrap_or(Timestamp::MAX);
    request.window.closes.unwrap_or_else(patience)
}

fn explain(inner: &Shared, id: CallId, plan: &Plan) {
    inner.report(id, || {
        let tag = inner.journal.tag(&plan.to).map_or_else(String::new, |tag| format!("#{tag} "));
        let callee = format!("{} {tag}", plan.to.masked());
        CallEventKind::Planned { callee, plan: Box::new(plan.clone()) }
    });
}
