//! Publishes what the engine tells and no fact says: why calls wait, and which providers get none.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    CallEvent, CallEventKind, CallId,
    journal::{call_event, server::FeedEvent},
    uuid::Uuid,
};
use tokio::sync::broadcast::error::RecvError;

use crate::{Service, service::waits_for_reason};

/// With more waiting calls than this, what is known of them is forgotten: a reason may then be
/// published twice.
const MANY: usize = 10_000;

/// Publishes events of this process's engine, for ever.
pub(crate) async fn publish(service: Service) {
    let mut events = service.switchboard().events();
    let mut waiting = HashMap::new();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "events of the engine were not published");
                continue;
            }
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        let made = match of_provider(&event) {
            Some(event) => Some(event),
            None => of_call(&service, &event, &mut waiting).await,
        };
        let Some(made) = made else {
            continue;
        };
        if let Err(error) = service.store().publish(vec![made]).await {
            tracing::warn!(%error, "an event of the engine could not be published");
        }
    }
}

/// An event that operators see.
fn of_provider(event: &CallEvent) -> Option<FeedEvent> {
    let until = |lasts: Duration| event.at.checked_add(lasts).ok();
    let provider = |provider: &switchboard::ProviderId| json!({"id": provider.as_str()});
    let (kind, data) = match &event.kind {
        CallEventKind::BreakerOpened { provider: id } => (
            "provider.unhealthy",
            json!({"provider": provider(id), "reason": "failures", "until": null}),
        ),
        CallEventKind::DomainBreakerOpened { domain } => {
            ("provider.unhealthy", json!({"domain": domain, "reason": "failures", "until": null}))
        }
        CallEventKind::Ejected { provider: id, lasts } => (
            "provider.ejected",
            json!({"provider": provider(id), "reason": "outlier", "until": until(*lasts)}),
        ),
        CallEventKind::OutOfCredit { provider: id, lasts } => (
            "provider.paused",
            json!({"provider": provider(id), "reason": "out_of_credit", "until": until(*lasts)}),
        ),
        _ => return None,
    };
    Some(FeedEvent::new(Uuid::now_v7(), kind, event.at, data))
}

/// That a call waits, once for each reason.
async fn of_call(
    service: &Service,
    event: &CallEvent,
    waiting: &mut HashMap<CallId, Value>,
) -> Option<FeedEvent> {
    let CallEventKind::Waiting(reason) = &event.kind else {
        // Any other news: it does not wait any more, or waits for something else.
        if !matches!(event.kind, CallEventKind::Planned { .. } | CallEventKind::Skipped { .. }) {
            waiting.remove(&event.call);
        }
        return None;
    };
    let (reason, until): (&'static str, Option<Timestamp>) = waits_for_reason(reason);
    let known = json!(reason);
    if waiting.get(&event.call) == Some(&known) {
        return None;
    }
    if waiting.len() >= MANY {
        waiting.clear();
    }
    waiting.insert(event.call, known);
    let call = match service.store().find_one(event.call, None).await {
        Ok(found) => found?.0,
        Err(error) => {
            tracing::warn!(%error, call = %event.call, "a waiting call could not be read");
            return None;
        }
    };
    let more = json!({"waits_for": {"reason": reason, "until": until}});
    Some(call_event(&call, "call.waiting", more, event.at))
}
