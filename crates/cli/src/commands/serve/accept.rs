//! The only file that knows how connections meet tasks: limits, timeouts, and the end.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
};
use futures::FutureExt;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use switchboard::config::Network;
use switchboard_api::{Code, Problem, WatchedBody};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::ServiceExt;

use super::{
    listener::Listener,
    timeouts::{Busy, Serving, Timed},
};

/// How long a connection may wait for its next request.
const IDLE: Duration = Duration::from_secs(75);
/// Connections from one address.
const FROM_ONE_ADDRESS: usize = 512;
/// A block of headers, the request line included.
const LARGEST_HEAD: usize = 32 * 1024;
/// The pause after connections could not be taken, for example because files are used up.
const PAUSE: Duration = Duration::from_millis(100);
const REFUSE_WITHIN: Duration = Duration::from_secs(1);
/// How long the first request of a connection is waited for once the process ends: its client may
/// have sent it already.
const FIRST_WITHIN: Duration = Duration::from_secs(1);

/// Who may be connected at the same time.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    /// Proxies stand for many clients.
    proxies: Vec<Network>,
    refusal: Bytes,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    refused: u64,
}

/// One connection, counted until this is dropped.
struct Counted {
    connections: Arc<Connections>,
    from: IpAddr,
}

impl Connections {
    pub(super) fn new(most: usize, proxies: Vec<Network>) -> Arc<Self> {
        Arc::new(Self { most, proxies, refusal: refusal(), open: Mutex::default() })
    }

    /// How many are open.
    pub(super) fn open(&self) -> usize {
        self.open.lock().all
    }

    /// How many were refused.
    pub(super) fn refused(&self) -> u64 {
        self.open.lock().refused
    }

    fn count(self: &Arc<Self>, from: IpAddr) -> Option<Counted> {
        let from = from.to_canonical();
        let is_proxy = self.proxies.iter().any(|network| network.0.contains(&from));
        let mut open = self.open.lock();
        let of_address = open.by_address.get(&from).copied().unwrap_or_default();
        if open.all >= self.most || of_address >= FROM_ONE_ADDRESS && !is_proxy {
            open.refused += 1;
            return None;
        }
        open.all += 1;
        *open.by_address.entry(from).or_default() += 1;
        Some(Counted { connections: Arc::clone(self), from })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock();
        open.all -= 1;
        if let Some(count) = open.by_address.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.from);
            }
        }
    }
}

/// Takes connections until `stop` is ready. Then it answers what waits in the queue already, unless
/// the queue is shared with another process, and waits for the requests under way, but no longer
/// than `grace`.
pub(super) async fn serve(
    listener: Listener,
    router: Router,
    connections: Arc<Connections>,
    stop: impl Future<Output = ()> + Send,
    grace: Duration,
) {
    let Listener { socket, shared, .. } = listener;
    // Each connection has a receiver, so that the sender knows when the last one is over.
    let (ending, _) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, from) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&socket) => accepted,
        };
        take(stream, from, &router, &connections, &ending);
    }
    while !shared && let Some(Ok((stream, from))) = socket.accept().now_or_never() {
        take(stream, from, &router, &connections, &ending);
    }
    drop(socket);
    // What is not over then is ended with the process.
    ending.send_replace(true);
    let _ = tokio::time::timeout(grace, ending.closed()).await;
}

async fn accept(socket: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match socket.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn take(
    mut stream: TcpStream,
    from: SocketAddr,
    router: &Router,
    connections: &Arc<Connections>,
    ending: &watch::Sender<bool>,
) {
    let Some(counted) = connections.count(from.ip()) else {
        let refusal = connections.refusal.clone();
        tokio::spawn(tokio::time::timeout(REFUSE_WITHIN, async move {
            let _ = stream.write_all(&refusal).await;
            let _ = stream.shutdown().await;
        }));
        return;
    };
    // Answers are small and complete: waiting to send them together only delays them.
    let _ = stream.set_nodelay(true);
    let busy = Busy::default();
    let service = {
        let (router, busy) = (router.clone(), busy.clone());
        service_fn(move |request| respond(router.clone(), request, from, busy.begin()))
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_header_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(Timed::new(stream, busy.clone())), service);
    let mut ending = ending.subscribe();
    tokio::spawn(async move {
        let _counted = counted;
        let mut connection = std::pin::pin!(connection);
        let over = tokio::select! {
            over = connection.as_mut() => over,
            () = ended(&mut ending) => {
                // Ended at once, a new connection would take the request on its way with it.
                let first = tokio::time::timeout(FIRST_WITHIN, busy.first());
                tokio::select! {
                    over = connection.as_mut() => over,
                    _ = first => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                }
            }
        };
        if let Err(error) = over {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

/// Ready once the process ends.
async fn ended(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await;
}

/// What is answered to connections above the limits, before they have said anything.
fn refusal() -> Bytes {
    let detail = "this process has as many connections as it takes: try later";
    let problem = Problem::new(Code::TooManyConnections, detail).of_placing();
    let (status, body) = (problem.status(), problem.to_json(None, None).to_string());
    let head = [
        format!("HTTP/1.1 {status}"),
        "content-type: application/problem+json".to_owned(),
        format!("content-length: {}", body.len()),
        "retry-after: 1".to_owned(),
        "connection: close".to_owned(),
    ];
    Bytes::from(format!("{}\r\n\r\n{body}", head.join("\r\n")))
}

async fn respond(
    router: Router,
    request: Request<Incoming>,
    from: SocketAddr,
    serving: Serving,
) -> Result<Response<WatchedBody<impl FnOnce(Option<Body>) + Unpin>>, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(from));
    let response = router.oneshot(request).await?;
    // The request is served until its answer is sent.
    Ok(response.map(|body| WatchedBody::new(body, move |_| drop(serving))))
}
