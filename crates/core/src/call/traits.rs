//! What a provider must be able to do with calls, and what callers get on top.

use std::{collections::HashSet, fmt::Debug, time::Duration};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use jiff::{Timestamp, civil};

use crate::{
    CallFilter, CallOrder, Clock, Error, ErrorKind, Page, PageRequest, PhoneNumber, PlaceError,
    ProviderCall, ProviderCallId, Recording, Result, Trace, Transcript,
};

/// Placing and reading calls. Small and object-safe: it serves whoever writes a backend; callers
/// use [`CallsExt`] as well.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Calls: Debug + Send + Sync {
    /// Places one call, by at most one request that could make a phone ring.
    ///
    /// # Errors
    /// Every error says whether the phone may have rung: see [`PlaceError`]. A backend that cannot
    /// tell says [unknown](PlaceError::unknown). An answer that was a success but could not be read
    /// is [placed](PlaceError::placed).
    async fn place(&self, order: &CallOrder) -> Result<ProviderCall, PlaceError>;

    /// One call as the provider sees it now.
    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall>;

    /// One page of calls, newest first.
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>>;

    /// What was said.
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript>;

    /// Where the sound is.
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording>;

    /// Calls that may be this order, sent at `sent_at`, strongest evidence first. Only reads;
    /// finding none proves nothing.
    ///
    /// # Errors
    /// Where the provider could not be read, was not read to the end because a bound was reached,
    /// or shows nothing but calls that may be this one and may be others: an empty answer says that
    /// nothing there may be it.
    async fn trace(&self, order: &CallOrder, sent_at: Timestamp) -> Result<Vec<Trace>>;
}

/// A new time for a call that has not been dialled. KallyAI (document 002) documents no time zone
/// for it: it is the call's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reschedule {
    /// The local date and time.
    pub at: civil::DateTime,
}

/// Changing a call that was placed.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait CallControl: Debug + Send + Sync {
    /// Cancels a call that is scheduled or queued.
    async fn cancel(&self, id: &ProviderCallId) -> Result<()>;

    /// Hangs up a call that is under way.
    async fn stop(&self, id: &ProviderCallId) -> Result<()>;

    /// Moves a call that is scheduled.
    async fn reschedule(&self, id: &ProviderCallId, to: &Reschedule) -> Result<()>;

    /// Hands a live inbound call to another number.
    async fn transfer(&self, id: &ProviderCallId, to: &PhoneNumber) -> Result<()>;
}

/// A list that is longer than this many pages is a list without an end.
const MOST_PAGES: usize = 2_000;
/// The most rows that one list is read for.
const MOST_ROWS: usize = 200_000;

/// What callers get on every [`Calls`].
#[async_trait]
pub trait CallsExt: Calls {
    /// Reads the call every `every` until it has ended.
    ///
    /// # Errors
    /// `Timeout` where it has not ended after `at_most`; whatever [`Calls::get`] answers.
    async fn wait(
        &self,
        id: &ProviderCallId,
        clock: &dyn Clock,
        every: Duration,
        at_most: Duration,
    ) -> Result<ProviderCall> {
        let deadline = clock.now().checked_add(at_most).unwrap_or(Timestamp::MAX);
        loop {
            let call = self.get(id).await?;
            if call.state.outcome().is_some() {
                return Ok(call);
            }
            if clock.now() >= deadline {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    format!(
                        "the call is still {:?} after {} s",
                        call.status_word,
                        at_most.as_secs()
                    ),
                )
                .with_provider(call.provider));
            }
            clock.sleep(every).await;
        }
    }

    /// All calls that pass the filter, newest first, each once, page after page. A list without an
    /// end ends with an error: after 2,000 pages or 200,000 rows.
    fn all(&self, filter: CallFilter) -> BoxStream<'_, Result<ProviderCall>> {
        struct Walk {
            filter: CallFilter,
            page: Option<PageRequest>,
            seen: HashSet<ProviderCallId>,
            pages: usize,
            rows: usize,
        }
        let walk = Walk {
            filter,
            page: Some(PageRequest::default()),
            seen: HashSet::new(),
            pages: 0,
            rows: 0,
        };
        stream::try_unfold(walk, move |mut walk| async move {
            let Some(page) = walk.page.take() else {
                return Ok(None);
            };
            if walk.pages >= MOST_PAGES {
                return Err(too_long(MOST_PAGES, "pages"));
            }
            let answer = self.list(&walk.filter, &page).await?;
            walk.pages += 1;
            walk.rows += answer.items.len();
            if walk.rows > MOST_ROWS {
                return Err(too_long(MOST_ROWS, "rows"));
            }
            let had_items = !answer.items.is_empty();
            let fresh: Vec<_> =
                answer.items.into_iter().filter(|call| walk.seen.insert(call.id.clone())).collect();
            // A page of known calls is the end, whatever its cursor claims: equal timestamps repeat
            // pages. An empty page with a cursor is not: the filter may have emptied it.
            if !(had_items && fresh.is_empty()) {
                let next = answer.next.filter(|cursor| page.cursor.as_ref() != Some(cursor));
                walk.page =
                    next.map(|cursor| PageRequest { cursor: Some(cursor), limit: page.limit });
            }
            Ok::<_, Error>(Some((stream::iter(fresh.into_iter().map(Ok)), walk)))
        })
        .flat_map(|chunk| match chunk {
            Ok(calls) => calls.boxed(),
            Err(error) => stream::once(async move { Err(error) }).boxed(),
        })
        .boxed()
    }
}

fn too_long(most: usize, what: &str) -> Error {
    let message = format!(
        "the list of calls is longer than the {most} {what} that are read of it: narrow it by since and until"
    );
    Error::new(ErrorKind::Decode, message).with_operation("calls.list")
}

impl<T: Calls + ?Sized> CallsExt for T {}
