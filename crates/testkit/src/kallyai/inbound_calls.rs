//! The inbound calls and their events.

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::time::Instant;

/// One inbound call.
pub(super) struct Incoming {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) name: String,
    pub(super) vip: bool,
    pub(super) status: &'static str,
    pub(super) started_at: String,
    pub(super) begun: Instant,
    pub(super) tenths: Option<u64>,
    pub(super) handled_by: &'static str,
    pub(super) transferred_to: Option<String>,
    pub(super) reject_reason: Option<String>,
    pub(super) action_items: Vec<Value>,
}

/// The inbound calls and their events.
pub(crate) struct Inbound {
    pub(super) calls: Mutex<Vec<Incoming>>,
    pub(super) events: Mutex<Vec<Value>>,
    pub(crate) feed: broadcast::Sender<Value>,
}

impl Default for Inbound {
    fn default() -> Self {
        Self { calls: Mutex::default(), events: Mutex::default(), feed: broadcast::channel(256).0 }
    }
}
