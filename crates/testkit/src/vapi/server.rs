//! The receiver of webhooks, as requests, assistants and numbers describe it.

use std::time::Duration;

use serde_json::Value;

use super::codes::Refused;

/// A receiver of webhooks.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) timeout: Duration,
    /// The delays before a delivery is repeated: none, unless asked for.
    pub(crate) retries: Vec<Duration>,
}

impl Server {
    pub(crate) fn at(url: &str) -> Self {
        Self { url: url.to_owned(), timeout: Duration::from_secs(20), retries: Vec::new() }
    }

    /// Reads a `server` field. A missing or null one is no receiver.
    pub(crate) fn read(value: Option<&Value>) -> Result<Option<Self>, Refused> {
        let Some(fields) = value.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let fields =
            fields.as_object().ok_or_else(|| Refused::invalid("server must be an object"))?;
        let Some(url) = fields.get("url").and_then(Value::as_str) else {
            return Ok(None);
        };
        let mut server = Self::at(url);
        if let Some(seconds) = fields.get("timeoutSeconds") {
            let seconds = seconds.as_u64().filter(|seconds| (1..=300).contains(seconds));
            let seconds =
                seconds.ok_or_else(|| Refused::invalid("timeoutSeconds must be 1 to 300"))?;
            server.timeout = Duration::from_secs(seconds);
        }
        if let Some(plan) = fields.get("backoffPlan").filter(|plan| !plan.is_null()) {
            server.retries = retries(plan)?;
        }
        Ok(Some(server))
    }
}

fn retries(plan: &Value) -> Result<Vec<Duration>, Refused> {
    let up_to_ten = |name: &str| {
        let number = plan.get(name).map_or(Some(0), Value::as_u64).filter(|number| *number <= 10);
        number.ok_or_else(|| Refused::invalid(format!("backoffPlan.{name} must be 0 to 10")))
    };
    let (count, base) = (up_to_ten("maxRetries")?, up_to_ten("baseDelaySeconds")?);
    let grows = match plan.get("type").and_then(Value::as_str) {
        Some("fixed") | None => false,
        Some("exponential") => true,
        Some(_) => return Err(Refused::invalid("backoffPlan.type must be fixed or exponential")),
    };
    let seconds = |nth: u64| base << if grows { nth } else { 0 };
    Ok((0..count).map(|nth| Duration::from_secs(seconds(nth))).collect())
}
