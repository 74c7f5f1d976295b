//! A provider as one process sees it, with the traits of its kind.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use switchboard::{
    Cost, Error, ErrorKind, IncomingWebhook, Outcome, Provider, ProviderInfo, Result,
    core::{
        CallLists, Calls, CancelCalls, Event, EventFeed, EventKind, ProviderCall, ProviderCallId,
        ProviderState, Raw, StopCalls, Usage, UsageFilter, UsageRecord, WebhookReceiver,
        WebhookSubscriptions, Webhooks,
    },
};

use super::{
    fault::Fault, kind::Kind, network::Record, process::Process, webhooks::SIGNATURE, world::World,
};

/// A provider as one process uses it.
pub(super) struct SimProvider {
    pub(super) world: Arc<World>,
    pub(super) process: Arc<Process>,
    pub(super) kind: Kind,
    pub(super) info: ProviderInfo,
}

impl fmt::Debug for SimProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())
    }
}

impl SimProvider {
    pub(super) fn new(world: &Arc<World>, process: &Arc<Process>, kind: Kind) -> Self {
        Self { world: Arc::clone(world), process: Arc::clone(process), kind, info: kind.info() }
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
    let kind = record.kind;
    let never = record.never.filter(|_| now >= record.dials);
    let state = match never {
        Some((_, refusal)) => ProviderState::NotDialled(refusal),
        None if record.is_over(now) => ProviderState::Ended(record.outcome),
        None if now >= record.dials => ProviderState::InProgress,
        None => ProviderState::Queued,
    };
    let mut report = ProviderCall::new(kind.id(), record.name(), state, format!("{state:?}"));
    report.failure_code = never.map(|(reason, _)| reason.to_owned());
    report.to = kind.shows_callee().then_some(record.to);
    report.task = kind.shows_task().then(|| record.task.clone());
    report.reference = kind.shows_reference().then(|| record.attempt.to_string());
    report.agent = record.agent.clone();
    report.cost = record.cost(now).filter(|_| kind.bills_in_record()).map(Cost::Money);
    report.opted_out = record.asks_out
        && kind.tells_opt_outs()
        && state == ProviderState::Ended(Outcome::Completed);
    report
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
        if self.kind.signs() && delivery.header(SIGNATURE.0) != Some(SIGNATURE.1) {
            return Err(self.error(ErrorKind::Unauthorized));
        }
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
                if record.kind != self.kind || !record.is_over(now) {
                    continue;
                }
                let row = UsageRecord {
                    provider: self.info.id.clone(),
                    id: None,
                    at: None,
                    what: Some("POST /v1/calls".to_owned()),
                    call: Some(record.name()),
                    cost: record.cost(now).map(Cost::Money),
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
        self.kind.has_lists().then_some(self as &dyn CallLists)
    }

    fn cancels(&self) -> Option<&dyn CancelCalls> {
        self.kind.cancels().then_some(self as &dyn CancelCalls)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        self.kind.stops().then_some(self as &dyn StopCalls)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        self.kind.has_webhooks().then_some(self as &dyn Webhooks)
    }

    fn usage(&self) -> Option<&dyn Usage> {
        self.kind.has_usage().then_some(self as &dyn Usage)
    }
}
