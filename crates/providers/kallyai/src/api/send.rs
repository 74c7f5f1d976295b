//! The three ways out, each ending in a typed answer.

use switchboard_core::{Error, PlaceError, Result};
use switchboard_http::{Bounds, HttpClient, PageOf, Request, Walk, pages};

use futures::{Stream, StreamExt, stream::BoxStream};

use crate::wire::{FromAnswer, Listed, Listing, Paging};

/// Reads: harmless, and so repeated where a moment may mend a failure.
pub(super) async fn look<T: FromAnswer>(http: &HttpClient, request: Request) -> Result<T> {
    T::from_answer(&http.read(request).await?)
}

/// [`look`] at one thing by its id, which fills `{name}` in the path. An answer that has another id
/// under one of `keys` is about something else.
pub(super) async fn look_at<T: FromAnswer>(
    http: &HttpClient,
    request: Request,
    (name, id): (&'static str, &str),
    keys: &[&str],
) -> Result<T> {
    T::from_answer(&http.read(request.param(name, id)).await?.about(id, keys)?)
}

/// Changes something and rings nobody: sent again only when nothing of it left.
pub(super) async fn act<T: FromAnswer>(http: &HttpClient, request: Request) -> Result<T> {
    T::from_answer(&http.write(request).await?)
}

/// May make a phone ring: over a connection of its own, once. A success that cannot be read is an
/// error that says `Placed`, and a request that could not be made one that says `NotSent`.
pub(super) async fn ring<T: FromAnswer>(
    http: &HttpClient,
    request: Result<Request>,
) -> Result<T, PlaceError> {
    let answer = http.place(request.map_err(PlaceError::not_sent)?).await?;
    T::from_answer(&answer).map_err(|error| PlaceError::placed(answer.unusable(error.message())))
}

/// All entries of a list that is paged by `limit` and `offset`, each once, page after page as they
/// are asked for. A list without an end ends with an error. `fetch` asks for its pages with the
/// client that it is given.
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
    let walk = Walk::new(http.provider().clone(), Bounds::LIST);
    let http = http.within(&walk);
    let fetch = std::sync::Arc::new(fetch);
    // Entries are told apart by all that they say: their ids are optional, as everything is.
    let whole = |entry: &T| serde_json::to_string(entry).unwrap_or_default();
    let rows = pages(Some(paging.offset.unwrap_or(0)), walk, whole, move |from: Option<u64>| {
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
