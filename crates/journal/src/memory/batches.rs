//! Batches in memory.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{Call, Result, TenantId};
use uuid::Uuid;

use super::MemoryJournal;
use crate::server::{
    BatchCounts, BatchId, BatchRow, Batches, BatchesQuery, NewBatch, RowOutcome, RowResult,
    RowSettled, RowsQuery, StoredBatch,
};

#[async_trait]
impl Batches for MemoryJournal {
    async fn add_batch(&self, batch: NewBatch) -> Result<Option<StoredBatch>> {
        self.store.lock().batches.add(batch)
    }

    async fn batch(&self, id: BatchId, tenant: Option<&TenantId>) -> Result<Option<StoredBatch>> {
        Ok(self.store.lock().batches.get(id, tenant).cloned())
    }

    async fn batches(&self, query: &BatchesQuery) -> Result<Vec<StoredBatch>> {
        Ok(self.store.lock().batches.list(query))
    }

    async fn batch_rows(&self, id: BatchId, query: RowsQuery) -> Result<Vec<BatchRow>> {
        Ok(self.store.lock().batches.rows(id, query))
    }

    async fn batch_results(&self, id: BatchId, query: RowsQuery) -> Result<Vec<RowResult>> {
        let store = self.store.lock();
        let rows = store.batches.rows(id, query).into_iter().map(|row| {
            let call = row.call.and_then(|call| store.get(call));
            let call = call.map(|call| (Call::clone(&call), store.request(call.id)));
            RowResult::new(row, call)
        });
        Ok(rows.collect())
    }

    async fn batch_counts(&self, id: BatchId) -> Result<BatchCounts> {
        let store = self.store.lock();
        let mut counts = BatchCounts::default();
        for call in store.batches.calls(id).filter_map(|call| store.get(call)) {
            *counts.statuses.entry(call.status).or_default() += 1;
            if let Some(outcome) = call.outcome {
                *counts.outcomes.entry(outcome).or_default() += 1;
            }
        }
        Ok(counts)
    }

    async fn claim_batch(
        &self,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<Option<StoredBatch>> {
        Ok(self.store.lock().batches.claim(claim, at, lease))
    }

    async fn renew_batch(
        &self,
        id: BatchId,
        claim: Uuid,
        at: Timestamp,
        lease: Duration,
    ) -> Result<bool> {
        Ok(self.store.lock().batches.renew(id, claim, at, lease))
    }

    async fn release_batch(&self, id: BatchId, claim: Uuid) -> Result<()> {
        self.store.lock().batches.release(id, claim);
        Ok(())
    }

    async fn settle_row(
        &self,
        id: BatchId,
        number: u32,
        outcome: RowOutcome,
    ) -> Result<RowSettled> {
        Ok(self.store.lock().batches.settle(id, number, outcome))
    }

    async fn cancel_batch(
        &self,
        id: BatchId,
        tenant: Option<&TenantId>,
        at: Timestamp,
    ) -> Result<Option<StoredBatch>> {
        Ok(self.store.lock().batches.cancel(id, tenant, at))
    }

    async fn end_batches(&self, at: Timestamp) -> Result<u64> {
        Ok(self.store.lock().end_batches(at))
    }
}
