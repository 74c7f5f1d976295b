//! What reading a provider's list may take.
//!
//! A list that never ends is an ordinary fault of a cursor, and a costly one: one that steps by
//! nanoseconds was read for as long as somebody waited. So each walk over a list has bounds in
//! pages, rows, bytes and requests. Reaching one is an error and never the end of the list: what
//! was not read may hold the row that is looked for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use switchboard_core::{Error, ErrorKind, ProviderId, Result};

/// The most that one walk over a list may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pages.
    pub pages: usize,
    /// Rows, those that come again included.
    pub rows: usize,
    /// Bytes of answers, as they came.
    pub bytes: usize,
    /// Requests, those that are sent again included.
    pub requests: usize,
}

impl Bounds {
    /// Of a list that somebody asks for whole.
    pub const LIST: Self = Self { pages: 2_000, rows: 200_000, bytes: 256 << 20, requests: 4_000 };

    /// Of a look for one call among the latest: a third of what the documents let be read in a
    /// minute.
    pub const LOOK: Self = Self { pages: 50, rows: 10_000, bytes: 32 << 20, requests: 100 };

    /// Of one page of ours, for which several of the provider's may be passed over.
    pub const PAGE: Self = Self { pages: 20, rows: 4_000, bytes: 16 << 20, requests: 30 };
}

/// One walk over a list, and what it has taken so far. Clones are the same walk.
#[derive(Debug, Clone)]
pub struct Walk {
    spent: Arc<Spent>,
}

#[derive(Debug)]
struct Spent {
    provider: ProviderId,
    bounds: Bounds,
    pages: AtomicUsize,
    rows: AtomicUsize,
    bytes: AtomicUsize,
    requests: AtomicUsize,
    is_over: AtomicBool,
}

impl Walk {
    /// A walk over a list of `provider` that has not begun.
    pub fn new(provider: ProviderId, bounds: Bounds) -> Self {
        Self {
            spent: Arc::new(Spent {
                provider,
                bounds,
                pages: AtomicUsize::new(0),
                rows: AtomicUsize::new(0),
                bytes: AtomicUsize::new(0),
                requests: AtomicUsize::new(0),
                is_over: AtomicBool::new(false),
            }),
        }
    }

    /// A page is about to be asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] where it would be one too many.
    pub fn page(&self) -> Result<()> {
        let bounds = &self.spent.bounds;
        self.take(&self.spent.pages, 1, bounds.pages, "pages")
    }

    /// A page brought so many rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] where they are too many.
    pub fn rows(&self, count: usize) -> Result<()> {
        self.take(&self.spent.rows, count, self.spent.bounds.rows, "rows")
    }

    /// True where a bound was reached: what was read is not all.
    pub fn is_over(&self) -> bool {
        self.spent.is_over.load(Ordering::Relaxed)
    }

    /// A request is about to be sent.
    pub(crate) fn request(&self) -> Result<()> {
        self.take(&self.spent.requests, 1, self.spent.bounds.requests, "requests")?;
        if self.bytes_left() == 0 { Err(self.too_many_bytes()) } else { Ok(()) }
    }

    /// How many bytes the next answer may have.
    pub(crate) fn bytes_left(&self) -> usize {
        self.spent.bounds.bytes.saturating_sub(self.spent.bytes.load(Ordering::Relaxed))
    }

    /// An answer of so many bytes was read.
    pub(crate) fn bytes(&self, count: usize) {
        self.spent.bytes.fetch_add(count, Ordering::Relaxed);
    }

    /// An answer is longer than what is left.
    pub(crate) fn too_many_bytes(&self) -> Error {
        self.over(self.spent.bounds.bytes, "bytes")
    }

    fn take(&self, of: &AtomicUsize, count: usize, most: usize, what: &'static str) -> Result<()> {
        if of.fetch_add(count, Ordering::Relaxed).saturating_add(count) > most {
            return Err(self.over(most, what));
        }
        Ok(())
    }

    fn over(&self, most: usize, what: &'static str) -> Error {
        if !self.spent.is_over.swap(true, Ordering::Relaxed) {
            tracing::warn!(provider = %self.spent.provider, bound = what, most, "a list was not read to its end");
        }
        let message = format!(
            "the list is longer than the {most} {what} that are read of it: what was read is not all"
        );
        Error::new(ErrorKind::Decode, message).with_provider(self.spent.provider.clone())
    }
}
