//! The transcript and the recording of one call.

use jiff::Timestamp;
use std::time::Duration;
use switchboard_core::{
    Error, ErrorKind, ProviderCallId, Recording, Result, Speaker, Transcript, TranscriptEntry,
};
use switchboard_http::{ReadBudget, ReadLimits, millis, usable_id};
use url::Url;

use crate::{TelnyxClient, history, wire};

pub(crate) async fn transcript(client: &TelnyxClient, id: &ProviderCallId) -> Result<Transcript> {
    let budget = ReadBudget::new(client.provider().clone(), ReadLimits::SEARCH);
    let client = client.within(&budget);
    let conversations = client.conversations().of_call(id.as_str()).await?.items;
    // A filter that is ignored would show somebody else's conversation.
    let ours = conversations.into_iter().find(|conversation| is_of(conversation, id));
    let Some(conversation) = ours.and_then(|conversation| usable_id(conversation.id)) else {
        return Err(missing(
            &client,
            "calls.transcript",
            "this call has no transcript, or none yet",
        ));
    };
    let messages = client.conversations().messages(&conversation).await?;
    let answered = answered_at(&client, &budget, id).await?;
    let begun = answered.or_else(|| messages.items.iter().filter_map(|one| one.sent_at).min());
    let entries: Vec<_> = messages.items.iter().map(|one| entry(one, begun)).collect();
    if entries.is_empty() {
        return Err(missing(
            &client,
            "calls.transcript",
            "this call has no transcript, or none yet",
        ));
    }
    let raw = serde_json::to_value(&messages).unwrap_or_default().into();
    Ok(Transcript { entries, raw })
}

pub(crate) async fn recording(client: &TelnyxClient, id: &ProviderCallId) -> Result<Recording> {
    let none = || missing(client, "calls.recording", "this call has no recording, or none yet");
    let leg = usable_id(client.calls().get(id.as_str()).await?.call_leg_id).ok_or_else(none)?;
    let recordings = client.conversations().recordings(&leg).await?.items;
    let found = recordings.into_iter().find_map(|recording| {
        // A filter that is ignored would show the sound of somebody else's call.
        if recording.call_leg_id.as_deref().is_some_and(|theirs| theirs != leg) {
            return None;
        }
        let urls = recording.download_urls.as_ref()?;
        let (url, format) = match (&urls.mp3, &urls.wav) {
            (Some(url), _) => (url, "mp3"),
            (None, Some(url)) => (url, "wav"),
            (None, None) => return None,
        };
        Some(Recording {
            url: Url::parse(url).ok()?,
            duration: recording.duration_millis.and_then(millis),
            format: Some(format.to_owned()),
            raw: recording.raw,
        })
    });
    found.ok_or_else(none)
}

fn is_of(conversation: &wire::Conversation, id: &ProviderCallId) -> bool {
    let metadata = conversation.metadata.as_ref();
    metadata.and_then(|metadata| metadata.get("call_control_id")?.as_str()) == Some(id.as_str())
}

/// When the call was answered, as far as the history has it.
async fn answered_at(
    client: &TelnyxClient,
    budget: &ReadBudget,
    id: &ProviderCallId,
) -> Result<Option<Timestamp>> {
    match usable_id(client.calls().get(id.as_str()).await?.call_leg_id) {
        Some(leg) => Ok(history::course(client, budget, id, &leg).await?.answered_at),
        None => Ok(None),
    }
}

fn entry(message: &wire::Message, begun: Option<Timestamp>) -> TranscriptEntry {
    let offset = begun.zip(message.sent_at).map(|(from, to)| to.duration_since(from));
    TranscriptEntry {
        speaker: match message.role.as_deref() {
            Some("assistant") => Speaker::Agent,
            Some("user") => Speaker::Callee,
            other => Speaker::Other(other.unwrap_or_default().to_owned()),
        },
        text: message.text.clone().unwrap_or_default(),
        offset: offset.and_then(|offset| Duration::try_from(offset).ok()),
    }
}

fn missing(client: &TelnyxClient, operation: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, message)
        .with_provider(client.provider().clone())
        .with_operation(operation)
}
