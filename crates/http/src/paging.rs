//! Lists that come in pages, read to their end and no further.
//!
//! Providers page by offsets, by opaque cursors and by "everything after this time". The last kind
//! repeats and skips rows that share a timestamp, and a server that ignores the cursor answers the
//! first page for ever. So rows are told apart by their id, and a page without a new one is the
//! end. A cursor that always steps on and rows that are always new have no end: the [`Walk`] has
//! bounds.

use std::{collections::HashSet, future::Future};

use futures::{Stream, StreamExt, TryStreamExt, stream};
use switchboard_core::{Error, Result};

use crate::Walk;

/// One page, and how to ask for the next.
#[derive(Debug, Clone)]
pub struct PageOf<T, C> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// What to ask for the next page with; `None` at the end.
    pub next: Option<C>,
}

/// All rows, page after page, each id once.
///
/// `fetch` gets `first`, then each page's `next`. The stream ends where a page has no `next`, has
/// the `next` that was just asked for, or brings no id that is new. It fails where a page fails,
/// and where the walk reaches a bound: a list that was cut short in silence would read as proof
/// that a row does not exist. Pages and rows are counted here, bytes and requests by the client
/// that `fetch` asks: give it [the same walk](crate::HttpClient::within).
pub fn pages<T, C, F, Fut>(
    first: Option<C>,
    walk: Walk,
    id: impl Fn(&T) -> String + Send + 'static,
    fetch: F,
) -> impl Stream<Item = Result<T>> + Send
where
    T: Send + 'static,
    C: Clone + PartialEq + Send + 'static,
    F: FnMut(Option<C>) -> Fut + Send,
    Fut: Future<Output = Result<PageOf<T, C>>> + Send,
{
    let steps = Steps { fetch, id, seen: HashSet::new(), next: Step::Ask(first), walk };
    stream::try_unfold(steps, |mut steps| async move {
        let rows = steps.step().await?;
        Ok::<_, Error>(rows.map(|rows| (stream::iter(rows).map(Ok), steps)))
    })
    .try_flatten()
}

enum Step<C> {
    Ask(Option<C>),
    Done,
}

struct Steps<F, I, C> {
    fetch: F,
    id: I,
    seen: HashSet<String>,
    next: Step<C>,
    walk: Walk,
}

impl<F, I, C> Steps<F, I, C> {
    async fn step<T, Fut>(&mut self) -> Result<Option<Vec<T>>>
    where
        C: Clone + PartialEq + Send,
        I: Fn(&T) -> String + Send,
        F: FnMut(Option<C>) -> Fut + Send,
        Fut: Future<Output = Result<PageOf<T, C>>> + Send,
        T: Send,
    {
        let asked = match std::mem::replace(&mut self.next, Step::Done) {
            Step::Ask(cursor) => cursor,
            Step::Done => return Ok(None),
        };
        self.walk.page()?;
        let PageOf { mut items, next } = (self.fetch)(asked.clone()).await?;
        self.walk.rows(items.len())?;
        items.retain(|item| self.seen.insert((self.id)(item)));
        if !items.is_empty() && next.is_some() && next != asked {
            self.next = Step::Ask(next);
        }
        Ok(Some(items))
    }
}
