//! Deliveries that come in, and standing orders for them.
//!
//! A delivery to a call's own URL is documented without a signature. Its address is what makes it believable, and it stays a hint either
//! way: whoever acts on it reads the call.

use async_trait::async_trait;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use switchboard_core::{
    Direction, Error, ErrorKind, Event, EventFeed, EventKind, IncomingWebhook, Outcome, ProviderCallId, ProviderState, Result,
    Subscription, WebhookReceiver, WebhookSubscriptions, Webhooks,
};
use url::Url;

use crate::{
    KaiCallsClient,
    api::CreateWebhook,
    config::WebhookConfig,
    convert,
    signature::Verifier,
    wire::{WebhookEvent, read::Field, read::Object},
};

/// [`Webhooks`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsWebhooks {
    client: KaiCallsClient,
    business: Option<String>,
    verifier: Option<Verifier>,
}

impl KaiCallsWebhooks {
    pub(crate) fn new(client: KaiCallsClient, business: Option<String>, config: &WebhookConfig) -> Self {
        Self {
            client,
            business,
            verifier: Verifier::new(config),
        }
    }

    fn unreadable(&self, message: &'static str) -> Error {
        Error::new(ErrorKind::Decode, message)
            .with_provider(self.client.provider().clone())
            .with_operation("webhooks.receive")
    }
}

impl Webhooks for KaiCallsWebhooks {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        Some(self)
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        Some(self)
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        None
    }
}

impl WebhookReceiver for KaiCallsWebhooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        if let Some(verifier) = &self.verifier {
            verifier
                .verify(delivery)
                .map_err(|error| error.with_provider(self.client.provider().clone()))?;
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(&delivery.body) else {
            return Err(self.unreadable("the delivery is no JSON object"));
        };
        let (event_id, fields) = flatten(&body);
        let fields = WebhookEvent::from_object(fields);
        let Some(name) = fields.event.clone().filter(|name| !name.is_empty()) else {
            return Err(self.unreadable("the delivery names no event"));
        };
        let call = fields
            .call_id
            .clone()
            .or_else(|| fields.id.clone().filter(|_| name.starts_with("call.")));
        Ok(vec![Event {
            provider: self.client.provider().clone(),
            id: event_id.unwrap_or_else(|| fingerprint(&fields)),
            kind: kind(&name, &fields),
            call: call.filter(|id| !id.is_empty()).map(ProviderCallId::from),
            at: fields.timestamp.as_ref().and_then(|at| at.timestamp()),
            duration: fields.duration.and_then(convert::seconds),
            summary: fields.summary,
            raw: Value::Object(body).into(),
        }])
    }
}

#[async_trait]
impl WebhookSubscriptions for KaiCallsWebhooks {
    async fn list(&self) -> Result<Vec<Subscription>> {
        let orders = self.client.webhooks().list(self.business.as_deref()).await?.items;
        Ok(orders
            .into_iter()
            .map(convert::subscription)
            .filter(|order| !order.id.is_empty())
            .collect())
    }

    async fn create(&self, url: &Url, events: &[String]) -> Result<Subscription> {
        let mut order = CreateWebhook::new(url.as_str());
        if !events.is_empty() {
            order = order.events(events);
        }
        if let Some(business) = &self.business {
            order = order.business_id(business.as_str());
        }
        // Even without an id: the secret in it is shown this once.
        Ok(convert::subscription(self.client.webhooks().create(&order).await?))
    }

    async fn delete(&self, id: &str) -> Result<()> {
        let answer = self.client.webhooks().delete(id, self.business.as_deref()).await?;
        if answer.success == Some(false) {
            return Err(Error::new(ErrorKind::Provider, "the webhook was not deleted")
                .with_provider(self.client.provider().clone())
                .with_operation("webhooks.delete"));
        }
        Ok(())
    }
}

/// The provider's id of the event, and its fields in one object: those under `data` win over those of the envelope, whose `id` is the
/// event's and not the call's.
fn flatten(body: &Map<String, Value>) -> (Option<String>, Map<String, Value>) {
    let mut fields = body.clone();
    let mut event_id = String::take(&mut fields, &["event_id"]);
    let own_id = fields.remove("id").as_ref().and_then(String::read);
    match fields.remove("data") {
        Some(Value::Object(data)) => {
            event_id = event_id.or(own_id);
            // An object of its own kind may have a `type` too; the envelope's names the event.
            let named = ["event", "type", "event_type"].iter().any(|name| fields.contains_key(*name));
            let inner = data
                .into_iter()
                .filter(|(name, _)| !(named && matches!(name.as_str(), "event" | "type" | "event_type")));
            fields.extend(inner);
        }
        Some(_) | None => match (fields.contains_key("call_id"), own_id) {
            (true, own_id) => event_id = event_id.or(own_id),
            (false, Some(own_id)) => drop(fields.insert("id".to_owned(), Value::String(own_id))),
            (false, None) => {}
        },
    }
    if let Some(Value::Object(call)) = fields.get("call").cloned() {
        for (name, value) in call {
            fields.entry(name).or_insert(value);
        }
    }
    (event_id, fields)
}

/// The same event has the same id, however often it is delivered.
fn fingerprint(fields: &WebhookEvent) -> String {
    let mut hash = Sha256::new();
    let at = fields.timestamp.as_ref().map(|at| at.as_str().to_owned());
    for part in [&fields.event, &fields.call_id, &fields.id, &fields.status, &fields.error, &at] {
        // The length in front keeps neighbours apart.
        let part = part.as_deref().unwrap_or_default();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn kind(name: &str, fields: &WebhookEvent) -> EventKind {
    let word = fields.status.as_deref().unwrap_or_default();
    let said = convert::state(word);
    let state = match name {
        "call.completed" | "call.ended" => said
            .outcome()
            .map_or(ProviderState::Ended(Outcome::Completed), ProviderState::Ended),
        "call.failed" => ProviderState::Ended(failed(said, fields.error.as_deref())),
        other => match other.strip_prefix("call.") {
            Some(_) if said != ProviderState::Unrecognised => said,
            Some(step) if convert::state(step) != ProviderState::Unrecognised => convert::state(step),
            Some(_) | None => return EventKind::Other(name.to_owned()),
        },
    };
    match fields.direction.as_deref().and_then(convert::direction) {
        Some(Direction::Inbound) => EventKind::InboundCall(state),
        Some(Direction::Outbound) | None => EventKind::Call(state),
    }
}

/// How a failed call failed: the error names it where the status says no more than "failed".
fn failed(said: ProviderState, error: Option<&str>) -> Outcome {
    let named = |state: ProviderState| {
        state
            .outcome()
            .filter(|outcome| !matches!(outcome, Outcome::Completed | Outcome::Failed))
    };
    named(said).or_else(|| named(convert::state(error?))).unwrap_or(Outcome::Failed)
}
