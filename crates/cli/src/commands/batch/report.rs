//! Counts the results of the rows. It keeps no calls, since a batch may be long.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Call, CallId, CallStatus, Currency, Engine, ErrorKind, ValidCall, engine::Submitted,
    journal::DuplicateOf,
};
use switchboard_batch::{Rejection, Table};

use crate::{
    cli::Common,
    commands::batch::{
        first_words::TOO_MANY as MISSING,
        progress::{Display, Standing},
        refusals::{Refusal, TOO_MANY},
        rejected::Rejected,
        results::Results,
        summary::Summary,
    },
    credential::RefusedCredentials,
    exit::Exit,
    failure::Outcome,
    output::Output,
};

/// The counts, the progress display, and the table of rejected rows.
#[derive(Debug)]
pub(super) struct Report {
    summary: Summary,
    /// The calls whose cost was counted: several rows may be the same call.
    charged: HashSet<CallId>,
    unbilled: Vec<CallId>,
    files: Files,
    display: Display,
    credentials: RefusedCredentials,
    /// What to do about the refusal that paused the batch.
    fix: &'static str,
}

/// The tables that a batch leaves.
#[derive(Debug)]
pub(super) struct Files {
    /// The rows whose phone did not ring.
    pub(super) rejected: Rejected,
    /// Every row.
    pub(super) results: Results,
}

/// Why a call is not settled when the batch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsettled {
    /// The user asked not to wait for it.
    AsAsked,
    /// The batch ended before it was settled.
    Left,
}

