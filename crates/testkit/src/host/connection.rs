//! A connection that can be taken away from the web server.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// How a seized connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With a FIN.
    Close,
    /// With a RST.
    Reset,
    /// Only when the other side closes it.
    Hang,
}

/// What to do with a seized connection: write raw bytes, then end it.
#[derive(Debug)]
pub(crate) struct Seizure {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// Lets an exchange seize its connection from the web server, once.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionControl(Arc<Mutex<Option<oneshot::Sender<Seizure>>>>);

impl ConnectionControl {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Seizure>) {
        let (sender, receiver) = oneshot::channel();
        (Self(Arc::new(Mutex::new(Some(sender)))), receiver)
    }

    pub(crate) fn seize(&self, seizure: Seizure) {
        if let Some(sender) = self.0.lock().take() {
            // The connection may have ended already; then there is nothing to break.
            let _ = sender.send(seizure);
        }
    }
}

/// Applies the seizure to the socket and drops it.
pub(crate) async fn finish(mut socket: TcpStream, seizure: Seizure) {
    if socket.write_all(&seizure.bytes).await.is_err() || socket.flush().await.is_err() {
        return;
    }
    match seizure.end {
        End::Close => {
            // The peer may have closed the connection already.
            let _ = socket.shutdown().await;
        }
        End::Reset => {
            if let Err(error) = socket.set_zero_linger() {
                tracing::error!(%error, "a simulated reset became an ordinary close");
            }
        }
        End::Hang => {
            let mut sink = [0; 1024];
            while matches!(socket.read(&mut sink).await, Ok(read) if read > 0) {}
        }
    }
}
