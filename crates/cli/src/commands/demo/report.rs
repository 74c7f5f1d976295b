//! The result of each call, and the summary.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use switchboard::{
    Call, CallId, CallStatus, Currency, ErrorKind, Money, Outcome, ProviderId, ledger::Check,
};
use switchboard_testkit::RingLedger;

use crate::{
    commands::demo::{calls::Row, proof::Proof, row_result::RowResult},
    output::{Output, hide, or_dash},
};

/// The report at the end of the demo.
pub(super) struct Report<'a> {
    rows: &'a [Row],
    results: &'a [RowResult],
    calls: HashMap<CallId, Call>,
    check: Check,
    summary: Summary,
}

/// The object that `--json` prints.
#[derive(Debug, Serialize)]
struct Summary {
    /// Always true: both providers are simulated.
    simulated: bool,
    /// Rows of the table.
    calls: usize,
    /// Calls in which the person answered and talked.
    completed: usize,
    /// Rows whose phone did not ring: numbers that must not be called, possible duplicates, calls
    /// that a calling rule stops, and calls that no provider took.
    refused: usize,
    /// Rows that a calling rule holds back until a later time.
    waiting: usize,
    /// Rows answered with the call of an earlier row that has the same key.
    replayed: usize,
    /// Calls that moved on to a second provider, after proof that the first reached no phone.
    failed_over: usize,
    /// Calls that are not over, or whose result is unknown.
    undecided: usize,
    /// Phones that rang, as the simulators recorded.
    phones_rung: usize,
    /// Phones that rang more often than their calls account for.
    phones_rung_twice: usize,
    /// The ledger, and whether it agrees with the simulators.
    ledger: LedgerSummary,
    /// How calls that reached a phone ended.
    outcomes: BTreeMap<Outcome, usize>,
    /// Calls by provider.
    by_provider: BTreeMap<String, usize>,
    /// Calls of the experiment, by arm.
    by_arm: BTreeMap<String, usize>,
    /// The sum of the bills.
    cost: Bill,
}

/// The ledger at the end.
#[derive(Debug, Serialize)]
struct LedgerSummary {
    calls: u64,
    attempts: u64,
    events: u64,
    /// Problems that its check found.
    problems: usize,
    /// Calls that are closed in the ledger, but whose phone never rang.
    calls_without_ring: usize,
    /// Phones that rang without a call in the ledger.
    rings_without_call: usize,
}

/// The sum of the bills, and how many calls have none: an unknown cost is not zero.
#[derive(Debug, Serialize)]
struct Bill {
    #[serde(flatten)]
    sum: Money,
    calls_without_bill: usize,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        rows: &'a [Row],
        results: &'a [RowResult],
        calls: Vec<Call>,
        check: Check,
        rings: &RingLedger,
        currency: Currency,
    ) -> Self {
        let summary = Summary::new(results, &calls, &check, &Proof::of(&calls, rings), currency);
        let calls = calls.into_iter().map(|call| (call.id, call)).collect();
        Self { rows, results, calls, check, summary }
    }

    /// True if no phone rang too often, every call is decided, and the ledger agrees with the
    /// phones.
    pub(super) fn is_good(&self) -> bool {
        let kept = &self.summary.ledger;
        let sound = kept.problems + kept.calls_without_ring + kept.rings_without_call == 0;
        self.summary.phones_rung_twice == 0 && self.summary.undecided == 0 && sound
    }

    /// The calls of the ledger.
    pub(super) fn calls(&self) -> &HashMap<CallId, Call> {
        &self.calls
    }

    /// Prints a table of every call, except with `--json`.
    pub(super) fn show_calls(&self, output: Output) {
        if output.json {
            return;
        }
        output.heading("Calls");
        let lines = self.rows.iter().zip(self.results).enumerate();
        output.table(
            &["line", "to", "country", "result", "provider", "asked", "arm", "billed"],
            lines.map(|(at, (row, result))| self.line(at + 1, row, result)),
        );
    }

    /// Prints the summary and the problems of the ledger.
    pub(super) fn show(&self, output: Output) {
        if output.json {
            output.object(&self.summary);
            return;
        }
        self.summary.show(output);
        for problem in &self.check.problems {
            let call =
                problem.call.map_or_else(|| "the ledger".to_owned(), |call| format!("call {call}"));
            output.line(format!("error: {call}: {}", problem.what));
        }
    }

    fn line(&self, number: usize, row: &Row, result: &RowResult) -> Vec<String> {
        let dashes = |to: String, result: String| {
            let mut cells = vec![number.to_string(), to, "-".to_owned(), result];
            cells.resize(8, "-".to_owned());
            cells
        };
        let call = result.call().and_then(|id| self.calls.get(&id));
        match (result, call) {
            (RowResult::Rejected(error), _) => dashes(hide(&row.to), rejected(error)),
            (RowResult::Replayed(_), _) => {
                dashes(hide(&row.to), "replayed: same key as an earlier line".to_owned())
            }
            (RowResult::Placed(_) | RowResult::Waiting(_), None) => {
                dashes(hide(&row.to), "error: not in the ledger".to_owned())
            }
            (RowResult::Placed(_) | RowResult::Waiting(_), Some(call)) => {
                vec![
                    number.to_string(),
                    call.to.masked(),
                    call.country.to_string(),
                    status_text(call),
                    or_dash(call.provider.as_ref()),
                    asked(call),
                    or_dash(call.experiment.as_ref().map(|assigned| &assigned.arm)),
                    or_dash(call.cost),
                ]
            }
        }
    }
}

