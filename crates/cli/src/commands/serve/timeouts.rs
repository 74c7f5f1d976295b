//! How long a connection may take to send the head of a request.
//!
//! hyper has one timeout for waiting and for reading, from the end of one request to the head of
//! the next. An idle connection may wait longer than a head may take, so the second is watched here:
//! from the first byte on, and on a new connection from its beginning on.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::SetOnce,
    time::{Instant, Sleep},
};

/// How long the head of a request may take.
pub(super) const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// Whether a request of a connection is being served, and whether any was.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<State>);

#[derive(Debug, Default)]
struct State {
    now: AtomicBool,
    /// Set by the first request.
    first: SetOnce<()>,
}

impl Busy {
    pub(super) fn begin(&self) -> Serving {
        self.0.now.store(true, Ordering::SeqCst);
        // Every request but the first finds it set.
        let _ = self.0.first.set(());
        Serving(self.clone())
    }

    fn is_set(&self) -> bool {
        self.0.now.load(Ordering::SeqCst)
    }

    /// Ready once a request was begun.
    pub(super) async fn first(&self) {
        self.0.first.wait().await;
    }
}

/// One request that is being served, until this is dropped.
#[derive(Debug)]
pub(super) struct Serving(Busy);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.0.now.store(false, Ordering::SeqCst);
    }
}

/// A connection whose requests have to begin in time.
pub(super) struct Timed {
    stream: TcpStream,
    busy: Busy,
    /// Until when the head has to be there. `None`: nothing of it came yet.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    pub(super) fn new(stream: TcpStream, busy: Busy) -> Self {
        let deadline = Some(Box::pin(tokio::time::sleep(HEAD_WITHIN)));
        Self { stream, busy, deadline }
    }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.busy.is_set() {
            self.deadline = None;
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() > before && self.deadline.is_none() {
                    let until = Instant::now() + HEAD_WITHIN;
                    self.deadline = Some(Box::pin(tokio::time::sleep_until(until)));
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                let Some(deadline) = &mut self.deadline else {
                    return Poll::Pending;
                };
                ready!(deadline.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Timed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
