//! The history of a call in words: who decided what, and on which evidence.

use serde::Serialize;
use serde_json::Value;
use switchboard_core::{AttemptError, Cost, Delivery, Money, Proof, RuleDecision, RuleVerdict};
use switchboard_journal::state::{Fact, Verdict};
use switchboard_ledger::Entry;
use switchboard_router::PlanRecord;

/// One event as text.
#[derive(Debug)]
pub struct EventText {
    /// What happened, in one word.
    pub event: &'static str,
    /// The source: router, provider, configuration, caller, or an operator's name.
    pub by: String,
    /// The kind of evidence, if it is any.
    pub evidence: Option<String>,
    /// The details in a sentence.
    pub details: String,
}

/// One event as text. Phone numbers in it are not masked.
pub fn describe(event: &Entry) -> EventText {
    match &event.fact {
        Some(fact) => describe_fact(fact),
        None if event.kind == "received" => {
            router("received", "the call was requested and recorded")
        }
        None if event.kind == "erased" => router("erased", "all personal data was deleted"),
        None => router("erased", format!("{}; its details were deleted", event.kind)),
    }
}

const OVERDUE: &str = "its maximum duration has passed without a known end";

fn describe_fact(fact: &Fact) -> EventText {
    match fact {
        Fact::Scheduled => router("scheduled", "its window has not opened yet"),
        Fact::Admitted { estimated_cost, experiment, plan: _ } => {
            let arm =
                experiment.as_ref().map(|one| format!("; arm {} of {}", one.arm, one.experiment));
            router(
                "admitted",
                format!(
                    "ready to be placed; expected cost {}{}",
                    estimated_cost.map_or_else(|| "-".to_owned(), |cost| cost.to_string()),
                    arm.unwrap_or_default()
                ),
            )
        }
        Fact::Planned(plan) => router("planned", no_provider(plan)),
        Fact::Decided(decision) => by_rules(decision),
        Fact::Refused(fault) => router("refused", fault.message.clone()),
        Fact::Expired(fault) => router("expired", fault.message.clone()),
        Fact::Withdrawn(fault) => {
            EventText { by: "caller".to_owned(), ..router("withdrawn", fault.message.clone()) }
        }
        Fact::Intended(attempt) => {
            let ring = if attempt.ring > 0 {
                format!(", ring {}", attempt.ring + 1)
            } else {
                String::new()
            };
            router("intended", format!("{} will be asked{ring}", attempt.provider))
        }
        Fact::Claimed(_) => router("claimed", "only this process may send it"),
        Fact::Sent(_) => {
            router("sent", "the request is being sent; from here on it may have arrived")
        }
        Fact::Repeated(_) => router(
            "repeated",
            "the same request is sent once more under its key, which places no second call",
        ),
        Fact::Abandoned(_) => proven(
            "abandoned",
            "router",
            Proof::NeverClaimed,
            "its process ended before claiming it: nothing was sent",
        ),
        Fact::Reconciling(_) => {
            router("reconciling", "the phone may have rung: looking for evidence, sending nothing")
        }
        Fact::AssumedNotPlaced(_) => proven(
            "assumed not placed",
            "configuration",
            Proof::AssumedNotPlaced,
            "no evidence was found, and on_unknown = \"assume_not_placed\" counts it as not placed",
        ),
        Fact::GaveUp(fault) => router("gave_up", fault.message.clone()),
        Fact::Overdue => router("overdue", OVERDUE),
        Fact::Redialled(_, then) => {
            router("redialled", format!("the person was not reached: it is redialled at {then:.0}"))
        }
        Fact::TentativeMatch(_, id) => proven(
            "glimpsed",
            "provider",
            Proof::NumberAndTask,
            format!("lists a call that may be this one: {id}"),
        ),
        Fact::Answered(_, call) => proven(
            "answered",
            "provider",
            Proof::Answer,
            format!("has the call {} ({})", call.id, call.status_word),
        ),
        Fact::Failed { delivery, error, .. } => failed(*delivery, error),
        Fact::Traced(_, id, proof) => {
            proven("traced", "provider", *proof, format!("has the call {id}"))
        }
        Fact::Reported(call) => proven(
            "reported",
            "provider",
            Proof::Record,
            format!("the call {} is {}", call.id, call.status_word),
        ),
        Fact::NotDialled(_, call) => proven(
            "not_dialled",
            "provider",
            Proof::Record,
            format!(
                "accepted the call {} and never dialled it: {}",
                call.id,
                call.failure_code.as_deref().unwrap_or(&call.status_word)
            ),
        ),
        Fact::Billed(_, cost, money) => {
            let price = money.filter(|money| *cost != Cost::Money(*money));
            let price = price.map_or_else(String::new, |money: Money| format!(", {money}"));
            by_provider("billed", format!("{cost}{price}"))
        }
        Fact::Disbelieved(_, cost) => {
            by_provider("disbelieved", format!("{cost}: this is impossible and is ignored"))
        }
        Fact::Transcribed(transcript) => by_provider(
            "transcribed",
            format!("a transcript with {} entries", transcript.entries.len()),
        ),
        Fact::Recorded(_) => by_provider("recorded", "has a recording"),
        Fact::Flagged(flags) => {
            let messages: Vec<&str> = flags.iter().map(|flag| flag.message.as_str()).collect();
            router("flagged", messages.join(" "))
        }
        Fact::Resolved(_, resolution) => {
            let verdict = match &resolution.verdict {
                Verdict::NotPlaced => "no phone rang".to_owned(),
                Verdict::Placed(id) => format!("the provider has it under {id}"),
                Verdict::Ended(outcome) => format!("it rang, and ended as {outcome}"),
            };
            EventText {
                event: "resolved",
                by: resolution.by.clone(),
                evidence: Some(word(&Proof::Operator)),
                details: format!("{verdict}: {}", resolution.note),
            }
        }
    }
}

