//! Limits on reading a provider's list.
//!
//! A list without an end is a common bug of cursors, and a costly one: a cursor that advances by
//! nanoseconds would be read for as long as somebody waits. So reading a list is limited in pages,
//! rows, bytes and requests. Reaching a limit is an error and never the end of the list: the unread
//! part may hold the row that is looked for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use switchboard_core::{Error, ErrorKind, ProviderId, Result};

/// The most that reading one list may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Number of pages.
    pub pages: usize,
    /// Number of rows, repeated ones included.
    pub rows: usize,
    /// Bytes of response bodies.
    pub bytes: usize,
    /// Number of requests, retries included.
    pub requests: usize,
}

impl ReadLimits {
    /// For a list that is read completely.
    pub const LIST: Self = Self { pages: 2_000, rows: 200_000, bytes: 256 << 20, requests: 4_000 };

    /// For the search for one recent call: a third of the reads that the documents allow in a
    /// minute.
    pub const SEARCH: Self = Self { pages: 50, rows: 10_000, bytes: 32 << 20, requests: 100 };

    /// For one page of our own, for which several of the provider's pages may have to be skipped.
    pub const PAGE: Self = Self { pages: 20, rows: 4_000, bytes: 16 << 20, requests: 30 };
}

/// The limits for reading one list and what has been used of them. Clones share the same budget.
#[derive(Debug, Clone)]
pub struct ReadBudget {
    spent: Arc<Spent>,
}

#[derive(Debug)]
struct Spent {
    provider: ProviderId,
    bounds: ReadLimits,
    pages: AtomicUsize,
    rows: AtomicUsize,
    bytes: AtomicUsize,
    requests: AtomicUsize,
    is_exhausted: AtomicBool,
}

impl ReadBudget {
    /// An unused budget for a list of `provider`.
    pub fn new(provider: ProviderId, bounds: ReadLimits) -> Self {
        Self {
            spent: Arc::new(Spent {
                provider,
                bounds,
                pages: AtomicUsize::new(0),
                rows: AtomicUsize::new(0),
                bytes: AtomicUsize::new(0),
                requests: AtomicUsize::new(0),
                is_exhausted: AtomicBool::new(false),
            }),
        }
    }

    /// Counts a page, before it is requested.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if it would exceed the limit.
    pub fn page(&self) -> Result<()> {
        let bounds = &self.spent.bounds;
        self.take(&self.spent.pages, 1, bounds.pages, "pages")
    }

    /// Counts the rows of a page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if they exceed the limit.
    pub fn rows(&self, count: usize) -> Result<()> {
        self.take(&self.spent.rows, count, self.spent.bounds.rows, "rows")
    }

    /// True if a limit was reached, so that what was read is not everything.
    pub fn is_exhausted(&self) -> bool {
        self.spent.is_exhausted.load(Ordering::Relaxed)
    }

    /// Counts a request, before it is sent.
    pub(crate) fn request(&self) -> Result<()> {
        self.take(&self.spent.requests, 1, self.spent.bounds.requests, "requests")?;
        if self.bytes_left() == 0 { Err(self.too_many_bytes()) } else { Ok(()) }
    }

    /// How many bytes the next answer may have.
    pub(crate) fn bytes_left(&self) -> usize {
        self.spent.bounds.bytes.saturating_sub(self.spent.bytes.load(Ordering::Relaxed))
    }

    /// Counts the bytes of an answer.
    pub(crate) fn bytes(&self, count: usize) {
        self.spent.bytes.fetch_add(count, Ordering::Relaxed);
    }

    /// The error for an answer that exceeds the remaining bytes.
    pub(crate) fn too_many_bytes(&self) -> Error {
        self.exhausted(self.spent.bounds.bytes, "bytes")
    }

    fn take(&self, of: &AtomicUsize, count: usize, most: usize, what: &'static str) -> Result<()> {
        if of.fetch_add(count, Ordering::Relaxed).saturating_add(count) > most {
            return Err(self.exhausted(most, what));
        }
        Ok(())
    }

    fn exhausted(&self, most: usize, what: &'static str) -> Error {
        if !self.spent.is_exhausted.swap(true, Ordering::Relaxed) {
            tracing::warn!(provider = %self.spent.provider, bound = what, most, "a list was not read to its end");
        }
        let message = format!(
            "the list was not read to its end: it is longer than the limit of {most} {what}"
        );
        Error::new(ErrorKind::Decode, message).with_provider(self.spent.provider.clone())
    }
}
