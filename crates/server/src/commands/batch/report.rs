//! What became of the rows. It counts, and keeps no call: a batch may be long.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use serde_json::json;
use switchboard::{Call, CallId, CallStatus, Currency, Money, Outcome as Ended};

use crate::{
    commands::batch::{progress::Display, rejected::Rejected, table::Table},
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
}

/// The object that `--json` prints last.
#[derive(Debug, Serialize)]
struct Summary {
    /// Rows of the table.
    rows: usize,
    /// Rows that became a call in this run.
    submitted: usize,
    /// Rows that are a call of an earlier run or row.
    replayed: usize,
    /// Rows whose call is settled, by its state.
    settled: BTreeMap<&'static str, usize>,
    /// Rows whose call reached a phone, by its end.
    outcomes: BTreeMap<Ended, usize>,
    /// Rows that became no call.
    rejected: usize,
    /// Rejected rows and refused calls, by reason.
    reasons: BTreeMap<String, usize>,
    /// Rows whose call goes on without this process.
    unsettled: usize,
    /// Rows that were not begun.
    left: usize,
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
    pub(super) fn new(rows: usize, rejected: Rejected, currency: Currency, display: Display) -> Self {
        Self {
            summary: Summary {
                rows,
                submitted: 0,
                replayed: 0,
                settled: BTreeMap::new(),
                outcomes: BTreeMap::new(),
                rejected: 0,
                reasons: BTreeMap::new(),
                unsettled: 0,
                left: 0,
                rang_twice: 0,
                cost: Bill {
                    sum: Money::from_micros(0, currency),
                    calls_without_bill: 0,
                },
                lost: 0,
            },
            charged: HashSet::new(),
            unbilled: Vec::new(),
            rejected,
            display,
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.display.say(text);
    }

    pub(super) fn tick(&mut self, open: usize) {
        let settled: usize = self.summary.settled.values().sum();
        let refused = self.summary.rejected + self.count(CallStatus::Refused);
        self.display
            .show(settled + self.summary.rejected + self.summary.unsettled, open, refused);
    }

    pub(super) fn submitted(&mut self, replayed: bool) {
        if replayed {
            self.summary.replayed += 1;
        } else {
            self.summary.submitted += 1;
        }
    }

    /// A row that became no call.
    pub(super) fn rejected(&mut self, table: &Table, row: usize, because: &str, reason: &str) -> Outcome<()> {
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

    /// A row whose call is not settled, and is not waited for. `meant`: because nobody asked to wait for it.
    pub(super) fn unsettled(&mut self, row: usize, call: &Call, meant: bool) {
        self.summary.unsettled += 1;
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
    pub(super) fn end(&self, output: Output) -> Exit {
        self.display.end();
        if output.json {
            output.object_line(&self.summary);
        } else {
            self.show(output);
        }
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
        if self.summary.lost > 0 || self.summary.rang_twice > 0 || count(CallStatus::Indeterminate) || count(CallStatus::Stalled) {
            Exit::Unknown
        } else if self.summary.left > 0 {
            Exit::Failed
        } else if count(CallStatus::NeedsApproval) {
            Exit::NeedsApproval
        } else if self.summary.rejected > 0 || count(CallStatus::Refused) {
            Exit::NobodyTakesIt
        } else {
            Exit::Done
        }
    }

    fn show(&self, output: Output) {
        let summary = &self.summary;
        let counts = |counts: Vec<(String, usize)>| {
            let parts: Vec<String> = counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let named = |map: &BTreeMap<&'static str, usize>| map.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        let unknown = match summary.cost.calls_without_bill {
            0 => String::new(),
            calls => format!(", and {calls} calls without a bill"),
        };
        let rows = [
            ("rows", summary.rows.to_string()),
            ("became calls", summary.submitted.to_string()),
            ("were calls before", summary.replayed.to_string()),
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
            (
                "reasons",
                counts(summary.reasons.iter().map(|(reason, count)| (reason.clone(), *count)).collect()),
            ),
            ("go on without this process", summary.unsettled.to_string()),
            ("not begun", summary.left.to_string()),
            ("rang twice", summary.rang_twice.to_string()),
            ("billed", format!("{}{unknown}", summary.cost.sum)),
        ];
        output.table(&["what", "how many"], rows.map(|(what, value)| vec![what.to_owned(), value]));
        if self.count(CallStatus::Indeterminate) + self.count(CallStatus::Stalled) > 0 {
            output.note("nobody knows of some calls whether they rang: switchboard calls list --status indeterminate --status stalled");
        }
        if summary.left > 0 {
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
        match table.cells(row) {
            Some(cells) => self.rejected.write(table.header(), cells, row, because),
            None => Ok(()),
        }
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
