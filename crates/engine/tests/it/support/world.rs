//! Phones, and a provider in front of them. What rang stays true whatever becomes of the process
//! that asked.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    CallFilter, CallLists, Calls, CancelCalls, Clock, Cost, Delivery, Error, ErrorKind, Event,
    EventFeed, EventKind, IncomingWebhook, Money, Outcome, Page, PageRequest, PlaceError,
    PlaceRequest, Proof, Provider, ProviderCall, ProviderCallId, ProviderInfo, ProviderState, Raw,
    Recording, Recordings, Refusal, Result, StopCalls, Trace, Transcript, Transcripts,
    WebhookReceiver, WebhookSubscriptions, Webhooks,
};
use switchboard_engine::{Engine, EngineBuilder};
use switchboard_journal::Journal;
use switchboard_router::{Policy, ProviderPolicy, RateDeck};
use tokio::{sync::Notify, time::Instant};

use super::{
    Fake,
    fake::{failure, not_sent, refused, unknown},
    report, seconds,
};

/// What becomes of one placing request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// It rings, and the answer says so; at a synchronous provider when the phone call is over.
    Ring,
    /// It rings, and the answer comes so much later.
    RingAndDawdle(Duration),
    /// It rings, and no answer ever comes.
    RingAndHang,
    /// It rings, and the answer is lost.
    RingAndLose,
    /// It rings, and the answer's id cannot be read.
    RingUnread,
    /// Nothing rings, and nobody can tell.
    Lose,
    /// Nothing rings, and no answer ever comes.
    Hang,
    /// Nothing left, and so much later that is known.
    NotSent(Duration),
    /// The provider will not.
    Refuse(Refusal),
    /// The provider will not, for this reason, whoever is asked.
    RefuseBecause(&'static str),
}

impl Act {
    /// True where nobody but the provider can know that nothing rang.
    pub(crate) fn may_ring(self) -> bool {
        match self {
            Act::Ring
            | Act::RingAndDawdle(_)
            | Act::RingAndHang
            | Act::RingAndLose
            | Act::RingUnread
            | Act::Lose
            | Act::Hang => true,
            Act::NotSent(_) | Act::Refuse(_) | Act::RefuseBecause(_) => false,
        }
    }
}

/// One time that a phone rang.
#[derive(Debug, Clone)]
pub(crate) struct Rung {
    pub(crate) theirs: String,
    pub(crate) order: PlaceRequest,
    pub(crate) at: Instant,
    ends: Instant,
    outcome: Outcome,
}

/// A provider, and every phone that it ever rang.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) info: ProviderInfo,
    /// How long a phone call lasts.
    pub(crate) lasts: Duration,
    /// What one costs.
    pub(crate) bill: Option<Money>,
    /// False: lists show nothing, and so there is no evidence.
    pub(crate) shows: bool,
    /// False: nothing can be read.
    pub(crate) readable: bool,
    /// How long it takes to look for evidence.
    pub(crate) look_takes: Duration,
    /// Why calls that fail did, in the provider's word.
    pub(crate) fails_because: Option<&'static str>,
    /// What is said in each call. None: transcripts are not kept.
    pub(crate) said: Option<Transcript>,
    /// How often a transcript is read before it is there.
    pub(crate) transcript_after: usize,
    transcripts: Mutex<usize>,
    script: Mutex<VecDeque<Act>>,
    outcomes: Mutex<VecDeque<Outcome>>,
    rung: Mutex<Vec<Rung>>,
    orders: Mutex<Vec<(Instant, PlaceRequest, Act)>>,
    stops: Mutex<Vec<(Instant, String)>>,
    looks: Mutex<Vec<Instant>>,
    changed: Notify,
}

