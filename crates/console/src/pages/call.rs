//! A call: where it stands, what proves it, and what was planned.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::Value;
use switchboard::{CallId, CallStatus};
use switchboard_api::{
    Code,
    caller::{CallsContent, CallsRead, ScopeName},
    problem::Problem,
    service::CallRecord,
    wire::Transcript,
};
use uuid::Uuid;

use crate::{
    console::Console,
    failure::{Failure, page},
    form::Form,
    frame::{Frame, Place},
    pages::{
        call_view::{CallView, Fact, PlanView},
        calls::{Choice, OUTCOMES, word_of},
    },
    visitor::Visitor,
    words,
};

/// Facts that are shown.
const FACTS: usize = 500;

/// What is shown only if somebody asks for it.
struct Content {
    task: String,
    callee: Option<String>,
    summary: Option<String>,
    next_steps: Option<String>,
    said: Vec<Said>,
    /// Why there are no words.
    unsaid: Option<String>,
    curl: String,
}

struct Said {
    speaker: String,
    text: String,
    /// True for the agent's own words.
    ours: bool,
}

#[derive(Template)]
#[template(path = "call.html")]
struct Page {
    frame: Frame,
    call: CallView,
    facts: Vec<Fact>,
    no_facts: Option<String>,
    plan: Option<PlanView>,
    content: Option<Content>,
    may_show: bool,
    may_stop: bool,
    may_resolve: bool,
    may_place: bool,
    outcomes: Vec<Choice>,
    /// The key of the call that "place again" makes: sent twice, it is one call.
    again: String,
}

pub(super) fn id_of(text: &str) -> Result<CallId, Problem> {
    text.parse().map_err(|_| Problem::not_found("call"))
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let record = console.service().call(visitor.may::<CallsRead>()?, id).await?;
    shown(&console, &visitor, &record, None).await
}

/// The same with the number and the words. It is a form, because it is written down.
pub(crate) async fn open(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<CallsContent>()?;
    let id = id_of(&id)?;
    let record = console.service().open_call(by, id).await?;
    let call = record.seen_by(visitor.who());
    let (said, unsaid) = match console.service().transcript(by, id).await {
        Ok(transcript) => (said(&Transcript::new(id, &transcript)), None),
        Err(problem) => match problem.code() {
            Code::NotOver => {
                (Vec::new(), Some("What is said can be read when it is over.".to_owned()))
            }
            Code::NoTranscript => {
                (Vec::new(), Some("The provider has no transcript of it.".to_owned()))
            }
            _ => (
                Vec::new(),
                Some(format!("The transcript cannot be read now: {}.", problem.detail())),
            ),
        },
    };
    let content = Content {
        task: record.request.task.clone(),
        callee: record.request.callee_name.clone(),
        summary: call.summary.clone(),
        next_steps: call.next_steps.clone(),
        said,
        unsaid,
        curl: curl(console.service().public_url().as_str(), &record),
    };
    shown(&console, &visitor, &record, Some(content)).await
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    record: &CallRecord,
    content: Option<Content>,
) -> Result<Response, Failure> {
    let id = record.call.id;
    // Facts have words of their own, which are shown with the others.
    let masked = visitor.may::<CallsRead>()?;
    let reader = if content.is_some() { visitor.may_in_full::<CallsRead>()? } else { masked };
    let call = record.seen_by(reader.caller());
    let service = console.service();
    let (facts, no_facts) = match service.history(reader, id, None, FACTS).await {
        Ok(history) => (history.data.iter().map(Fact::new).collect(), None),
        Err(problem) if problem.code() == Code::Unsupported => {
            (Vec::new(), Some(problem.detail().to_owned()))
        }
        Err(problem) => return Err(problem.into()),
    };
    let plan = match service.plan_of(reader, id).await {
        Ok(plan) => Some(PlanView::new(&plan)),
        Err(problem) if matches!(problem.code(), Code::NoPlan | Code::Unsupported) => None,
        Err(problem) => return Err(problem.into()),
    };
    let title = format!("Call to {}", call.to);
    page(&Page {
        frame: visitor.frame(Place::Calls, title),
        may_show: content.is_none() && visitor.has(ScopeName::CallsContent),
        may_stop: !call.settled && visitor.has(ScopeName::CallsWrite),
        may_resolve: matches!(record.call.status, CallStatus::Indeterminate | CallStatus::Stalled)
            && visitor.has(ScopeName::CallsResolve),
        may_place: visitor.has(ScopeName::CallsWrite) && call.settled,
        outcomes: OUTCOMES
            .iter()
            .map(|one| Choice { word: word_of(one), label: words::outcome(*one), chosen: false })
            .collect(),
        again: Uuid::new_v4().to_string(),
        call: CallView::new(&call),
        facts,
        no_facts,
        plan,
        content,
    })
}

fn said(transcript: &Transcript) -> Vec<Said> {
    let entries = transcript.entries.iter();
    let said = entries.map(|entry| Said {
        speaker: entry.speaker.clone(),
        text: entry.text.clone(),
        ours: entry.speaker == "agent",
    });
    said.collect()
}

/// A command that places the same call, with a key of its own.
fn curl(base: &str, record: &CallRecord) -> String {
    let mut body = serde_json::to_value(record.request.to_request()).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut body {
        for ours in ["idempotency_key", "row_key", "batch", "not_before", "not_after", "overrides"]
        {
            fields.remove(ours);
        }
        fields.retain(|_, value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
            Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
        });
    }
    let body = body.to_string().replace('\'', "'\\''");
    let base = base.trim_end_matches('/');
    format!(
        "curl {base}/v1/calls -H \"Authorization: Bearer $KEY\" \\\n  \
         -H 'Content-Type: application/json' -H \"Idempotency-Key: $(uuidgen)\" \\\n  -d '{body}'"
    )
}
