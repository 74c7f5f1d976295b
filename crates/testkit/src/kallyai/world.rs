//! What the simulated KallyAI knows: calls, tokens, numbers, inbound calls, credits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use super::codes::Refused;
use super::credits::Account;
use super::inbound::Inbound;
use super::numbers::Numbers;
use super::shelves::Shelves;
use super::tokens::Tokens;
use crate::calls::Life;
use crate::fault::Envelope;
use crate::host::{Host, Seed, Window};
use crate::{Shape, SimConfig};

/// One outgoing call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) created_at: String,
    pub(crate) accepted: Instant,
    pub(crate) submission: Map<String, Value>,
    pub(crate) session_id: Option<String>,
    pub(crate) life: Life,
    pub(crate) rang: bool,
    /// In thousandths of a credit, once the call is settled.
    pub(crate) cost: Option<u64>,
    /// Raised when the call is cut short or settled.
    pub(crate) moved: Arc<watch::Sender<Stage>>,
}

/// How far the simulator's own task is with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Running,
    Cut,
    Settled,
}

/// The outgoing calls, oldest first, and which key placed which.
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

/// The whole state. Each part has its own lock, and no lock is held across a wait.
pub(crate) struct World {
    pub(crate) host: Arc<Host>,
    pub(crate) config: SimConfig,
    pub(crate) seed: Seed,
    /// How many rings the ledger held at the start: keeps ids apart over restarts with one ledger
    /// file.
    pub(crate) boot: usize,
    pub(crate) calls: Mutex<Calls>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) inbound: Inbound,
    pub(crate) numbers: Mutex<Numbers>,
    pub(crate) account: Mutex<Account>,
    /// What the sections without a life of their own keep.
    pub(crate) shelves: Mutex<Shelves>,
    /// The few documented rate limits, by what they limit.
    pub(crate) windows: Mutex<BTreeMap<&'static str, Window>>,
}

/// The envelope of errors in each shape.
pub(crate) fn envelope(shape: Shape) -> Envelope {
    match shape {
        Shape::February2026 => Envelope::Message,
        Shape::January2026 => Envelope::Details,
        Shape::Assistant => Envelope::Text,
    }
}

impl World {
    pub(crate) fn envelope(&self) -> Envelope {
        envelope(self.config.shape)
    }

    pub(crate) fn refuse(&self, code: &str, reason: impl Into<String>) -> Refused {
        Refused::new(self.envelope(), code, reason)
    }

    /// A decimal of thousandths, as this shape writes it: a number, or a string for assistants.
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

    /// Refuses what comes more often than `limit` times an hour.
    pub(crate) fn hourly(&self, what: &'static str, limit: usize) -> Result<(), Refused> {
        let admitted =
            self.windows.lock().entry(what).or_default().admit(limit, Duration::from_secs(3600));
        admitted.map_err(|_| self.refuse("rate_limited", format!("{limit} an hour")))
    }

    /// An id that follows from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("kallyai/{}/{kind}/{nth}", self.boot))
    }
}
