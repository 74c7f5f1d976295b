//! From a tool's arguments to the API's requests. What does not fit is the problem that HTTP would
//! answer, with the field and the fix.

use rmcp::model::Tool;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use switchboard::{CallId, CallStatus, Outcome, jiff::Timestamp};
use switchboard_api::{
    Problem,
    idempotency::RequestKey,
    problem::Result,
    surface::{read_value, unknown_field},
    wire::NewCall,
};

/// What a tool was called with.
pub(crate) type Arguments = Map<String, Value>;

/// The shortest key: a UUID has 36 characters, and what is much shorter is counted up by somebody.
const SHORTEST_KEY: usize = 16;

/// Reads arguments of which the tool's schema knows every name.
pub(crate) fn read<T: DeserializeOwned>(tool: &Tool, arguments: &Arguments) -> Result<T> {
    let known = tool.input_schema.get("properties").and_then(Value::as_object);
    let known: Vec<&str> =
        known.map_or_else(Vec::new, |fields| fields.keys().map(String::as_str).collect());
    if let Some(name) = arguments.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(unknown_field(name, &known));
    }
    read_value(&Value::Object(arguments.clone()))
}

/// Reads a call to place, and its key.
pub(crate) fn placing(tool: &Tool, arguments: &Arguments) -> Result<(NewCall, RequestKey)> {
    let name = "idempotency_key";
    let fix = "send a new UUID for each call that you mean, and the same one to ask again";
    let key = match arguments.get(name) {
        Some(Value::String(text)) if text.len() >= SHORTEST_KEY => {
            RequestKey::new(text).map_err(|problem| problem.field(name))?
        }
        Some(Value::String(_)) => {
            let detail = format!("has fewer than {SHORTEST_KEY} characters");
            return Err(Problem::invalid(name, detail, fix));
        }
        Some(_) => return Err(Problem::invalid(name, "has the wrong type", fix)),
        None => return Err(Problem::invalid(name, "is missing", fix)),
    };
    let mut rest = arguments.clone();
    rest.remove(name);
    Ok((read(tool, &rest)?, key))
}

/// `get_call`, `get_transcript`, `stop_call`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfCall {
    call: String,
}

impl OfCall {
    pub(crate) fn id(&self) -> Result<CallId> {
        call_id(&self.call)
    }
}

/// `wait_for_call`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    call: String,
    #[serde(default)]
    pub(crate) until: Wanted,
    timeout_seconds: Option<u64>,
}

/// What to wait for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    #[default]
    Settled,
    Decided,
}

impl Waiting {
    const LONGEST: u64 = 50;
    const USUAL: u64 = 30;

    pub(crate) fn id(&self) -> Result<CallId> {
        call_id(&self.call)
    }

    pub(crate) fn seconds(&self) -> Result<u64> {
        in_range("timeout_seconds", self.timeout_seconds.unwrap_or(Self::USUAL), Self::LONGEST)
    }
}

/// `list_calls`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filters {
    pub(crate) agent: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) status: Vec<CallStatus>,
    pub(crate) outcome: Vec<Outcome>,
    created_after: Option<String>,
    created_before: Option<String>,
    limit: Option<u64>,
    pub(crate) cursor: Option<String>,
}

impl Filters {
    const MOST: u64 = 100;
    const USUAL: u64 = 20;

    pub(crate) fn limit(&self) -> Result<u32> {
        let limit = in_range("limit", self.limit.unwrap_or(Self::USUAL), Self::MOST)?;
        Ok(u32::try_from(limit).unwrap_or(u32::MAX))
    }

    /// The period in which the calls were received.
    pub(crate) fn period(&self) -> Result<[Option<Timestamp>; 2]> {
        let time = |name: &'static str, text: &Option<String>| {
            let parse = |text: &String| {
                text.parse().map_err(|_| {
                    Problem::invalid(name, "is not a time", "write it as 2026-02-14T20:00:00Z")
                })
            };
            text.as_ref().map(parse).transpose()
        };
        Ok([
            time("created_after", &self.created_after)?,
            time("created_before", &self.created_before)?,
        ])
    }
}

/// `list_agents`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

fn call_id(text: &str) -> Result<CallId> {
    text.parse().map_err(|_| Problem::not_found("call").field("call"))
}

fn in_range(name: &'static str, number: u64, most: u64) -> Result<u64> {
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    let fix = format!("write a whole number from 1 to {most}");
    Err(Problem::invalid(name, "is out of range", fix))
}
