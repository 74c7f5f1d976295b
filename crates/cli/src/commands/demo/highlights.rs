//! Notable decisions, one of each kind, read from the ledger when all calls are over.

use std::collections::HashMap;

use switchboard::{
    Call, CallId, CallStatus, Delivery, ErrorKind, Ledger,
    core::{Refusal, RuleDecision, RuleVerdict, time_zone},
    journal::state::Fact,
    router::PlanRecord,
};

use crate::{
    commands::demo::{calls::Row, row_result::RowResult},
    output::{Output, hide},
};

/// One row of the table, with its result and history.
struct Line<'a> {
    row: &'a Row,
    result: &'a RowResult,
    call: Option<&'a Call>,
    facts: Vec<Fact>,
}

/// Describes a row if it shows a decision of this kind.
type Kind = fn(&Line<'_>) -> Option<String>;

/// The first row of each kind is shown.
const KINDS: [Kind; 13] = [
    by_cost,
    by_experiment,
    emergency_number,
    opted_out,
    stopped_by_a_rule,
    waits_for_morning,
    binding_refusal,
    failover,
    circuit_breaker,
    answer_lost,
    no_provider,
    duplicate,
    rate_limit,
];

/// Prints one decision of each kind that occurred, in the order of the table.
pub(super) async fn show(
    rows: &[Row],
    results: &[RowResult],
    calls: &HashMap<CallId, Call>,
    ledger: &Ledger,
    output: Output,
) -> switchboard::Result<()> {
    let mut lines = Vec::with_capacity(rows.len());
    for (row, result) in rows.iter().zip(results) {
        let call = result.call().and_then(|id| calls.get(&id));
        let facts = match call {
            Some(call) => {
                let entries = ledger.history(call.id).await?;
                entries.into_iter().filter_map(|entry| entry.fact).collect()
            }
            None => Vec::new(),
        };
        lines.push(Line { row, result, call, facts });
    }
    let mut found: Vec<(usize, String)> = Vec::new();
    for kind in KINDS {
        let first = lines.iter().enumerate().find_map(|(at, line)| Some((at, kind(line)?)));
        found.extend(first.filter(|(at, _)| found.iter().all(|(other, _)| other != at)));
    }
    found.sort_unstable();
    if found.is_empty() {
        return Ok(());
    }
    output.heading("Notable decisions");
    output.table(
        &["line", "to", "decision"],
        found.into_iter().filter_map(|(at, sentence)| {
            Some(vec![(at + 1).to_string(), lines.get(at)?.to(), sentence])
        }),
    );
    Ok(())
}

impl Line<'_> {
    fn to(&self) -> String {
        self.call.map_or_else(
            || hide(&self.row.to),
            |call| format!("{} {}", call.to.masked(), call.country),
        )
    }

    /// The plan of the first attempt, or the one that found no provider.
    fn plan(&self) -> Option<&PlanRecord> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Admitted { plan, .. } => plan.as_deref(),
            Fact::Planned(plan) => Some(plan.as_ref()),
            _ => None,
        })
    }

    /// What the calling rules said last.
    fn decision(&self) -> Option<&RuleDecision> {
        self.facts.iter().rev().find_map(|fact| match fact {
            Fact::Decided(decision) => Some(decision.as_ref()),
            _ => None,
        })
    }

    /// The outcome of a placed call.
    fn outcome(&self) -> Option<String> {
        Some(self.call?.outcome?.to_string())
    }
}

/// A route that takes the cheapest provider, although the other one is preferred by default.
fn by_cost(line: &Line<'_>) -> Option<String> {
    let plan = line.plan()?;
    let (first, second) = (plan.candidates.first()?, plan.candidates.get(1)?);
    let (cost, dearer) = (first.cost?, second.cost?);
    let by_cost = first.why.contains("cheapest") && cost.micros() < dearer.micros();
    by_cost.then(|| {
        format!(
            "{} is chosen by cost: {cost} expected, {dearer} at {}",
            first.provider, second.provider
        )
    })
}

fn by_experiment(line: &Line<'_>) -> Option<String> {
    let assigned = line.call?.experiment.as_ref()?;
    Some(format!(
        "experiment {}: this number is in arm {} on every call",
        assigned.experiment, assigned.arm
    ))
}