/// What the calling rules decided, with every rule that stops the call or warns about it.
fn by_rules(decision: &RuleDecision) -> EventText {
    let verdict = match (decision.verdict, decision.wait_until, &decision.off) {
        (_, _, Some(reason)) => format!("the rules are turned off: {reason}"),
        (RuleVerdict::Allow, _, None) => "no rule stops it".to_owned(),
        (RuleVerdict::Wait, Some(until), None) => format!("it may ring from {until:.0}"),
        (RuleVerdict::Wait, None, None) => "it has to wait".to_owned(),
        (RuleVerdict::Refuse, _, None) => "it may not ring".to_owned(),
    };
    let findings = decision.findings.iter().map(|one| format!("; {}: {}", one.rule, one.why()));
    let details = format!("{verdict}{}", findings.collect::<String>());
    EventText { event: "decided", by: "rules".to_owned(), evidence: None, details }
}

/// Why a plan found no provider.
fn no_provider(plan: &PlanRecord) -> String {
    let why: Vec<String> =
        plan.rejected.iter().map(|one| format!("{}: {}", one.provider, one.why)).collect();
    match (plan.candidates.first(), why.is_empty()) {
        (Some(_), _) => "every provider that could take it was already asked".to_owned(),
        (None, true) => "no provider is configured for it".to_owned(),
        (None, false) => format!("no provider can take it: {}", why.join("; ")),
    }
}

fn failed(delivery: Delivery, error: &AttemptError) -> EventText {
    let (by, proof) = match delivery {
        Delivery::NotSent => ("router", Some(Proof::NotSent)),
        Delivery::Refused(_) | Delivery::Placed => ("provider", Some(Proof::Answer)),
        Delivery::Unknown => ("router", None),
    };
    EventText {
        event: "failed",
        by: by.to_owned(),
        evidence: proof.as_ref().map(word),
        details: format!("{}: {}", delivery.as_str(), error.message),
    }
}

fn router(event: &'static str, details: impl Into<String>) -> EventText {
    EventText { event, by: "router".to_owned(), evidence: None, details: details.into() }
}

fn by_provider(event: &'static str, details: impl Into<String>) -> EventText {
    EventText { by: "provider".to_owned(), ..router(event, details) }
}

fn proven(event: &'static str, by: &str, evidence: Proof, details: impl Into<String>) -> EventText {
    EventText { event, by: by.to_owned(), evidence: Some(word(&evidence)), details: details.into() }
}

/// The value as JSON spells it.
fn word<T: Serialize>(one: &T) -> String {
    match serde_json::to_value(one) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => "-".to_owned(),
    }
}

/// The plan of an event, if it has one.
pub fn plan(event: &Entry) -> Option<&PlanRecord> {
    match event.fact.as_ref()? {
        Fact::Admitted { plan, .. } => plan.as_deref(),
        Fact::Planned(plan) => Some(plan),
        _ => None,
    }
}
