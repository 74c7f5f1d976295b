//! The loop that sends. Nothing else in the workspace calls `Calls::place`.
//!
//! Every attempt is written down before a byte leaves, and its result before anything else happens. What comes next
//! is read from the result's `Delivery` and from nothing else: there is no arm that retries by default.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{
    Attempt, AttemptError, AttemptState, CallFault, CallId, CallOrder, Cost, Delivery, Error, ErrorKind, ProviderCall, ProviderId, Refusal,
    Result, ValidCall,
};

use crate::{
    chance::{digest, share},
    engine::{
        follow,
        lane::Lane,
        order::order,
        probe, reconcile,
        shared::Inner,
        submit::{no_provider, wait_for_capacity},
    },
    plan::{Candidate, Plan},
    state::Fact,
};

/// Retries of an attempt of which no byte left, at one provider.
const RETRIES_HERE: u32 = 2;
/// The longest pause that a provider's Retry-After is believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// A pause where a provider says "too many" and not how long.
const BLIND_PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How soon an unsent attempt is retried, at most; twice that the second time.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// How often the list is read for a call whose provider answers when it is over.
const GLIMPSE_EVERY: Duration = Duration::from_secs(15);

/// What is known of the providers in the course of one call.
#[derive(Debug, Default)]
struct Tried {
    done: HashSet<ProviderId>,
    unreachable_domains: HashSet<String>,
    retries: HashMap<ProviderId, u32>,
    last: Option<ProviderId>,
    sent: u64,
    fault: Option<Error>,
}

/// What to do after an attempt.
enum Next {
    /// The provider has it, or nobody knows, or a person has to approve: nothing more is sent.
    Stop,
    /// Proven that no phone rang, and somebody may be asked.
    Again,
    /// Proven that no phone rang, and nobody may be asked.
    GiveUp(Error),
}

/// Sends attempts until one is not proven silent, or nobody is left.
pub(crate) async fn run(
    inner: &Arc<Inner>,
    id: CallId,
    request: &Arc<ValidCall>,
    first: Plan,
    draw: u64,
    give_up: Timestamp,
) -> Result<()> {
    let mut tried = Tried::default();
    let mut first = Some(first);
    loop {
        let mut plan = first.take().unwrap_or_else(|| inner.plan(request, draw));
        plan.rejected.retain(|one| !tried.done.contains(&one.provider));
        let open: Vec<Candidate> = plan.candidates.drain(..).filter(|one| tried.allows(inner, one)).collect();
        // A retry of what never left comes before the next provider, as long as the plan still allows it.
        let again = tried.last.take().and_then(|last| open.iter().find(|one| one.provider == last));
        let Some(candidate) = again.or(open.first()) else {
            if let Err(nobody) = wait_for_capacity(inner, id, &plan, give_up).await {
                return refuse(inner, id, &tried.fault.take().unwrap_or(nobody)).await;
            }
            continue;
        };
        if !request.window.contains(inner.now()) {
            let closed =
                Error::new(ErrorKind::NoProvider, "the call's window closed before a provider could take it").with_field("not_after");
            return refuse(inner, id, &closed).await;
        }
        match attempt(inner, id, request, draw, candidate, &mut tried).await? {
            Next::Stop => return Ok(()),
            Next::Again => {}
            Next::GiveUp(error) => return refuse(inner, id, &error).await,
        }
    }
}

/// Nobody will place it.
pub(crate) async fn refuse(inner: &Inner, id: CallId, error: &Error) -> Result<()> {
    inner.record(id, Fact::Refused(CallFault::from(error))).await?;
    inner.tell(id, format!("refused: {error}"));
    Ok(())
}

impl Tried {
    fn allows(&self, inner: &Inner, candidate: &Candidate) -> bool {
        let domain = inner
            .policy
            .providers
            .get(candidate.index)
            .map(|one| one.info.failure_domain.as_str());
        !self.done.contains(&candidate.provider) && domain.is_none_or(|domain| !self.unreachable_domains.contains(domain))
    }
}

