//! What became of the rows. It counts, and keeps no call: a batch may be long.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use switchboard::{
    Call, CallId, CallRequest, CallStatus, Country, Currency, ErrorKind, Money, Outcome as Ended,
    ProviderId, ValidCall, engine::Submitted, journal::DuplicateOf,
};

use crate::{
    cli::Common,
    commands::batch::{
        progress::Display,
        refusals::{Refusal, TOO_MANY},
        rejected::Rejected,
        table::Table,
    },
    credential::RefusedCredentials,
    exit::Exit,
    failure::Outcome,
    output::Output,
};

/// The counts, the progress that is made of them, and the table of rejected rows.
#[derive(Debug)]
pub(super) struct Report {
    summary: Summary,
    /// Several rows may be one call, which is paid for once.
    charged: HashSet<CallId>,
    unbilled: Vec<CallId>,
    rejected: Rejected,
    display: Display,
    credentials: RefusedCredentials,
    /// What mends what paused it.
    fix: &'static str,
}

/// The object that `--json` prints last.
#[derive(Debug, Serialize)]
struct Summary {
    /// What the batch is called.
    batch: String,
    /// Rows of the table.
    rows: usize,
    /// Rows that became a call in this run.
    submitted: usize,
    /// Among them, rows of which an earlier call was refused: no phone rang for it.
    tried_again: usize,
    /// Rows that are a call of an earlier run.
    replayed: usize,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed_since: Option<Timestamp>,
    /// Among them, rows whose call had other details than the row has now.
    with_other_details: usize,
    /// Rows whose call is settled, by its state.
    settled: BTreeMap<&'static str, usize>,
    /// Rows whose call reached a phone, by its end.
    outcomes: BTreeMap<Ended, usize>,
    /// Rows that became no call.
    rejected: usize,
    /// Among them, rows that were held back: the same person with the same task was called, or is
    /// about to be.
    held_back: usize,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back_since: Option<Timestamp>,
    /// Rejected rows and refused calls, by reason.
    reasons: BTreeMap<String, usize>,
    /// Rows whose call goes on without this process.
    unsettled: usize,
    /// Among them, calls of which nothing was sent.
    not_sent: usize,
    /// Rows that were not begun.
    left: usize,
    /// Why no more were begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_by: Option<String>,
    /// Numbers that were read as they are dialled in a country, by the country that they are in.
    read_as_dialled: BTreeMap<Country, usize>,
    /// Providers that refused their credential.
    credentials_refused: Vec<ProviderId>,
    /// Calls that rang twice for a fault. The ledger forbids it.
    rang_twice: usize,
    cost: Bill,
    #[serde(skip)]
    lost: usize,
}

/// The sum of the bills, and how many calls have none: an unknown cost is not zero.
#[derive(Debug, Serialize)]
struct Bill {
    #[serde(flatten)]
    sum: Money,
    calls_without_bill: usize,
}

impl Report {
    pub(super) fn new(
        batch: &str,
        rows: usize,
        rejected: Rejected,
        currency: Currency,
        display: Display,
    ) -> Self {
        Self {
            summary: Summary {
                batch: batch.to_owned(),
                rows,
                submitted: 0,
                tried_again: 0,
                replayed: 0,
                replayed_since: None,
                with_other_details: 0,
                settled: BTreeMap::new(),
                outcomes: BTreeMap::new(),
                rejected: 0,
                held_back: 0,
                held_back_since: None,
                reasons: BTreeMap::new(),
                unsettled: 0,
                not_sent: 0,
                left: 0,
                paused_by: None,
                read_as_dialled: BTreeMap::new(),
                credentials_refused: Vec::new(),
                rang_twice: 0,
                cost: Bill { sum: Money::from_micros(0, currency), calls_without_bill: 0 },
                lost: 0,
            },
            charged: HashSet::new(),
            unbilled: Vec::new(),
            rejected,
            display,
            credentials: RefusedCredentials::default(),
            fix: "",
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.display.say(text);
    }

    pub(super) fn tick(&mut self, open: usize) {
        let settled: usize = self.summary.settled.values().sum();
        let refused = self.summary.rejected + self.count(CallStatus::Refused);
        self.display.show(settled + self.summary.rejected + self.summary.unsettled, open, refused);
    }

    /// A row's call, after so many of its calls that were refused.
    pub(super) fn submitted(&mut self, submitted: &Submitted, after_refusals: u32) {
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
            // Of what later versions add nothing is known.
            _ => return,
        };
        summary.replayed += 1;
        earliest(&mut summary.replayed_since, before.created_at);
    }

    /// How a row's number was read.
    pub(super) fn read(&mut self, request: &CallRequest, call: &ValidCall) {
        if is_as_dialled(&request.to) {
            *self.summary.read_as_dialled.entry(call.country()).or_default() += 1;
        }
    }

