//! What an endpoint is sent.

use serde_json::{Value, json};
use switchboard::{
    Call, CallStatus, Outcome,
    journal::server::{DueDelivery, EndpointFormat, FeedEvent},
};

use crate::{
    Service,
    wire::{Event, Time},
};

/// A body has less than this many bytes: metadata that makes it larger is left out.
const LARGEST: usize = 20_000;

/// The events that have a form in KaiCalls' webhooks.
pub(crate) const KAICALLS_EVENTS: [&str; 3] = ["call.ended", "call.refused", "call.withdrawn"];

/// Why there is no body. Both are kinds of failures in the list of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoBody {
    /// The person was erased, or the event has no such form: it can never be sent.
    Never(&'static str),
    /// The call could not be read now.
    NotNow,
}

/// The body of a delivery, in its endpoint's format.
pub(super) async fn of(service: &Service, due: &DueDelivery) -> Result<String, NoBody> {
    let settings = &due.endpoint.settings;
    match settings.format {
        EndpointFormat::Standard if settings.metadata && due.event.call.is_some() => {
            // Without the call it goes without metadata.
            Ok(match call(service, &due.event).await {
                Ok(call) => with_metadata(&due.event, &call),
                Err(NoBody::Never(_)) => Event::from(&due.event).to_json(),
                Err(NoBody::NotNow) => return Err(NoBody::NotNow),
            })
        }
        EndpointFormat::Standard => Ok(Event::from(&due.event).to_json()),
        EndpointFormat::Kaicalls => {
            let call = call(service, &due.event).await?;
            kaicalls(&due.event, &call).ok_or(NoBody::Never("no_such_form"))
        }
    }
}

/// The call of an event, if the person is still known.
async fn call(service: &Service, event: &FeedEvent) -> Result<Call, NoBody> {
    let id = event.call.ok_or(NoBody::Never("no_such_form"))?;
    match service.store().find_one(id, event.tenant.as_ref()).await {
        Ok(Some((call, Some(_)))) => Ok(call),
        Ok(Some((_, None)) | None) => Err(NoBody::Never("erased")),
        Err(error) => {
            tracing::warn!(%error, "the call of a webhook could not be read");
            Err(NoBody::NotNow)
        }
    }
}

fn with_metadata(event: &FeedEvent, call: &Call) -> String {
    let mut wire = Event::from(event);
    let thin = wire.to_json();
    if let Some(Value::Object(about)) = wire.data.get_mut("call") {
        about.insert("metadata".to_owned(), json!(call.metadata));
    }
    let whole = wire.to_json();
    if whole.len() < LARGEST { whole } else { thin }
}

/// The flat body that KaiCalls documents for `webhook_url`.
fn kaicalls(event: &FeedEvent, call: &Call) -> Option<String> {
    if !KAICALLS_EVENTS.contains(&event.kind.as_str()) {
        return None;
    }
    let completed = call.status == CallStatus::Closed
        && matches!(call.outcome, Some(Outcome::Completed | Outcome::Voicemail));
    let body = if completed {
        json!({
            "event": "call.completed",
            "call_id": call.id,
            "status": "completed",
            "duration": call.duration.map(|duration| duration.as_secs()),
            "recording_url": call.recording.as_ref().map(|recording| recording.url.as_str()),
            "summary": call.summary,
            "timestamp": Time(event.at),
        })
    } else {
        let fault = call.fault.as_ref().map(|fault| fault.kind.as_str());
        json!({
            "event": "call.failed",
            "call_id": call.id,
            "status": "failed",
            "error": call.outcome.map_or(json!(fault), |outcome| json!(outcome)),
            "timestamp": Time(event.at),
        })
    };
    Some(body.to_string())
}
