//! Checks the request that places a call.

use serde_json::{Map, Value};

use super::codes::Refused;
use super::state::Wanted;
use crate::countries;
use crate::host::is_local;

/// Parses a body that must be a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(Refused::invalid("the body is not a JSON object")),
    }
}

fn field<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refused> {
    field(body, name)
        .map(|value| value.as_str().ok_or_else(|| Refused::invalid(format!("{name} is no text"))))
        .transpose()
}

/// Checks the body of `POST /v2/calls`.
pub(crate) fn call(body: &Map<String, Value>) -> Result<Wanted, Refused> {
    let task = text(body, "task")?.filter(|task| !task.trim().is_empty());
    let task = task.ok_or_else(|| Refused::invalid("task is required"))?;
    let phone = text(body, "phone")?.ok_or_else(|| Refused::invalid("phone is required"))?;
    check_phone(phone)?;
    let schema = field(body, "result_schema")
        .ok_or_else(|| Refused::invalid("result_schema is required"))?;
    check_schema(schema)?;
    let region = text(body, "region")?;
    if region.is_some_and(|region| countries::country(phone) != Some(region)) {
        return Err(Refused::new("unsupported_region", "region contradicts the number"));
    }
    let locale = text(body, "locale")?;
    if locale.is_some_and(|locale| !is_locale(locale)) {
        return Err(Refused::new("unsupported_language", "locale must be like en-US"));
    }
    let metadata = match field(body, "metadata") {
        None => None,
        Some(Value::Object(fields)) => Some(fields.clone()),
        Some(_) => return Err(Refused::invalid("metadata must be an object")),
    };
    Ok(Wanted {
        task: task.to_owned(),
        phone: phone.to_owned(),
        schema: schema.clone(),
        region: region.or_else(|| countries::country(phone)).map(str::to_owned),
        locale: Some(locale.unwrap_or("en-US").to_owned()),
        metadata,
        webhook_url: webhook_url(body)?,
    })
}

/// One E.164 number, and no emergency number.
pub(crate) fn check_phone(phone: &str) -> Result<(), Refused> {
    if countries::is_emergency(phone) || !countries::is_e164(phone) {
        return Err(Refused::new("invalid_phone", "phone must be one E.164 number"));
    }
    Ok(())
}

/// The webhook URL: HTTPS, or an address to which the simulator delivers.
pub(crate) fn webhook_url(body: &Map<String, Value>) -> Result<Option<String>, Refused> {
    match text(body, "webhook_url")? {
        None => Ok(None),
        Some(url) if url.starts_with("https://") || is_local(url) => Ok(Some(url.to_owned())),
        Some(_) => Err(Refused::invalid("webhook_url must be HTTPS")),
    }
}

fn is_locale(locale: &str) -> bool {
    let (language, region) = locale.split_once('-').unwrap_or((locale, "US"));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    language.len() == 2 && region.len() == 2 && letters(language) && letters(region)
}

/// A closed, flat object with at most 32 fields of plain types.
fn check_schema(schema: &Value) -> Result<(), Refused> {
    let refuse = |why: &str| Err(Refused::new("result_schema_invalid", why));
    if schema["type"] != "object" || schema["additionalProperties"] != false {
        return refuse("the schema must be an object with additionalProperties: false");
    }
    let Some(properties) = schema["properties"].as_object() else {
        return refuse("the schema has no properties");
    };
    if properties.is_empty() || properties.len() > 32 {
        return refuse("the schema must have 1 to 32 properties");
    }
    let types = ["string", "boolean", "integer", "number"];
    let plain = |value: &Value| value["type"].as_str().is_some_and(|kind| types.contains(&kind));
    if !properties.values().all(plain) {
        return refuse("the schema must be flat");
    }
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    if required.iter().any(|name| name.as_str().is_none_or(|name| !properties.contains_key(name))) {
        return refuse("the schema requires a property that it does not have");
    }
    Ok(())
}
