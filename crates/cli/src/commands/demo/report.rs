//! What became of each call, and whether the ledger of the phones that rang agrees.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use switchboard::{
    Call, CallId, CallStatus, Currency, ErrorKind, Money, Outcome, ProviderId, ledger::Check,
};
use switchboard_testkit::RingLedger;

use crate::{
    commands::demo::{RowResult, calls::Row, proof::Proof},
    output::{Output, hide, or_dash},
};

/// The end of the demonstration.
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
    /// Both providers are simulators.
    simulated: bool,
    /// Lines of the table.
    calls: usize,
    /// Calls in which somebody talked.
    completed: usize,
    /// Lines that became no ringing phone: numbers that must not be called, possible duplicates,
    /// and calls that nobody takes.
    refused: usize,
    /// Lines answered with the call of an earlier line, because their key was the same.
    replayed: usize,
    /// Calls that a second provider was asked for, after proof that the first reached no phone.
    failed_over: usize,
    /// Calls that are not over, or of which nobody knows.
    undecided: usize,
    /// Phones that rang, by the simulators' ledger.
    phones_rung: usize,
    /// Phones that rang more often than their calls account for.
    phones_rung_twice: usize,
    /// Whether the calls' ledger is sound, and says what the phones do.
    ledger: Kept,
    /// How calls that reached a phone ended.
    outcomes: BTreeMap<Outcome, usize>,
    /// Calls by the provider that took them.
    by_provider: BTreeMap<String, usize>,
    /// Calls of the experiment, by the person's arm.
    by_arm: BTreeMap<String, usize>,
    /// What was billed.
    cost: Bill,
}

/// The calls' ledger at the end.
#[derive(Debug, Serialize)]
struct Kept {
    calls: u64,
    attempts: u64,
    events: u64,
    /// What is wrong with it.
    problems: usize,
    /// Calls that ended, by the ledger, and whose phone never rang, by the simulators.
    calls_without_ring: usize,
    /// Phones that rang, and that are of no call in the ledger.
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

    /// No phone rang more often than it should have, every call is decided, and the ledger says
    /// what the phones do.
    pub(super) fn is_good(&self) -> bool {
        let kept = &self.summary.ledger;
        let sound = kept.problems + kept.calls_without_ring + kept.rings_without_call == 0;
        self.summary.phones_rung_twice == 0 && self.summary.undecided == 0 && sound
    }

    /// The calls as the ledger has them.
    pub(super) fn calls(&self) -> &HashMap<CallId, Call> {
        &self.calls
    }

    /// A table of every call; with `--json` nothing.
    pub(super) fn show_calls(&self, output: Output) {
        if output.json {
            return;
        }
        output.heading("What became of each call");
        let lines = self.rows.iter().zip(self.results).enumerate();
        output.table(
            &["line", "to", "country", "result", "provider", "asked", "arm", "billed"],
            lines.map(|(at, (row, result))| self.line(at + 1, row, result)),
        );
    }

    /// The summary, and every problem that the check of the ledger found.
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
                dashes(hide(&row.to), "replayed: the call of an earlier line".to_owned())
            }
            (RowResult::Placed(_), None) => {
                dashes(hide(&row.to), "error: the journal has no such call".to_owned())
            }
            (RowResult::Placed(_), Some(call)) => {
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
            "duplicate: the same number and task came before".to_owned()
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

/// Who was asked, in order, and how often where a request that never left was tried again.
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

/// The calls that a provider was asked for and another one took over.
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
            replayed: results
                .iter()
                .filter(|result| matches!(result, RowResult::Replayed(_)))
                .count(),
            failed_over: calls.iter().filter(|call| failed_over(call)).count(),
            undecided: calls
                .iter()
                .filter(|call| !matches!(call.status, CallStatus::Closed | CallStatus::Refused))
                .count(),
            phones_rung: proof.rings,
            phones_rung_twice: proof.rung_too_often,
            ledger: Kept {
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
            ("calls asked for", self.calls.to_string()),
            ("refused before any phone rang", self.refused.to_string()),
            ("answered with an earlier call, same key", self.replayed.to_string()),
            ("taken over by a second provider", self.failed_over.to_string()),
            ("outcomes", joined(&outcomes)),
            ("calls without a known end", self.undecided.to_string()),
            ("by provider", joined(&self.by_provider)),
            ("by arm of the experiment", joined(&self.by_arm)),
            ("billed", format!("{}{unknown}", self.cost.sum)),
            ("phones that rang, by the simulators' records", self.phones_rung.to_string()),
            ("phones that rang too often", self.phones_rung_twice.to_string()),
            ("calls and phones that contradict each other", contradictions.to_string()),
            (
                "calls, attempts and events in the ledger",
                format!("{}, {}, {}", self.ledger.calls, self.ledger.attempts, self.ledger.events),
            ),
            ("problems that its check found", self.ledger.problems.to_string()),
        ];
        output.table(&["what", "how many"], rows.map(|(what, value)| vec![what.to_owned(), value]));
    }
}