impl World {
    /// What is asked first is answered so; whatever comes later rings.
    pub(crate) fn new(name: &str, script: &[Act]) -> Self {
        Self {
            info: Fake::new(name).info,
            lasts: seconds(20),
            bill: None,
            shows: true,
            readable: true,
            look_takes: Duration::ZERO,
            fails_because: None,
            said: None,
            transcript_after: 0,
            transcripts: Mutex::default(),
            script: Mutex::new(script.iter().copied().collect()),
            outcomes: Mutex::default(),
            rung: Mutex::default(),
            orders: Mutex::default(),
            stops: Mutex::default(),
            looks: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// The first rings end so; whatever comes later is completed.
    pub(crate) fn ending(self, outcomes: &[Outcome]) -> Self {
        *self.outcomes.lock() = outcomes.iter().copied().collect();
        self
    }

    pub(crate) fn rung(&self) -> Vec<Rung> {
        self.rung.lock().clone()
    }

    /// How many calls were under way at once, at the most.
    pub(crate) fn most_at_once(&self) -> usize {
        most_at_once(&self.rung())
    }

    /// How often a phone rang.
    pub(crate) fn rings(&self) -> usize {
        self.rung.lock().len()
    }

    /// Every placing request.
    pub(crate) fn orders(&self) -> Vec<PlaceRequest> {
        self.orders.lock().iter().map(|(_, order, _)| order.clone()).collect()
    }

    /// When each of them came, and what became of it.
    pub(crate) fn acts(&self) -> Vec<(Instant, Act)> {
        self.orders.lock().iter().map(|(at, _, act)| (*at, *act)).collect()
    }

    /// Which calls were told to stop, and when.
    pub(crate) fn stops(&self) -> Vec<(Instant, String)> {
        self.stops.lock().clone()
    }

    /// How often a transcript was read.
    pub(crate) fn transcripts_read(&self) -> usize {
        *self.transcripts.lock()
    }

    /// When evidence was looked for.
    pub(crate) fn looks(&self) -> Vec<Instant> {
        self.looks.lock().clone()
    }

    fn ring(&self, order: &PlaceRequest) -> ProviderCall {
        let outcome = self.outcomes.lock().pop_front().unwrap_or(Outcome::Completed);
        let theirs = format!("{}-{}", self.info.id, self.rings());
        let now = Instant::now();
        self.rung.lock().push(Rung {
            theirs: theirs.clone(),
            order: order.clone(),
            at: now,
            ends: now + self.lasts,
            outcome,
        });
        report(self.info.id.as_str(), &theirs, ProviderState::Queued)
    }

    fn now(&self, one: &Rung) -> ProviderCall {
        let over = Instant::now() >= one.ends;
        let state =
            if over { ProviderState::Ended(one.outcome) } else { ProviderState::InProgress };
        {
            let mut report = report(self.info.id.as_str(), &one.theirs, state);
            report.cost = self.bill.filter(|_| over).map(Cost::Money);
            report.to = Some(one.order.call.to);
            if over && one.outcome == Outcome::Failed {
                report.failure_code = self.fails_because.map(str::to_owned);
            }
            report
        }
    }

    fn find(&self, theirs: &str) -> Result<Rung> {
        let rung = self.rung.lock();
        let found = rung.iter().find(|one| one.theirs == theirs).cloned();
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such call"))
    }

    async fn until_over(&self, theirs: &str) -> Result<ProviderCall> {
        loop {
            let changed = self.changed.notified();
            let one = self.find(theirs)?;
            if Instant::now() >= one.ends {
                return Ok(self.now(&one));
            }
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(one.ends) => {}
            }
        }
    }

    fn check_readable(&self) -> Result<()> {
        if self.readable {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Connect, "nobody is there"))
    }
}

/// How many of these calls were under way at once, at the most.
pub(crate) fn most_at_once(rung: &[Rung]) -> usize {
    let at = |moment| rung.iter().filter(|one| one.at <= moment && moment < one.ends).count();
    rung.iter().map(|one| at(one.at)).max().unwrap_or(0)
}

/// A provider's end of the wire: each process has its own, and all have one world behind them.
#[derive(Debug)]
struct Line(Arc<World>);

#[async_trait]
impl Calls for Line {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let world = &self.0;
        let act = world.script.lock().pop_front().unwrap_or(Act::Ring);
        world.orders.lock().push((Instant::now(), order.clone(), act));
        match act {
            Act::Ring => {
                let answer = world.ring(order);
                if world.info.synchronous {
                    return world.until_over(answer.id.as_str()).await.map_err(PlaceError::unknown);
                }
                Ok(answer)
            }
            Act::RingAndDawdle(by) => {
                let answer = world.ring(order);
                tokio::time::sleep(by).await;
                Ok(answer)
            }
            Act::RingAndHang => {
                world.ring(order);
                std::future::pending().await
            }
            Act::RingAndLose => {
                world.ring(order);
                Err(unknown())
            }
            Act::RingUnread => {
                world.ring(order);
                Err(failure(ErrorKind::Decode, Delivery::Placed))
            }
            Act::Lose => Err(unknown()),
            Act::Hang => std::future::pending().await,
            Act::NotSent(after) => {
                tokio::time::sleep(after).await;
                Err(not_sent())
            }
            Act::Refuse(refusal) => Err(refused(ErrorKind::Forbidden, refusal)),
            Act::RefuseBecause(code) => {
                let error = Error::new(ErrorKind::Blocked, "the provider will not").with_code(code);
                Err(PlaceError::refused(Refusal::Everyone, error))
            }
        }
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        self.0.check_readable()?;
        Ok(self.0.now(&self.0.find(id.as_str())?))
    }

    /// Every call to the same number with the same task: earlier rings of one call are among them.
    async fn trace(&self, order: &PlaceRequest, _: Timestamp) -> Result<Vec<Trace>> {
        self.0.looks.lock().push(Instant::now());
        tokio::time::sleep(self.0.look_takes).await;
        self.0.check_readable()?;
        let fits = |one: &Rung| {
            one.order.call.to == order.call.to && one.order.call.task == order.call.task
        };
        let shown = self.0.rung().into_iter().filter(|one| self.0.shows && fits(one));
        Ok(shown
            .map(|one| Trace { call: one.theirs.into(), proof: Proof::NumberAndTask })
            .collect())
    }
}