fn rejected(error: &switchboard::Error) -> String {
    match error.kind() {
        ErrorKind::PossibleDuplicate => {
            "duplicate: same number and task as an earlier call".to_owned()
        }
        kind => format!("refused: {}", error.code().unwrap_or(kind.as_str())),
    }
}

fn status_text(call: &Call) -> String {
    match (call.outcome, &call.fault) {
        (Some(outcome), _) => outcome.to_string(),
        (None, Some(fault)) => format!("{}: {}", call.status, fault.kind.as_str()),
        (None, None) => call.status.to_string(),
    }
}

/// The providers that were asked, in order, with the number of tries if there were several.
fn asked(call: &Call) -> String {
    let mut asked: Vec<(&ProviderId, usize)> = Vec::new();
    for attempt in &call.attempts {
        match asked.last_mut() {
            Some((provider, times)) if **provider == attempt.provider => *times += 1,
            Some(_) | None => asked.push((&attempt.provider, 1)),
        }
    }
    let words = asked.into_iter().map(|(provider, times)| match times {
        1 => provider.to_string(),
        times => format!("{provider} x{times}"),
    });
    or_dash(words.reduce(|before, next| format!("{before} > {next}")))
}

/// True if another provider took over the call.
fn failed_over(call: &Call) -> bool {
    call.attempts
        .first()
        .zip(call.attempts.last())
        .is_some_and(|(first, last)| first.provider != last.provider)
}

impl Summary {
    fn new(
        results: &[RowResult],
        calls: &[Call],
        check: &Check,
        proof: &Proof,
        currency: Currency,
    ) -> Self {
        let rejected =
            results.iter().filter(|result| matches!(result, RowResult::Rejected(_))).count();
        let with = |status: CallStatus| calls.iter().filter(|call| call.status == status).count();
        let mut outcomes = BTreeMap::new();
        let mut by_provider = BTreeMap::new();
        let mut by_arm = BTreeMap::new();
        let mut cost = Bill { sum: Money::from_micros(0, currency), calls_without_bill: 0 };
        for call in calls {
            if let Some(outcome) = call.outcome {
                *outcomes.entry(outcome).or_default() += 1;
            }
            if let Some(provider) = &call.provider {
                *by_provider.entry(provider.to_string()).or_default() += 1;
                match call.cost.and_then(|billed| cost.sum.checked_add(billed)) {
                    Some(sum) => cost.sum = sum,
                    None => cost.calls_without_bill += 1,
                }
            }
            if let Some(assigned) = &call.experiment {
                *by_arm.entry(assigned.arm.clone()).or_default() += 1;
            }
        }
        Self {
            simulated: true,
            calls: results.len(),
            completed: outcomes.get(&Outcome::Completed).copied().unwrap_or_default(),
            refused: rejected + with(CallStatus::Refused),
            waiting: with(CallStatus::Scheduled),
            replayed: results
                .iter()
                .filter(|result| matches!(result, RowResult::Replayed(_)))
                .count(),
            failed_over: calls.iter().filter(|call| failed_over(call)).count(),
            undecided: calls
                .iter()
                .filter(|call| {
                    !matches!(
                        call.status,
                        CallStatus::Closed | CallStatus::Refused | CallStatus::Scheduled
                    )
                })
                .count(),
            phones_rung: proof.rings,
            phones_rung_twice: proof.rung_too_often,
            ledger: LedgerSummary {
                calls: check.calls,
                attempts: check.attempts,
                events: check.events,
                problems: check.problems.len(),
                calls_without_ring: proof.calls_without_ring,
                rings_without_call: proof.rings_without_call,
            },
            outcomes,
            by_provider,
            by_arm,
            cost,
        }
    }

    fn show(&self, output: Output) {
        output.heading("Summary");
        let joined = |counts: &BTreeMap<String, usize>| {
            let parts: Vec<String> =
                counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
            parts.join(", ")
        };
        let outcomes =
            self.outcomes.iter().map(|(outcome, count)| (outcome.to_string(), *count)).collect();
        let unknown = if self.cost.calls_without_bill == 0 {
            String::new()
        } else {
            format!(", and {} calls without a bill", self.cost.calls_without_bill)
        };
        let contradictions = self.ledger.calls_without_ring + self.ledger.rings_without_call;
        let rows = [
            ("calls requested", self.calls.to_string()),
            ("refused before any phone rang", self.refused.to_string()),
            ("waiting for a time that is allowed", self.waiting.to_string()),
            ("same key as an earlier call", self.replayed.to_string()),
            ("moved to a second provider", self.failed_over.to_string()),
            ("outcomes", joined(&outcomes)),
            ("calls without a known result", self.undecided.to_string()),
            ("by provider", joined(&self.by_provider)),
            ("by arm of the experiment", joined(&self.by_arm)),
            ("billed", format!("{}{unknown}", self.cost.sum)),
            ("phones that rang (simulators' record)", self.phones_rung.to_string()),
            ("phones that rang too often", self.phones_rung_twice.to_string()),
            ("contradictions between ledger and phones", contradictions.to_string()),
            (
                "calls, attempts, events in the ledger",
                format!("{}, {}, {}", self.ledger.calls, self.ledger.attempts, self.ledger.events),
            ),
            ("problems found by the ledger check", self.ledger.problems.to_string()),
        ];
        output.table(&["item", "value"], rows.map(|(what, value)| vec![what.to_owned(), value]));
    }
}
