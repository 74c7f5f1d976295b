//! A request body that records when it is first polled.
//!
//! HTTP/1.1 writes the head together with the first bytes of the body, so a body that was never
//! polled proves that no byte of the request was sent. The HTTP library's errors do not say this.
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

/// Whether the body was polled.
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
    /// it cannot prove that nothing was sent.
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
