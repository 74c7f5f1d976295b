//! The state of the simulated KallyAI: calls, tokens, numbers, inbound calls, credits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use super::balance::Account;
use super::codes::Refused;
use super::inbound_calls::Inbound;
use super::owned_numbers::Numbers;
use super::tokens::Tokens;
use crate::calls::Life;
use crate::fault::Envelope;
use crate::host::{Host, Seed, Window};
use crate::{Shape, SimConfig};

/// One outbound call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) created_at: String,
    pub(crate) accepted: Instant,
    pub(crate) submission: Map<String, Value>,
    pub(crate) session_id: Option<String>,
    pub(crate) life: Life,
    pub(crate) rang: bool,
    /// The cost in thousandths of a credit, once the call is settled.
    pub(crate) cost: Option<u64>,
    /// Changes when the call is cut short or settled.
    pub(crate) moved: Arc<watch::Sender<Stage>>,
}

/// How far the simulator has processed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Running,
    Cut,
    Settled,
}

/// The outbound calls, oldest first, and the calls by idempotency key.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) keys: BTreeMap<String, String>,
    pub(crate) dialled: BTreeMap<String, usize>,
}

impl Calls {
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.id == id)
    }
}

/// Items by kind, oldest first.
#[derive(Default)]
pub(crate) struct Collections {
    pub(super) kinds: BTreeMap<&'static str, Vec<Value>>,
    pub(super) made: usize,
}

/// The whole state. Each part has its own lock, and no lock is held across an await.
pub(crate) struct SimState {
    pub(crate) host: Arc<Host>,
    pub(crate) config: SimConfig,
    pub(crate) seed: Seed,
    /// The number of rings in the ledger at the start, which keeps ids unique across restarts with
    /// the same ledger file.
    pub(crate) boot: usize,
    pub(crate) calls: Mutex<Calls>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) inbound: Inbound,
    pub(crate) numbers: Mutex<Numbers>,
    pub(crate) account: Mutex<Account>,
    /// The items of the sections that only store and return them.
    pub(crate) collections: Mutex<Collections>,
    /// The windows of the documented rate limits.
    pub(crate) windows: Mutex<BTreeMap<&'static str, Window>>,
}

/// The layout of errors in each shape.
pub(crate) fn envelope(shape: Shape) -> Envelope {
    match shape {
        Shape::February2026 => Envelope::Message,
        Shape::January2026 => Envelope::Details,
        Shape::Assistant => Envelope::Text,
    }
}

impl SimState {
    pub(crate) fn envelope(&self) -> Envelope {
        envelope(self.config.shape)
    }

    pub(crate) fn refuse(&self, code: &str, reason: impl Into<String>) -> Refused {
        Refused::new(self.envelope(), code, reason)
    }

    /// Formats thousandths as a decimal: a number, or a string in the shape for assistants.
    pub(crate) fn decimal(&self, thousandths: u64) -> Value {
        let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match self.config.shape {
            Shape::February2026 | Shape::January2026 => {
                serde_json::from_str(text).unwrap_or_default()
            }
            Shape::Assistant => Value::from(text),
        }
    }

    /// Returns an error for more than `limit` requests per hour.
    pub(crate) fn hourly(&self, what: &'static str, limit: usize) -> Result<(), Refused> {
        let admitted =
            self.windows.lock().entry(what).or_default().admit(limit, Duration::from_secs(3600));
        admitted.map_err(|_| self.refuse("rate_limited", format!("{limit} an hour")))
    }

    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("kallyai/{}/{kind}/{nth}", self.boot))
    }
}
