//! What a submission must hold, in the order in which the simulator complains (document 002,
//! "SubmissionPayload").

use jiff::civil::{Date, Time};
use serde_json::{Map, Value};

use super::codes::Refused;
use super::world::World;
use crate::countries;

/// A submission that would be called.
pub(crate) struct Accepted {
    pub(crate) to: String,
    pub(crate) submission: Map<String, Value>,
    pub(crate) session_id: Option<String>,
}

/// Checks the body of `POST /v1/calls`. The order of the checks is not documented.
pub(crate) fn submission(world: &World, body: &[u8]) -> Result<Accepted, Refused> {
    let bad = |reason: &str| world.refuse("bad_request", reason);
    let body: Value = serde_json::from_slice(body).map_err(|_| bad("the body is not JSON"))?;
    let Some(submission) = body.get("submission").and_then(Value::as_object) else {
        return Err(bad("submission is required"));
    };
    let text = |name: &str| {
        submission.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    };
    let Some(to) = text("respondent_phone") else {
        return Err(world.refuse("missing_phone_number", "submission.respondent_phone"));
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
            return Err(world.refuse("unsupported_language", name));
        }
    }
    schedule(world, text("appointment_date"), text("appointment_time"))?;
    number(world, to)?;
    if world.config.unsafe_phrases.iter().any(|phrase| task.contains(phrase.as_str())) {
        return Err(world.refuse("safety_violation", "task_description"));
    }
    policy(world, to)?;
    Ok(Accepted {
        to: to.to_owned(),
        submission: submission.clone(),
        session_id: body.get("session_id").and_then(Value::as_str).map(str::to_owned),
    })
}

fn schedule(world: &World, date: Option<&str>, time: Option<&str>) -> Result<(), Refused> {
    if let Some(date) = date {
        let Ok(date) = date.parse::<Date>() else {
            return Err(world.refuse("scheduling_violation", "appointment_date must be YYYY-MM-DD"));
        };
        let today = world.host.timeline.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        // A day of grace: it may still be yesterday where the caller is.
        if date < today.yesterday().unwrap_or(today) {
            return Err(world.refuse("scheduling_violation", "appointment_date is in the past"));
        }
    }
    match time {
        Some(time) if time.len() != 5 || time.parse::<Time>().is_err() => {
            Err(world.refuse("scheduling_violation", "appointment_time must be HH:MM"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Checks a number that is to be called by another way than `POST /v1/calls`.
pub(crate) fn callee(world: &World, to: &str) -> Result<(), Refused> {
    number(world, to)?;
    policy(world, to)
}

fn policy(world: &World, to: &str) -> Result<(), Refused> {
    if let Some(code) = world.config.refusals.get(to) {
        return Err(world.refuse(code, "the number is on a list of this simulator"));
    }
    if world.account.lock().left() < 1000 {
        return Err(world.refuse("quota_exceeded", "less than one credit is left"));
    }
    Ok(())
}

fn number(world: &World, to: &str) -> Result<(), Refused> {
    if countries::is_emergency(to) {
        return Err(world.refuse("emergency_number", "emergency numbers are never called"));
    }
    if !countries::is_e164(to) {
        return Err(world.refuse("bad_request", "respondent_phone must be E.164"));
    }
    if countries::is_premium(to) {
        return Err(world.refuse("toll_number", "premium rate"));
    }
    match countries::country(to) {
        Some(country) if world.config.restricted_countries.contains(country) => {
            Err(world.refuse("country_restriction", country))
        }
        Some(country) if world.config.countries.contains(country) => Ok(()),
        Some(country) => Err(world.refuse("unsupported_country", country)),
        None => Err(world.refuse("unsupported_country", "unknown calling code")),
    }
}
