//! The transcript and the recording of one call.
//!
//! Document 004 has a recording's URL in the call's detail and no transcript. The SDK has endpoints
//! for both, with undocumented answers, so several shapes are read and the raw answer is kept.

use std::collections::HashSet;
use switchboard_http::fields::Field;

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_core::{
    Error, ErrorKind, ProviderCallId, Raw, Recording, Result, Speaker, Transcript, TranscriptEntry,
};
use switchboard_http::{ReadBudget, ReadLimits};
use url::Url;

use crate::{KaiCallsClient, api::TranscriptQuery, convert, record};

const PAGE: u32 = 100;
/// The search ends after a thousand of the agent's transcripts.
const TRANSCRIPT_LIMITS: ReadLimits =
    ReadLimits { pages: 10, rows: 10_000, bytes: 16 << 20, requests: 20 };
const OVERLAP: SignedDuration = SignedDuration::from_secs(1);

/// The transcript in the call's detail if it has one, otherwise the one in the list.
pub(crate) async fn transcript(client: &KaiCallsClient, id: &ProviderCallId) -> Result<Transcript> {
    let call = record::read(client, id).await?;
    if let Some(entries) =
        call.transcript.as_ref().map(entries).filter(|entries| !entries.is_empty())
    {
        return Ok(Transcript { entries, raw: call.raw });
    }
    let mut query = TranscriptQuery::new().limit(PAGE);
    if let Some(agent) = &call.agent_id {
        query = query.agent_id(agent.as_str());
    }
    let mut seen = HashSet::new();
    let budget = ReadBudget::new(client.provider().clone(), TRANSCRIPT_LIMITS);
    let within = client.within(&budget);
    loop {
        budget.page()?;
        let page = within.transcripts().list(&query).await?;
        budget.rows(page.items.len())?;
        let before = seen.len();
        let oldest = page.items.iter().filter_map(|row| row.created_at.as_ref()?.timestamp()).min();
        for row in page.items {
            if row.call_id.as_deref() == Some(id.as_str()) {
                let spoken = [&row.messages, &row.content]
                    .into_iter()
                    .flatten()
                    .map(entries)
                    .find(|entries| !entries.is_empty());
                return Ok(Transcript { entries: spoken.unwrap_or_default(), raw: row.raw });
            }
            seen.extend(row.call_id);
        }
        let more = page.has_more.unwrap_or(false) && seen.len() > before;
        let Some(after) =
            oldest.filter(|_| more).and_then(|oldest| oldest.checked_add(OVERLAP).ok())
        else {
            break;
        };
        query = query.after(convert::whole_second(after).to_string());
    }
    Err(missing(client, "transcripts.list", "this call has no transcript, or none yet"))
}

/// A freshly signed URL, or else the one in the call's detail.
pub(crate) async fn recording(client: &KaiCallsClient, id: &ProviderCallId) -> Result<Recording> {
    match client.recordings().get(id.as_str()).await {
        Ok(answer) => {
            if let Some(url) = url(answer.recording_url.as_ref()) {
                return Ok(found(url, answer.duration, answer.format, answer.raw));
            }
        }
        Err(error) => {
            tracing::debug!(provider = %client.provider(), error = error.kind().as_str(), "no signed recording: looking in the call's detail");
        }
    }
    let call = record::read(client, id).await?;
    match url(call.recording_url.as_ref()) {
        Some(url) => Ok(found(url, call.duration, None, call.raw)),
        None => Err(missing(client, "recordings.get", "this call has no recording, or none yet")),
    }
}

fn found(url: Url, duration: Option<Decimal>, format: Option<String>, raw: Raw) -> Recording {
    let format = format.or_else(|| {
        Some(url.path().rsplit_once('.')?.1.to_ascii_lowercase())
            .filter(|end| end.len() <= 4 && !end.is_empty())
    });
    Recording { url, duration: duration.and_then(convert::seconds), format, raw }
}

fn url(text: Option<&String>) -> Option<Url> {
    Url::parse(text?).ok()
}

fn missing(client: &KaiCallsClient, operation: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, message)
        .with_provider(client.provider().clone())
        .with_operation(operation)
}

/// Utterances from a list of objects, or from text with one `Speaker: words` per line.
pub(crate) fn entries(content: &Value) -> Vec<TranscriptEntry> {
    match content {
        Value::String(text) => {
            text.lines().filter(|line| !line.trim().is_empty()).map(from_line).collect()
        }
        Value::Array(rows) => {
            rows.iter().map(|row| from_row(row).unwrap_or_else(|| unreadable(row))).collect()
        }
        Value::Object(object) => ["entries", "messages", "transcript", "text"]
            .iter()
            .find_map(|name| object.get(*name))
            .map(entries)
            .unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn from_line(line: &str) -> TranscriptEntry {
    let named = line
        .split_once(':')
        .filter(|(name, _)| !name.trim().is_empty() && name.chars().count() <= 20);
    match named {
        Some((name, text)) => {
            TranscriptEntry { speaker: speaker(name), text: text.trim().to_owned(), offset: None }
        }
        None => TranscriptEntry {
            speaker: Speaker::Other(String::new()),
            text: line.trim().to_owned(),
            offset: None,
        },
    }
}

fn from_row(row: &Value) -> Option<TranscriptEntry> {
    if let Some(text) = row.as_str() {
        return Some(from_line(text));
    }
    let mut object = row.as_object()?.clone();
    let text = String::take(&mut object, &["text", "message", "content", "transcript"])?;
    let name = String::take(&mut object, &["speaker", "role"]).unwrap_or_default();
    let offset = Decimal::take(
        &mut object,
        &["offset", "offset_seconds", "seconds_from_start", "secondsFromStart"],
    )
    .and_then(convert::seconds);
    Some(TranscriptEntry { speaker: speaker(&name), text, offset })
}

/// An unreadable part of a conversation is shown as received: without it the conversation would be
/// a different one.
fn unreadable(row: &Value) -> TranscriptEntry {
    TranscriptEntry {
        speaker: Speaker::Other("unreadable".to_owned()),
        text: row.to_string(),
        offset: None,
    }
}

fn speaker(word: &str) -> Speaker {
    const AGENT: [&str; 4] = ["agent", "assistant", "ai", "bot"];
    const CALLEE: [&str; 5] = ["user", "customer", "callee", "caller", "human"];
    let lower = word.trim().to_ascii_lowercase();
    if AGENT.contains(&lower.as_str()) {
        Speaker::Agent
    } else if CALLEE.contains(&lower.as_str()) {
        Speaker::Callee
    } else {
        Speaker::Other(word.trim().to_owned())
    }
}
