//! Publishes what the engine tells and no fact says: why calls wait, and which providers get none.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    CallEvent, CallEventKind, CallId, WaitReason,
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
    // Calls that were taken over may have begun to wait before anybody listened.
    those_that_wait(&service, &mut waiting).await;
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "events of the engine came too fast to be read");
                those_that_wait(&service, &mut waiting).await;
                continue;
            }
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        let made = match (of_provider(&event), &event.kind) {
            (Some(event), _) => Some(event),
            (None, CallEventKind::Waiting(reason)) => {
                of_call(&service, event.call, reason, event.at, &mut waiting).await
            }
            // Any other news: it does not wait any more, or waits for something else.
            (None, kind) => {
                if !matches!(kind, CallEventKind::Planned { .. } | CallEventKind::Skipped { .. }) {
                    waiting.remove(&event.call);
                }
                None
            }
        };
        if let Some(made) = made {
            tell(&service, made).await;
        }
    }
}

/// Publishes which calls wait now, as far as that was not published: what the engine told of them
/// was not heard.
async fn those_that_wait(service: &Service, waiting: &mut HashMap<CallId, Value>) {
    let now = service.switchboard().engine().waits();
    let ids: HashSet<CallId> = now.iter().map(|(call, _)| *call).collect();
    waiting.retain(|call, _| ids.contains(call));
    for (call, reason) in now {
        if let Some(made) = of_call(service, call, &reason, service.clock().now(), waiting).await {
            tell(service, made).await;
        }
    }
}

async fn tell(service: &Service, event: FeedEvent) {
    if let Err(error) = service.store().publish(vec![event]).await {
        tracing::warn!(%error, "an event of the engine could not be published");
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
    id: CallId,
    reason: &WaitReason,
    at: Timestamp,
    waiting: &mut HashMap<CallId, Value>,
) -> Option<FeedEvent> {
    let (reason, until): (&'static str, Option<Timestamp>) = waits_for_reason(reason);
    let known = json!(reason);
    if waiting.get(&id) == Some(&known) {
        return None;
    }
    if waiting.len() >= MANY {
        waiting.clear();
    }
    let is_first = waiting.insert(id, known).is_none();
    let call = match service.store().find_one(id, None).await {
        Ok(found) => found?.0,
        Err(error) => {
            tracing::warn!(%error, call = %id, "a waiting call could not be read");
            return None;
        }
    };
    // It waits since its last change. Whichever process tells that first, it is one event: a call
    // that is taken over again and again waits on.
    let at = if is_first { call.updated_at } else { at };
    let more = json!({"waits_for": {"reason": reason, "until": until}});
    Some(call_event(&call, "call.waiting", more, at))
}