/// One attempt: intent, claim, send, result.
async fn attempt(
    inner: &Arc<Inner>,
    id: CallId,
    request: &Arc<ValidCall>,
    draw: u64,
    candidate: &Candidate,
    tried: &mut Tried,
) -> Result<Next> {
    let Some(lane) = inner.lane(&candidate.provider) else {
        return Err(no_provider(&inner.plan(request, draw)));
    };
    lane.pace_turn(&*inner.clock).await;
    // Another call may have taken the last slot since the plan was made: plan again.
    let Ok(slot) = lane.take_place_slot(inner.now()) else {
        return Ok(Next::Again);
    };
    let order = order(inner, id, request, lane);
    let record = Attempt {
        id: order.attempt,
        provider: lane.id.clone(),
        ring: 0,
        idempotency_key: order.idempotency_key,
        state: AttemptState::Intent,
        provider_call_id: None,
        delivery: None,
        error: None,
        estimated_cost: candidate.estimated_cost,
        cost: None,
        created_at: inner.now(),
        sent_at: None,
        ended_at: None,
        evidence: Vec::new(),
    };
    inner.check_running()?;
    inner.record(id, Fact::Intended(Box::new(record))).await?;
    let deadline = inner.now().checked_add(inner.settings.send_within).unwrap_or(Timestamp::MAX);
    inner.record(id, Fact::Claimed(order.attempt)).await?;
    inner.record(id, Fact::Sent(order.attempt)).await?;
    // Checked last, with nothing slow between it and the first byte: a process that was paused here for long must not send.
    if inner.now() >= deadline {
        lane.give_back(slot);
        let late = Error::new(ErrorKind::Timeout, "the attempt was not sent: writing it down took too long").with_provider(lane.id.clone());
        return not_placed(inner, id, lane, &order, late, tried, draw, request).await;
    }
    inner.tell(id, format!("sent to {}", lane.id));
    lane.opened(order.attempt, order.agent.clone());
    tried.sent += 1;

    let sent_at = inner.now();
    let result = send(inner, id, lane, &order, sent_at).await;
    match result {
        Ok(report) => {
            let waited =
                (!lane.provider.info().synchronous).then(|| Duration::try_from(inner.now().duration_since(sent_at)).unwrap_or_default());
            lane.worked(order.attempt, waited);
            answered(inner, id, lane, &order, report).await?;
            Ok(Next::Stop)
        }
        Err(error) => {
            if error.delivery() == Delivery::NotSent {
                lane.give_back(slot);
            }
            let opened_breaker = lane.failed(order.attempt, &error, inner.now());
            if opened_breaker {
                inner.tell(id, format!("{} is left alone for a while: it failed repeatedly", lane.id));
                probe::start(inner, lane);
            }
            match error.delivery() {
                Delivery::NotSent | Delivery::Refused(_) => not_placed(inner, id, lane, &order, error, tried, draw, request).await,
                Delivery::Placed | Delivery::Unknown => {
                    lane.doubt(order.attempt, order.agent.clone());
                    record_failure(inner, id, &order, &error).await?;
                    inner.tell(id, format!("{error}: it may have rung, so nobody else is asked"));
                    reconcile::start(inner, id, lane, order, sent_at);
                    Ok(Next::Stop)
                }
            }
        }
    }
}

/// The request itself. A backend that panics has told nothing: its attempt is unknown.
async fn send(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) -> Result<ProviderCall> {
    let placing = AssertUnwindSafe(lane.provider.calls().place(order)).catch_unwind();
    let result = if lane.provider.info().synchronous {
        let glimpses = glimpse(inner, id, lane, order, sent_at);
        tokio::select! {
            result = placing => result,
            never = glimpses => match never {},
        }
    } else {
        placing.await
    };
    result.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Provider, "the backend panicked while it placed the call")
            .with_provider(lane.id.clone())
            .with_operation("calls.place")
            .with_delivery(Delivery::Unknown))
    })
}

/// While the answer is open, a list may already show the call: its id makes it possible to stop it, and helps after a crash.
/// A backend that panics here has shown nothing; its open request must not go down with the look.
async fn glimpse(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, sent_at: Timestamp) -> Infallible {
    let mut seen = false;
    loop {
        inner.clock.sleep(GLIMPSE_EVERY).await;
        if seen {
            continue;
        }
        lane.read_turn(&*inner.clock).await;
        let look = AssertUnwindSafe(lane.provider.calls().trace(order, sent_at)).catch_unwind().await;
        let traces = look.ok().and_then(Result::ok).unwrap_or_default();
        if let [only] = traces.as_slice()
            && matches!(inner.journal.owner(&lane.id, &only.call).await, Ok(None))
        {
            seen = inner.record(id, Fact::Glimpsed(order.attempt, only.call.clone())).await.is_ok();
        }
    }
}

