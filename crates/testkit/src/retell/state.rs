//! The state of the simulated Retell: agents, numbers, contacts, calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::SimConfig;
use crate::calls::Course;
use crate::host::{Host, Keys, Seed, Window};

/// The receiver of the webhooks of a call.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) timeout: Duration,
}

/// A valid request to place a call.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) agent_id: String,
    pub(crate) agent_version: u64,
    pub(crate) agent_tag: Option<String>,
    pub(crate) agent_name: Option<String>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) variables: Option<Map<String, Value>>,
    /// What the agent says first.
    pub(crate) first_words: String,
    pub(crate) key: Option<String>,
    pub(crate) longest: Duration,
    pub(crate) hook: Option<Hook>,
    pub(crate) signed_recording: bool,
    pub(crate) batch: Option<String>,
}

/// One outbound call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) wanted: Wanted,
    pub(crate) accepted: Instant,
    pub(crate) course: Course,
    /// True once the analysis after the call is done.
    pub(crate) analyzed: bool,
}

/// The outbound calls, oldest first.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) keys: Keys,
    pub(crate) accepted: BTreeMap<String, usize>,
    pub(crate) made: usize,
}

impl Calls {
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.id == id)
    }
}

/// One version of an agent. The fields are stored as they were sent.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) published: bool,
    pub(crate) tag: Option<String>,
    pub(crate) fields: Map<String, Value>,
    pub(crate) modified: i64,
}

/// One agent and its versions, counted from 0.
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) versions: Vec<Version>,
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
    pub(crate) revoked: Mutex<bool>,
    pub(crate) places: Mutex<Window>,
    pub(crate) reads: Mutex<Window>,
    pub(crate) agents: Mutex<Vec<Agent>>,
    pub(crate) agents_made: Mutex<usize>,
    /// The numbers of the account, each as it is read.
    pub(crate) numbers: Mutex<Vec<Map<String, Value>>>,
    pub(crate) contacts: Mutex<BTreeMap<String, Map<String, Value>>>,
    pub(crate) calls: Mutex<Calls>,
}

impl SimState {
    /// The id of something that the account has from the start: the same in each process with the
    /// same seed.
    pub(crate) fn first(&self, kind: &str) -> String {
        let id = self.seed.uuid(&format!("retell/first/{kind}"));
        format!("{kind}_{}", id.replace('-', ""))
    }

    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        let id = self.seed.uuid(&format!("retell/{}/{kind}/{nth}", self.boot));
        format!("{kind}_{}", id.replace('-', ""))
    }

    /// The current time in milliseconds since 1970.
    pub(crate) fn millis(&self) -> i64 {
        self.host.timeline.timestamp().as_millisecond()
    }

    /// How many calls the account may have at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.config.platform.concurrency.unwrap_or(20)
    }
}