    /// A row that becomes no call, because the same person with the same task was called or is
    /// about to be.
    pub(super) fn held_back(&mut self, table: &Table, row: usize, of: DuplicateOf) -> Outcome<()> {
        self.summary.held_back += 1;
        earliest(&mut self.summary.held_back_since, of.since);
        let because = format!(
            "{of}: run the batch with --again where it is meant again, or set allow_duplicate in the row"
        );
        self.rejected(table, row, &because, ErrorKind::PossibleDuplicate.as_str())
    }

    /// What a call of this run met.
    pub(super) fn met(&mut self, call: &Call) {
        self.credentials.extend(&RefusedCredentials::of_call(call));
    }

    /// No more rows are begun, for this came too often.
    pub(super) fn paused(&mut self, by: &Refusal) {
        self.display.say(&format!(
            "paused: {TOO_MANY} calls in a row were refused alike, by {by}; no more rows are begun, and what is open is waited for"
        ));
        self.summary.paused_by = Some(by.to_string());
        self.fix = by.fix();
    }

    /// A row that became no call.
    pub(super) fn rejected(
        &mut self,
        table: &Table,
        row: usize,
        because: &str,
        reason: &str,
    ) -> Outcome<()> {
        self.summary.rejected += 1;
        self.because(reason);
        self.keep(table, row, because)?;
        self.display.result(&json!({"row": row, "status": "rejected", "reason": reason}));
        Ok(())
    }

    /// A row whose call is settled.
    pub(super) fn settled(&mut self, table: &Table, row: usize, call: &Call) -> Outcome<()> {
        *self.summary.settled.entry(call.status.as_str()).or_default() += 1;
        if let Some(outcome) = call.outcome {
            *self.summary.outcomes.entry(outcome).or_default() += 1;
            self.charge(call);
        }
        self.summary.rang_twice += usize::from(rang_twice(call));
        if call.status == CallStatus::Refused {
            let fault = call.fault.as_ref();
            self.because(fault.map_or("refused", |fault| fault.kind.as_str()));
            self.keep(table, row, fault.map_or("nobody takes it", |fault| &fault.message))?;
        }
        self.display.result(&line(row, call));
        Ok(())
    }

    /// A row whose call is not settled, and is not waited for. `meant`: because nobody asked to
    /// wait for it.
    pub(super) fn unsettled(&mut self, row: usize, call: &Call, meant: bool) {
        self.summary.unsettled += 1;
        self.summary.not_sent += usize::from(matches!(
            call.status,
            CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted
        ));
        self.summary.lost += usize::from(!meant);
        self.display.result(&line(row, call));
    }

    /// So many rows were not begun.
    pub(super) fn left(&mut self, rows: usize) {
        self.summary.left = rows;
    }

    /// Calls that are over and have no bill yet.
    pub(super) fn unbilled(&self) -> &[CallId] {
        &self.unbilled
    }

    /// A look at a call that had no bill.
    pub(super) fn billed(&mut self, call: &Call) {
        if let Some(sum) = call.cost.and_then(|bill| self.summary.cost.sum.checked_add(bill)) {
            self.summary.cost.sum = sum;
            self.summary.cost.calls_without_bill -= 1;
        }
    }

    /// Prints it.
    pub(super) fn end(mut self, common: &Common, output: Output) -> Exit {
        self.display.end();
        self.summary.credentials_refused = self.credentials.providers().cloned().collect();
        if output.json {
            output.object_line(&self.summary);
        } else {
            self.show(output);
        }
        self.advise(output);
        self.credentials.warn(common, output);
        if let Some(file) = self.rejected.path() {
            output.note(format!(
                "rows that became no ringing phone are in {}, with their reasons",
                file.display()
            ));
        }
        self.exit()
    }

    fn exit(&self) -> Exit {
        let count = |status| self.count(status) > 0;
        if self.summary.lost > 0
            || self.summary.rang_twice > 0
            || count(CallStatus::Indeterminate)
            || count(CallStatus::Stalled)
        {
            Exit::Unknown
        } else if !self.credentials.is_empty()
            || (self.summary.left > 0 && self.summary.paused_by.is_none())
        {
            Exit::Failed
        } else if count(CallStatus::NeedsApproval) {
            Exit::NeedsApproval
        } else if self.summary.rejected > 0 || self.summary.left > 0 || count(CallStatus::Refused) {
            Exit::NotPlaced
        } else {
            Exit::Done
        }
    }

