//! What a process reads from a provider: lists that lag and omit calls, reads that fail, and
//! evidence.

use std::{panic::resume_unwind, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::{
    ErrorKind, PlaceError, Result,
    core::{
        CallFilter, CallLists, Calls, Page, PageRequest, PlaceRequest, Proof, ProviderCall,
        ProviderCallId, Trace,
    },
};

use super::{
    fault::Fault,
    kind::Search,
    network,
    plan::wish_of,
    provider::{SimProvider, report},
    stage::Stage,
};

/// The tolerance for differing clocks.
const SLACK: Duration = Duration::from_secs(120);

impl SimProvider {
    /// Fails if the plan says that reads of the call fail in this state.
    async fn may_read(&self, wish: usize, stage: Stage, fits: &[Fault]) -> Result<()> {
        let now = self.world.now();
        let failing = self.world.with(|state| {
            let aim = state
                .aimed(stage, wish, |aim| fits.contains(&aim.fault) && aim.call == Some(wish))?;
            state.met(now, aim.fault, stage, Some(wish), Some(self.process.number));
            Some(aim.fault)
        });
        match failing {
            None => Ok(()),
            Some(Fault::ReadPanic) => resume_unwind(Box::new("the backend panics")),
            Some(_) => Err(self.error(ErrorKind::Transport)),
        }
    }
}

#[async_trait]
impl Calls for SimProvider {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        self.placing(order).await
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let now = self.world.now();
        let found = self.world.with(|state| {
            let record = state.records.iter().find(|record| record.name() == *id)?.clone();
            let stage = state.stage_of_attempt(record.attempt);
            let unseen = !state.calm
                && self.world.plan.wishes[record.wish].unseen
                && record.is_over(now)
                && stage == Stage::InProgress;
            if unseen {
                state.met_once(now, Fault::GetError, stage, record.wish);
            }
            Some((record, stage, unseen))
        });
        let Some((record, stage, unseen)) = found else {
            return Err(self.error(ErrorKind::NotFound));
        };
        self.may_read(record.wish, stage, &[Fault::GetError]).await?;
        if unseen {
            return Err(self.error(ErrorKind::Transport));
        }
        Ok(report(&record, now))
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let (now, wish, truth) = (self.world.now(), wish_of(&order.call), self.world.truth);
        let stage = self.world.with(|state| state.stage_of_attempt(order.attempt));
        let fits: &[Fault] = match self.kind.search() {
            // There is nothing to read.
            Search::None => return Ok(Vec::new()),
            Search::NumberAndTask | Search::Reference => &[Fault::ListError, Fault::ReadPanic],
            Search::AgentAndTime => &[Fault::ListError, Fault::ReadPanic, Fault::GetError],
        };
        self.may_read(wish, stage, fits).await?;
        let (before, after) = match self.kind.search() {
            Search::AgentAndTime => (SLACK / 2, Duration::from_secs(180)),
            Search::NumberAndTask => (SLACK, SLACK + Duration::from_millis(self.kind.patience())),
            // A reference needs no time to tell calls apart.
            Search::Reference | Search::None => (SLACK, Duration::from_secs(48 * 3600)),
        };
        let since = sent_at.checked_sub(before).unwrap_or(Timestamp::MIN);
        let until = sent_at.checked_add(after).unwrap_or(Timestamp::MAX);
        Ok(self.world.with(|state| {
            let (mut strong, mut weak) = (Vec::new(), Vec::new());
            for at in (0..state.records.len()).rev() {
                let record = &state.records[at];
                let created = truth.at(record.created);
                if record.kind != self.kind || created < since || created >= until {
                    continue;
                }
                let ours = match self.kind.search() {
                    Search::NumberAndTask => {
                        record.to == order.call.to && record.task == order.call.task
                    }
                    Search::AgentAndTime => record.agent == order.agent,
                    Search::Reference => record.attempt == order.attempt,
                    Search::None => false,
                };
                if !ours {
                    continue;
                }
                let (call, theirs) = (record.name(), record.wish);
                let invisible =
                    !state.calm && self.world.plan.wishes[theirs].invisible && !stage.is_settled();
                let listed = network::is_listed(state, at, now, &self.world.plan.wishes);
                let by_list = match self.kind.search() {
                    Search::NumberAndTask => Some(Proof::NumberAndTask),
                    Search::Reference => Some(Proof::Reference),
                    Search::AgentAndTime | Search::None => None,
                };
                if let Some(proof) = by_list {
                    strong.extend(listed.then_some(Trace { call, proof }));
                    continue;
                }
                let lags = state.is_aimed(Fault::UsageLag, stage, theirs);
                if lags {
                    state.met_once(now, Fault::UsageLag, stage, theirs);
                }
                let id = state.records[at].id;
                if !invisible && id % 5 == 0 && theirs == wish {
                    strong.insert(0, Trace { call, proof: Proof::LeadId });
                } else if !lags && !invisible && id.is_multiple_of(3) {
                    strong.push(Trace { call, proof: Proof::UsageRow });
                } else if listed {
                    weak.push(Trace { call, proof: Proof::AgentAndTime });
                }
            }
            strong.append(&mut weak);
            strong
        }))
    }
}

#[async_trait]
impl CallLists for SimProvider {
    async fn list(&self, filter: &CallFilter, _page: &PageRequest) -> Result<Page<ProviderCall>> {
        self.process.gate().await;
        self.travels_to_be_read().await;
        let (now, truth) = (self.world.now(), self.world.truth);
        let (items, watched) = self.world.with(|state| {
            let (mut items, mut watched) = (Vec::new(), Vec::new());
            for at in (0..state.records.len()).rev() {
                let record = &state.records[at];
                if record.kind != self.kind
                    || filter.since.is_some_and(|since| truth.at(record.created) < since)
                {
                    continue;
                }
                let stage = state.stage_of_attempt(record.attempt);
                watched.push((record.wish, stage));
                if network::is_listed(state, at, now, &self.world.plan.wishes) {
                    items.push(report(&state.records[at], now));
                }
            }
            (items, watched)
        });
        for (wish, stage) in watched {
            if stage == Stage::InProgress {
                self.may_read(wish, stage, &[Fault::ListError, Fault::ReadPanic]).await?;
            }
        }
        Ok(Page { items, next: None })
    }
}
