//! Taking calls in and waiting for them.

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
    AttemptState, Call, CallFailure, CallId, CallStatus, Error, ErrorKind, Proof, Result, ValidCall,
};
use switchboard_journal::{NewCall, Opened, state::Fact};
use switchboard_router::{BusyCallee, Plan, hash::digest};

use crate::{
    TakesUp, attempt,
    hands::Driving,
    lane::until,
    redial,
    shared::{Engine, Inner},
    waiting::{Asks, Pass},
};

/// How often a busy callee is looked at again where nobody tells: another process may hold the
/// call.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What became of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Submitted {
    /// A call that is new.
    New(Call),
    /// The call that it was before.
    Before(Call),
    /// The call that the same row of the same batch was before, with other details: it is not
    /// called again for them.
    Changed(Call),
}

impl Submitted {
    /// The call.
    pub fn into_call(self) -> Call {
        match self {
            Submitted::New(call) | Submitted::Before(call) | Submitted::Changed(call) => call,
        }
    }
}

impl Engine {
    /// Writes a call down and lets it go its way: it does not stop when this future is dropped.
    ///
    /// A key that came before with the same request answers with the first call; so does a row of a
    /// batch that came before in another way.
    ///
    /// # Errors
    /// `Conflict` for a key that came with another request; `PossibleDuplicate`, with
    /// [`DuplicateOf`](switchboard_journal::DuplicateOf) as its source, for the same callee and task within
    /// [`Policy::duplicates`](switchboard_router::Policy) without a word that it is meant again;
    /// `Journal`. Nothing was sent then.
    pub async fn submit(&self, request: ValidCall) -> Result<Call> {
        self.store_webhook(request).await.map(Submitted::into_call)
    }

    /// The same, and says whether the call is a new one.
    ///
    /// # Errors
    /// As [`Engine::submit`].
    pub async fn store_webhook(&self, request: ValidCall) -> Result<Submitted> {
        let (submitted, way) = self.open(request).await?;
        drop(way);
        Ok(submitted)
    }

    async fn open(&self, request: ValidCall) -> Result<(Submitted, Option<GoesOn<()>>)> {
        self.inner.check_running()?;
        // A caller may let go while the journal writes: the call is there then, and nobody else
        // would drive it.
        GoesOn::new(&self.inner, open(Arc::clone(&self.inner), request)).await
    }

    /// Submits a call and waits until it is decided: a provider has it, or nobody takes it. With a
    /// provider that answers when the phone call is over, until the request is sent; use
    /// [`Engine::wait`] for the end.
    ///
    /// # Errors
    /// As [`Engine::submit`]. A call that nobody takes is no error: look at its status and fault.
    pub async fn place(&self, request: ValidCall) -> Result<Call> {
        let (submitted, way) = self.open(request).await?;
        let call = submitted.into_call();
        let Some(mut way) = way else {
            return self.decided(call.id).await;
        };
        tokio::select! {
            biased;
            () = &mut way => self.decided(call.id).await,
            decided = self.decided(call.id) => decided,
        }
    }

    /// Waits until a call is decided, as [`Engine::place`] does after it was submitted.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn decided(&self, id: CallId) -> Result<Call> {
        self.until(id, |call, inner| inner.is_decided(call)).await
    }

    /// Waits until nothing more happens to a call on its own.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn wait(&self, id: CallId) -> Result<Call> {
        self.until(id, |call, _| call.status.is_settled()).await
    }

    async fn until(&self, id: CallId, done: impl Fn(&Call, &Inner) -> bool + Send) -> Result<Call> {
        self.get(id).await?;
        let mut changes = self.inner.subscribe(id);
        loop {
            changes.mark_unchanged();
            let call = self.get(id).await?;
            if done(&call, &self.inner) {
                drop(changes);
                self.inner.forget(id);
                return Ok(call);
            }
            if self.inner.ending.is_over() {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "the router has stopped: the call stands in the journal",
                )
                .with_code("stopping"));
            }
            // Another process that shares the journal may settle the call, and tells nobody here.
            let look_again = async {
                if self.inner.journal.is_shared() {
                    self.inner.clock.sleep(self.inner.timings().poll_every).await;
                } else {
                    std::future::pending().await
                }
            };
            tokio::select! {
                biased;
                changed = changes.changed() => if changed.is_err() {
                    changes = self.inner.subscribe(id);
                },
                () = look_again => {}
            }
        }
    }
}

/// Work under way. Whoever waits for it moves it along himself, which spares two changes of thread;
/// once dropped it goes on by itself, so that a caller who stops waiting never stops a call between
/// its request and its answer.
struct GoesOn<T: Send + 'static> {
    rest: Option<BoxFuture<'static, T>>,
    inner: Arc<Inner>,
}

