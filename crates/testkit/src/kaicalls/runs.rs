//! Communication runs: one request to call several people.
//!
//! The provider's SDKs pass the body of a run through unchanged, and no document describes it. So
//! the body is defined by this simulator: `agent_id` and `recipients` (1 to 100 objects with `to`
//! and, if wanted, `name` and `lead_id`, no number twice) are required; `context`, `first_message`,
//! `max_duration`, `webhook_url`, `external_ref` and `business_id` are as in `POST /calls` or
//! stored unchanged.
//!
//! Each recipient is a job, and each job makes one phone ring, like `POST /calls` and in the same
//! ledger. The first one is dialled before the response is sent; the others follow, one second of
//! call time apart, until the run is paused or cancelled. A number that `POST /calls` would refuse
//! is `blocked` and not dialled. A placed call continues even if its run is paused or cancelled.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::calls::{check, status_of};
use super::codes::Refused;
use super::run::{Job, JobState, Run, Standing};
use super::state::SimState;
use crate::calls::{Outcome, Phase};
use crate::host::RequestContext;

const MOST_RECIPIENTS: usize = 100;
const PACE: Duration = Duration::from_secs(1);
const SHARED: [&str; 5] = ["agent_id", "context", "first_message", "max_duration", "webhook_url"];

/// An error in a body.
pub(crate) struct Problem {
    path: String,
    code: String,
    message: String,
}

impl Problem {
    fn new(path: impl Into<String>, refused: &Refused) -> Self {
        Self {
            path: path.into(),
            code: refused.code().to_owned(),
            message: refused.detail().to_owned(),
        }
    }

    pub(crate) fn entry(&self) -> Value {
        json!({"path": self.path, "code": self.code, "message": self.message})
    }

    pub(crate) fn refused(&self) -> Refused {
        Refused::new(&self.code, format!("{}: {}", self.path, self.message))
    }
}

/// Validates the body of a run without dialling.
pub(crate) fn plan(sim: &SimState, body: &Map<String, Value>) -> Result<Vec<Job>, Vec<Problem>> {
    let business = body.get("business_id").and_then(Value::as_str);
    if business.is_some_and(|business| business != sim.business_id) {
        return Err(vec![Problem::new("business_id", &Refused::not_found("business"))]);
    }
    let recipients = body.get("recipients").and_then(Value::as_array);
    let Some(recipients) = recipients.filter(|list| (1..=MOST_RECIPIENTS).contains(&list.len()))
    else {
        let refused = Refused::invalid(format!("1 to {MOST_RECIPIENTS} recipients are required"));
        return Err(vec![Problem::new("recipients", &refused)]);
    };
    let (mut jobs, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (nth, recipient) in recipients.iter().enumerate() {
        let path = format!("recipients[{nth}]");
        let Some(recipient) = recipient.as_object() else {
            problems.push(Problem::new(path, &Refused::invalid("is no object")));
            continue;
        };
        let mut call: Map<String, Value> = recipient.clone();
        for name in SHARED {
            if let Some(value) = body.get(name) {
                call.insert(name.to_owned(), value.clone());
            }
        }
        let text =
            |name: &str| recipient.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let to = text("to");
        if !seen.insert(to.clone()) {
            problems
                .push(Problem::new(path, &Refused::invalid("the number is in the list already")));
            continue;
        }
        let state = match check(sim, &call) {
            Ok(wanted) => JobState::Pending(Box::new(wanted)),
            Err(refused) if matches!(refused.code(), "invalid_request" | "not_found") => {
                problems.push(Problem::new(path, &refused));
                continue;
            }
            Err(refused) => JobState::Blocked(refused.code().to_owned()),
        };
        jobs.push(Job {
            id: String::new(),
            to,
            name: Some(text("name")).filter(|name| !name.is_empty()),
            state,
        });
    }
    if problems.is_empty() { Ok(jobs) } else { Err(problems) }
}

impl SimState {
    /// Dials the next recipient of a run. Returns false if there is none or the run is paused or
    /// cancelled.
    pub(crate) fn advance(self: &Arc<Self>, place: usize, context: &RequestContext) -> bool {
        let mut runs = self.runs.lock();
        let Some(run) = runs.get_mut(place).filter(|run| run.standing == Standing::Going) else {
            return false;
        };
        let Some(job) = run.jobs.iter_mut().find(|job| matches!(job.state, JobState::Pending(_)))
        else {
            return false;
        };
        if let JobState::Pending(wanted) = std::mem::replace(&mut job.state, JobState::Failed)
            && let Some(answer) = self.place(*wanted, context)
        {
            job.state = JobState::Dialled {
                call_id: answer["id"].as_str().unwrap_or_default().to_owned(),
                attempt_id: self.seed.uuid(&format!("kaicalls/attempt/{}", job.id)),
                at: self.now(),
            };
        }
        true
    }

    /// Dials all recipients of a run.
    pub(crate) async fn work(self: Arc<Self>, place: usize, context: RequestContext) {
        loop {
            tokio::time::sleep(self.host.timeline.real(PACE)).await;
            if !self.advance(place, &context) {
                return;
            }
        }
    }

    fn call_phase(&self, call_id: &str) -> Option<Phase> {
        let calls = self.calls.lock();
        let record = calls.records.iter().find(|record| record.id == call_id)?;
        Some(record.life.phase(self.host.timeline))
    }

    fn call_status(&self, call_id: &str) -> Option<&'static str> {
        let calls = self.calls.lock();
        let record = calls.records.iter().find(|record| record.id == call_id)?;
        Some(status_of(self, record))
    }
}

