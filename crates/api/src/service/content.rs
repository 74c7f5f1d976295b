//! What happened on a call: its history, its plan, what was said.

use switchboard::{CallId, ErrorKind, Recording, Transcript, router::AuditTopic};

use crate::{
    Service,
    caller::{Allowed, CallsContent, CallsRead, ScopeName},
    problem::{Code, Problem, Result},
    service::{CallRecord, facts},
    wire::{HistoryEntry, HistoryPage, Plan},
};

impl Service {
    /// A call with its number and its words, for somebody who asks to see them. That they did is
    /// written down.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn open_call(&self, by: Allowed<'_, CallsContent>, id: CallId) -> Result<CallRecord> {
        let record = self.find_call(by, id).await?;
        let what = serde_json::json!({"read": "content"});
        self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        Ok(record)
    }

    /// The facts about a call behind a position, oldest first.
    ///
    /// # Errors
    /// `not_found`; `unsupported` if calls are kept in memory.
    pub async fn history(
        &self,
        by: Allowed<'_, CallsRead>,
        id: CallId,
        after: Option<i64>,
        limit: usize,
    ) -> Result<HistoryPage> {
        self.find_call(by, id).await?;
        let content = by.caller().has(ScopeName::CallsContent);
        let facts = facts::of(self.switchboard(), id).await?;
        let mut data: Vec<HistoryEntry> = facts
            .into_iter()
            .filter(|fact| after.is_none_or(|after| fact.position > after))
            .map(|fact| HistoryEntry {
                position: fact.position,
                at: fact.at.into(),
                attempt: fact.attempt.map(switchboard::core::AttemptId::as_uuid),
                event: fact.event.to_owned(),
                by: fact.by,
                proof: fact.proof,
                detail: content.then_some(fact.detail),
            })
            .collect();
        let has_more = data.len() > limit;
        data.truncate(limit);
        Ok(HistoryPage { data, has_more })
    }

    /// The last plan that was made for a call.
    ///
    /// # Errors
    /// `not_found`, `no_plan`; `unsupported` if calls are kept in memory.
    pub async fn plan_of(&self, by: Allowed<'_, CallsRead>, id: CallId) -> Result<Plan> {
        let record = self.find_call(by, id).await?;
        let facts = facts::of(self.switchboard(), id).await?;
        let plan = facts.into_iter().rev().find_map(|fact| fact.plan);
        let plan =
            plan.ok_or_else(|| Problem::new(Code::NoPlan, "no plan was made for this call yet"))?;
        let mut shown = Plan::recorded(&plan, by.caller().has(ScopeName::ProvidersRead));
        let call = record.seen_by(by.caller());
        (shown.agent, shown.experiment) = (call.agent, call.experiment);
        Ok(shown)
    }

    /// What was said on a call: as it is kept, else from its provider.
    ///
    /// # Errors
    /// `not_found`, `not_over`, `no_transcript`, `provider_failed`, `provider_timeout`.
    pub async fn transcript(
        &self,
        by: Allowed<'_, CallsContent>,
        id: CallId,
    ) -> Result<Transcript> {
        let record = self.find_call(by, id).await?;
        if let Some(kept) = record.call.transcript {
            return Ok(kept);
        }
        is_over(&record)?;
        let read = self.switchboard().transcript(id).await;
        read.map_err(|error| missing(&error, Code::NoTranscript, "transcript"))
    }

    /// Where the recording of a call is: as it is kept, else from its provider.
    ///
    /// # Errors
    /// `not_found`, `not_over`, `no_recording`, `provider_failed`, `provider_timeout`.
    pub async fn recording(&self, by: Allowed<'_, CallsContent>, id: CallId) -> Result<Recording> {
        let record = self.find_call(by, id).await?;
        is_over(&record)?;
        let read = self.switchboard().recording(id).await;
        read.map_err(|error| missing(&error, Code::NoRecording, "recording"))
    }
}

fn is_over(record: &CallRecord) -> Result<()> {
    if record.call.status.is_settled() {
        return Ok(());
    }
    Err(Problem::new(Code::NotOver, "the call is not over"))
}

/// The provider has none, cannot have one, or does not have the call.
fn missing(error: &switchboard::Error, code: Code, what: &str) -> Problem {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Unsupported | ErrorKind::Conflict => {
            Problem::new(code, format!("there is no {what} of this call"))
        }
        _ => Problem::from(error),
    }
}
