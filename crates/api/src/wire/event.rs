//! Events: the same JSON in every channel.

use serde::Serialize;
use serde_json::Value;
use switchboard::journal::server::FeedEvent;
use utoipa::ToSchema;

use crate::wire::Time;

/// Something that happened. It has no phone number in it, and nothing that was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Event {
    /// Its id, the same in every channel and at every repetition.
    #[schema(examples("evt_0199f2f04c1e7d2a9a556f0c1b7f2a10"))]
    pub id: String,
    /// Its type. More may be added.
    #[serde(rename = "type")]
    #[schema(examples("call.ended"))]
    pub kind: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Time,
    /// The tenant that it concerns. Null: only operators see it.
    #[schema(required)]
    pub tenant: Option<String>,
    /// What the type says. Events about a call have `call` with `id`, `revision`, `status`,
    /// `outcome`, `provider`, `ring` and `settled`; `revision` orders them.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    pub data: Value,
}

impl From<&FeedEvent> for Event {
    fn from(event: &FeedEvent) -> Self {
        Self {
            id: format!("evt_{}", event.id.simple()),
            kind: event.kind.clone(),
            timestamp: event.at.into(),
            tenant: event.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            data: event.data.clone(),
        }
    }
}

impl Event {
    /// Its JSON on one line.
    pub fn to_json(&self) -> String {
        // It has only texts as keys: `Err` cannot happen.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Events, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventPage {
    /// The events.
    pub data: Vec<Event>,
    /// True if there may be more at once.
    pub has_more: bool,
    /// The `after` of the next request. It is there even if no event is.
    pub next_cursor: String,
}
