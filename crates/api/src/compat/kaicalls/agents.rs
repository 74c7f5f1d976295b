//! Agents and numbers, to read.

use axum::{Json as Answer, extract::State};
use serde_json::{Value, json};
use switchboard::{AgentProfile, core::OwnedNumber};

use crate::{
    Service,
    caller::AgentsRead,
    extract::Permit,
    problem::{Problem, Result},
    wire::Time,
};

use super::{
    directory::{Directory, business},
    query::Query,
};

/// One agent profile with `?id=`, else all of them.
pub(super) async fn read(
    State(service): State<Service>,
    permit: Permit<AgentsRead>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let directory = Directory::of(&service, allowed);
    let tenant = business(allowed, query.text("business_id"))?;
    let body = |profile: &AgentProfile| {
        json!({
            "id": directory.id(profile), "name": profile.name.as_str(), "business_id": tenant,
            "created_at": null,
        })
    };
    if !query.has("id") {
        let agents: Vec<Value> = directory.profiles().iter().map(body).collect();
        return Ok(Answer(json!({"agents": agents})));
    }
    let profile = directory.find(query.needed("id")?).ok_or_else(|| Problem::not_found("agent"))?;
    let numbers = service.numbers(allowed).await;
    let number = numbers.iter().find(|number| is_of(number, profile));
    let mut body = body(profile);
    body["vapi_assistant_id"] = Value::Null;
    body["phone_number"] = json!(number.and_then(text));
    Ok(Answer(body))
}

/// The numbers of the accounts.
pub(super) async fn numbers(
    State(service): State<Service>,
    permit: Permit<AgentsRead>,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let directory = Directory::of(&service, allowed);
    let tenant = business(allowed, None)?;
    let rows: Vec<Value> = service
        .numbers(allowed)
        .await
        .iter()
        .filter_map(|number| row(number, &directory, tenant.as_deref()))
        .collect();
    Ok(Answer(json!({"numbers": rows})))
}

/// The same under the path that the SDKs use, with their filters.
pub(super) async fn phone_numbers(
    State(service): State<Service>,
    permit: Permit<AgentsRead>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let directory = Directory::of(&service, allowed);
    let numbers = match business(allowed, query.text("business_id")) {
        Ok(tenant) => {
            let numbers = service.numbers(allowed).await;
            let row = |number| row(number, &directory, tenant.as_deref());
            numbers.iter().filter_map(row).collect()
        }
        Err(_) => Vec::new(),
    };
    Ok(Answer(match query.text("phone_number") {
        Some(wanted) => {
            json!({"number": numbers.iter().find(|one| one["phone_number"] == wanted)})
        }
        None => json!({"numbers": numbers}),
    }))
}

fn row(number: &OwnedNumber, directory: &Directory, tenant: Option<&str>) -> Option<Value> {
    let text = text(number)?;
    let owner = number.agent.as_ref().and_then(|id| directory.owner(&number.provider, id));
    Some(json!({
        "id": number.id.as_ref().map_or(text, |id| id.as_str()),
        "phone_number": text,
        "agent_id": owner.map(|profile| directory.id(profile)),
        "business_id": tenant,
        "created_at": number.created_at.map(Time),
    }))
}

fn is_of(number: &OwnedNumber, profile: &AgentProfile) -> bool {
    number.agent.is_some()
        && profile.agents.get(&number.provider).map(|agent| &agent.id) == number.agent.as_ref()
}

fn text(number: &OwnedNumber) -> Option<&str> {
    number.number.as_ref().map(|number| number.e164())
}