impl<T: Send + 'static> GoesOn<T> {
    fn new(inner: &Arc<Inner>, work: impl Future<Output = T> + Send + 'static) -> Self {
        Self { rest: Some(work.boxed()), inner: Arc::clone(inner) }
    }
}

impl<T: Send + 'static> Future for GoesOn<T> {
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

impl<T: Send + 'static> Drop for GoesOn<T> {
    fn drop(&mut self) {
        if let Some(rest) = self.rest.take() {
            // What comes of it may be work that goes on when it is dropped in turn.
            self.inner.spawn(async move { drop(rest.await) });
        }
    }
}

/// Writes a call down; the way that it has to go from there is still to be gone, by whoever asked,
/// or by itself.
async fn open(inner: Arc<Inner>, request: ValidCall) -> Result<(Submitted, Option<GoesOn<()>>)> {
    let id = CallId::new(inner.ids.next());
    let request = Arc::new(request);
    let new = NewCall {
        id,
        duplicates: inner.world().policy.duplicates.of(&request),
        request: Arc::clone(&request),
        at: inner.now(),
    };
    let opened = inner.kept(inner.journal.open(new).await)?;
    let (Opened::New(call) | Opened::Replayed(call) | Opened::Changed(call)) = &opened;
    inner.hands.is_asked_for(call.id, inner.now());
    Ok(match opened {
        Opened::Replayed(first) => {
            take_up_what_was_left(&inner, &first);
            (Submitted::Before(*first), None)
        }
        // The same row with other details: the call that it was goes on as it was asked for first.
        Opened::Changed(first) => {
            take_up_what_was_left(&inner, &first);
            (Submitted::Changed(*first), None)
        }
        Opened::New(call) => {
            let driving = Driving::begin(&inner, id);
            let way = drive(Arc::clone(&inner), Call::clone(&call), request, driving);
            (Submitted::New(*call), Some(GoesOn::new(&inner, way)))
        }
    })
}

/// What a former process left before anything of it was sent goes on where it is asked for again. A
/// process that takes up everything has it already.
fn take_up_what_was_left(inner: &Arc<Inner>, call: &Call) {
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
    if is_left && inner.takes_up == TakesUp::Asked && !inner.hands.drives(call.id) {
        inner.tell(call.id, "taken up: nothing had been sent");
        go_on(inner, call);
    }
}

/// Lets a call that stands in the journal go its way: one that was taken over, or that rings again.
/// One that is on its way here is looked at again when it has come to the end of it.
pub(crate) fn go_on(inner: &Arc<Inner>, call: &Call) {
    if !inner.may_begin(call.id) {
        return;
    }
    let Some(driving) = Driving::begin(inner, call.id) else {
        return;
    };
    let (strong, call) = (Arc::clone(inner), call.clone());
    inner.spawn(async move {
        match strong.journal.request(call.id).await {
            Ok(Some(request)) => drive(strong, call, request, Some(driving)).await,
            Ok(None) => tracing::warn!(call = %call.id, "what was asked for is not kept any more: the call is left"),
            Err(error) => strong.leave(call.id, &error),
        }
    });
}

/// A call's way from where it stands to settled or followed. Nobody else sends it on meanwhile.
async fn drive(inner: Arc<Inner>, call: Call, request: Arc<ValidCall>, _driving: Option<Driving>) {
    let id = call.id;
    let Err(error) = admit(&inner, call, &request).await else {
        return;
    };
    if inner.leaves_the_call(&error) {
        inner.leave(id, &error);
    } else if is_withdrawn(&inner, id).await {
        inner.tell(id, "taken back before anything was sent");
    } else if let Err(second) = attempt::refuse(&inner, id, CallFailure::from(&error)).await {
        tracing::warn!(call = %id, %error, %second, "the call stopped where it stands");
    }
}

/// True where somebody took the call back meanwhile, so that the next step was refused.
async fn is_withdrawn(inner: &Inner, id: CallId) -> bool {
    let call = inner.journal.get(id).await.ok().flatten();
    call.and_then(|call| call.fault).is_some_and(|fault| fault.kind == ErrorKind::Withdrawn)
}

