//! A body that is watched: something is done when it is dropped.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// A body that calls a function once, when it is dropped. The function gets the body if it was not
/// read to its end.
pub struct WatchedBody<F: FnOnce(Option<Body>) + Unpin> {
    body: Option<Body>,
    dropped: Option<F>,
}

impl<F: FnOnce(Option<Body>) + Unpin> WatchedBody<F> {
    /// This body, with what is done when it is dropped.
    pub const fn new(body: Body, dropped: F) -> Self {
        Self { body: Some(body), dropped: Some(dropped) }
    }
}

impl<F: FnOnce(Option<Body>) + Unpin> HttpBody for WatchedBody<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = Pin::new(body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = frame {
            self.body = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl<F: FnOnce(Option<Body>) + Unpin> Drop for WatchedBody<F> {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        if let Some(dropped) = self.dropped.take() {
            dropped(unread);
        }
    }
}

impl<F: FnOnce(Option<Body>) + Unpin> fmt::Debug for WatchedBody<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedBody").field("body", &self.body).finish_non_exhaustive()
    }
}
