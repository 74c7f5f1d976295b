//! The log of received requests, without secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

/// One received request, without secrets: credentials in headers and bodies that contain
/// credentials are left out.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When the request was read, in RFC 3339, UTC, with milliseconds.
    pub at: String,
    /// The HTTP method, such as `POST`.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query string without the question mark.
    pub query: String,
    /// The names of the query parameters, even if the query itself is left out.
    pub query_names: BTreeSet<String>,
    /// The headers by lower-case name, without `authorization` and `cookie`.
    pub headers: BTreeMap<String, String>,
    /// The body if it was JSON; null otherwise, and on the paths for tokens and keys.
    pub body: Value,
    /// The field names in a JSON or form body, even if the body itself is left out: `submission`
    /// and `submission.timezone`. Entries of a list are under the name of the list. Null fields are
    /// not included.
    pub body_names: BTreeSet<String>,
    /// The status of the response; `None` while there is none, or if a fault suppressed it.
    pub status: Option<u16>,
}

impl RequestRecord {
    /// Returns a header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The field names in a JSON body, with nested names after those of their parents.
pub(crate) fn names(body: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(body, "", &mut names);
    names
}

fn collect(value: &Value, above: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                let name = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                collect(value, &name, names);
                names.insert(name);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, above, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl fmt::Debug for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestRecord")
            .field("at", &self.at)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The log of all requests.
#[derive(Debug)]
pub(crate) struct RequestLog {
    records: Mutex<Vec<RequestRecord>>,
    count: watch::Sender<usize>,
}

impl RequestLog {
    pub(crate) fn new() -> Self {
        Self { records: Mutex::new(Vec::new()), count: watch::channel(0).0 }
    }

    /// Adds a request and returns its index, for [`RequestLog::answered`].
    pub(crate) fn push(&self, record: RequestRecord) -> usize {
        let mut records = self.records.lock();
        records.push(record);
        self.count.send_replace(records.len());
        records.len() - 1
    }

    pub(crate) fn answered(&self, place: usize, status: u16) {
        if let Some(record) = self.records.lock().get_mut(place) {
            record.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.records.lock().clone()
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.records
            .lock()
            .iter()
            .filter(|record| record.method == method && record.path == path)
            .count()
    }

    pub(crate) async fn wait_for(&self, method: &str, path: &str, count: usize) {
        let mut changed = self.count.subscribe();
        while self.count(method, path) < count {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }
}