#[async_trait]
impl CallLists for Line {
    async fn list(&self, _: &CallFilter, _: &PageRequest) -> Result<Page<ProviderCall>> {
        self.0.check_readable()?;
        let shown = self.0.rung().into_iter().filter(|_| self.0.shows);
        Ok(Page { items: shown.map(|one| self.0.now(&one)).collect(), next: None })
    }
}

#[async_trait]
impl Transcripts for Line {
    async fn transcript(&self, _: &ProviderCallId) -> Result<Transcript> {
        let read = {
            let mut transcripts = self.0.transcripts.lock();
            *transcripts += 1;
            *transcripts
        };
        match &self.0.said {
            Some(said) if read > self.0.transcript_after => Ok(said.clone()),
            Some(_) => Ok(Transcript::default()),
            None => Err(Error::new(ErrorKind::Unsupported, "nothing was kept")),
        }
    }
}

#[async_trait]
impl Recordings for Line {
    async fn recording(&self, _: &ProviderCallId) -> Result<Recording> {
        Err(Error::new(ErrorKind::Unsupported, "nothing was kept"))
    }
}

#[async_trait]
impl CancelCalls for Line {
    async fn cancel(&self, id: &ProviderCallId) -> Result<()> {
        self.stop(id).await
    }
}

#[async_trait]
impl StopCalls for Line {
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        let now = Instant::now();
        self.0.stops.lock().push((now, id.as_str().to_owned()));
        for one in
            self.0.rung.lock().iter_mut().filter(|one| one.theirs == id.as_str() && one.ends > now)
        {
            (one.ends, one.outcome) = (now, Outcome::Cancelled);
        }
        self.0.changed.notify_waiters();
        Ok(())
    }
}

impl Webhooks for Line {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        Some(self)
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        None
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        None
    }
}

impl WebhookReceiver for Line {
    /// The body is the call's id, and what stands behind a space makes it another body.
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let body = String::from_utf8(delivery.body.clone())
            .map_err(|_| Error::new(ErrorKind::Decode, "is no event"))?;
        let theirs = body.split(' ').next().unwrap_or_default();
        let kind = EventKind::Call(ProviderState::Unrecognised);
        let event = Event::new(self.0.info.id.clone(), body.clone(), kind, Raw::default());
        Ok(vec![event.with(|event| event.call = Some(theirs.to_owned().into()))])
    }
}

impl Provider for Line {
    fn info(&self) -> &ProviderInfo {
        &self.0.info
    }

    fn calls(&self) -> &dyn Calls {
        self
    }

    fn lists(&self) -> Option<&dyn CallLists> {
        Some(self)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(self)
    }

    fn recordings(&self) -> Option<&dyn Recordings> {
        Some(self)
    }

    fn cancels(&self) -> Option<&dyn CancelCalls> {
        Some(self)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        Some(self)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(self)
    }
}

/// The policy of a process over these worlds: every provider may take every call, at unknown
/// prices.
pub(crate) fn policy_over(worlds: &[Arc<World>]) -> Policy {
    let providers = worlds.iter().map(|world| {
        ProviderPolicy::new(world.info.clone(), RateDeck::unknown(switchboard_core::Currency::USD))
    });
    Policy::new(providers.collect(), switchboard_core::Currency::USD)
}

/// A process: a router of its own over worlds and a journal that others may have too.
pub(crate) fn process(
    worlds: &[Arc<World>],
    clock: &Arc<dyn Clock>,
    journal: Arc<dyn Journal>,
) -> Engine {
    process_with(worlds, clock, journal, |_| {}, |builder| builder)
}

/// The same with another policy or other settings.
pub(crate) fn process_with(
    worlds: &[Arc<World>],
    clock: &Arc<dyn Clock>,
    journal: Arc<dyn Journal>,
    change: impl FnOnce(&mut Policy),
    settle: impl FnOnce(EngineBuilder) -> EngineBuilder,
) -> Engine {
    let mut policy = policy_over(worlds);
    change(&mut policy);
    let builder = Engine::builder(policy)
        .clock(Arc::clone(clock))
        .journal(journal)
        .without_calling_rules("these tests are about sending");
    let builder = worlds.iter().fold(builder, |builder, world| builder.provider(telephone(world)));
    settle(builder).build().unwrap()
}

/// A process's end of the wire to a world.
pub(crate) fn telephone(world: &Arc<World>) -> Arc<dyn Provider> {
    Arc::new(Line(Arc::clone(world)))
}

/// Several worlds that may be shared.
pub(crate) fn shared<const N: usize>(worlds: [World; N]) -> Vec<Arc<World>> {
    worlds.into_iter().map(Arc::new).collect()
}
