//! Checks the request that places a call.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::codes::Refused;
use super::server::Server;
use super::state::{SimState, Wanted};
use crate::countries;

/// What says who talks. One of them is needed.
const TALKERS: [&str; 6] =
    ["assistantId", "assistant", "squadId", "squad", "workflowId", "workflow"];

/// Parses a body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(Refused::invalid("the body must be a JSON object")),
    }
}

/// A field, unless it is missing or null.
pub(crate) fn field<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// A text of at most so many characters.
pub(crate) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
    longest: usize,
) -> Result<Option<&'a str>, Refused> {
    let Some(value) = field(body, name) else {
        return Ok(None);
    };
    let text = value.as_str().filter(|text| text.chars().count() <= longest);
    let error = || Refused::invalid(format!("{name} must be a string of at most {longest}"));
    text.map(Some).ok_or_else(error)
}

fn object_at<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, Refused> {
    field(body, name)
        .map(|value| {
            value.as_object().ok_or_else(|| Refused::invalid(format!("{name} must be an object")))
        })
        .transpose()
}

/// Checks the body of `POST /call` for one customer.
pub(crate) fn call(
    sim: &SimState,
    body: &Map<String, Value>,
    customer: &Map<String, Value>,
) -> Result<Wanted, Refused> {
    text(body, "name", 40)?;
    let to = number_of(customer)?;
    let empty = Map::new();
    let overrides = object_at(body, "assistantOverrides")?.unwrap_or(&empty);
    check_overrides(overrides)?;
    let (assistant, mut flaw) = talker(sim, body)?;
    let number = number(sim, body)?;
    let provider = number.get("provider").and_then(Value::as_str).unwrap_or("twilio").to_owned();
    if provider == "vapi" {
        flaw = flaw.or_else(|| free_number(sim, &number, &to));
    }
    if sim.config.credits == 0 {
        flaw = flaw.or(Some("call.start.error-subscription-insufficient-credits"));
    }
    if let Some(refusal) = sim.config.refusals.get(&to) {
        return Err(Refused::configured(refusal));
    }
    let allowed = &sim.config.countries;
    let country = countries::country(&to).unwrap_or_default();
    if !(allowed.is_empty() || allowed.contains(country)) {
        return Err(Refused::invalid("customer.number is in a country that is not supported"));
    }
    let account = sim.config.platform.webhook_url.as_deref().map(Server::at);
    let server = match Server::read(overrides.get("server"))? {
        Some(server) => Some(server),
        None => Server::read(assistant.get("server"))?
            .or(Server::read(number.get("server"))?)
            .or(account),
    };
    let settings = [overrides, &assistant];
    let find = |name: &str| settings.iter().find_map(|settings| field(settings, name));
    let messages = find("serverMessages").and_then(Value::as_array).map_or_else(
        || ["status-update", "end-of-call-report", "call.deleted"].map(str::to_owned).into(),
        |list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    );
    let controlled = find("monitorPlan").and_then(|plan| plan.get("controlEnabled"));
    let longest = find("maxDurationSeconds").and_then(Value::as_u64).unwrap_or(600);
    let mut sent = body.clone();
    sent.remove("customers");
    sent.insert("customer".to_owned(), Value::Object(customer.clone()));
    Ok(Wanted {
        to,
        sent,
        provider,
        longest: Duration::from_secs(longest),
        server,
        messages,
        controlled: controlled == Some(&Value::Bool(true)),
        wait: wait(sim, body)?,
        flaw,
    })
}

fn number_of(customer: &Map<String, Value>) -> Result<String, Refused> {
    for name in ["externalId", "name", "email"] {
        text(customer, name, 40)?;
    }
    let number = text(customer, "number", 40)?
        .ok_or_else(|| Refused::invalid("customer.number is required"))?;
    let checked = field(customer, "numberE164CheckEnabled") != Some(&Value::Bool(false));
    if countries::is_emergency(number) || (checked && !countries::is_e164(number)) {
        return Err(Refused::invalid("customer.number must be a valid phone number in E.164"));
    }
    Ok(number.to_owned())
}

