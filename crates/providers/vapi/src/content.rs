//! The transcript and the recording of one call, both from its record.

use switchboard_core::{
    Error, ErrorKind, ProviderCallId, Recording, Result, Speaker, Transcript, TranscriptEntry,
};
use switchboard_http::seconds;

use crate::{VapiClient, convert, record, wire};

pub(crate) async fn transcript(client: &VapiClient, id: &ProviderCallId) -> Result<Transcript> {
    let call = record::read(client, id).await?;
    let entries = call.artifact.as_ref().map(entries).unwrap_or_default();
    if entries.is_empty() {
        let message = "this call has no transcript, or none yet";
        return Err(missing(client, "calls.transcript", message));
    }
    Ok(Transcript { entries, raw: call.raw })
}

pub(crate) async fn recording(client: &VapiClient, id: &ProviderCallId) -> Result<Recording> {
    let call = record::read(client, id).await?;
    let url = call.artifact.as_ref().and_then(convert::recording_url).ok_or_else(|| {
        missing(client, "calls.recording", "this call has no recording, or none yet")
    })?;
    let end = url.path().rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let format = end.filter(|end| {
        !end.is_empty() && end.len() <= 4 && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    Ok(Recording { url, duration: convert::duration(&call), format, raw: call.raw })
}

fn missing(client: &VapiClient, operation: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, message)
        .with_provider(client.provider().clone())
        .with_operation(operation)
}

/// The messages with their times, or else the lines of the text without times.
fn entries(artifact: &wire::Artifact) -> Vec<TranscriptEntry> {
    let spoken: Vec<_> = artifact.messages.iter().flatten().filter_map(entry).collect();
    if !spoken.is_empty() {
        return spoken;
    }
    let text = artifact.transcript.as_deref().unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty()).map(from_line).collect()
}

/// A message that was said aloud: the prompt and the calls of tools were not.
fn entry(message: &wire::Message) -> Option<TranscriptEntry> {
    let text = message.message.as_ref().filter(|text| !text.trim().is_empty())?;
    let speaker = speaker(message.role.as_deref().unwrap_or_default());
    let is_silent =
        matches!(&speaker, Speaker::Other(role) if role == "system" || role.contains("tool"));
    (!is_silent).then(|| TranscriptEntry {
        speaker,
        text: text.clone(),
        offset: message.seconds_from_start.and_then(seconds),
    })
}

/// One line of the text, `AI: words`.
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
    let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    if is(&["assistant", "bot", "ai", "agent"]) {
        Speaker::Agent
    } else if is(&["user", "customer"]) {
        Speaker::Callee
    } else {
        Speaker::Other(word.to_owned())
    }
}
