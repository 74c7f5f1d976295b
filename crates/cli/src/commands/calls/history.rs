//! What happened to a call, in words: who decided what, and on which proof.

use serde::Serialize;
use serde_json::{Value, json};
use switchboard::{
    Delivery, Money,
    core::{AttemptError, Proof},
    journal::state::{Fact, Verdict},
    ledger::Entry,
    router::PlanRecord,
};

use crate::output::or_dash;

/// One event for a person.
#[derive(Debug)]
pub(super) struct Told {
    /// What became known.
    pub(super) what: &'static str,
    /// Who says so.
    pub(super) who: String,
    /// What it rests on, where it is evidence.
    pub(super) proof: Option<String>,
    pub(super) words: String,
}

/// One event for a program, whole.
pub(super) fn json(event: &Entry) -> Value {
    let content = event.fact.as_ref().and_then(|fact| serde_json::to_value(fact).ok());
    let content = content.and_then(|mut fact| fact.get_mut("content").map(Value::take));
    json!({"seq": event.seq, "at": event.at, "attempt": event.attempt, "kind": event.kind, "content": content})
}

/// One event in words. Numbers in them are as they were written down.
pub(super) fn tell(event: &Entry) -> Told {
    match &event.fact {
        Some(fact) => fact_in_words(fact),
        None if event.kind == "received" => {
            router("received", "the call was asked for, and written down")
        }
        None if event.kind == "erased" => {
            router("erased", "everything that names the person was destroyed")
        }
        None => router("erased", format!("{}, of which the rest was destroyed", event.kind)),
    }
}

const OVERDUE: &str = "its longest duration is over, and no end was seen";

fn fact_in_words(fact: &Fact) -> Told {
    match fact {
        Fact::Scheduled => router("scheduled", "its window has not opened"),
        Fact::Admitted { estimated_cost, experiment, plan: _ } => {
            let arm =
                experiment.as_ref().map(|one| format!("; arm {} of {}", one.arm, one.experiment));
            router(
                "admitted",
                format!(
                    "may be placed; expected cost {}{}",
                    or_dash(*estimated_cost),
                    arm.unwrap_or_default()
                ),
            )
        }
        Fact::Planned(plan) => router("planned", nobody(plan)),
        Fact::Refused(fault) => router("refused", fault.message.clone()),
        Fact::Expired(fault) => router("expired", fault.message.clone()),
        Fact::Withdrawn(fault) => router("withdrawn", fault.message.clone()),
        Fact::Intended(attempt) => {
            let ring = if attempt.ring > 0 {
                format!(", ring {}", attempt.ring + 1)
            } else {
                String::new()
            };
            router("intended", format!("{} is to be asked{ring}", attempt.provider))
        }
        Fact::Claimed(_) => router("claimed", "this process alone may send it"),
        Fact::Sent(_) => router("sent", "from here on bytes may have left"),
        Fact::Abandoned(_) => proven(
            "abandoned",
            "router",
            Proof::NeverClaimed,
            "its process ended before it claimed it: nothing left",
        ),
        Fact::Reconciling(_) => {
            router("reconciling", "it may have rung: evidence is looked for, and nothing is sent")
        }
        Fact::Fenced(_) => proven(
            "fenced",
            "configuration",
            Proof::Fence,
            "nothing showed it, which on_unknown = \"fence\" takes for silence",
        ),
        Fact::GaveUp(fault) => router("gave_up", fault.message.clone()),
        Fact::Overdue => router("overdue", OVERDUE),
        Fact::Redialled(_, then) => {
            router("redialled", format!("nobody was reached: it rings again at {then:.0}"))
        }
        Fact::Glimpsed(_, id) => proven(
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
        Fact::Billed(_, cost, money) => {
            let money = money.map_or_else(String::new, |money: Money| format!(", {money}"));
            by_provider("billed", format!("{}{money}", word(cost)))
        }
        Fact::Disbelieved(_, cost) => by_provider(
            "disbelieved",
            format!("{}: this cannot be, and counts for nothing", word(cost)),
        ),
        Fact::Transcribed(transcript) => by_provider(
            "transcribed",
            format!("{} entries of what was said", transcript.entries.len()),
        ),
        Fact::Recorded(_) => by_provider("recorded", "says where the sound is"),
        Fact::Resolved(_, resolution) => {
            let verdict = match &resolution.verdict {
                Verdict::NotPlaced => "no phone rang".to_owned(),
                Verdict::Placed(id) => format!("the provider has it, under {id}"),
                Verdict::Ended(outcome) => format!("it rang, and ended as {outcome}"),
            };
            Told {
                what: "resolved",
                who: resolution.by.clone(),
                proof: Some(word(&Proof::Operator)),
                words: format!("{verdict}: {}", resolution.note),
            }
        }
    }
}

/// Why a plan found nobody.
fn nobody(plan: &PlanRecord) -> String {
    let why: Vec<String> =
        plan.rejected.iter().map(|one| format!("{}: {}", one.provider, one.why)).collect();
    match (plan.candidates.first(), why.is_empty()) {
        (Some(_), _) => "nobody who could have taken it was left to ask".to_owned(),
        (None, true) => "no provider is configured for it".to_owned(),
        (None, false) => format!("nobody can take it: {}", why.join("; ")),
    }
}

fn failed(delivery: Delivery, error: &AttemptError) -> Told {
    let (who, proof) = match delivery {
        Delivery::NotSent => ("router", Some(Proof::NotSent)),
        Delivery::Refused(_) | Delivery::Placed => ("provider", Some(Proof::Answer)),
        Delivery::Unknown => ("router", None),
    };
    Told {
        what: "failed",
        who: who.to_owned(),
        proof: proof.as_ref().map(word),
        words: format!("{}: {}", delivery.as_str(), error.message),
    }
}

fn router(what: &'static str, words: impl Into<String>) -> Told {
    Told { what, who: "router".to_owned(), proof: None, words: words.into() }
}

fn by_provider(what: &'static str, words: impl Into<String>) -> Told {
    Told { who: "provider".to_owned(), ..router(what, words) }
}

fn proven(what: &'static str, who: &str, proof: Proof, words: impl Into<String>) -> Told {
    Told { what, who: who.to_owned(), proof: Some(word(&proof)), words: words.into() }
}

/// The word that JSON has for it.
fn word<T: Serialize>(one: &T) -> String {
    match serde_json::to_value(one) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => "-".to_owned(),
    }
}
