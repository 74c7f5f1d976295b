//! Checks the request that places a call.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::codes::Refused;
use super::state::{SimState, Wanted};
use crate::countries;

/// The kinds of machine detection.
const DETECTIONS: [&str; 6] =
    ["premium", "detect", "detect_words", "detect_beep", "greeting_end", "disabled"];

/// Parses a body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(Refused::new("10001", "the body must be a JSON object")),
    }
}

/// A field, unless it is missing or null.
pub(crate) fn field<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// A text field.
pub(crate) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Refused> {
    field(body, name)
        .map(|value| value.as_str().ok_or_else(|| Refused::value(name, "must be a string")))
        .transpose()
}

/// A text field that must be there.
pub(crate) fn required<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refused> {
    text(body, name)?.ok_or_else(|| Refused::value(name, "is required"))
}

fn one_of(body: &Map<String, Value>, name: &str, allowed: &[&str]) -> Result<(), Refused> {
    match text(body, name)? {
        Some(word) if !allowed.contains(&word) => Err(Refused::value(name, "is not a known word")),
        Some(_) | None => Ok(()),
    }
}

fn seconds(
    body: &Map<String, Value>,
    name: &str,
    (least, most): (u64, u64),
    default: u64,
) -> Result<Duration, Refused> {
    let seconds = field(body, name).map_or(Some(default), Value::as_u64);
    let seconds = seconds.filter(|seconds| (least..=most).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| Refused::value(name, "is out of its range"))
}

/// The callees: one, or several in an array.
pub(crate) fn callees(body: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let several = match field(body, "to") {
        Some(Value::Array(several)) => several.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    if several.is_empty() {
        return Err(Refused::value("to", "is required"));
    }
    let number = |value: &Value| {
        let number = value.as_str().ok_or_else(|| Refused::value("to", "must be a string"))?;
        if countries::is_emergency(number) {
            return Err(Refused::new("10002", "emergency numbers cannot be called").at("to"));
        }
        check_number(number, "to")?;
        Ok(number.to_owned())
    };
    several.iter().map(number).collect()
}

/// An E.164 number.
pub(crate) fn check_number(number: &str, name: &str) -> Result<(), Refused> {
    if countries::is_e164(number) {
        return Ok(());
    }
    Err(Refused::new("10016", format!("{name} must be E.164")).at(name))
}

/// Checks a number of the account.
pub(crate) fn own_number(sim: &SimState, number: &str, name: &str) -> Result<(), Refused> {
    check_number(number, name)?;
    let known = sim.numbers.lock().iter().any(|row| row["phone_number"] == number);
    if known { Ok(()) } else { Err(Refused::value(name, "is no number of this account")) }
}

/// Checks the body of `POST /v2/calls` for one callee.
pub(crate) fn call(
    sim: &SimState,
    body: &Map<String, Value>,
    to: String,
) -> Result<Wanted, Refused> {
    let connection = required(body, "connection_id")?;
    if connection != sim.connection {
        return Err(Refused::unknown("the connection").at("connection_id"));
    }
    let from = required(body, "from")?;
    own_number(sim, from, "from")?;
    let command = text(body, "command_id")?;
    if command.is_some_and(|command| Uuid::parse_str(command).is_err()) {
        return Err(Refused::value("command_id", "must be a UUID"));
    }
    let client_state = text(body, "client_state")?;
    if client_state.is_some_and(|state| STANDARD.decode(state).is_err()) {
        return Err(Refused::value("client_state", "must be Base64"));
    }
    one_of(body, "webhook_url_method", &["GET", "POST"])?;
    one_of(body, "answering_machine_detection", &DETECTIONS)?;
    one_of(body, "record", &["record-from-answer"])?;
    one_of(body, "record_channels", &["single", "dual"])?;
    one_of(body, "record_format", &["wav", "mp3"])?;
    let other_routes = match field(body, "retry_on_timeout") {
        None => !sim.config.platform.routes_once,
        Some(value) => value
            .as_bool()
            .ok_or_else(|| Refused::value("retry_on_timeout", "must be a boolean"))?,
    };
    if let Some(refusal) = sim.config.refusals.get(&to) {
        return Err(Refused::configured(refusal));
    }
    Ok(Wanted {
        to,
        from: from.to_owned(),
        connection: connection.to_owned(),
        assistant: assistant(sim, body)?,
        command: command.map(str::to_owned),
        client_state: client_state.map(str::to_owned),
        webhook_url: text(body, "webhook_url")?.map(str::to_owned),
        retries: retries(body)?,
        longest: seconds(body, "time_limit_secs", (1, 14_400), 14_400)?,
        ringing: seconds(body, "timeout_secs", (5, 600), 30)?,
        other_routes,
        detection: match text(body, "answering_machine_detection")? {
            None | Some("disabled") => None,
            Some("premium") => Some("call.machine.premium.detection.ended"),
            Some(_) => Some("call.machine.detection.ended"),
        },
        recorded: field(body, "record").is_some(),
    })
}

type Talker = Option<(String, String, Option<String>)>;

/// The assistant, in the version that it has now.
fn assistant(sim: &SimState, body: &Map<String, Value>) -> Result<Talker, Refused> {
    let Some(value) = field(body, "assistant") else {
        return Ok(None);
    };
    let error = || Refused::value("assistant.id", "is required");
    let fields =
        value.as_object().ok_or_else(|| Refused::value("assistant", "must be an object"))?;
    let id = fields.get("id").and_then(Value::as_str).ok_or_else(error)?;
    for name in ["dynamic_variables", "voice_settings", "transcription"] {
        if field(fields, name).is_some_and(|value| !value.is_object()) {
            return Err(Refused::value(&format!("assistant.{name}"), "must be an object"));
        }
    }
    let version = sim.version_of(id, None);
    let version = version.ok_or_else(|| Refused::value("assistant.id", "is unknown"))?;
    let greeting = text(fields, "greeting")?.map(str::to_owned);
    Ok(Some((id.to_owned(), version, greeting)))
}

/// The delays before the repeats of a webhook: at most five, together at most a minute.
fn retries(body: &Map<String, Value>) -> Result<BTreeMap<String, Vec<Duration>>, Refused> {
    let name = "webhook_retries_policies";
    let mut all = BTreeMap::new();
    let Some(value) = field(body, name) else {
        return Ok(all);
    };
    let policies = value.as_object().ok_or_else(|| Refused::value(name, "must be an object"))?;
    for (event, policy) in policies {
        let pauses = policy.get("retries_ms").and_then(Value::as_array);
        let pauses = pauses.ok_or_else(|| Refused::value(name, "needs retries_ms"))?;
        let pauses: Vec<u64> = pauses.iter().filter_map(Value::as_u64).collect();
        if pauses.len() > 5 || pauses.iter().sum::<u64>() > 60_000 {
            return Err(Refused::value(name, "may repeat five times within a minute"));
        }
        all.insert(event.clone(), pauses.into_iter().map(Duration::from_millis).collect());
    }
    Ok(all)
}
