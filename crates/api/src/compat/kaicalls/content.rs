//! Recordings and transcripts.

use axum::{Json as Answer, extract::State};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use switchboard::{CallStatus, Outcome, Transcript, core::Speaker};

use crate::{
    Service,
    caller::{Allowed, CallsContent, CallsRead},
    extract::Permit,
    problem::{Code, Result},
    service::CallRecord,
};

use super::{
    calls::{by_agent, call_id, entry, filter, is_of},
    directory::Directory,
    page,
    query::Query,
};

const USUAL: usize = 50;
const MOST: usize = 100;
/// Transcripts that are read from providers at the same time.
const AT_ONCE: usize = 4;

/// Where the recording of a call is, and whether there is one.
pub(super) async fn recording(
    State(service): State<Service>,
    permit: Permit<CallsContent>,
    query: Query,
) -> Result<Answer<Value>> {
    let text = query.needed("call_id")?;
    permit.be_patient();
    let (status, recording) = match service.recording(permit.allowed()?, call_id(text)?).await {
        Ok(recording) => ("available", Some(recording)),
        Err(problem) if problem.code() == Code::NotOver => ("processing", None),
        Err(problem) if problem.code() == Code::NoRecording => ("unavailable", None),
        Err(problem) => return Err(problem),
    };
    Ok(Answer(json!({
        "call_id": text,
        "status": status,
        "recording_url": recording.as_ref().map(|recording| recording.url.as_str()),
        "format": recording.as_ref().and_then(|recording| recording.format.as_deref()),
    })))
}

/// What was said on calls, newest first.
pub(super) async fn transcripts(
    State(service): State<Service>,
    permit: Permit<CallsContent>,
    query: Query,
) -> Result<Answer<Value>> {
    let limit = query.limit(USUAL, MOST)?;
    let allowed = permit.allowed()?;
    let reads = allowed.caller().allowed::<CallsRead>()?;
    let directory = Directory::of(&service, reads);
    let Ok(agent) = by_agent(&directory, &query) else {
        return Ok(Answer(json!({"transcripts": [], "has_more": false})));
    };
    permit.be_patient();
    let mut filter = filter(&directory, agent, &query)?;
    filter.statuses = vec![CallStatus::Closed];
    filter.outcomes = vec![Outcome::Completed, Outcome::Voicemail];
    filter.created_after = query.number("days")?.map(|days| since(service.clock().now(), days));
    let matches = |record: &CallRecord| is_of(record, &directory, agent);
    let found = page::read(&service, reads, filter, limit, matches).await?;
    let mut rows = Vec::with_capacity(found.records.len());
    for record in &found.records {
        rows.push(row(&service, allowed, record, &directory).boxed());
    }
    let rows: Vec<Option<Value>> = stream::iter(rows).buffered(AT_ONCE).try_collect().await?;
    let transcripts: Vec<Value> = rows.into_iter().flatten().collect();
    Ok(Answer(json!({"transcripts": transcripts, "has_more": found.has_more})))
}

fn since(now: Timestamp, days: usize) -> Timestamp {
    let hours = i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(24).min(24 * 36_500);
    now.checked_sub(hours.hours()).unwrap_or(Timestamp::MIN)
}

/// One call with what was said. `None` if its provider has no transcript; null if the provider could
/// not be asked now.
async fn row(
    service: &Service,
    by: Allowed<'_, CallsContent>,
    record: &CallRecord,
    directory: &Directory,
) -> Result<Option<Value>> {
    let text = match service.transcript(by, record.call.id).await {
        Ok(transcript) => Some(in_one(&transcript)),
        Err(problem) => match problem.code() {
            Code::ProviderFailed | Code::ProviderTimeout => None,
            // It may also have been erased meanwhile.
            Code::NoTranscript | Code::NotOver | Code::NotFound => return Ok(None),
            _ => return Err(problem),
        },
    };
    let mut body = entry(record, directory);
    if let Value::Object(body) = &mut body {
        if let Some(id) = body.remove("id") {
            body.insert("call_id".to_owned(), id);
        }
        body.insert("summary".to_owned(), json!(record.call.summary));
        body.insert("transcript".to_owned(), json!(text));
    }
    Ok(Some(body))
}

/// The whole conversation as one text, as KaiCalls has it.
fn in_one(transcript: &Transcript) -> String {
    let line = |speaker: &Speaker, text: &str| {
        let who = match speaker {
            Speaker::Agent => "AI",
            Speaker::Callee => "User",
            Speaker::Other(name) => name,
        };
        format!("{who}: {text}\n")
    };
    transcript.entries.iter().map(|entry| line(&entry.speaker, &entry.text)).collect()
}
