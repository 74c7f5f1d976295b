//! Placing calls.

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Service,
    caller::{CallsContent, CallsWrite},
    extract::{Json, Permit},
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    wire::{NewCall, Time},
};

use super::{directory::Directory, status};

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const SHORTEST: u32 = 30;
const LONGEST: u32 = 3_600;

/// A call as clients of KaiCalls ask for it. A field that is not known is refused: a misspelt limit
/// would otherwise have no effect.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    agent_id: String,
    to: String,
    name: Option<String>,
    customer_name: Option<String>,
    context: Option<String>,
    #[serde(rename = "firstMessage")]
    first_message_camel: Option<String>,
    first_message: Option<String>,
    lead_id: Option<String>,
    webhook_url: Option<String>,
    max_duration: Option<u32>,
    business_id: Option<String>,
}

/// The first of two spellings that says something.
fn said(one: Option<&String>, other: Option<&String>) -> Option<String> {
    [one, other].into_iter().flatten().find(|text| !text.trim().is_empty()).cloned()
}

impl Asked {
    fn name(&self) -> Option<String> {
        said(self.name.as_ref(), self.customer_name.as_ref())
    }

    fn new_call(&self, agent: &str, default_task: &str) -> Result<NewCall> {
        if let Some(seconds) = self.max_duration
            && !(SHORTEST..=LONGEST).contains(&seconds)
        {
            let fix = format!("write a number of seconds from {SHORTEST} to {LONGEST}");
            return Err(Problem::invalid("max_duration", "is out of range", fix));
        }
        let task = said(self.context.as_ref(), None).unwrap_or_else(|| default_task.to_owned());
        let mut new = NewCall::new(self.to.clone(), task);
        new.tenant = said(self.business_id.as_ref(), None);
        new.agent = Some(agent.to_owned());
        new.callee_name = self.name();
        new.first_message = said(self.first_message.as_ref(), self.first_message_camel.as_ref());
        new.lead_id = said(self.lead_id.as_ref(), None);
        new.max_duration_seconds = self.max_duration;
        Ok(new)
    }
}

/// Accepts a call. It is written down when this is answered.
pub(super) async fn place(
    State(service): State<Service>,
    permit: Permit<CallsWrite>,
    headers: HeaderMap,
    Json(asked): Json<Asked>,
) -> Result<Response> {
    let allowed = permit.allowed()?;
    let key = RequestKey::optional(&headers)?;
    let directory = Directory::of(&service, allowed);
    let profile = directory.find(&asked.agent_id).ok_or_else(no_agent)?;
    let new = asked.new_call(profile.name.as_str(), default_task(&service))?;
    // Whatever can be refused is refused before the call is there.
    let webhook = match said(asked.webhook_url.as_ref(), None) {
        Some(url) => {
            let content = allowed.caller().allowed::<CallsContent>()?;
            service.check_webhook_url("webhook_url", &url)?;
            Some((content, url))
        }
        None => None,
    };
    let placed = service.place(allowed, &new, key.as_ref(), None).await.map_err(theirs)?;

    let call = &placed.record.call;
    let mut body = json!({
        "id": call.id.as_uuid(), "conversation_id": null, "status": status::word(call),
        "agent_id": asked.agent_id, "to": asked.to, "name": asked.name(),
        "created_at": Time(call.created_at),
    });
    if let Some((content, url)) = webhook {
        let since = call.created_at;
        let made = service.create_call_endpoint(content, &call.tenant, call.id, &url, since);
        // The call is there, so there is no failure any more: the answer says what is not.
        let stored = made.await.inspect_err(|problem| {
            tracing::error!(%problem, call = %call.id, "a call's webhook could not be stored");
        });
        body["webhook_url"] = json!(stored.ok().map(|()| url));
    }
    let mut response = (StatusCode::CREATED, Answer(body)).into_response();
    let replayed = if placed.replayed { "true" } else { "false" };
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static(replayed));
    Ok(response)
}

/// The task of calls without a context.
fn default_task(service: &Service) -> &str {
    service.settings().kaicalls.as_ref().map_or("", |surface| surface.default_task.as_str())
}

fn no_agent() -> Problem {
    Problem::new(Code::NotFound, "means no agent that is configured here")
        .field("agent_id")
        .fix("write the id of a KaiCalls agent of an agent profile, or the profile's name")
}

/// The same problem with the field's name as this surface has it.
fn theirs(problem: Problem) -> Problem {
    let field = match problem.wrong_field() {
        Some("task") => "context",
        Some("callee_name") => "name",
        Some("agent") => "agent_id",
        Some("max_duration_seconds") => "max_duration",
        Some("tenant") => "business_id",
        _ => return problem,
    };
    problem.field(field)
}