fn emergency_number(line: &Line<'_>) -> Option<String> {
    let RowResult::Rejected(error) = line.result else { return None };
    (error.code() == Some("emergency_number"))
        .then(|| "rejected before anything is sent: it is an emergency number".to_owned())
}

/// The opt-out in the ledger, whoever would place the call.
fn opted_out(line: &Line<'_>) -> Option<String> {
    let decision = line.decision()?;
    let stops = decision.stops().any(|finding| finding.rule == "P-OPT-OUT");
    stops
        .then(|| "refused: they asked not to be called again. This binds both providers".to_owned())
}

fn stopped_by_a_rule(line: &Line<'_>) -> Option<String> {
    let decision = line.decision()?;
    let finding = decision.stops().find(|finding| finding.needs.as_deref() == Some("consent"))?;
    (decision.verdict == RuleVerdict::Refuse).then(|| format!("refused: {}", finding.message))
}

fn waits_for_morning(line: &Line<'_>) -> Option<String> {
    let decision = line.decision()?;
    let (until, there) = (decision.wait_until?, decision.zones.first()?);
    let finding = decision.stops().next()?;
    let local = time_zone(&there.zone).map(|zone| until.to_zoned(zone)).ok()?;
    Some(format!(
        "waits: it is {} in {}, and rule {} lets it pass on {}",
        there.time.strftime("%H:%M"),
        there.zone,
        finding.rule,
        local.strftime("%A at %H:%M"),
    ))
}

fn binding_refusal(line: &Line<'_>) -> Option<String> {
    let attempt = line.call?.attempts.last()?;
    if attempt.delivery != Some(Delivery::Refused(Refusal::Everyone)) {
        return None;
    }
    let code = attempt.error.as_ref()?.code.as_deref()?;
    Some(format!(
        "{} refuses it ({code}). This is binding: no other provider is asked",
        attempt.provider
    ))
}

fn failover(line: &Line<'_>) -> Option<String> {
    let attempts = &line.call?.attempts;
    let (first, last) = (attempts.first()?, attempts.last()?);
    line.outcome()?;
    if first.provider == last.provider || first.delivery != Some(Delivery::NotSent) {
        return None;
    }
    Some(format!(
        "failover: {} cannot be reached, so nothing was sent; {} takes the call",
        first.provider, last.provider
    ))
}

/// A provider whose circuit breaker is open is skipped.
fn circuit_breaker(line: &Line<'_>) -> Option<String> {
    let rejected = line.plan()?.rejected.iter().find(|one| one.reason == "unhealthy")?;
    let call = line.call?;
    let taken = call.provider.as_ref()?;
    (call.attempts.len() == 1).then(|| {
        format!(
            "outage: {} failed repeatedly, so its circuit breaker is open; {taken} is asked",
            rejected.provider
        )
    })
}

fn answer_lost(line: &Line<'_>) -> Option<String> {
    let lost = line
        .facts
        .iter()
        .any(|fact| matches!(fact, Fact::Failed { delivery: Delivery::Unknown, .. }));
    let call = line.call?;
    let provider = &call.attempts.first()?.provider;
    let outcome = line.outcome()?;
    lost.then(|| {
        format!(
            "the connection to {provider} breaks before its response. The phone may be ringing, so no other provider is asked; a later lookup finds the call: {outcome}"
        )
    })
}

fn no_provider(line: &Line<'_>) -> Option<String> {
    let call = line.call?;
    if call.status != CallStatus::Refused || !call.attempts.is_empty() {
        return None;
    }
    let plan = line.plan()?;
    let why: Vec<String> =
        plan.rejected.iter().map(|one| format!("{}: {}", one.provider, one.why)).collect();
    plan.candidates
        .is_empty()
        .then(|| format!("refused: no provider can take it. {}", why.join("; ")))
}

fn duplicate(line: &Line<'_>) -> Option<String> {
    let RowResult::Rejected(error) = line.result else { return None };
    (error.kind() == ErrorKind::PossibleDuplicate)
        .then(|| "refused: a call with the same number and task was just placed".to_owned())
}

fn rate_limit(line: &Line<'_>) -> Option<String> {
    let limited = line.plan()?.rejected.iter().find(|one| one.reason == "rate_limited")?;
    let taken = line.call?.provider.as_ref()?;
    Some(format!("rate limit: {} has reached its limit; {taken} is asked", limited.provider))
}