impl Report {
    pub(super) fn new(
        batch: &str,
        rows: usize,
        files: Files,
        currency: Currency,
        display: Display,
    ) -> Self {
        Self {
            summary: Summary::new(batch, rows, currency),
            charged: HashSet::new(),
            unbilled: Vec::new(),
            files,
            display,
            credentials: RefusedCredentials::default(),
            fix: "",
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.display.say(text);
    }

    /// Shows the progress. `waits` says why calls wait.
    pub(super) fn tick(&mut self, open: usize, waits: Option<&str>) {
        let settled: usize = self.summary.settled.values().sum();
        let refused = self.summary.rejected + self.summary.count(CallStatus::Refused);
        let done = settled + self.summary.rejected + self.summary.unsettled;
        self.display.show(Standing { done, open, refused, waits });
    }

    /// A row's call was submitted, after this many refused calls of the same row.
    pub(super) fn submitted(&mut self, row: usize, submitted: &Submitted, after_refusals: u32) {
        if let Submitted::New(call) | Submitted::Changed(call) | Submitted::Before(call) = submitted
        {
            self.files.results.is_call(row, call.id);
        }
        let summary = &mut self.summary;
        let before = match submitted {
            Submitted::New(_) => {
                summary.submitted += 1;
                summary.tried_again += usize::from(after_refusals > 0);
                return;
            }
            Submitted::Changed(call) => {
                summary.with_other_details += 1;
                call
            }
            Submitted::Before(call) => call,
            // Variants that later versions add.
            _ => return,
        };
        summary.replayed += 1;
        earliest(&mut summary.replayed_since, before.created_at);
    }

    /// Counts a number that was read as dialled in a country.
    pub(super) fn default_country_used(&mut self, call: &ValidCall) {
        *self.summary.default_country_used.entry(call.country()).or_default() += 1;
    }

    /// A row is held back as a duplicate of another call.
    pub(super) fn held_back(&mut self, table: &Table, row: usize, of: DuplicateOf) -> Outcome<()> {
        self.summary.held_back += 1;
        earliest(&mut self.summary.held_back_since, of.since);
        let detail = format!(
            "{of}: to call again, run the batch with --again, or set allow_duplicate in the row"
        );
        let reason = ErrorKind::PossibleDuplicate.as_str().to_owned();
        self.rejected(table, row, &Rejection { field: None, detail, reason })
    }

    /// Notes the refused credentials of a call of this run.
    pub(super) fn add_credentials(&mut self, call: &Call) {
        self.credentials.extend(&RefusedCredentials::of_call(call));
    }

    /// The batch pauses because of this refusal.
    pub(super) fn paused(&mut self, by: &Refusal) {
        self.display.say(&format!(
            "paused: {TOO_MANY} calls in a row were refused for the same reason ({by}); no more rows are started, waiting for the open calls"
        ));
        self.summary.paused_by = Some(by.to_string());
        self.fix = by.fix();
    }

    /// The batch stops because agents leave out what they have to say first.
    pub(super) fn first_words_missing(&mut self) {
        self.display.say(&format!(
            "stopped: the transcripts of {MISSING} calls do not show the first words that a rule asks for; no more rows are started, waiting for the open calls"
        ));
        self.summary.first_words_missing = true;
    }

    /// A row did not become a call.
    pub(super) fn rejected(
        &mut self,
        table: &Table,
        row: usize,
        rejection: &Rejection,
    ) -> Outcome<()> {
        let Rejection { detail, reason, .. } = rejection;
        self.summary.rejected += 1;
        self.count_reason(reason);
        self.files.results.is_rejected(row, rejection);
        self.files.rejected.write(table.cells(row), row, detail)?;
        self.display.result(&json!({"row": row, "status": "rejected", "reason": reason}));
        Ok(())
    }

    /// A row's call is settled.
    pub(super) fn settled(&mut self, table: &Table, row: usize, call: &Call) -> Outcome<()> {
        *self.summary.settled.entry(call.status.as_str()).or_default() += 1;
        if let Some(outcome) = call.outcome {
            *self.summary.outcomes.entry(outcome).or_default() += 1;
            self.charge(call);
        }
        self.summary.rang_twice += usize::from(rang_twice(call));
        if call.status == CallStatus::Refused {
            let fault = call.fault.as_ref();
            self.count_reason(fault.map_or("refused", |fault| fault.kind.as_str()));
            let detail = fault.map_or("no provider took it", |fault| &fault.message);
            self.files.rejected.write(table.cells(row), row, detail)?;
        }
        self.display.result(&line(row, call));
        Ok(())
    }

    /// A row's call is not settled, and is not waited for.
    pub(super) fn unsettled(&mut self, row: usize, call: &Call, why: Unsettled) {
        self.summary.unsettled += 1;
        let unsent = matches!(
            call.status,
            CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted
        );
        self.summary.not_sent += usize::from(unsent);
        let left = why == Unsettled::Left;
        self.summary.lost += usize::from(left && !unsent);
        self.summary.left_unsent += usize::from(left && unsent);
        self.display.result(&line(row, call));
    }

    /// This many rows were not started.
    pub(super) fn not_started(&mut self, rows: usize) {
        self.summary.not_started = rows;
    }

    /// Calls that are over and have no bill yet.
    pub(super) fn unbilled(&self) -> &[CallId] {
        &self.unbilled
    }

    /// A call without a bill was read again.
    pub(super) fn billed(&mut self, call: &Call) {
        if let Some(sum) = call.cost.and_then(|bill| self.summary.cost.sum.checked_add(bill)) {
            self.summary.cost.sum = sum;
            self.summary.cost.calls_without_bill -= 1;
        }
    }

    /// Writes the results, prints the summary and returns the exit code.
    pub(super) async fn end(
        mut self,
        table: &Table,
        engine: &Engine,
        common: &Common,
        output: Output,
    ) -> Outcome {
        self.display.end();
        let results = self.files.results.write(table, engine).await;
        let results = results.map(|path| path.map(Path::to_owned));
        self.summary.results = results.as_ref().ok().cloned().flatten();
        self.summary.credentials_refused = self.credentials.providers().cloned().collect();
        if output.json {
            output.object_line(&self.summary);
        } else {
            self.summary.show(output);
        }
        self.summary.advise(self.fix, output);
        self.credentials.warn(common, output);
        if let Some(file) = &self.summary.results {
            output.note(format!("what became of every row is in {}", file.display()));
        }
        if let Some(file) = self.files.rejected.path() {
            output.note(format!(
                "the rows whose phone did not ring are in {}, with their reasons",
                file.display()
            ));
        }
        // The calls are placed: what failed is only the table of them.
        results.map(|_| self.exit())
    }

    fn exit(&self) -> Exit {
        let any = |status| self.summary.count(status) > 0;
        if self.summary.lost > 0
            || self.summary.rang_twice > 0
            || any(CallStatus::Indeterminate)
            || any(CallStatus::Stalled)
        {
            Exit::Unknown
        } else if !self.credentials.is_empty()
            || self.summary.left_unsent > 0
            || (self.summary.not_started > 0
                && self.summary.paused_by.is_none()
                && !self.summary.first_words_missing)
        {
            Exit::Failed
        } else if any(CallStatus::NeedsApproval) {
            Exit::NeedsApproval
        } else if self.summary.rejected > 0
            || self.summary.not_started > 0
            || any(CallStatus::Refused)
        {
            Exit::NotPlaced
        } else {
            Exit::Done
        }
    }

    fn count_reason(&mut self, reason: &str) {
        *self.summary.reasons.entry(reason.to_owned()).or_default() += 1;
    }

    fn charge(&mut self, call: &Call) {
        if !self.charged.insert(call.id) {
            return;
        }
        match call.cost.and_then(|bill| self.summary.cost.sum.checked_add(bill)) {
            Some(sum) => self.summary.cost.sum = sum,
            None => {
                self.summary.cost.calls_without_bill += 1;
                self.unbilled.push(call.id);
            }
        }
    }
}

fn earliest(kept: &mut Option<Timestamp>, moment: Timestamp) {
    *kept = Some(kept.map_or(moment, |kept| kept.min(moment)));
}

/// True if two attempts of the same ring may both have reached the phone.
fn rang_twice(call: &Call) -> bool {
    let mut rings = BTreeSet::new();
    let live = call.attempts.iter().filter(|attempt| attempt.state.is_live());
    !live.map(|attempt| attempt.ring).all(|ring| rings.insert(ring))
}

fn line(row: usize, call: &Call) -> serde_json::Value {
    let reason = call.fault.as_ref().map(|fault| fault.kind.as_str());
    json!({"row": row, "call": call.id, "status": call.status, "outcome": call.outcome, "reason": reason})
}
