//! The words for states, and what stands beside them: a state is never shown by its colour alone.

use switchboard_api::wire::{AttemptState, Call, CallStatus, Delivery, Outcome, WaitsFor};

use crate::text::{count, plain, seconds};

/// A state with a mark of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Badge {
    pub(crate) text: &'static str,
    /// The class that gives it its mark and its colour: `good`, `busy`, `quiet`, `warn` or `bad`.
    pub(crate) kind: &'static str,
}

const fn badge(text: &'static str, kind: &'static str) -> Badge {
    Badge { text, kind }
}

pub(crate) const fn status(status: CallStatus) -> Badge {
    match status {
        CallStatus::Received => badge("received", "quiet"),
        CallStatus::Scheduled => badge("scheduled", "quiet"),
        CallStatus::Admitted => badge("waiting", "quiet"),
        CallStatus::Attempting => badge("being asked", "busy"),
        CallStatus::InProgress => badge("in progress", "busy"),
        CallStatus::Closed => badge("over", "good"),
        CallStatus::Refused => badge("not placed", "warn"),
        CallStatus::NeedsApproval => badge("needs approval", "warn"),
        CallStatus::Indeterminate => badge("in doubt", "bad"),
        CallStatus::Stalled => badge("end unknown", "bad"),
    }
}

pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::NoAnswer => "no answer",
        Outcome::Declined => "declined",
        Outcome::Busy => "busy",
        Outcome::Voicemail => "voicemail",
        Outcome::Menu => "phone menu",
        Outcome::InvalidNumber => "invalid number",
        Outcome::Blocked => "blocked",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
    }
}

pub(crate) const fn attempt(state: AttemptState) -> Badge {
    match state {
        AttemptState::Intent => badge("written down", "quiet"),
        AttemptState::Claimed => badge("may be sent", "busy"),
        AttemptState::Sent => badge("sent", "busy"),
        AttemptState::Placed => badge("placed", "good"),
        AttemptState::NotPlaced => badge("no phone rang", "warn"),
        AttemptState::Unknown => badge("may have rung", "bad"),
        AttemptState::Reconciling => badge("evidence is sought", "bad"),
    }
}

pub(crate) const fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "no byte left",
        Delivery::Refused => "the provider will not place it",
        Delivery::Placed => "the provider accepted it",
        Delivery::Unknown => "the phone may or may not have rung",
    }
}

/// A word of the wire with spaces.
pub(crate) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn waiting(waits: &WaitsFor) -> String {
    let what = match waits.reason.as_str() {
        "window" => "It waits for its earliest time",
        "redial" => "It rings again later, as its redial policy asks",
        "provider_limit" => "It waits until a provider's limit lets it pass",
        "caller_limit" => "It waits for the tenant's limit on calls",
        "agent_limit" => "It waits for the agent's limit on calls",
        "busy_callee" => "It waits because another call to this person is under way",
        "pause" => "It waits because every provider asked for a pause",
        "no_room" => "It waits behind others",
        _ => "It waits for a provider",
    };
    match waits.until {
        Some(until) => format!("{what}, until {}.", plain(until)),
        None => format!("{what}."),
    }
}

/// Where a call stands, as a sentence.
pub(crate) fn sentence(call: &Call) -> String {
    let provider = call.provider.as_deref().unwrap_or("The provider");
    let fault = call.fault.as_ref().map(|fault| fault.message.trim_end_matches('.'));
    let asked_before = call.attempts.len().saturating_sub(1) as u64;
    let others = match asked_before {
        0 => "nobody else was asked".to_owned(),
        n => format!("{} came before, and no phone rang by them", count(n, "attempt", "attempts")),
    };
    match call.status {
        CallStatus::Received => "It was accepted, and nothing has been decided yet.".to_owned(),
        CallStatus::Scheduled | CallStatus::Admitted => match &call.waits_for {
            Some(waits) => waiting(waits),
            None => "It is planned, and waits for its turn.".to_owned(),
        },
        CallStatus::Attempting => {
            let asked = call.attempts.last().map_or("A provider", |last| last.provider.as_str());
            format!("{asked} is being asked to place it.")
        }
        CallStatus::InProgress => {
            let since = call.attempts.last().and_then(|last| last.sent_at);
            let since = since.map(|at| format!(" since {}", plain(at))).unwrap_or_default();
            format!("{provider} has had it{since}; {others}.")
        }
        CallStatus::Closed => closed(call, provider),
        CallStatus::Refused => match fault {
            Some(fault) => format!("It was not placed, and no phone rang: {fault}."),
            None => "It was not placed, and no phone rang.".to_owned(),
        },
        CallStatus::NeedsApproval => {
            format!("{provider} waits for a person's approval; no phone rang.")
        }
        CallStatus::Indeterminate => {
            let fault = fault.map(|fault| format!(": {fault}")).unwrap_or_default();
            format!("It is not known whether a phone rang{fault}. Nothing is sent again.")
        }
        CallStatus::Stalled => {
            format!("{provider} took it, and its end was not reported. A person has to look.")
        }
    }
}

fn closed(call: &Call, provider: &str) -> String {
    let how = match call.outcome {
        Some(Outcome::Completed) => "The callee answered and there was a conversation",
        Some(Outcome::NoAnswer) => "The phone rang and was not answered",
        Some(Outcome::Declined) => "The phone rang and the callee declined",
        Some(Outcome::Busy) => "The line was busy",
        Some(Outcome::Voicemail) => "An answering machine picked up",
        Some(Outcome::Menu) => "An automated phone menu answered",
        Some(Outcome::InvalidNumber) => "The telephone network says that the number does not exist",
        Some(Outcome::Blocked) => "The telephone network blocked the number that called",
        Some(Outcome::Failed) => "The provider accepted the call and could not complete it",
        Some(Outcome::Cancelled) => "It was cancelled or stopped",
        None => "It is over",
    };
    let lasted = call.duration_seconds.filter(|it| *it >= 1.0);
    let lasted = lasted.map(|it| format!(", for {}", seconds(it))).unwrap_or_default();
    match call.provider {
        Some(_) => format!("{how}{lasted}. {provider} placed it."),
        None => format!("{how}{lasted}."),
    }
}
