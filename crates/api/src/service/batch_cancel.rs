//! Cancelling a batch.

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use switchboard::{
    CallId,
    journal::server::{BatchId, RowState, RowsQuery},
    router::AuditTopic,
};

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    problem::{Problem, Result},
    wire::{Batch, CancelledBatch},
};

/// Calls that are withdrawn at the same time.
const AT_ONCE: usize = 16;

impl Service {
    /// Cancels a batch. Rows that wait are not submitted, and calls of which nothing was sent are
    /// withdrawn; those at a provider go on. To cancel again withdraws what was left, and is no
    /// error.
    ///
    /// # Errors
    /// `not_found`, `journal_unavailable`: what was withdrawn until then stays so.
    pub async fn cancel_batch(
        &self,
        by: Allowed<'_, CallsWrite>,
        id: BatchId,
    ) -> Result<CancelledBatch> {
        let cancelled = self.store().cancel_batch(id, by.tenant(), self.clock().now()).await?;
        let cancelled = cancelled.ok_or_else(|| Problem::not_found("batch"))?;
        let (mut withdrawn, mut going_on) = (0, 0);
        let mut query =
            RowsQuery { state: Some(RowState::Submitted), after: 0, limit: RowsQuery::MOST };
        loop {
            let page = self.store().batch_results(id, query).await?;
            let mut open: Vec<CallId> = page
                .iter()
                .filter_map(|result| result.call.as_ref())
                .filter(|(call, _)| !call.status.is_settled())
                .map(|(call, _)| call.id)
                .collect();
            // Several rows may be one call.
            open.sort_unstable();
            open.dedup();
            let mut ended = stream::iter(open.into_iter().map(|call| self.withdraw(call)))
                .buffer_unordered(AT_ONCE);
            while let Some(is_withdrawn) = ended.try_next().await? {
                if is_withdrawn { withdrawn += 1 } else { going_on += 1 }
            }
            match page.last() {
                Some(last) if page.len() == RowsQuery::MOST as usize => {
                    query.after = last.row.number
                }
                Some(_) | None => break,
            }
        }
        let what = json!({"cancel_batch": {"withdrawn": withdrawn, "going_on": going_on}});
        self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        Ok(CancelledBatch { batch: Batch::from(&cancelled), withdrawn, going_on })
    }

    /// Takes a call back if nothing of it was sent. Returns false if it goes on.
    pub(crate) async fn withdraw(&self, call: CallId) -> Result<bool> {
        Ok(self.switchboard().engine().withdraw(call).await?)
    }
}
