//! Conversations with their messages and insights, and recordings.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::history::bounds;
use super::pages::{filtered, page};
use super::state::{Record, SimState, iso};
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/ai/conversations", get(list))
        .route("/v2/ai/conversations/{id}/messages", get(messages))
        .route("/v2/ai/conversations/{id}/conversations-insights", get(insights))
        .route("/v2/recordings", get(recordings))
}

/// When the conversation began, if there is one.
fn began(sim: &SimState, record: &Record) -> Option<Timestamp> {
    record.wanted.assistant.as_ref()?;
    record.course.times(sim.host.timeline).0
}

/// A filter may be a bare value or, as in `eq.value`, one with an operator.
fn is(params: &Params, name: &str, held: &str) -> bool {
    params.get(name).is_none_or(|wanted| wanted.strip_prefix("eq.").unwrap_or(wanted) == held)
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params.number("limit", 50).ok().filter(|limit| (1..=1000).contains(limit));
    let limit = limit.ok_or_else(|| Refused::value("limit", "must be 1 to 1000"))?;
    let (later, bound) = match params.get("created_at") {
        None => (true, None),
        Some(text) => {
            let (word, time) = text.split_once('.').unwrap_or(("gte", text));
            let known = ["gte", "gt", "lte", "lt"].contains(&word);
            let bound = time.parse::<Timestamp>().ok().filter(|_| known);
            let error = || Refused::value("created_at", "must be like gte.2026-01-01T00:00:00Z");
            (word.starts_with('g'), Some(bound.ok_or_else(error)?))
        }
    };
    let calls = sim.calls.lock();
    let mut rows: Vec<Value> = Vec::new();
    for record in &calls.records {
        let Some(at) = began(&sim, record) else { continue };
        let Some((assistant, version, _)) = &record.wanted.assistant else { continue };
        let lets = is(&params, "metadata->call_control_id", &record.id)
            && is(&params, "metadata->assistant_id", assistant)
            && is(&params, "metadata->telnyx_end_user_target", &record.wanted.to)
            && bound.is_none_or(|bound| if later { at >= bound } else { at <= bound })
            && !sim.host.faults.hidden(&record.wanted.to, record.accepted);
        if lets {
            rows.push(json!({
                "id": record.conversation, "name": "A simulated call", "created_at": iso(at),
                "last_message_at": iso(at), "metadata": {
                    "assistant_id": assistant, "assistant_version_id": version,
                    "call_control_id": record.id, "telnyx_agent_target": record.wanted.from,
                    "telnyx_conversation_channel": "phone_call",
                    "telnyx_end_user_target": record.wanted.to,
                },
            }));
        }
    }
    if params.get("order").is_none_or(|order| order.ends_with("desc")) {
        rows.reverse();
    }
    rows.truncate(limit);
    Ok(Json(json!({"data": rows})).into_response())
}

fn with(sim: &SimState, id: &str, answer: impl FnOnce(&Record, Timestamp) -> Value) -> Answer {
    let calls = sim.calls.lock();
    let record = calls.records.iter().find(|record| record.conversation == id);
    let found = record.and_then(|record| Some((record, began(sim, record)?)));
    let (record, at) = found.ok_or_else(|| Refused::unknown("the conversation"))?;
    Ok(Json(json!({"data": answer(record, at)})).into_response())
}

async fn messages(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    with(&sim, &id, |record, at| {
        let after = |millis| iso(at.checked_add(SignedDuration::from_millis(millis)).unwrap_or(at));
        let greeting = record.wanted.assistant.as_ref().and_then(|(_, _, greeting)| {
            greeting.as_deref().filter(|_| !sim.config.ignores_instructions)
        });
        let greeting = greeting.unwrap_or("Hello, this is a simulated call.");
        json!([
            {"role": "assistant", "text": greeting, "sent_at": after(700)},
            {"role": "user", "text": "Hi, how can I help you?", "sent_at": after(3200)},
        ])
    })
}

async fn insights(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    with(&sim, &id, |record, at| {
        if !record.settled {
            return json!([]);
        }
        json!([{
            "id": record.conversation, "status": "completed", "created_at": iso(at),
            "conversation_insights": [{"insight_id": record.leg, "result": "A simulated talk."}],
        }])
    })
}

impl SimState {
    /// The URL of a recording, which expires.
    pub(crate) fn recording_url(&self, id: &str, format: &str) -> String {
        let name = self.seed.secret(&format!("recording/{id}"));
        format!("https://storage.simulated.invalid/{name}.{format}?X-Amz-Expires=600")
    }
}

async fn recordings(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let line = sim.host.timeline.frozen();
    let bounds = bounds(&params, "created_at")?;
    let calls = sim.calls.lock();
    let rows: Vec<Value> = calls
        .records
        .iter()
        .rev()
        .filter(|record| record.settled && record.wanted.recorded && record.course.is_answered(line))
        .filter(|record| bounds.iter().all(|(holds, bound)| holds(&record.made, bound)))
        .filter(|record| {
            filtered(
                &params,
                &[
                    ("call_leg_id", &record.leg),
                    ("call_session_id", &record.session),
                    ("from", &record.wanted.from),
                    ("to", &record.wanted.to),
                ],
            )
        })
        .map(|record| {
            json!({
                "record_type": "recording", "id": sim.seed.uuid(&format!("recording/{}", record.id)),
                "call_control_id": record.id, "call_leg_id": record.leg,
                "call_session_id": record.session, "status": "completed", "channels": "single",
                "created_at": iso(record.made),
                "duration_millis": u64::try_from(record.course.talked(line).as_millis()).unwrap_or(0),
                "download_urls": {
                    "mp3": sim.recording_url(&record.id, "mp3"),
                    "wav": sim.recording_url(&record.id, "wav"),
                },
            })
        })
        .collect();
    page(rows, &params)
}
