//! The operations on calls that a backend implements, and convenience methods for callers.

use std::{collections::HashSet, fmt::Debug, time::Duration};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use jiff::{Timestamp, civil};

use crate::{
    CallFilter, Clock, Error, ErrorKind, Page, PageRequest, PhoneNumber, PlaceError, PlaceRequest,
    ProviderCall, ProviderCallId, Recording, Result, Trace, Transcript,
};

/// Places and reads calls: what every provider can do. The traits are small and object-safe because
/// backends implement them; callers also have [`CallsExt`] and [`CallListsExt`].
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Calls: Debug + Send + Sync {
    /// Places one call, with at most one request that could make a phone ring.
    ///
    /// # Errors
    /// Every error says whether the phone may have rung: see [`PlaceError`]. If the backend cannot
    /// tell, it is [unknown](PlaceError::unknown). A successful response that could not be read is
    /// [placed](PlaceError::placed).
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError>;

    /// Returns the current state of a call.
    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall>;

    /// Returns calls that may have been placed by this request, which was sent at `sent_at`,
    /// strongest evidence first. Only reads. Finding none proves nothing.
    ///
    /// # Errors
    /// If the provider could not be read, if a bound was reached before the end of the list, or if
    /// it only shows calls that cannot be distinguished from other calls. An empty result means
    /// that no call at the provider can be this one.
    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>>;
}

/// Lists calls.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait CallLists: Debug + Send + Sync {
    /// Returns one page of calls, newest first.
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>>;
}

/// Reads what was said in calls.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Transcripts: Debug + Send + Sync {
    /// Returns the transcript of a call.
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript>;
}

/// Finds the sound of calls.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Recordings: Debug + Send + Sync {
    /// Returns the recording of a call.
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording>;
}

/// A new time for a call that has not been dialled. KallyAI documents no time zone for it, so it is
/// in the time zone of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reschedule {
    /// The new local date and time.
    pub at: civil::DateTime,
}

/// Cancels calls that were not dialled yet.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait CancelCalls: Debug + Send + Sync {
    /// Cancels a call that is scheduled or queued.
    ///
    /// # Errors
    /// `Conflict` if it was dialled already.
    async fn cancel(&self, id: &ProviderCallId) -> Result<()>;
}

/// Hangs up calls.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait StopCalls: Debug + Send + Sync {
    /// Hangs up a call in progress.
    async fn stop(&self, id: &ProviderCallId) -> Result<()>;
}

/// Moves calls to another time.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait RescheduleCalls: Debug + Send + Sync {
    /// Moves a scheduled call to another time.
    async fn reschedule(&self, id: &ProviderCallId, to: &Reschedule) -> Result<()>;
}

/// Transfers calls to other numbers.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait TransferCalls: Debug + Send + Sync {
    /// Transfers a live call to another number.
    async fn transfer(&self, id: &ProviderCallId, to: &PhoneNumber) -> Result<()>;
}

/// The maximum number of pages that are read of one list, in case a provider never ends it.
const MOST_PAGES: usize = 2_000;
/// The maximum number of rows that are read of one list.
const MOST_ROWS: usize = 200_000;

/// Convenience methods for every [`Calls`].
#[async_trait]
pub trait CallsExt: Calls {
    /// Polls the call every `every` until it has ended.
    ///
    /// # Errors
    /// `Timeout` if it has not ended after `at_most`, or any error of [`Calls::get`].
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
            if call.state.is_over() {
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
}

impl<T: Calls + ?Sized> CallsExt for T {}

/// Convenience methods for every [`CallLists`].
pub trait CallListsExt: CallLists {
    /// Streams all calls that match the filter, newest first, without duplicates, page by page. The
    /// stream ends with an error after 2,000 pages or 200,000 rows.
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
            // A page with only known calls is the end, even if it has a cursor, because equal
            // timestamps can repeat pages. An empty page with a cursor is not the end: the filter
            // may have removed its rows.
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
    let message =
        format!("the list of calls has more than {most} {what}: narrow it with since and until");
    Error::new(ErrorKind::Decode, message).with_operation("calls.list")
}

impl<T: CallLists + ?Sized> CallListsExt for T {}
