//! What the simulated KaiCalls knows: keys, agents, numbers, calls, usage, webhook subscriptions,
//! events, communication runs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::caller::Key;
use super::events::Event;
use super::runs::Run;
use super::webhooks::Subscription;
use crate::SimConfig;
use crate::calls::Life;
use crate::host::{Host, Seed};

/// One outgoing call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) conversation_id: String,
    pub(crate) to: String,
    pub(crate) name: Option<String>,
    pub(crate) agent_id: String,
    pub(crate) agent_name: String,
    pub(crate) lead_id: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) first_message: Option<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) created_at: String,
    /// The same moment, for cursors.
    pub(crate) made: Timestamp,
    pub(crate) accepted: Instant,
    pub(crate) life: Life,
}

/// One agent and its history, newest last. The fields are kept as they were sent.
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) fields: Map<String, Value>,
    pub(crate) versions: Vec<Value>,
}

/// One phone number of the account.
pub(crate) struct Number {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) agent_id: Option<String>,
    pub(crate) created_at: String,
}

/// One row of `/usage`.
pub(crate) struct UsageRow {
    pub(crate) id: String,
    pub(crate) endpoint: String,
    pub(crate) method: String,
    pub(crate) status: u16,
    pub(crate) call_id: Option<String>,
    pub(crate) created_at: String,
}

/// One attempt to deliver a webhook.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// When it was sent, as RFC 3339 in UTC.
    pub at: String,
    /// Where to.
    pub url: String,
    /// Such as `call.completed`.
    pub event: String,
    /// From 1; each retry and each copy counts on.
    pub attempt: u32,
    /// Whether it carried a signature.
    pub signed: bool,
    /// What the receiver answered; `None` without an answer within 5 s, and for an address that is
    /// not loopback.
    pub status: Option<u16>,
    /// The event that was delivered, as `/api/v1/events` lists it; `None` for a test.
    pub event_id: Option<String>,
    /// The subscription that it went to; `None` for a call's own URL.
    pub webhook_id: Option<String>,
}

impl fmt::Debug for WebhookAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookAttempt")
            .field("at", &self.at)
            .field("event", &self.event)
            .field("attempt", &self.attempt)
            .field("signed", &self.signed)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The outgoing calls, oldest first, and how often each number was dialled.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) dialled: BTreeMap<String, usize>,
}

/// The whole state. Each part has its own lock, and no lock is held across a wait.
pub(crate) struct World {
    pub(crate) host: Arc<Host>,
    pub(crate) config: SimConfig,
    pub(crate) seed: Seed,
    /// How many rings the ledger held at the start: keeps ids apart over restarts with one ledger
    /// file.
    pub(crate) boot: usize,
    pub(crate) business_id: String,
    pub(crate) session: String,
    pub(crate) keys: Mutex<Vec<Key>>,
    pub(crate) agents: Mutex<Vec<Agent>>,
    pub(crate) numbers: Mutex<Vec<Number>>,
    pub(crate) calls: Mutex<Calls>,
    pub(crate) usage: Mutex<Vec<UsageRow>>,
    pub(crate) subscriptions: Mutex<Vec<Subscription>>,
    pub(crate) attempts: Mutex<Vec<WebhookAttempt>>,
    pub(crate) events: Mutex<Vec<Event>>,
    /// Taken before `agents` and `calls` wherever both are held.
    pub(crate) runs: Mutex<Vec<Run>>,
}

impl World {
    /// An id that follows from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("kaicalls/{}/{kind}/{nth}", self.boot))
    }

    pub(crate) fn now(&self) -> String {
        self.host.timeline.rfc3339()
    }
}