async fn admit(inner: &Arc<Inner>, mut call: Call, request: &Arc<ValidCall>) -> Result<()> {
    let id = call.id;
    if let Some(opens) =
        request.window.opens.max(call.redial_at).filter(|opens| *opens > inner.now())
    {
        if call.status == CallStatus::Received {
            inner.record(id, Fact::Scheduled).await?;
        }
        inner.tell(id, format!("scheduled for {opens}"));
        while inner.now() < opens {
            inner.clock.sleep(until(inner.now(), opens)).await;
        }
    }
    // Asked for again, it waits anew.
    let asked_at = inner.hands.asked_at(id).unwrap_or(call.created_at).max(call.created_at);
    let due = request.window.opens.max(call.redial_at).max(told_apart_at(&call));
    let since = due.map_or(asked_at, |due| due.max(asked_at));
    let give_up = latest(inner, request, since);
    if inner.now() > give_up && call.status != CallStatus::Attempting {
        return attempt::refuse(inner, id, expired(request, give_up)).await;
    }
    let draw = digest(&[id.as_uuid().as_bytes()]);
    let mut told_busy = false;
    let mut pass = None;
    loop {
        let world = inner.world();
        let asks = Asks { id, request, world: &world, since, give_up };
        let mut planned = inner.plan(&world, request, draw);
        if call.status == CallStatus::Attempting {
            return attempt::run(inner, &asks, &call, planned, draw, pass).await;
        }
        match inner.waiting.turn(inner, &asks, &mut planned, &mut pass).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(nobody) => {
                return attempt::refuse_by(
                    inner,
                    id,
                    CallFailure::from(&nobody),
                    planned.record(&world, draw),
                )
                .await;
            }
        }
        let plan = &planned.plan;
        let fact = Fact::Admitted {
            estimated_cost: plan.candidates.first().and_then(|best| best.estimated_cost),
            experiment: plan.experiment.clone(),
            plan: Some(Box::new(planned.record(&world, draw))),
        };
        let released = inner.released.notified();
        match inner.record(id, fact).await {
            Ok(recorded) => {
                call = Call::clone(&recorded.call);
                // With its callee's lock in hand: nobody else makes that phone ring in between.
                redial::allowed(inner, &call, request).await?;
                explain(inner, id, plan);
                return attempt::run(inner, &asks, &call, planned, draw, pass).await;
            }
            Err(error)
                if error.code() == Some("callee_busy")
                    && plan.busy_callee == BusyCallee::Wait
                    && inner.now() < give_up =>
            {
                if !std::mem::replace(&mut told_busy, true) {
                    inner.tell(id, "waits: the callee is on another call of ours");
                }
                pass.iter_mut().for_each(Pass::let_go);
                let pause = inner.clock.sleep(LOOK_AGAIN.min(until(inner.now(), give_up)));
                tokio::select! {
                    biased;
                    () = released => {}
                    () = pause => {}
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// When it was proven that the last attempt reached no phone: until then the call did not wait for
/// its turn, but for that.
fn told_apart_at(call: &Call) -> Option<Timestamp> {
    let last = call.attempts.last().filter(|last| last.state == AttemptState::NotPlaced)?;
    let proofs = last.evidence.iter().filter(|evidence| evidence.proof != Proof::NeverClaimed);
    proofs.map(|evidence| evidence.at).max()
}

/// Until when a call waits for a limit, a pause or a busy callee: as long as its window is open,
/// or, without one, so long after it could go.
fn latest(inner: &Inner, request: &ValidCall, since: Timestamp) -> Timestamp {
    let patience = || since.checked_add(inner.timings().max_wait).unwrap_or(Timestamp::MAX);
    request.window.closes.unwrap_or_else(patience)
}

/// The end of a call that was not begun in time.
pub(crate) fn expired(request: &ValidCall, give_up: Timestamp) -> CallFailure {
    let why = match request.window.closes {
        Some(_) => "the call's window closed before a provider could take it",
        None => "the call was not begun within the time that calls wait",
    };
    CallFailure {
        kind: ErrorKind::Expired,
        message: format!("{why}, which was over at {give_up:.0}: nothing is sent any more"),
    }
}

pub(crate) fn no_provider(plan: &Plan) -> Error {
    let reasons: Vec<String> =
        plan.rejected.iter().map(|one| format!("{}: {}", one.provider, one.rejection)).collect();
    let why =
        if reasons.is_empty() { "every provider was tried".to_owned() } else { reasons.join("; ") };
    Error::new(ErrorKind::NoProvider, format!("no provider can take this call ({why})"))
}

fn explain(inner: &Inner, id: CallId, plan: &Plan) {
    if !inner.is_heard() {
        return;
    }
    let route = plan.route.as_deref().unwrap_or("every provider");
    let tag = inner.journal.tag(&plan.to).map_or_else(String::new, |tag| format!("#{tag} "));
    let mut line = format!("{} {tag}{} by route {route}: ", plan.to.masked(), plan.country);
    let candidates: Vec<String> =
        plan.candidates.iter().map(|one| format!("{} ({one})", one.provider)).collect();
    line.push_str(&candidates.join(", then "));
    for one in &plan.rejected {
        line.push_str(&format!("; not {}: {}", one.provider, one.rejection));
    }
    if let Some(assigned) = &plan.experiment {
        line.push_str(&format!("; experiment {} arm {}", assigned.experiment, assigned.arm));
    }
    inner.tell(id, line);
}
