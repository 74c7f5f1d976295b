//! Paged lists, read to their end and no further.
//!
//! Providers page by offset, by opaque cursor, or by "everything after this time". The last kind
//! repeats and skips rows with equal timestamps, and a server that ignores the cursor returns the
//! first page for ever. So rows are identified by their id, and a page without a new id is the end.
//! A cursor that always advances with rows that are always new never ends; the [`ReadBudget`] ends
//! it.

use std::{collections::HashSet, future::Future};

use futures::{Stream, StreamExt, TryStreamExt, stream};
use switchboard_core::{Error, Result};

use crate::ReadBudget;

/// One page, and the cursor of the next.
#[derive(Debug, Clone)]
pub struct PageOf<T, C> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end.
    pub next: Option<C>,
}

/// All rows, page by page, each id once.
///
/// `fetch` gets `first`, then each page's `next`. The stream ends after a page without a `next`,
/// with the same `next` as before, or without a new id. It fails if a page fails or the budget is
/// used up: a silently truncated list would read as proof that a row does not exist. Pages and rows
/// are counted here, bytes and requests by the client that `fetch` uses: give it [the same
/// budget](crate::HttpClient::within).
pub fn pages<T, C, F, Fut>(
    first: Option<C>,
    budget: ReadBudget,
    id: impl Fn(&T) -> String + Send + 'static,
    fetch: F,
) -> impl Stream<Item = Result<T>> + Send
where
    T: Send + 'static,
    C: Clone + PartialEq + Send + 'static,
    F: FnMut(Option<C>) -> Fut + Send,
    Fut: Future<Output = Result<PageOf<T, C>>> + Send,
{
    let steps = Steps { fetch, id, seen: HashSet::new(), next: Step::Ask(first), budget };
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
    budget: ReadBudget,
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
        self.budget.page()?;
        let PageOf { mut items, next } = (self.fetch)(asked.clone()).await?;
        self.budget.rows(items.len())?;
        items.retain(|item| self.seen.insert((self.id)(item)));
        if !items.is_empty() && next.is_some() && next != asked {
            self.next = Step::Ask(next);
        }
        Ok(Some(items))
    }
}
