//! A call from its acceptance to its bill.

use std::sync::Arc;

use super::state::{Record, SimState, Stage};
use super::validate::Accepted;
use crate::calls::{CallPlan, Life, Phase};
use crate::host::RequestContext;
use crate::{KeyReplay, Ring};

/// The result of accepting a call.
pub(crate) enum Placed {
    /// A new or existing call with this id: wait until it is settled.
    Follow(String),
    /// The first call with this key is still running.
    Running,
    /// The ledger could not be written, so nothing was dialled.
    NoLedger,
}

impl SimState {
    /// Accepts and starts a call, unless its key belongs to an earlier one.
    pub(crate) fn place(self: &Arc<Self>, accepted: Accepted, context: &RequestContext) -> Placed {
        let mut calls = self.calls.lock();
        let earlier = context.idempotency_key.as_ref().and_then(|key| calls.keys.get(key)).cloned();
        match (self.config.key_replay, earlier) {
            (KeyReplay::RingsAgain, _) | (_, None) => {}
            (KeyReplay::Waits, Some(id)) => return Placed::Follow(id),
            (KeyReplay::Conflicts, Some(id)) => {
                let running =
                    calls.find(&id).is_some_and(|record| !record.life.is_over(self.host.timeline));
                return if running { Placed::Running } else { Placed::Follow(id) };
            }
        }
        let line = self.host.timeline;
        let queue = self.config.queue.unwrap_or_default();
        let nth = calls.dialled.entry(accepted.to.clone()).or_insert(0);
        let plan =
            CallPlan::draw(self.seed, &accepted.to, *nth, self.config.script(&accepted.to, *nth));
        *nth += 1;
        let id = self.id("call", calls.records.len());
        let mut record = Record {
            id: id.clone(),
            to: accepted.to,
            created_at: line.rfc3339(),
            accepted: line.now(),
            submission: accepted.submission,
            session_id: accepted.session_id,
            life: Life::begin(line.now(), queue, plan),
            rang: false,
            cost: None,
            moved: Arc::new(tokio::sync::watch::channel(Stage::Running).0),
        };
        if queue.is_zero() && !self.ring(&mut record, context) {
            return Placed::NoLedger;
        }
        calls.records.push(record);
        if let Some(key) = &context.idempotency_key {
            calls.keys.insert(key.clone(), id.clone());
        }
        drop(calls);
        self.host.spawn(Arc::clone(self).run(id.clone(), context.clone()));
        Placed::Follow(id)
    }

    fn ring(&self, record: &mut Record, context: &RequestContext) -> bool {
        let ring = Ring {
            at: self.host.timeline.rfc3339_millis(),
            to: record.to.clone(),
            call_id: record.id.clone(),
            provider: self.host.surface.provider.to_owned(),
            request_id: Some(context.request_id.clone()),
            idempotency_key: context.idempotency_key.clone(),
        };
        if let Err(error) = self.host.ledger.record(ring) {
            tracing::error!(%error, "the ring ledger could not be written: the phone does not ring");
            return false;
        }
        record.rang = true;
        context.rang();
        true
    }

    async fn run(self: Arc<Self>, id: String, context: RequestContext) {
        let line = self.host.timeline;
        let Some((moved, rings_at, ends_at)) = self.calls.lock().find(&id).map(|record| {
            (Arc::clone(&record.moved), record.life.rings_at(line), record.life.ends_at(line))
        }) else {
            return;
        };
        let mut stage = moved.subscribe();
        tokio::select! {
            biased;
            _ = stage.wait_for(|stage| *stage != Stage::Running) => {}
            () = tokio::time::sleep_until(rings_at) => {}
        }
        let rings = {
            let mut calls = self.calls.lock();
            calls.find_mut(&id).is_some_and(|record| {
                record.rang
                    || (record.life.phase(line) != Phase::Cut && self.ring(record, &context))
            })
        };
        if rings {
            tokio::select! {
                biased;
                _ = stage.wait_for(|stage| *stage != Stage::Running) => {}
                () = tokio::time::sleep_until(ends_at) => {}
            }
        }
        self.settle(&id, rings);
    }

    /// Bills the call: 1.0 credits plus 0.1 per started minute (document 002, "Get Cost
    /// Reference").
    fn settle(&self, id: &str, rang: bool) {
        let mut calls = self.calls.lock();
        let Some(record) = calls.find_mut(id) else {
            return;
        };
        let minutes = record.life.talked_tenths(self.host.timeline).div_ceil(600);
        let cost = if rang { 1000 + 100 * minutes } else { 0 };
        record.cost = Some(cost);
        record.moved.send_replace(Stage::Settled);
        if rang {
            self.account.lock().charge(id, cost, self.host.timeline.rfc3339());
        }
    }

    /// Waits until the call is settled.
    pub(crate) async fn settled(&self, id: &str) {
        let Some(moved) = self.calls.lock().find(id).map(|record| Arc::clone(&record.moved)) else {
            return;
        };
        // The sender lives in `moved`.
        let _ = moved.subscribe().wait_for(|stage| *stage == Stage::Settled).await;
    }

    /// Cuts a call short.
    pub(crate) fn cut(&self, record: &mut Record) {
        record.life.cut(self.host.timeline);
        record.moved.send_if_modified(|stage| {
            let running = *stage == Stage::Running;
            if running {
                *stage = Stage::Cut;
            }
            running
        });
    }
}
