//! Checks the request that places a call.

use std::time::Duration;

use serde_json::{Map, Value};

use super::codes::Refused;
use super::state::{Hook, SimState, Wanted};
use super::versions::Chosen;
use crate::countries;
use crate::instructed::first_words;

/// The largest metadata, in bytes of JSON.
const METADATA: usize = 50_000;

/// Parses a body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(Refused::invalid("The body must be a JSON object")),
    }
}

/// A field, unless it is missing or null.
pub(crate) fn field<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

fn typed<'a, T>(
    body: &'a Map<String, Value>,
    name: &str,
    read: impl Fn(&'a Value) -> Option<T>,
    kind: &str,
) -> Result<Option<T>, Refused> {
    match field(body, name) {
        None => Ok(None),
        Some(value) => {
            read(value).map(Some).ok_or_else(|| Refused::invalid(format!("{name} must be {kind}")))
        }
    }
}

/// A text field.
pub(crate) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Refused> {
    typed(body, name, Value::as_str, "a string")
}

/// A field that is an object.
pub(crate) fn object_at<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, Refused> {
    typed(body, name, Value::as_object, "an object")
}

/// A field that is true or false.
pub(crate) fn flag(body: &Map<String, Value>, name: &str) -> Result<bool, Refused> {
    Ok(typed(body, name, Value::as_bool, "a boolean")?.unwrap_or(false))
}

/// Checks the body of a call; of a batch, the row with the batch's `from_number`.
pub(crate) fn call(sim: &SimState, body: &Map<String, Value>) -> Result<Wanted, Refused> {
    let required =
        |name| text(body, name)?.ok_or_else(|| Refused::invalid(format!("{name} is required")));
    let (from, to) = (required("from_number")?, required("to_number")?);
    let any_number = flag(body, "ignore_e164_validation")?;
    if !countries::is_e164(from) {
        return Err(Refused::invalid("from_number must be in E.164 format"));
    }
    if countries::is_emergency(to) || !(any_number || countries::is_e164(to)) {
        return Err(Refused::invalid("to_number must be in E.164 format"));
    }
    object_at(body, "custom_sip_headers")?;
    let key = text(body, "idempotency_key")?;
    if key.is_some_and(|key| !is_key(key)) {
        return Err(Refused::invalid("idempotency_key must be 5 to 255 of A-Z, a-z, 0-9, _ and -"));
    }
    let metadata = object_at(body, "metadata")?;
    if metadata.is_some_and(|data| Value::Object(data.clone()).to_string().len() > METADATA) {
        return Err(Refused::invalid("metadata must be at most 50 kB"));
    }
    let variables = object_at(body, "retell_llm_dynamic_variables")?;
    if variables.is_some_and(|variables| !variables.values().all(Value::is_string)) {
        return Err(Refused::invalid("retell_llm_dynamic_variables must be strings"));
    }
    let overrides = settings_of(body)?;
    let chosen = agent(sim, body, from)?;
    let settings = [overrides.as_ref(), Some(&chosen.fields)];
    let hook = hook(sim, &settings);
    let longest = settings
        .iter()
        .flatten()
        .find_map(|settings| field(settings, "max_call_duration_ms")?.as_u64());
    let refused_by_contact = flag(body, "honor_internal_dnc")? && is_do_not_call(sim, to);
    if refused_by_contact {
        return Err(Refused::configured("400"));
    }
    if let Some(status) = sim.config.refusals.get(to) {
        return Err(Refused::configured(status));
    }
    if sim.config.credits == 0 {
        return Err(Refused::configured("402"));
    }
    Ok(Wanted {
        from: from.to_owned(),
        to: to.to_owned(),
        agent_name: text(&chosen.fields, "agent_name")?.map(str::to_owned),
        signed_recording: flag(&chosen.fields, "opt_in_signed_url").unwrap_or(false),
        agent_id: chosen.id,
        agent_version: chosen.version,
        agent_tag: chosen.tag,
        metadata: metadata.cloned(),
        first_words: {
            let texts = variables.into_iter().flat_map(|variables| variables.values());
            first_words(&sim.config, texts.filter_map(Value::as_str)).to_owned()
        },
        variables: variables.cloned(),
        key: key.map(str::to_owned),
        longest: Duration::from_millis(longest.unwrap_or(3_600_000)),
        hook,
        batch: None,
    })
}

fn is_key(key: &str) -> bool {
    (5..=255).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_do_not_call(sim: &SimState, number: &str) -> bool {
    let contacts = sim.contacts.lock();
    let contact = contacts.get(number);
    contact.is_some_and(|contact| contact.get("do_not_call") == Some(&Value::Bool(true)))
}

/// The agent's settings for this call, checked.
fn settings_of(body: &Map<String, Value>) -> Result<Option<Map<String, Value>>, Refused> {
    let Some(overrides) = object_at(body, "agent_override")? else {
        return Ok(None);
    };
    let Some(settings) = object_at(overrides, "agent")? else {
        return Ok(None);
    };
    agent_settings(settings)?;
    Ok(Some(settings.clone()))
}

/// Checks the documented limits of an agent's settings.
pub(crate) fn agent_settings(settings: &Map<String, Value>) -> Result<(), Refused> {
    text(settings, "webhook_url")?;
    let longest =
        typed(settings, "max_call_duration_ms", Value::as_u64, "a whole number of milliseconds")?;
    if longest.is_some_and(|longest| !(60_000..=7_200_000).contains(&longest)) {
        return Err(Refused::invalid("max_call_duration_ms must be 60000 to 7200000"));
    }
    typed(settings, "webhook_events", Value::as_array, "an array")?;
    typed(settings, "webhook_timeout_ms", Value::as_u64, "a whole number of milliseconds")?;
    object_at(settings, "voicemail_option")?;
    Ok(())
}

/// The agent that will talk: the one in the request, or one of the number's own.
fn agent(sim: &SimState, body: &Map<String, Value>, from: &str) -> Result<Chosen, Refused> {
    let wanted = text(body, "override_agent_id")?;
    let version = field(body, "override_agent_version");
    if version.is_some_and(|version| version.as_u64().is_none() && !version.is_string()) {
        return Err(Refused::invalid("override_agent_version must be a number or a tag"));
    }
    let own = {
        let numbers = sim.numbers.lock();
        let number = numbers.iter().find(|number| number["phone_number"] == from);
        number.ok_or_else(|| Refused::unknown(from))?.get("outbound_agents").cloned()
    };
    let Some(id) = wanted else {
        return sim.weighted(own.as_ref(), from);
    };
    sim.choose(id, version)
}

/// The receiver of webhooks: of this call, of its agent, or of the account.
fn hook(sim: &SimState, settings: &[Option<&Map<String, Value>>]) -> Option<Hook> {
    let find = |name: &str| settings.iter().flatten().find_map(|settings| field(settings, name));
    let url = find("webhook_url").and_then(Value::as_str).map(str::to_owned);
    let events = find("webhook_events").and_then(Value::as_array).map(|events| {
        events.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    });
    let usual = || ["call_started", "call_ended", "call_analyzed"].map(str::to_owned).into();
    let timeout = find("webhook_timeout_ms").and_then(Value::as_u64).unwrap_or(10_000);
    Some(Hook {
        url: url.or_else(|| sim.config.platform.webhook_url.clone())?,
        events: events.unwrap_or_else(usual),
        timeout: Duration::from_millis(timeout),
    })
}
