//! A proxy made of sockets.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::tls::drain;

/// What the proxy does with a connection.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Answers `CONNECT` and leads to this address, whichever was asked for.
    Tunnel(SocketAddr),
    /// Answers `CONNECT`, then closes after this many bytes of the client's.
    TunnelThenClose(usize),
    /// Reads the request and writes these bytes.
    Says(String),
    /// Closes at once, unread.
    CloseUnread,
    /// Reads the request, closes.
    Close,
    /// Reads the request, never answers.
    Hang,
}

pub(crate) struct TestProxy {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl TestProxy {
    pub(crate) async fn new(does: Does) -> Self {
        Self::over(None, does).await
    }

    /// A proxy that is itself spoken to over TLS, if it is given a certificate.
    pub(crate) async fn over(tls: Option<TlsAcceptor>, does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            let mut serving = tokio::task::JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (tls, does, noted) = (tls.clone(), does.clone(), Arc::clone(&noted));
                serving.spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                serve(socket, does, &noted).await;
                            }
                        }
                        None => serve(socket, does, &noted).await,
                    }
                });
            }
        });
        Self { address, heads, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the requests to the proxy itself.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    does: Does,
    heads: &Mutex<Vec<String>>,
) {
    if matches!(does, Does::CloseUnread) {
        return;
    }
    // A body that came with the head is read too, so that closing does not reset the connection.
    let Some(request) = super::read_request(&mut socket).await else { return };
    heads.lock().unwrap().push(request);
    match does {
        Does::CloseUnread | Does::Close => {}
        Does::Hang => std::future::pending().await,
        Does::Says(answer) => {
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
            drain(socket).await;
        }
        Does::Tunnel(to) => {
            let mut server = TcpStream::connect(to).await.unwrap();
            let _ = socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
            let _ = tokio::io::copy_bidirectional(&mut socket, &mut server).await;
        }
        Does::TunnelThenClose(bytes) => {
            let _ = socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
            let mut read = vec![0; bytes];
            let _ = socket.read_exact(&mut read).await;
        }
    }
}
