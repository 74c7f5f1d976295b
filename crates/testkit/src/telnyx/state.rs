//! The state of the simulated Telnyx: assistants, numbers, calls, events.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::signing::Signer;
use crate::SimConfig;
use crate::calls::Course;
use crate::host::{Host, Keys, Seed, Window};

/// A valid request to place a call.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) connection: String,
    /// The assistant's id, its version and the greeting for this call.
    pub(crate) assistant: Option<(String, String, Option<String>)>,
    pub(crate) command: Option<String>,
    pub(crate) client_state: Option<String>,
    pub(crate) webhook_url: Option<String>,
    /// The delays before the repeats of a webhook, by event.
    pub(crate) retries: BTreeMap<String, Vec<Duration>>,
    pub(crate) longest: Duration,
    pub(crate) ringing: Duration,
    pub(crate) other_routes: bool,
    /// The event that tells whether a machine answered, if that is detected.
    pub(crate) detection: Option<&'static str>,
    pub(crate) recorded: bool,
}

/// One outbound call.
pub(crate) struct Record {
    /// The `call_control_id`.
    pub(crate) id: String,
    pub(crate) leg: String,
    pub(crate) session: String,
    pub(crate) conversation: String,
    pub(crate) wanted: Wanted,
    pub(crate) accepted: Instant,
    pub(crate) made: Timestamp,
    pub(crate) course: Course,
    /// True once the work after the call is done.
    pub(crate) settled: bool,
}

/// One row of the history: a command that arrived, or an event that was told.
pub(crate) struct Row {
    /// The `call_control_id`.
    pub(crate) call: String,
    pub(crate) name: String,
    pub(crate) command: bool,
    pub(crate) at: Timestamp,
    pub(crate) metadata: Value,
}

/// The outbound calls, oldest first, with what happened to them.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) rows: Vec<Row>,
    pub(crate) keys: Keys,
    pub(crate) accepted: BTreeMap<String, usize>,
}

impl Calls {
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.id == id)
    }
}

/// One version of an assistant.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) fields: Map<String, Value>,
}

/// One assistant, with its versions, oldest first.
pub(crate) struct Assistant {
    pub(crate) id: String,
    pub(crate) created_at: String,
    pub(crate) versions: Vec<Version>,
    /// The id of the version that calls get.
    pub(crate) main: String,
    /// The versions that share of the calls get instead, in percent.
    pub(crate) canaries: Vec<(String, u64)>,
}

/// The whole state. Each part has its own lock, and no lock is held across an await.
pub(crate) struct SimState {
    pub(crate) host: Arc<Host>,
    pub(crate) config: SimConfig,
    pub(crate) seed: Seed,
    /// The number of rings in the ledger at the start, which keeps ids unique across restarts with
    /// the same ledger file.
    pub(crate) boot: usize,
    pub(crate) key: String,
    pub(crate) connection: String,
    pub(crate) signer: Arc<Signer>,
    pub(crate) revoked: Mutex<bool>,
    pub(crate) places: Mutex<Window>,
    pub(crate) reads: Mutex<Window>,
    pub(crate) assistants: Mutex<Vec<Assistant>>,
    /// How many assistants and versions were made.
    pub(crate) made: Mutex<usize>,
    /// The keys of requests that make something other than a call.
    pub(crate) keys: Mutex<Keys>,
    /// The numbers of the account, each as it is read.
    pub(crate) numbers: Mutex<Vec<Map<String, Value>>>,
    pub(crate) calls: Mutex<Calls>,
}

impl SimState {
    /// The id of something that the account has from the start: the same in each process with the
    /// same seed.
    pub(crate) fn first(&self, kind: &str) -> String {
        self.seed.uuid(&format!("telnyx/first/{kind}"))
    }

    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("telnyx/{}/{kind}/{nth}", self.boot))
    }

    /// A number for the next assistant or version.
    pub(crate) fn next(&self) -> usize {
        let mut made = self.made.lock();
        *made += 1;
        *made
    }

    /// How many calls the account may have at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.config.platform.concurrency.unwrap_or(10)
    }
}

/// A time as Telnyx writes it.
pub(crate) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
