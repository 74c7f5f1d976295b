//! The ring ledger: which phone rang, when, and because of which request.
//!
//! Only the simulated provider writes to the ledger, and tests compare what a client claims about
//! its calls with it. A ring is on disk before the HTTP response is sent, so that a process killed
//! at any moment never got a response without its ring.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// One phone that rang, once.
///
/// In the ledger file each ring is one JSON line; `provider`, `request_id` and `idempotency_key`
/// are left out of a line when they are not known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ring {
    /// When the phone began to ring, in RFC 3339, UTC.
    pub at: String,
    /// The number that rang, as written in the request.
    pub to: String,
    /// The provider's id of the call.
    pub call_id: String,
    /// The provider, such as `kallyai` or `retell`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider: String,
    /// The simulator's id of the HTTP request that made the phone ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The idempotency key of that request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("at", &self.at)
            .field("call_id", &self.call_id)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// A shared handle to the record of all rings. Clones share the same ledger, and two simulators may
/// share one.
#[derive(Clone)]
pub struct RingLedger {
    inner: Arc<Inner>,
}

struct Inner {
    book: Mutex<Book>,
    changed: watch::Sender<(usize, usize)>,
}

#[derive(Default)]
struct Book {
    rings: Vec<Ring>,
    posts: usize,
    file: Option<File>,
}

impl RingLedger {
    /// A ledger that lives in memory only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::of(Book::default())
    }

    /// A ledger that also writes each ring to `path` as one JSON line, synced before the ring
    /// counts. Existing rings are loaded from the file, so that a restarted simulator continues
    /// counting.
    ///
    /// # Errors
    /// The file cannot be read or opened, or contains a line that is not a ring.
    pub fn with_file(path: impl AsRef<Path>) -> io::Result<Self> {
        let rings = match std::fs::read_to_string(path.as_ref()) {
            Ok(text) => text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| serde_json::from_str(line).map_err(io::Error::from))
                .collect::<io::Result<Vec<Ring>>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self::of(Book { rings, posts: 0, file: Some(file) }))
    }

    fn of(book: Book) -> Self {
        let (changed, _) = watch::channel((book.rings.len(), book.posts));
        Self { inner: Arc::new(Inner { book: Mutex::new(book), changed }) }
    }

    /// Records a ring. If this fails, the phone must not ring.
    pub(crate) fn record(&self, ring: Ring) -> io::Result<()> {
        let mut book = self.inner.book.lock();
        if let Some(file) = &mut book.file {
            let mut line = serde_json::to_vec(&ring)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()?;
        }
        book.rings.push(ring);
        self.publish(&book);
        Ok(())
    }

    /// Counts a POST that would place a call, whatever its result.
    pub(crate) fn count_post(&self) {
        let mut book = self.inner.book.lock();
        book.posts += 1;
        self.publish(&book);
    }

    fn publish(&self, book: &Book) {
        self.inner.changed.send_replace((book.rings.len(), book.posts));
    }

    /// Every ring so far, oldest first.
    #[must_use]
    pub fn rings(&self) -> Vec<Ring> {
        self.inner.book.lock().rings.clone()
    }

    /// The number of rings, across all numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.book.lock().rings.len()
    }

    /// True if no phone rang.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often the phone with this number rang.
    #[must_use]
    pub fn count(&self, to: &str) -> usize {
        self.inner.book.lock().rings.iter().filter(|ring| ring.to == to).count()
    }

    /// The numbers that rang more than once, with their number of rings.
    #[must_use]
    pub fn duplicates(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for ring in &self.inner.book.lock().rings {
            *counts.entry(ring.to.clone()).or_insert(0) += 1;
        }
        counts.retain(|_, count| *count > 1);
        counts
    }

    /// The number of POSTs to the path that places calls, including refused and broken ones. Rings
    /// loaded from a file do not count.
    #[must_use]
    pub fn posts(&self) -> usize {
        self.inner.book.lock().posts
    }

    /// Waits until at least `count` phones rang.
    pub async fn wait_for_rings(&self, count: usize) {
        self.wait(|(rings, _)| rings >= count).await;
    }

    /// Waits until at least `count` POSTs that would place a call arrived.
    pub async fn wait_for_posts(&self, count: usize) {
        self.wait(|(_, posts)| posts >= count).await;
    }

    async fn wait(&self, enough: impl Fn((usize, usize)) -> bool + Send + Sync) {
        let mut changed = self.inner.changed.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = changed.wait_for(|state| enough(*state)).await;
    }
}

impl Default for RingLedger {
    fn default() -> Self {
        Self::in_memory()
    }
}

impl fmt::Debug for RingLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let book = self.inner.book.lock();
        f.debug_struct("RingLedger")
            .field("rings", &book.rings.len())
            .field("posts", &book.posts)
            .finish()
    }
}