    fn show(&self, output: Output) {
        let summary = &self.summary;
        let counts = |counts: Vec<(String, usize)>| {
            let parts: Vec<String> =
                counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let named = |map: &BTreeMap<&'static str, usize>| {
            map.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let unknown = match summary.cost.calls_without_bill {
            0 => String::new(),
            calls => format!(", and {calls} calls without a bill"),
        };
        let since = |count: usize, since: Option<Timestamp>| match since {
            Some(since) => format!("{count}, since {since:.0}"),
            None => count.to_string(),
        };
        let rows = [
            ("batch", summary.batch.clone()),
            ("rows", summary.rows.to_string()),
            (
                "numbers read as dialled",
                counts(
                    summary
                        .read_as_dialled
                        .iter()
                        .map(|(country, count)| (country.to_string(), *count))
                        .collect(),
                ),
            ),
            ("became calls", summary.submitted.to_string()),
            ("tried again after a refusal", summary.tried_again.to_string()),
            ("were calls before", since(summary.replayed, summary.replayed_since)),
            ("of these with other details", summary.with_other_details.to_string()),
            ("settled", counts(named(&summary.settled))),
            (
                "outcomes",
                counts(
                    summary
                        .outcomes
                        .iter()
                        .map(|(outcome, count)| (outcome.to_string(), *count))
                        .collect(),
                ),
            ),
            ("rejected", summary.rejected.to_string()),
            ("of these held back", since(summary.held_back, summary.held_back_since)),
            (
                "reasons",
                counts(
                    summary
                        .reasons
                        .iter()
                        .map(|(reason, count)| (reason.clone(), *count))
                        .collect(),
                ),
            ),
            ("go on without this process", (summary.unsettled - summary.not_sent).to_string()),
            ("stay in the ledger, not sent", summary.not_sent.to_string()),
            ("not begun", summary.left.to_string()),
            ("rang twice", summary.rang_twice.to_string()),
            ("billed", format!("{}{unknown}", summary.cost.sum)),
        ];
        output.table(&["what", "how many"], rows.map(|(what, value)| vec![what.to_owned(), value]));
    }

    /// What to do next.
    fn advise(&self, output: Output) {
        let summary = &self.summary;
        let batch = quoted(&summary.batch);
        if self.count(CallStatus::Indeterminate) + self.count(CallStatus::Stalled) > 0 {
            output.note("nobody knows of some calls whether they rang: switchboard calls list --status indeterminate --status stalled");
        }
        if summary.replayed > 0 {
            output.note(format!(
                "{} rows were calls of the batch {batch} before and are not called again: another --name makes another batch of them",
                summary.replayed
            ));
        }
        if summary.with_other_details > 0 {
            output.note(format!(
                "{} of them were called with other details than they have now; who and what for is what makes a row",
                summary.with_other_details
            ));
        }
        if let Some(since) = summary.held_back_since {
            output.note(format!(
                "{} rows are held back: these people were called for the same, or are about to be, since {since:.0}; --again calls them all the same",
                summary.held_back
            ));
        }
        if summary.not_sent > 0 {
            output.note(format!(
                "{} calls stay in the ledger and were not sent: they are dialled when this batch is run again, or by a process that stays; \
                 to cancel them: switchboard calls cancel --batch {batch}",
                summary.not_sent
            ));
        }
        if let Some(by) = &summary.paused_by {
            output.note(format!(
                "paused after {TOO_MANY} equal refusals in a row ({by}): {}, and run the same command again, which goes on with the rows that were \
                 not begun and loses none; --no-pause begins all of them whatever comes",
                self.fix
            ));
        } else if summary.left > 0 {
            output.note("run the same command again: it goes on with the rows that were not begun");
        }
    }

    fn count(&self, status: CallStatus) -> usize {
        self.summary.settled.get(status.as_str()).copied().unwrap_or_default()
    }

    fn because(&mut self, reason: &str) {
        *self.summary.reasons.entry(reason.to_owned()).or_default() += 1;
    }

    fn keep(&mut self, table: &Table, row: usize, because: &str) -> Outcome<()> {
        self.rejected.write(table.cells(row), row, because)
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

/// True for a number that a country had to be named for.
pub(super) fn is_as_dialled(number: &str) -> bool {
    !number.contains(['+', '\u{ff0b}'])
}

/// For a shell.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.chars().all(plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// Two attempts of one ring that may both have reached the phone.
fn rang_twice(call: &Call) -> bool {
    let mut rings = BTreeSet::new();
    let live = call.attempts.iter().filter(|attempt| attempt.state.is_live());
    !live.map(|attempt| attempt.ring).all(|ring| rings.insert(ring))
}

fn line(row: usize, call: &Call) -> serde_json::Value {
    let reason = call.fault.as_ref().map(|fault| fault.kind.as_str());
    json!({"row": row, "call": call.id, "status": call.status, "outcome": call.outcome, "reason": reason})
}
