//! The state of the simulated Vapi: assistants, numbers, calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use super::server::Server;
use crate::SimConfig;
use crate::calls::Course;
use crate::host::{Host, Seed, Window};

/// A valid request to place a call.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) to: String,
    /// The fields of the request that the call gives back.
    pub(crate) sent: Map<String, Value>,
    pub(crate) provider: String,
    pub(crate) longest: Duration,
    pub(crate) server: Option<Server>,
    pub(crate) messages: Vec<String>,
    pub(crate) controlled: bool,
    /// How long the call waits for its time, if that is in the future.
    pub(crate) wait: Option<Duration>,
    /// Why the call will not be dialled, if that is already known.
    pub(crate) flaw: Option<&'static str>,
}

/// One outbound call.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) wanted: Wanted,
    pub(crate) accepted: Instant,
    pub(crate) made: Timestamp,
    pub(crate) course: Course,
    /// True while it waits for its time.
    pub(crate) scheduled: bool,
    /// True while it waits for a free slot.
    pub(crate) waiting: bool,
    /// True once the work after the call is done.
    pub(crate) settled: bool,
    /// True once its data was deleted.
    pub(crate) deleted: bool,
}

/// The outbound calls, oldest first.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) records: Vec<Record>,
    pub(crate) accepted: BTreeMap<String, usize>,
}

impl Calls {
    /// A call whose data was not deleted.
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id && !record.deleted)
    }

    /// A call, whether or not its data was deleted.
    pub(crate) fn any_mut(&mut self, id: &str) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.id == id)
    }
}

/// One assistant: its fields in each version, `v1` first.
pub(crate) struct Assistant {
    pub(crate) id: String,
    pub(crate) versions: Vec<Map<String, Value>>,
    pub(crate) made: String,
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
    pub(crate) webhook_secret: String,
    pub(crate) revoked: Mutex<bool>,
    pub(crate) places: Mutex<Window>,
    pub(crate) reads: Mutex<Window>,
    pub(crate) assistants: Mutex<Vec<Assistant>>,
    pub(crate) assistants_made: Mutex<usize>,
    /// The numbers of the account, each as it is read.
    pub(crate) numbers: Mutex<Vec<Map<String, Value>>>,
    pub(crate) numbers_made: Mutex<usize>,
    pub(crate) calls: Mutex<Calls>,
    /// Changes when a call ends.
    pub(crate) freed: watch::Sender<u64>,
}

impl SimState {
    /// The id of something that the account has from the start: the same in each process with the
    /// same seed.
    pub(crate) fn first(&self, kind: &str) -> String {
        self.seed.uuid(&format!("vapi/first/{kind}"))
    }

    /// An id derived from the seed.
    pub(crate) fn id(&self, kind: &str, nth: usize) -> String {
        self.seed.uuid(&format!("vapi/{}/{kind}/{nth}", self.boot))
    }

    /// How many calls the account may have at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.config.platform.concurrency.unwrap_or(10)
    }
}

/// A time as Vapi writes it.
pub(crate) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
