//! Cancelling a batch.

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use switchboard::{
    CallId, TenantId,
    journal::server::{BatchId, RowState, RowsQuery},
    router::AuditTopic,
};

use crate::{
    Service,
    caller::{Allowed, Caller, CallsWrite},
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
        let cancelled = self.cancel_and_withdraw(id, by.tenant()).await?;
        self.note_cancelled(by.caller(), &cancelled, None).await?;
        Ok(cancelled)
    }

    /// Cancels a batch whose agents leave out what they have to say first: each further call would
    /// break the same rule.
    ///
    /// # Errors
    /// `not_found`, `journal_unavailable`.
    pub(crate) async fn stop_batch(&self, id: BatchId) -> Result<()> {
        let cancelled = self.cancel_and_withdraw(id, None).await?;
        let ourselves = Caller::of_the_ledger("switchboard", self.clock().now());
        self.note_cancelled(&ourselves, &cancelled, Some("first_words_missing")).await
    }

    async fn cancel_and_withdraw(
        &self,
        id: BatchId,
        tenant: Option<&TenantId>,
    ) -> Result<CancelledBatch> {
        let cancelled = self.store().cancel_batch(id, tenant, self.clock().now()).await?;
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
        Ok(CancelledBatch { batch: Batch::from(&cancelled), withdrawn, going_on })
    }

    async fn note_cancelled(
        &self,
        by: &Caller,
        cancelled: &CancelledBatch,
        why: Option<&str>,
    ) -> Result<()> {
        let CancelledBatch { withdrawn, going_on, batch } = cancelled;
        let mut what = json!({"withdrawn": withdrawn, "going_on": going_on});
        if let (Some(what), Some(why)) = (what.as_object_mut(), why) {
            what.insert("why".to_owned(), why.into());
        }
        let what = json!({"cancel_batch": what});
        self.note(by, AuditTopic::Call, &batch.id.to_string(), what).await
    }

    /// Takes a call back if nothing of it was sent. Returns false if it goes on.
    pub(crate) async fn withdraw(&self, call: CallId) -> Result<bool> {
        Ok(self.switchboard().engine().withdraw(call).await?)
    }
}
