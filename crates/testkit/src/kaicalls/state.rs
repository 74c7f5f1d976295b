//! The state of the simulated KaiCalls: keys, agents, numbers, calls, usage, webhook subscriptions,
//! events, communication runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::key::Key;
use super::run::Run;
use crate::SimConfig;
use crate::calls::Life;
use crate::host::{Host, Seed};

/// One outbound call.
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
    /// The creation time, for cursors.
    pub(crate) made: Timestamp,
    pub(crate) accepted: Instant,
    pub(crate) life: Life,
}

/// One agent and its history, newest last. The fields are stored as they were sent.
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

/// An event of a call.
#[derive(Clone)]
pub(crate) struct Event {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) object_id: String,
    pub(super) data: Map<String, Value>,
    pub(super) created_at: String,
}

/// One subscription.
pub(crate) struct Subscription {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) events: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) active: bool,
    pub(super) created_at: String,
    pub(super) secret: String,
    pub(super) rotations: usize,
}

/// The outbound calls, oldest first, and how often each number was dialled.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) dialled: BTreeMap<String, usize>,
}

/// The whole state. Each part has its own lock, and no lock is held across an await.
pub(crate) struct SimState {
    pub(crate) host: Arc<Host>,
    pub(crate) config: SimConfig,
    pub(crate) seed: Seed,
    /// The number of rings in the ledger at the start, which keeps ids unique across restarts with
    /// the same ledger file.
    pub(crate) boot: usize,
    pub(crate) business_id: String,
    pub(crate) session: String,
    pub(crate) keys: Mutex<Vec<Key>>,
    pub(crate) agents: Mutex<Vec<Agent>>,
    pub(crate) numbers: Mutex<Vec<Number>>,
    pub(crate) calls: Mutex<Calls>,
    pub(crate) usage: Mutex<Vec<UsageRow>>,
    pub(crate) subscriptions: Mutex<Vec<Subscription>>,
    pub(crate) events: Mutex<Vec<Event>>,
    /// Locked before `agents` and `calls` if both are held.
    pub(crate) runs: Mutex<Vec<Run>>,
}

impl SimState {
    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("kaicalls/{}/{kind}/{nth}", self.boot))
    }

    pub(crate) fn now(&self) -> String {
        self.host.timeline.rfc3339()
    }
}
