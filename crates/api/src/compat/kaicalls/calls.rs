//! Reading calls.

use axum::{Json as Answer, extract::State};
use serde_json::{Value, json};
use switchboard::{AgentProfile, CallId, journal::server::CallsFilter};

use crate::{
    Service,
    caller::{Caller, CallsRead, ScopeName},
    extract::Permit,
    problem::{Problem, Result},
    service::CallRecord,
    wire::Time,
};

use super::{directory::Directory, page, query::Query, status};

const USUAL: usize = 50;
const MOST: usize = 100;

/// One call with `?id=`, else a page of them.
pub(super) async fn read(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let directory = Directory::of(&service, allowed);
    if query.has("id") {
        let record = service.call(allowed, call_id(query.needed("id")?)?).await?;
        return Ok(Answer(details(&record, &directory, allowed.caller())));
    }
    let limit = query.limit(USUAL, MOST)?;
    let Some(found) = listed(&service, &permit, &directory, &query, limit).await? else {
        return Ok(Answer(json!({"calls": [], "has_more": false})));
    };
    let calls: Vec<Value> = found.records.iter().map(|one| entry(one, &directory)).collect();
    Ok(Answer(json!({"calls": calls, "has_more": found.has_more})))
}

/// The id of a call. A text that is no id names no call.
pub(super) fn call_id(text: &str) -> Result<CallId> {
    text.parse().map_err(|_| Problem::not_found("call"))
}

/// The calls that `agent_id`, `status` and `after` let through. `None`: they let none through.
async fn listed(
    service: &Service,
    permit: &Permit<CallsRead>,
    directory: &Directory,
    query: &Query,
    limit: usize,
) -> Result<Option<page::Page>> {
    let Ok(agent) = by_agent(directory, query) else { return Ok(None) };
    let wanted = match query.text("status").map(status::wanted).transpose()? {
        Some(None) => return Ok(None),
        Some(wanted) => wanted,
        None => None,
    };
    let mut filter = filter(directory, agent, query)?;
    let mut word = None;
    if let Some(wanted) = wanted {
        (filter.statuses, filter.outcomes) = (wanted.statuses, wanted.outcomes);
        word = Some(wanted.word);
    }
    let matches = |record: &CallRecord| {
        is_of(record, directory, agent)
            && word.is_none_or(|word| status::word(&record.call) == word)
    };
    page::read(service, permit.allowed()?, filter, limit, matches).await.map(Some)
}

/// An agent that is asked for and is not there.
#[derive(Debug)]
pub(super) struct NoSuchAgent;

/// The profile that `agent_id` asks for.
pub(super) fn by_agent<'a>(
    directory: &'a Directory,
    query: &Query,
) -> Result<Option<&'a AgentProfile>, NoSuchAgent> {
    match query.text("agent_id") {
        None => Ok(None),
        Some(id) => directory.find(id).map(Some).ok_or(NoSuchAgent),
    }
}

/// What the store can select by `agent_id` and `after`.
pub(super) fn filter(
    directory: &Directory,
    agent: Option<&AgentProfile>,
    query: &Query,
) -> Result<CallsFilter> {
    Ok(CallsFilter {
        // Calls that named no profile are the default one's, too.
        agent: agent
            .filter(|profile| !directory.is_default(profile))
            .map(|profile| profile.name.clone()),
        created_before: query.time("after")?,
        ..CallsFilter::default()
    })
}

/// True if the agent of a call is this one.
pub(super) fn is_of(
    record: &CallRecord,
    directory: &Directory,
    agent: Option<&AgentProfile>,
) -> bool {
    let served = || directory.served_by(record.call.agent.as_ref());
    agent.is_none_or(|agent| served().is_some_and(|served| served.name == agent.name))
}

/// A call in a list.
pub(super) fn entry(record: &CallRecord, directory: &Directory) -> Value {
    let call = &record.call;
    let agent = directory.served_by(call.agent.as_ref());
    let asked = call.agent.as_ref().map(|name| name.as_str());
    json!({
        "id": call.id.as_uuid(),
        "conversation_id": null,
        "status": status::word(call),
        "duration": call.duration.map(|duration| duration.as_secs()),
        "agent_id": agent.map(|agent| directory.id(agent)),
        "agent_name": agent.map(|agent| agent.name.as_str()).or(asked),
        "created_at": Time(call.created_at),
    })
}

/// A call by itself.
fn details(record: &CallRecord, directory: &Directory, caller: &Caller) -> Value {
    let call = &record.call;
    let content = caller.has(ScopeName::CallsContent);
    let recording = call.recording.as_ref().filter(|_| content);
    let mut body = entry(record, directory);
    let more = json!({
        "direction": "outbound",
        "business_id": call.tenant.as_str(),
        "lead_id": record.request.lead_id,
        "summary": call.summary.as_ref().filter(|_| content),
        "recording_url": recording.map(|recording| recording.url.as_str()),
        "quality_dimensions": null,
        // Why no phone rang, or why it is not known.
        "error": call.fault.as_ref().map(|fault| fault.kind.as_str()),
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}
