//! The table of batches, and their rows.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use switchboard_core::{CallId, Error, ErrorKind, Result, TenantId};
use uuid::Uuid;

use crate::server::{
    BatchId, BatchRow, BatchesQuery, NewBatch, RowOutcome, RowSettled, RowState, RowsQuery,
    StoredBatch,
};

#[derive(Debug)]
struct Entry {
    batch: StoredBatch,
    request_key: [u8; 32],
    rows: BTreeMap<u32, BatchRow>,
    claim: Option<(Uuid, Timestamp)>,
}

impl Entry {
    /// Moves a row to another state.
    fn turn(&mut self, number: u32, state: RowState) {
        if let Some(row) = self.rows.get_mut(&number) {
            let before = std::mem::replace(&mut row.state, state);
            if let Some(count) = self.batch.rows.get_mut(&before) {
                *count -= 1;
                if *count == 0 {
                    self.batch.rows.remove(&before);
                }
            }
            *self.batch.rows.entry(state).or_default() += 1;
        }
    }

    fn is_free(&self, at: Timestamp) -> bool {
        self.claim.is_none_or(|(_, until)| until <= at)
    }

    fn may_be_claimed(&self, at: Timestamp) -> bool {
        let unfinished = self.batch.cancelled_at.is_some() && self.claim.is_some();
        self.is_free(at) && (self.batch.count(RowState::Waiting) > 0 || unfinished)
    }
}

/// All batches, by their ids.
#[derive(Debug, Default)]
pub(super) struct BatchTable(BTreeMap<BatchId, Entry>);

impl BatchTable {
    pub(super) fn add(&mut self, new: NewBatch) -> Result<Option<StoredBatch>> {
        if let Some(first) = self.0.values().find(|one| one.request_key == new.request_key) {
            return Ok(Some(first.batch.clone()));
        }
        if self.0.contains_key(&new.id) {
            let error = Error::new(ErrorKind::Conflict, "a batch of this id was made before");
            return Err(error.with_code("batch_exists"));
        }
        let (batch, request_key) = (StoredBatch::new(&new), new.request_key);
        let rows = new.rows.into_iter().map(|row| {
            let mut stored = BatchRow::new(row.number, row.line, RowState::Waiting);
            stored.cells = row.person.map(|_| row.cells);
            match row.request {
                Ok(request) => stored.request = Some(request),
                Err(problem) => {
                    stored.state = RowState::Rejected;
                    stored.problem = Some(problem);
                }
            }
            (row.number, stored)
        });
        let rows = rows.collect();
        self.0.insert(new.id, Entry { batch, request_key, rows, claim: None });
        Ok(None)
    }

    pub(super) fn get(&self, id: BatchId, tenant: Option<&TenantId>) -> Option<&StoredBatch> {
        let batch = &self.0.get(&id)?.batch;
        tenant.is_none_or(|tenant| *tenant == batch.tenant).then_some(batch)
    }

    pub(super) fn list(&self, query: &BatchesQuery) -> Vec<StoredBatch> {
        let wanted = self.0.values().rev().map(|entry| &entry.batch).filter(|batch| {
            query.tenant.as_ref().is_none_or(|tenant| *tenant == batch.tenant)
                && query.before.is_none_or(|before| batch.id < before)
        });
        wanted.take(query.limit.max(1) as usize).cloned().collect()
    }

    pub(super) fn rows(&self, id: BatchId, query: RowsQuery) -> Vec<BatchRow> {
        let rows = self.0.get(&id).into_iter().flat_map(|entry| entry.rows.values());
        let wanted = rows.filter(|row| {
            row.number > query.after && query.state.is_none_or(|state| row.state == state)
        });
        wanted.take(query.at_most() as usize).cloned().collect()
    }

    /// The calls of a batch.
    pub(super) fn calls(&self, id: BatchId) -> impl Iterator<Item = CallId> {
        let rows = self.0.get(&id).into_iter().flat_map(|entry| entry.rows.values());
        rows.filter_map(|row| row.call)
    }

    pub(super) fn claim(
        &mut self,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Option<StoredBatch> {
        let entry = self.0.values_mut().find(|entry| entry.may_be_claimed(at))?;
        entry.claim = Some((claim, end(at, lease)));
        Some(entry.batch.clone())
    }

    fn held(&mut self, id: BatchId, claim: Uuid) -> Option<&mut Entry> {
        self.0.get_mut(&id).filter(|entry| entry.claim.is_some_and(|(held, _)| held == claim))
    }

    pub(super) fn renew(
        &mut self,
        id: BatchId,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> bool {
        let held = self.held(id, claim).filter(|entry| !entry.is_free(at));
        held.map(|entry| entry.claim = Some((claim, end(at, lease)))).is_some()
    }

    pub(super) fn release(&mut self, id: BatchId, claim: Uuid) {
        if let Some(entry) = self.held(id, claim) {
            entry.claim = None;
        }
    }

    pub(super) fn settle(&mut self, id: BatchId, number: u32, outcome: RowOutcome) -> RowSettled {
        let Some(entry) = self.0.get_mut(&id) else {
            return RowSettled::Before;
        };
        let Some(row) = entry.rows.get_mut(&number) else {
            return RowSettled::Before;
        };
        let settled = match row.state {
            RowState::Waiting => RowSettled::Recorded,
            RowState::Cancelled | RowState::Erased => RowSettled::TooLate,
            RowState::Submitted | RowState::Rejected => return RowSettled::Before,
        };
        row.request = None;
        let state = match outcome {
            RowOutcome::Submitted(call) => {
                row.call = Some(call);
                RowState::Submitted
            }
            RowOutcome::Rejected(_) if settled == RowSettled::TooLate => return settled,
            RowOutcome::Rejected(problem) => {
                row.problem = Some(problem);
                RowState::Rejected
            }
        };
        entry.turn(number, state);
        settled
    }

    pub(super) fn cancel(
        &mut self,
        id: BatchId,
        tenant: Option<&TenantId>,
        at: Timestamp,
    ) -> Option<StoredBatch> {
        self.get(id, tenant)?;
        let entry = self.0.get_mut(&id)?;
        if entry.batch.cancelled_at.is_none() {
            entry.batch.cancelled_at = Some(at);
            let waiting = entry.rows.values().filter(|row| row.state == RowState::Waiting);
            for number in waiting.map(|row| row.number).collect::<Vec<_>>() {
                entry.turn(number, RowState::Cancelled);
            }
        }
        Some(entry.batch.clone())
    }

    pub(super) fn end(&mut self, at: Timestamp, is_settled: impl Fn(CallId) -> bool) -> u64 {
        let over = self.0.values_mut().filter(|entry| {
            entry.batch.done_at.is_none()
                && entry.batch.count(RowState::Waiting) == 0
                && entry.rows.values().filter_map(|row| row.call).all(&is_settled)
        });
        over.map(|entry| entry.batch.done_at = Some(at)).count() as u64
    }
}

fn end(at: Timestamp, lease: Duration) -> Timestamp {
    at.checked_add(lease).unwrap_or(Timestamp::MAX)
}
