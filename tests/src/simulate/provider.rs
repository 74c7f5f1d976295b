//! Two providers as a process sees them: one like KallyAI, which responds when the phone call has
//! ended, and one like KaiCalls, which accepts no idempotency key, does not show the callee and
//! sends webhooks.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use switchboard::{
    Cost, Error, ErrorKind, IncomingWebhook, Outcome, Provider, ProviderId, ProviderInfo, Result,
    core::{
        CallLists, Calls, CancelCalls, Coverage, Event, EventFeed, EventKind, Idempotency,
        ProviderCall, ProviderCallId, ProviderState, Raw, Refusal, Replay, RequestLimit, StopCalls,
        Usage, UsageFilter, UsageRecord, WebhookReceiver, WebhookSubscriptions, Webhooks,
    },
};

use super::{fault::Fault, network::Record, process::Process, world::World};

/// The provider that is like KallyAI.
pub(super) const KALLY: &str = "kally";
/// How long it keeps idempotency keys, where it documents them: longer than any request is on its
/// way.
const KEYS_LIVE: Duration = Duration::from_secs(72 * 3600);
/// The provider that is like KaiCalls.
pub(super) const KAI: &str = "kai";

/// A provider as one process uses it.
pub(super) struct SimProvider {
    pub(super) world: Arc<World>,
    pub(super) process: Arc<Process>,
    pub(super) which: &'static str,
    pub(super) info: ProviderInfo,
}

impl fmt::Debug for SimProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.which)
    }
}

impl SimProvider {
    pub(super) fn new(world: &Arc<World>, process: &Arc<Process>, which: &'static str) -> Self {
        let kai = which == KAI;
        let limit = |requests| RequestLimit { requests, window: Duration::from_secs(60) };
        Self {
            world: Arc::clone(world),
            process: Arc::clone(process),
            which,
            info: {
                let mut info = ProviderInfo::new(ProviderId::from_static(which));
                info.failure_domains = which.into();
                info.countries = Coverage::All;
                info.languages = Coverage::All;
                info.synchronous = !kai;
                info.idempotency = match world.plan.keys {
                    _ if kai => Idempotency::None,
                    true => {
                        Idempotency::Documented { lives: KEYS_LIVE, replay: Replay::FirstAnswer }
                    }
                    false => Idempotency::Undocumented,
                };
                info.place_limit = kai.then(|| limit(60));
                info.read_limit = kai.then(|| limit(300));
                info.needs_agent = kai;
                info
            },
        }
    }

    pub(super) fn is_synchronous(&self) -> bool {
        self.info.synchronous
    }

    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, "as the simulation has it").with_provider(self.info.id.clone())
    }

    /// Network latency, which is independent of the state of the process.
    pub(super) async fn travels(&self, milliseconds: u64) {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        self.process.gate().await;
    }

    pub(super) async fn travels_to_be_read(&self) {
        let there_and_back = self.world.with(|state| state.random.between(20, 400));
        self.travels(there_and_back).await;
    }
}

/// Reports the state of a call.
pub(super) fn report(record: &Record, now: u64) -> ProviderCall {
    let kally = record.provider == KALLY;
    let state = if record.says_never && now >= record.dials {
        ProviderState::NotDialled(Refusal::ThisProvider)
    } else if record.is_over(now) {
        ProviderState::Ended(record.outcome)
    } else if now >= record.dials {
        ProviderState::InProgress
    } else {
        ProviderState::Queued
    };
    {
        let mut report = ProviderCall::new(
            ProviderId::from_static(record.provider),
            record.name(),
            state,
            format!("{state:?}"),
        );
        report.to = kally.then_some(record.to);
        report.task = kally.then(|| record.task.clone());
        report.agent = record.agent.clone();
        report.cost = record.cost.filter(|_| kally).map(Cost::Money);
        report
    }
}

#[async_trait]
impl CancelCalls for SimProvider {
    async fn cancel(&self, id: &ProviderCallId) -> Result<()> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let now = self.world.now();
        self.world.with(|state| {
            match state.records.iter_mut().find(|record| record.name() == *id) {
                Some(record) if now < record.dials => {
                    record.ends = now;
                    record.outcome = Outcome::Cancelled;
                    Ok(())
                }
                Some(_) | None => Err(self.error(ErrorKind::Conflict)),
            }
        })
    }
}

#[async_trait]
impl StopCalls for SimProvider {
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let now = self.world.now();
        self.world.with(|state| {
            match state.records.iter_mut().find(|record| record.name() == *id) {
                Some(record) if now >= record.dials && now < record.ends => {
                    record.ends = now;
                    record.outcome = Outcome::Cancelled;
                    Ok(())
                }
                Some(_) | None => Err(self.error(ErrorKind::Conflict)),
            }
        })
    }
}

impl Webhooks for SimProvider {
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

impl WebhookReceiver for SimProvider {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        let text = String::from_utf8_lossy(&delivery.body).into_owned();
        let call = text.split(' ').next().map(ProviderCallId::from);
        let kind = EventKind::Call(ProviderState::Unrecognised);
        let event = Event::new(self.info.id.clone(), text, kind, Raw::default());
        Ok(vec![event.with(|event| event.call = call)])
    }
}

#[async_trait]
impl Usage for SimProvider {
    async fn balances(&self) -> Result<Vec<switchboard::core::Balance>> {
        Ok(Vec::new())
    }

    async fn records(&self, _filter: &UsageFilter) -> Result<Vec<UsageRecord>> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let now = self.world.now();
        Ok(self.world.with(|state| {
            let mut rows = Vec::new();
            for at in 0..state.records.len() {
                let record = &state.records[at];
                if record.provider != self.which || !record.is_over(now) {
                    continue;
                }
                let row = UsageRecord {
                    provider: self.info.id.clone(),
                    id: None,
                    at: None,
                    what: Some("POST /v1/calls".to_owned()),
                    call: Some(record.name()),
                    cost: record.cost.map(Cost::Money),
                    raw: Raw::default(),
                };
                let (wish, stage, ends) =
                    (record.wish, state.stage_of_attempt(record.attempt), record.ends);
                if state.is_aimed(Fault::UsageLag, stage, wish) && now < ends + 60_000 {
                    state.met_once(now, Fault::UsageLag, stage, wish);
                    continue;
                }
                rows.push(row);
            }
            rows
        }))
    }
}

impl Provider for SimProvider {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        self
    }

    fn lists(&self) -> Option<&dyn CallLists> {
        Some(self)
    }

    fn cancels(&self) -> Option<&dyn CancelCalls> {
        self.is_synchronous().then_some(self as &dyn CancelCalls)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        self.is_synchronous().then_some(self as &dyn StopCalls)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        (!self.is_synchronous()).then_some(self as &dyn Webhooks)
    }

    fn usage(&self) -> Option<&dyn Usage> {
        (!self.is_synchronous()).then_some(self as &dyn Usage)
    }
}