async fn answered(inner: &Arc<Inner>, id: CallId, lane: &Arc<Lane>, order: &CallOrder, report: ProviderCall) -> Result<()> {
    let (theirs, cost, word) = (report.id.clone(), report.cost, report.status_word.clone());
    let over = report.state.outcome();
    match inner.record(id, Fact::Answered(order.attempt, Box::new(report))).await {
        Ok(_) => {}
        // The id belongs to another call of ours: a stale or wrong answer. What became of this one nobody knows.
        Err(error) if error.code() == Some("owned") => {
            lane.doubt(order.attempt, order.agent.clone());
            let unknown = Error::new(
                ErrorKind::Provider,
                "the provider answered with a call that another call of ours owns",
            )
            .with_provider(lane.id.clone())
            .with_delivery(Delivery::Unknown);
            record_failure(inner, id, order, &unknown).await?;
            reconcile::start(inner, id, lane, order.clone(), inner.now());
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    match over {
        Some(outcome) => inner.tell(id, format!("{}: {outcome}", lane.id)),
        None => inner.tell(id, format!("{} has it: {word}", lane.id)),
    }
    follow::placed(
        inner,
        lane,
        id,
        theirs,
        inner.now(),
        order.max_duration,
        over.is_some(),
        cost.is_some(),
    );
    if let Some(cost) = cost {
        bill(inner, id, lane, cost).await;
    }
    Ok(())
}

/// Writes the bill down, in the provider's unit and in money where a credit has a price.
pub(crate) async fn bill(inner: &Inner, id: CallId, lane: &Lane, cost: Cost) {
    let money = match cost {
        Cost::Money(money) => Some(money),
        Cost::Credits(credits) => inner
            .policy
            .index_of(&lane.id)
            .and_then(|index| inner.policy.providers.get(index))
            .and_then(|one| one.deck.credit_price())
            .and_then(|price| credits.at_price(price)),
    };
    if let Err(error) = inner.record(id, Fact::Billed(cost, money)).await {
        tracing::warn!(call = %id, %error, "the bill was not written down");
    }
}

async fn record_failure(inner: &Inner, id: CallId, order: &CallOrder, error: &Error) -> Result<()> {
    let fact = Fact::Failed {
        attempt: order.attempt,
        delivery: error.delivery(),
        error: AttemptError::from(error),
    };
    inner.record(id, fact).await.map(|_| ())
}

/// After an attempt that provably reached no phone.
#[allow(clippy::too_many_arguments)]
async fn not_placed(
    inner: &Arc<Inner>,
    id: CallId,
    lane: &Arc<Lane>,
    order: &CallOrder,
    error: Error,
    tried: &mut Tried,
    draw: u64,
    request: &ValidCall,
) -> Result<Next> {
    record_failure(inner, id, order, &error).await?;
    match error.delivery() {
        Delivery::NotSent => {
            let infrastructure = matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport);
            let retries = tried.retries.entry(lane.id.clone()).or_default();
            if infrastructure && *retries < RETRIES_HERE && lane.may_retry() {
                *retries += 1;
                tried.last = Some(lane.id.clone());
                let pause = jitter(draw, tried.sent, Duration::ZERO, RETRY_PAUSE * *retries);
                inner.tell(id, format!("{error}: nothing was sent, {} is tried again", lane.id));
                inner.clock.sleep(pause).await;
            } else {
                inner.tell(id, format!("{error}: nothing was sent, the next provider is asked"));
                tried.done.insert(lane.id.clone());
                if infrastructure {
                    tried.unreachable_domains.insert(lane.provider.info().failure_domain.clone());
                }
            }
            tried.fault = Some(error);
            Ok(Next::Again)
        }
        Delivery::Refused(refusal) => match refusal {
            Refusal::ThisProvider => {
                inner.tell(id, format!("{error}: the next provider is asked"));
                tried.done.insert(lane.id.clone());
                tried.fault = Some(error);
                Ok(Next::Again)
            }
            Refusal::RateLimited => {
                let pause = error.retry_after().map_or_else(
                    || jitter(draw, tried.sent, BLIND_PAUSE.0, BLIND_PAUSE.1),
                    |wait| wait.min(LONGEST_PAUSE),
                );
                lane.pause(inner.now().checked_add(pause).unwrap_or(Timestamp::MAX));
                inner.tell(id, format!("{error}: {} rests for {} s", lane.id, pause.as_secs()));
                tried.fault = Some(error);
                Ok(Next::Again)
            }
            Refusal::Quota if request.failover_on_quota => {
                inner.tell(id, format!("{error}: the next provider is asked, as the caller allows"));
                tried.done.insert(lane.id.clone());
                tried.fault = Some(error);
                Ok(Next::Again)
            }
            Refusal::Quota | Refusal::Everyone => Ok(Next::GiveUp(error)),
            Refusal::NeedsApproval => {
                inner.tell(id, format!("{error}: a person has to approve first"));
                Ok(Next::Stop)
            }
        },
        Delivery::Placed | Delivery::Unknown => Ok(Next::Stop),
    }
}

/// A pause between the two, by the call's own chance: full jitter.
fn jitter(draw: u64, nth: u64, least: Duration, most: Duration) -> Duration {
    let spread = u64::try_from(most.saturating_sub(least).as_millis()).unwrap_or(u64::MAX);
    let chance = digest(&[&draw.to_le_bytes(), &nth.to_le_bytes()]);
    least + Duration::from_millis(share(chance, spread.saturating_add(1)).unwrap_or(0))
}
