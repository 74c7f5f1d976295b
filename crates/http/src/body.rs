//! A request body that notes when it is first asked for.
//!
//! Over HTTP/1.1 the head and the first bytes of the body are written together: a body that was
//! never polled means that nothing of the request left. No error of the HTTP library tells as much.
//! The body knows its length, so servers see an ordinary `Content-Length` and not a chunked stream.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// Whether the body was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Polled(Arc<AtomicBool>);

impl Polled {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[derive(Debug)]
pub(crate) struct NotingBody {
    bytes: Bytes,
    polled: Polled,
}

impl NotingBody {
    /// A body and its flag. An empty body is never polled, so it counts as polled from the start:
    /// it can prove nothing.
    pub(crate) fn new(bytes: Bytes) -> (Self, Polled) {
        let polled = Polled::default();
        if bytes.is_empty() {
            polled.set();
        }
        (Self { bytes, polled: polled.clone() }, polled)
    }
}

impl http_body::Body for NotingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polled.set();
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