impl Run {
    /// Cancels the run: recipients that were not dialled yet are not dialled.
    pub(crate) fn cancel(&mut self) {
        self.standing = Standing::Cancelled;
        for job in &mut self.jobs {
            if matches!(job.state, JobState::Pending(_)) {
                job.state = JobState::Cancelled;
            }
        }
    }

    pub(crate) fn entry(&self, sim: &SimState) -> Value {
        let words: Vec<&str> = self.jobs.iter().map(|job| job.word(sim)).collect();
        let count = |word: &str| words.iter().filter(|one| **one == word).count();
        let under_way = count("pending") + count("calling") > 0;
        let status = match self.standing {
            Standing::Cancelled => "cancelled",
            Standing::Paused => "paused",
            Standing::Going if under_way => "running",
            Standing::Going => "completed",
        };
        json!({
            "id": self.id, "status": status, "business_id": sim.business_id, "external_ref": self.body.get("external_ref"),
            "total_recipients": self.jobs.len(), "created_at": self.created_at,
            "counts": {
                "pending": count("pending"), "calling": count("calling"), "completed": count("completed"),
                "failed": count("failed"), "blocked": count("blocked"), "cancelled": count("cancelled"),
            },
        })
    }
}

impl Job {
    /// The id that the attempts of one recipient share, used to filter them.
    fn sequence(&self, sim: &SimState) -> String {
        sim.seed.uuid(&format!("kaicalls/sequence/{}", self.id))
    }

    pub(crate) fn word(&self, sim: &SimState) -> &'static str {
        match &self.state {
            JobState::Pending(_) => "pending",
            JobState::Blocked(_) => "blocked",
            JobState::Cancelled => "cancelled",
            JobState::Failed => "failed",
            JobState::Dialled { call_id, .. } => match sim.call_phase(call_id) {
                Some(Phase::Queued | Phase::Ringing | Phase::Talking) => "calling",
                Some(Phase::Over(Outcome::Completed | Outcome::Voicemail)) => "completed",
                Some(
                    Phase::Over(Outcome::NoAnswer | Outcome::Busy | Outcome::Failed) | Phase::Cut,
                )
                | None => "failed",
            },
        }
    }

    pub(crate) fn entry(&self, sim: &SimState, run: &Run) -> Value {
        let (call_id, reason) = match &self.state {
            JobState::Dialled { call_id, .. } => (Some(call_id), None),
            JobState::Blocked(code) => (None, Some(code)),
            JobState::Pending(_) | JobState::Cancelled | JobState::Failed => (None, None),
        };
        json!({
            "id": self.id, "communication_run_id": run.id, "sequence_id": self.sequence(sim), "channel": "call", "to": self.to,
            "name": self.name, "status": self.word(sim), "reason": reason, "call_id": call_id, "created_at": run.created_at,
        })
    }

    /// The attempt of this job, if there is one.
    pub(crate) fn attempt(&self, sim: &SimState, run: &Run) -> Option<Value> {
        match &self.state {
            JobState::Dialled { call_id, attempt_id, at } => Some(json!({
                "id": attempt_id, "sequence_id": self.sequence(sim), "job_id": self.id, "communication_run_id": run.id,
                "channel": "call", "call_id": call_id, "status": sim.call_status(call_id), "retry_eligible": false,
                "created_at": at,
            })),
            JobState::Pending(_)
            | JobState::Blocked(_)
            | JobState::Cancelled
            | JobState::Failed => None,
        }
    }

    /// What would happen to this job.
    pub(crate) fn preview(&self, sim: &SimState) -> Value {
        let reason = match &self.state {
            JobState::Blocked(code) => Some(code),
            JobState::Pending(_)
            | JobState::Dialled { .. }
            | JobState::Cancelled
            | JobState::Failed => None,
        };
        json!({"to": self.to, "name": self.name, "status": self.word(sim), "reason": reason})
    }
}
