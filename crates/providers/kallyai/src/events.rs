//! Inbound events and pending notifications as neutral events.
//!
//! An event needs an id that stays the same, or it would be handed out twice. If the provider gives
//! none, the id is derived from the content.

use switchboard_core::{Event, EventKind, ProviderCallId, ProviderId, ProviderState};
use switchboard_http::usable_id;

use crate::{
    api::{InboundEvent, content_id},
    convert,
    wire::{PendingItem, PendingNotifications},
};

/// An event of the inbound stream: about a call if it names one, otherwise of the provider's own
/// kind.
pub(crate) fn inbound(provider: &ProviderId, event: InboundEvent) -> Event {
    let raw = event.raw().clone();
    let kind = event.kind.unwrap_or_default();
    let call = usable_id(event.call_id).map(ProviderCallId::from);
    let status = event.status.unwrap_or_default();
    let id = usable_id(event.id).unwrap_or_else(|| content_id(&[&kind, &status], raw.value()));
    let kind = match call {
        Some(_) => EventKind::InboundCall(state(&status, &kind)),
        None => EventKind::Other(kind),
    };
    Event::new(provider.clone(), id, kind, raw).with(|read| {
        read.call = call;
        read.at = event.at;
        read.duration = event.duration_seconds.and_then(convert::seconds);
        read.summary = event.summary;
    })
}

/// The call's status, or else the last word of the event's name, for example in `call.completed`
/// and `inbound_call_missed`.
fn state(status: &str, kind: &str) -> ProviderState {
    let told = convert::state(status);
    if told != ProviderState::Unrecognised {
        return told;
    }
    let kind = kind.to_ascii_lowercase().replace(['.', ':', '-', '/', ' '], "_");
    let words: Vec<&str> = kind.split('_').filter(|word| !word.is_empty()).collect();
    let endings = [2, 1]
        .into_iter()
        .filter_map(|count| words.len().checked_sub(count).map(|at| words[at..].join("_")));
    endings
        .map(|ending| convert::state(&ending))
        .find(|state| *state != ProviderState::Unrecognised)
        .unwrap_or(ProviderState::Unrecognised)
}

/// One event for each notification that waits for the user. What the assistant is working on waits
/// for nobody and is not included.
pub(crate) fn pending(provider: &ProviderId, notifications: PendingNotifications) -> Vec<Event> {
    let at = notifications.generated_at;
    let groups = [
        ("action", notifications.actions),
        ("goal", notifications.goals),
        ("message", notifications.inbox),
    ];
    let items = groups.into_iter().flat_map(|(section, group)| {
        let items = group.and_then(|group| group.items).unwrap_or_default();
        items.into_iter().map(move |item| (section, item))
    });
    items.map(|(section, item)| notification(provider, section, item, at)).collect()
}

fn notification(
    provider: &ProviderId,
    section: &str,
    item: PendingItem,
    at: Option<jiff::Timestamp>,
) -> Event {
    let raw = item.raw().clone();
    // The same goal may need an answer twice, so its status is part of the id.
    let status = item.status.unwrap_or_default();
    let id = match item.id {
        Some(id) if status.is_empty() => format!("{section}:{id}"),
        Some(id) => format!("{section}:{id}:{status}"),
        None => content_id(&[section], raw.value()),
    };
    Event::new(provider.clone(), id, EventKind::Notification, raw).with(|read| {
        read.at = at;
        read.summary = item.summary;
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::ReadJson;
    use switchboard_core::Outcome;

    const KALLYAI: ProviderId = ProviderId::from_static("kallyai");

    fn read(value: Value) -> Event {
        inbound(&KALLYAI, InboundEvent::read_json(&value).unwrap())
    }

    #[test]
    fn a_call_is_read_by_its_status_or_by_the_name_of_the_event() {
        let ended = EventKind::InboundCall(ProviderState::Ended(Outcome::Completed));
        assert_eq!(
            read(json!({"type": "call.updated", "call_id": "c1", "status": "completed"})).kind,
            ended
        );
        assert_eq!(
            read(json!({"event": "inbound_call_completed", "call": {"id": "c1"}})).kind,
            ended
        );
        assert_eq!(
            read(json!({"event": "call.in_progress", "call_id": "c1"})).kind,
            EventKind::InboundCall(ProviderState::InProgress)
        );
        assert_eq!(
            read(json!({"event": "call.odd", "call_id": "c1"})).kind,
            EventKind::InboundCall(ProviderState::Unrecognised)
        );
        assert_eq!(
            read(json!({"type": "rule.changed"})).kind,
            EventKind::Other("rule.changed".to_owned())
        );
    }

    #[test]
    fn the_same_event_has_the_same_id() {
        let one =
            json!({"type": "call.ringing", "call_id": "c1", "timestamp": "2026-02-13T15:30:00Z"});
        assert_eq!(read(one.clone()).id, read(one.clone()).id);
        let mut later = one.clone();
        later["timestamp"] = json!("2026-02-13T15:31:00Z");
        assert_ne!(read(one).id, read(later).id);
        assert_eq!(
            read(json!({"event_id": "e7", "type": "call.ringing", "call_id": "c1"})).id,
            "e7"
        );
    }

    #[test]
    fn the_notifications_of_document_002() {
        let notifications: PendingNotifications = serde_json::from_str(include_str!(
            "../tests/fixtures/002/notifications_pending_answer.json"
        ))
        .unwrap();
        let events = pending(&KALLYAI, notifications);
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids, ["action:uuid", "goal:uuid:needs_input", "message:uuid"]);
        assert!(events.iter().all(|event| event.kind == EventKind::Notification));
        assert_eq!(events[2].summary.as_deref(), Some("Re: Appointment confirmation"));
    }
}
