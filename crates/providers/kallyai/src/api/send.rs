//! The three ways to send a request, each with a typed answer.

use switchboard_core::{Error, PlaceError, Result};
use switchboard_http::{HttpClient, PageOf, ReadBudget, ReadLimits, Request, pages};

use futures::{Stream, StreamExt, stream::BoxStream};

use crate::wire::{FromAnswer, Listed, Listing, Paging};

/// Sends a read, which is retried after failures that may be temporary.
pub(super) async fn read<T: FromAnswer>(http: &HttpClient, request: Request) -> Result<T> {
    T::from_answer(&http.read(request).await?)
}

/// Reads one object by its id, which fills `{name}` in the path. An answer with another id under
/// one of `keys` is about another object.
pub(super) async fn read_by_id<T: FromAnswer>(
    http: &HttpClient,
    request: Request,
    (name, id): (&'static str, &str),
    keys: &[&str],
) -> Result<T> {
    T::from_answer(&http.read(request.param(name, id)).await?.about(id, keys)?)
}

/// Sends a change that makes no phone ring: it is retried only if no byte of it was sent.
pub(super) async fn write<T: FromAnswer>(http: &HttpClient, request: Request) -> Result<T> {
    T::from_answer(&http.write(request).await?)
}

/// Sends a request that may make a phone ring: once, over a connection of its own. A success that
/// cannot be read is an error that says `Placed`; a request that could not be built, one that says
/// `NotSent`.
pub(super) async fn place<T: FromAnswer>(
    http: &HttpClient,
    request: Result<Request>,
) -> Result<T, PlaceError> {
    let answer = http.place(request.map_err(PlaceError::not_sent)?).await?;
    T::from_answer(&answer).map_err(|error| PlaceError::placed(answer.unusable(error.message())))
}

/// All entries of a list that is paged by `limit` and `offset`, each once; pages are requested as
/// the stream is read. A list without an end ends with an error. `fetch` requests its pages with
/// the client that it is given.
pub(super) fn all<T, F, Fut>(
    http: &HttpClient,
    paging: Paging,
    fetch: F,
) -> BoxStream<'static, Result<T>>
where
    T: Listed + serde::Serialize + Send + 'static,
    F: Fn(HttpClient, Paging) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Listing<T>>> + Send + 'static,
{
    let budget = ReadBudget::new(http.provider().clone(), ReadLimits::LIST);
    let http = http.within(&budget);
    let fetch = std::sync::Arc::new(fetch);
    // Entries are identified by their whole content: their ids are optional, like all fields.
    let whole = |entry: &T| serde_json::to_string(entry).unwrap_or_default();
    let rows = pages(Some(paging.offset.unwrap_or(0)), budget, whole, move |from: Option<u64>| {
        let (fetch, http) = (std::sync::Arc::clone(&fetch), http.clone());
        async move {
            let page = fetch(http, Paging { offset: from, ..paging }).await?;
            let next = from.and_then(|from| page.next_offset(from));
            Ok::<_, Error>(PageOf { items: page.items, next })
        }
    });
    boxed(rows)
}

fn boxed<T>(rows: impl Stream<Item = Result<T>> + Send + 'static) -> BoxStream<'static, Result<T>> {
    rows.boxed()
}
