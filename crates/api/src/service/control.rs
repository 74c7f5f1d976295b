//! Stopping calls, and deciding about those in doubt.

use switchboard::{
    CallId, ErrorKind,
    journal::state::{Resolution, Verdict, may_resolve},
    router::AuditTopic,
};

use crate::{
    Service,
    caller::{Allowed, Caller, CallsResolve, CallsWrite},
    problem::{Code, Problem, Result},
    service::CallRecord,
    wire::{NewVerdict, VerdictWord},
};

impl Service {
    /// Takes a call back: what was not sent is not sent any more; else its provider is asked to end
    /// it, and its record will show how it ends.
    ///
    /// # Errors
    /// `not_found`, `already_over`, `cannot_stop`, `provider_failed`, `provider_timeout`.
    pub async fn stop(&self, by: Allowed<'_, CallsWrite>, id: CallId) -> Result<CallRecord> {
        let record = self.find_call(by, id).await?;
        match self.switchboard().cancel(id).await {
            Ok(_) => {}
            Err(error) => {
                let problem = Problem::from(&error);
                let cannot = matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Unsupported);
                let call = self.switchboard().get(id).await?;
                return Err(if call.status.is_settled() && cannot {
                    Problem::new(Code::AlreadyOver, "the call is over")
                } else if cannot && problem.code() != Code::Stopping {
                    Problem::new(
                        Code::CannotStop,
                        "the call's provider cannot be asked to end it now",
                    )
                } else {
                    problem
                });
            }
        }
        self.note(
            by.caller(),
            AuditTopic::Call,
            &id.to_string(),
            serde_json::json!({"stop": true}),
        )
        .await?;
        let call = self.switchboard().get(id).await?;
        Ok(self.record(call, record.request))
    }

    /// Decides what became of a call of which nothing else can tell.
    ///
    /// # Errors
    /// `not_found`, `nothing_to_resolve`, `invalid_request`.
    pub async fn resolve(
        &self,
        by: Allowed<'_, CallsResolve>,
        id: CallId,
        new: &NewVerdict,
    ) -> Result<CallRecord> {
        let record = self.find_call(by, id).await?;
        let resolution = resolution(by.caller(), new)?;
        let nothing = || Problem::new(Code::NothingToResolve, "the call is not in doubt");
        if !may_resolve(&record.call, &resolution.verdict) {
            return Err(nothing());
        }
        let call = self.switchboard().engine().resolve(id, resolution).await.map_err(|error| {
            let problem = Problem::from(&error);
            if problem.code() == Code::Conflict { nothing() } else { problem }
        })?;
        let what = serde_json::json!({"resolve": named(new.verdict)});
        self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        Ok(self.record(call, record.request))
    }
}

/// The name of a verdict in the audit log.
const fn named(verdict: VerdictWord) -> &'static str {
    match verdict {
        VerdictWord::NotPlaced => "not_placed",
        VerdictWord::Placed => "placed",
        VerdictWord::Ended => "ended",
    }
}

fn resolution(caller: &Caller, new: &NewVerdict) -> Result<Resolution> {
    let given = |id: &Option<String>| {
        id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(Into::into)
    };
    let id = given(&new.provider_call_id);
    if new.outcome.is_some() && new.verdict != VerdictWord::Ended {
        return Err(Problem::invalid("outcome", "goes with the verdict ended", "leave it out"));
    }
    let (verdict, call) = match (new.verdict, id, new.outcome) {
        (VerdictWord::NotPlaced, None, _) => (Verdict::NotPlaced, None),
        (VerdictWord::NotPlaced, Some(_), _) => {
            let fix = "leave it out, or use placed or ended";
            return Err(Problem::invalid("provider_call_id", "contradicts not_placed", fix));
        }
        (VerdictWord::Placed, Some(id), _) => (Verdict::Placed(id), None),
        (VerdictWord::Placed, None, _) => {
            let fix = "give the provider's id of the call";
            return Err(Problem::invalid("provider_call_id", "is missing", fix));
        }
        (VerdictWord::Ended, id, Some(outcome)) => (Verdict::Ended(outcome.into()), id),
        (VerdictWord::Ended, _, None) => {
            let fix = "say how the call ended, as no_answer";
            return Err(Problem::invalid("outcome", "is missing", fix));
        }
    };
    Ok(Resolution { verdict, call, by: Service::who(caller), note: note(&new.note)? })
}

/// A note that has to say something.
pub(super) fn note(text: &str) -> Result<String> {
    let text = switchboard::core::text::readable(text);
    if text.is_empty() {
        return Err(Problem::invalid("note", "is empty", "say why"));
    }
    Ok(text)
}
