//! What is left of a body when its request is answered before all of it was read.
//!
//! The HTTP server closes a connection whose request was not read to its end, and the answer does
//! not say so. A client that uses the connection again loses its next request with it, and may lose
//! the answer, too. So the rest is read first if it is little and comes soon, and otherwise the
//! answer says that the connection is closed.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
};
use futures::StreamExt;
use http::header;
use parking_lot::Mutex;
use switchboard::Clock;

use crate::watched::WatchedBody;

/// More than this is not read only to be dropped.
const LARGEST: usize = 64 * 1024;
const WITHIN: Duration = Duration::from_secs(1);

/// The body of a request that was passed on.
#[derive(Debug)]
pub(crate) struct Unread {
    rest: Arc<Mutex<Option<Body>>>,
    is_asked_for: bool,
}

impl Unread {
    /// Keeps an eye on the body of a request. `None` if it has none.
    pub(crate) fn of(request: &mut Request) -> Option<Self> {
        if request.body().is_end_stream() {
            return None;
        }
        let rest = Arc::new(Mutex::new(None));
        let body = std::mem::take(request.body_mut());
        let kept = Arc::clone(&rest);
        let watched = WatchedBody::new(body, move |unread| *kept.lock() = unread);
        *request.body_mut() = Body::new(watched);
        let is_asked_for = request.headers().contains_key(header::EXPECT);
        Some(Self { rest, is_asked_for })
    }

    /// Reads the rest once the request is answered. False if there is more than may be read: then
    /// the connection cannot be used again.
    pub(crate) async fn drain(self, clock: &dyn Clock) -> bool {
        let Some(rest) = self.rest.lock().take() else {
            return true;
        };
        let is_large = rest.size_hint().lower() > LARGEST as u64;
        // A client that asks first, and is refused, does not send its body.
        if self.is_asked_for || is_large {
            return false;
        }
        tokio::select! {
            biased;
            is_read = read(rest) => is_read,
            () = clock.sleep(WITHIN) => false,
        }
    }
}

async fn read(rest: Body) -> bool {
    let mut chunks = rest.into_data_stream();
    let mut left = LARGEST;
    while let Some(chunk) = chunks.next().await {
        let Some(after) = chunk.ok().and_then(|chunk| left.checked_sub(chunk.len())) else {
            return false;
        };
        left = after;
    }
    true
}
