//! The transcript of one call, from its record.

use switchboard_core::{
    Error, ErrorKind, ProviderCallId, Result, Speaker, Transcript, TranscriptEntry,
};
use switchboard_http::seconds;

use crate::{CallEClient, record, wire};

/// The whole transcript: while the call is in progress or its result is pending, more may come, and
/// what the callee asked for at the end would be missing.
pub(crate) async fn transcript(client: &CallEClient, id: &ProviderCallId) -> Result<Transcript> {
    let call = record::read(client, id).await?;
    let is_over = matches!(call.status.as_deref(), Some("completed" | "failed" | "canceled"));
    let is_whole = is_over && call.result_status.as_deref() != Some("pending");
    let entries: Vec<_> = call.transcript.iter().flatten().map(entry).collect();
    if entries.is_empty() || !is_whole {
        let message = "this call has no transcript, or none yet";
        return Err(Error::new(ErrorKind::NotFound, message)
            .with_provider(client.provider().clone())
            .with_operation("calls.transcript"));
    }
    Ok(Transcript { entries, raw: call.raw })
}

fn entry(utterance: &wire::Utterance) -> TranscriptEntry {
    TranscriptEntry {
        speaker: match utterance.speaker.as_deref() {
            Some("bot") => Speaker::Agent,
            Some("user") => Speaker::Callee,
            other => Speaker::Other(other.unwrap_or_default().to_owned()),
        },
        text: utterance.text.clone().unwrap_or_default(),
        offset: utterance.offset_seconds.and_then(seconds),
    }
}
