//! The state of the simulated CALL-E: calls and their keys, runs of goals.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::SimConfig;
use crate::calls::Course;
use crate::host::{Host, Keys, Seed, Window};

/// A valid request to place a call.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) task: String,
    pub(crate) phone: String,
    pub(crate) schema: Value,
    pub(crate) region: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) webhook_url: Option<String>,
}

/// One call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) wanted: Wanted,
    pub(crate) made: Timestamp,
    pub(crate) course: Course,
    /// True once the work after the call is done.
    pub(crate) settled: bool,
    /// The events of the call, oldest first.
    pub(crate) events: Vec<Value>,
}

/// The calls, oldest first, and the keys.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) keys: Keys,
    /// Keys whose request is being prepared.
    pub(crate) preparing: BTreeMap<String, Arc<watch::Sender<bool>>>,
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
    pub(crate) calls: Mutex<Calls>,
    /// The runs of goals: the id of a run, of its goal and of its call.
    pub(crate) runs: Mutex<Vec<(String, String, String)>>,
}

impl SimState {
    /// The id of something that the account has from the start: the same in each process with the
    /// same seed.
    pub(crate) fn first(&self, kind: &str) -> String {
        let id = self.seed.uuid(&format!("calle/first/{kind}"));
        format!("{kind}_{}", id.replace('-', ""))
    }

    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        let id = self.seed.uuid(&format!("calle/{}/{kind}/{nth}", self.boot));
        format!("{kind}_{}", id.replace('-', ""))
    }

    /// How many calls the account may have at once: one, on the shared line.
    pub(crate) fn concurrency(&self) -> usize {
        self.config.platform.concurrency.unwrap_or(1)
    }
}