/// Checks the documented limits of an assistant's settings.
pub(crate) fn check_overrides(settings: &Map<String, Value>) -> Result<(), Refused> {
    object_at(settings, "metadata")?;
    object_at(settings, "variableValues")?;
    object_at(settings, "monitorPlan")?;
    text(settings, "firstMessage", usize::MAX)?;
    text(settings, "voicemailMessage", 1000)?;
    Server::read(settings.get("server"))?;
    if let Some(longest) = field(settings, "maxDurationSeconds")
        && !longest.as_u64().is_some_and(|longest| (10..=43_200).contains(&longest))
    {
        return Err(Refused::invalid("maxDurationSeconds must be 10 to 43200"));
    }
    if field(settings, "serverMessages").is_some_and(|messages| !messages.is_array()) {
        return Err(Refused::invalid("serverMessages must be an array"));
    }
    Ok(())
}

/// Who talks, and why nobody can, if that is so.
fn talker(
    sim: &SimState,
    body: &Map<String, Value>,
) -> Result<(Map<String, Value>, Option<&'static str>), Refused> {
    let version = text(body, "assistantVersion", usize::MAX)?;
    if version.is_some() && field(body, "assistantId").is_none() {
        return Err(Refused::invalid("assistantVersion needs assistantId"));
    }
    if let Some(assistant) = object_at(body, "assistant")? {
        check_overrides(assistant)?;
        return Ok((assistant.clone(), None));
    }
    let Some(id) = text(body, "assistantId", usize::MAX)? else {
        let none = !TALKERS.iter().any(|name| field(body, name).is_some());
        let flaw = none.then_some("call-start-error-neither-assistant-nor-server-set");
        return Ok((Map::new(), flaw));
    };
    let assistants = sim.assistants.lock();
    let assistant = assistants.iter().find(|assistant| assistant.id == id);
    let assistant = assistant.ok_or_else(|| Refused::unknown("assistant"))?;
    Ok(match assistant.find(version) {
        Some(fields) => (fields.clone(), None),
        None => (Map::new(), Some("call.start.error-assistant-version-validation")),
    })
}

/// The number that calls: one of the account, or one that the request brings.
fn number(sim: &SimState, body: &Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    if let Some(inline) = object_at(body, "phoneNumber")? {
        for name in ["twilioPhoneNumber", "twilioAccountSid"] {
            if field(inline, name).is_none() {
                return Err(Refused::invalid(format!("phoneNumber.{name} is required")));
            }
        }
        return Ok(Map::new());
    }
    let id = text(body, "phoneNumberId", usize::MAX)?
        .ok_or_else(|| Refused::invalid("phoneNumberId or phoneNumber is required"))?;
    let numbers = sim.numbers.lock();
    let number = numbers.iter().find(|number| number["id"] == id);
    Ok(number.ok_or_else(|| Refused::unknown("phone number"))?.clone())
}

/// A free number calls the United States only, and ten times a day.
fn free_number(sim: &SimState, number: &Map<String, Value>, to: &str) -> Option<&'static str> {
    if countries::country(to) != Some("US") {
        return Some("call.start.error-vapi-number-international");
    }
    let day = Duration::from_secs(86_400);
    let calls = sim.calls.lock();
    let own = calls.records.iter().filter(|record| {
        record.wanted.sent.get("phoneNumberId") == number.get("id")
            && record.course.dialled.is_some()
            && record.accepted.elapsed() < day
    });
    (own.count() >= 10).then_some("call.start.error-vapi-number-outbound-daily-limit")
}

/// How long the call is to wait for its time.
fn wait(sim: &SimState, body: &Map<String, Value>) -> Result<Option<Duration>, Refused> {
    let Some(plan) = object_at(body, "schedulePlan")? else {
        return Ok(None);
    };
    let error = || Refused::invalid("schedulePlan.earliestAt must be ISO 8601");
    let earliest = plan.get("earliestAt").and_then(Value::as_str).ok_or_else(error)?;
    let earliest: Timestamp = earliest.parse().map_err(|_| error())?;
    Ok(Duration::try_from(earliest.duration_since(sim.host.timeline.timestamp())).ok())
}
