//! The transcript and the recording of one call, both from its record.

use switchboard_core::{
    Error, ErrorKind, ProviderCallId, Recording, Result, Speaker, Transcript, TranscriptEntry,
};
use switchboard_http::{millis, seconds};
use url::Url;

use crate::{RetellClient, record, wire};

pub(crate) async fn transcript(client: &RetellClient, id: &ProviderCallId) -> Result<Transcript> {
    let call = record::read(client, id).await?;
    let entries = entries(&call);
    if entries.is_empty() {
        return Err(missing(
            client,
            "calls.transcript",
            "this call has no transcript, or none yet",
        ));
    }
    Ok(Transcript { entries, raw: call.raw })
}

pub(crate) async fn recording(client: &RetellClient, id: &ProviderCallId) -> Result<Recording> {
    let call = record::read(client, id).await?;
    let url = call.recording_url.as_deref().and_then(|url| Url::parse(url).ok());
    let url = url.ok_or_else(|| {
        missing(client, "calls.recording", "this call has no recording, or none yet")
    })?;
    let end = url.path().rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let format = end.filter(|end| {
        !end.is_empty() && end.len() <= 4 && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let duration = call.duration_ms.and_then(millis);
    Ok(Recording { url, duration, format, raw: call.raw })
}

fn missing(client: &RetellClient, operation: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, message)
        .with_provider(client.provider().clone())
        .with_operation(operation)
}

/// The utterances with their times, or else those of the text without times.
fn entries(call: &wire::Call) -> Vec<TranscriptEntry> {
    let spoken = call.transcript_object.iter().flatten().map(entry).collect::<Vec<_>>();
    if !spoken.is_empty() {
        return spoken;
    }
    let text = call.transcript.as_deref().unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty()).map(from_line).collect()
}

fn entry(utterance: &wire::Utterance) -> TranscriptEntry {
    let first = utterance.words.as_ref().and_then(|words| words.first());
    TranscriptEntry {
        speaker: speaker(utterance.role.as_deref().unwrap_or_default()),
        text: utterance.content.clone().unwrap_or_default(),
        offset: first.and_then(|word| word.start).and_then(seconds),
    }
}

/// One line of the text, `Agent: words`.
fn from_line(line: &str) -> TranscriptEntry {
    let named = line
        .split_once(':')
        .map(|(name, text)| (speaker(name), text))
        .filter(|(speaker, _)| matches!(speaker, Speaker::Agent | Speaker::Callee));
    let (speaker, text) = named.unwrap_or((Speaker::Other(String::new()), line));
    TranscriptEntry { speaker, text: text.trim().to_owned(), offset: None }
}

fn speaker(word: &str) -> Speaker {
    let word = word.trim();
    if word.eq_ignore_ascii_case("agent") {
        Speaker::Agent
    } else if word.eq_ignore_ascii_case("user") {
        Speaker::Callee
    } else {
        Speaker::Other(word.to_owned())
    }
}
