//! Validation of submissions, in the order in which errors are reported (document 002,
//! "SubmissionPayload").

use jiff::civil::{Date, Time};
use serde_json::{Map, Value};

use super::codes::Refused;
use super::state::SimState;
use crate::countries;

/// A valid submission.
pub(crate) struct Accepted {
    pub(crate) to: String,
    pub(crate) submission: Map<String, Value>,
    pub(crate) session_id: Option<String>,
}

/// Checks the body of `POST /v1/calls`. The order of the checks is not documented.
pub(crate) fn submission(sim: &SimState, body: &[u8]) -> Result<Accepted, Refused> {
    let bad = |reason: &str| sim.refuse("bad_request", reason);
    let body: Value = serde_json::from_slice(body).map_err(|_| bad("the body is not JSON"))?;
    let Some(submission) = body.get("submission").and_then(Value::as_object) else {
        return Err(bad("submission is required"));
    };
    let text = |name: &str| {
        submission.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    };
    let Some(to) = text("respondent_phone") else {
        return Err(sim.refuse("missing_phone_number", "submission.respondent_phone"));
    };
    match text("task_category") {
        Some("restaurant" | "clinic" | "hotel" | "general") => {}
        Some(_) | None => {
            return Err(bad("task_category must be restaurant, clinic, hotel or general"));
        }
    }
    let Some(task) = text("task_description") else {
        return Err(bad("task_description is required"));
    };
    if let Some(size) = submission.get("party_size").filter(|size| !size.is_null())
        && !size.as_u64().is_some_and(|size| (1..=50).contains(&size))
    {
        return Err(bad("party_size must be 1 to 50"));
    }
    if let Some(zone) = body.get("timezone").and_then(Value::as_str)
        && switchboard_core::time_zone(zone).is_err()
    {
        return Err(bad("timezone is not an IANA time zone"));
    }
    for name in ["language", "call_language"] {
        if !matches!(text(name), None | Some("en" | "es")) {
            return Err(sim.refuse("unsupported_language", name));
        }
    }
    schedule(sim, text("appointment_date"), text("appointment_time"))?;
    number(sim, to)?;
    if sim.config.unsafe_phrases.iter().any(|phrase| task.contains(phrase.as_str())) {
        return Err(sim.refuse("safety_violation", "task_description"));
    }
    policy(sim, to)?;
    Ok(Accepted {
        to: to.to_owned(),
        submission: submission.clone(),
        session_id: body.get("session_id").and_then(Value::as_str).map(str::to_owned),
    })
}

fn schedule(sim: &SimState, date: Option<&str>, time: Option<&str>) -> Result<(), Refused> {
    if let Some(date) = date {
        let Ok(date) = date.parse::<Date>() else {
            return Err(sim.refuse("scheduling_violation", "appointment_date must be YYYY-MM-DD"));
        };
        let today = sim.host.timeline.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        // Allow yesterday, because of the time zone of the caller.
        if date < today.yesterday().unwrap_or(today) {
            return Err(sim.refuse("scheduling_violation", "appointment_date is in the past"));
        }
    }
    match time {
        Some(time) if time.len() != 5 || time.parse::<Time>().is_err() => {
            Err(sim.refuse("scheduling_violation", "appointment_time must be HH:MM"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Checks a number that is called by other means than `POST /v1/calls`.
pub(crate) fn callee(sim: &SimState, to: &str) -> Result<(), Refused> {
    number(sim, to)?;
    policy(sim, to)
}

fn policy(sim: &SimState, to: &str) -> Result<(), Refused> {
    if let Some(code) = sim.config.refusals.get(to) {
        return Err(sim.refuse(code, "the number is on a list of this simulator"));
    }
    if sim.account.lock().left() < 1000 {
        return Err(sim.refuse("quota_exceeded", "less than one credit is left"));
    }
    Ok(())
}

fn number(sim: &SimState, to: &str) -> Result<(), Refused> {
    if countries::is_emergency(to) {
        return Err(sim.refuse("emergency_number", "emergency numbers are never called"));
    }
    if !countries::is_e164(to) {
        return Err(sim.refuse("bad_request", "respondent_phone must be E.164"));
    }
    if countries::is_premium(to) {
        return Err(sim.refuse("toll_number", "premium rate"));
    }
    match countries::country(to) {
        Some(country) if sim.config.restricted_countries.contains(country) => {
            Err(sim.refuse("country_restriction", country))
        }
        Some(country) if sim.config.countries.contains(country) => Ok(()),
        Some(country) => Err(sim.refuse("unsupported_country", country)),
        None => Err(sim.refuse("unsupported_country", "unknown calling code")),
    }
}
