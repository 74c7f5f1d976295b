//! The accept loop: a listener that can be closed and reopened on the same port.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::{Mutex, RwLock};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use super::connection::{ConnectionControl, finish};
use super::doors::Doors;
use super::exchange::{Host, exchange};
use super::handle::SimHandle;
use super::log::RequestLog;
use super::surface::Surface;
use super::timeline::Timeline;
use crate::fault::FaultHandle;
use crate::{RingLedger, SimConfig, rude};

/// Binds the address and serves the router that `routes` returns.
pub(crate) async fn start(
    config: &SimConfig,
    surface: Surface,
    credential: String,
    routes: impl FnOnce(&Arc<Host>) -> Router,
) -> io::Result<(SimHandle, Arc<Host>)> {
    if !(config.speed.is_finite() && config.speed > 0.0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the speed must be above zero"));
    }
    let ledger = match (&config.ledger, &config.ledger_file) {
        (Some(ledger), _) => ledger.clone(),
        (None, Some(path)) => RingLedger::with_file(path)?,
        (None, None) => RingLedger::in_memory(),
    };
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let host = Arc::new(Host {
        surface,
        address,
        faults: FaultHandle::new(config.faults.clone()),
        ledger,
        log: RequestLog::new(),
        attempts: Mutex::default(),
        timeline: Timeline::start(config.speed),
        shutdown: watch::channel(false).0,
        router: RwLock::new(Router::new()),
    });
    let routes = routes(&host);
    *host.router.write() = match config.rude {
        Some(rudeness) => rude::over(routes, rudeness, &host),
        None => routes,
    };
    let (shut, shut_seen) = watch::channel(false);
    let (opened, open) = watch::channel(true);
    let (sever, severed) = watch::channel(0);
    let task =
        tokio::spawn(accept_loop(Arc::clone(&host), listener, address, shut_seen, opened, severed));
    let doors = Doors { shut, open, sever };
    Ok((
        SimHandle::new(
            Arc::clone(&host),
            address,
            credential,
            config.seed.unwrap_or_default(),
            doors,
            task,
        ),
        host,
    ))
}

async fn accept_loop(
    host: Arc<Host>,
    listener: TcpListener,
    address: SocketAddr,
    mut shut: watch::Receiver<bool>,
    opened: watch::Sender<bool>,
    severed: watch::Receiver<u64>,
) {
    accept_until_shutdown(&host, listener, address, &mut shut, &opened, &severed).await;
    // The routes hold the state, which holds the host: break the reference cycle.
    *host.router.write() = Router::new();
}

async fn accept_until_shutdown(
    host: &Arc<Host>,
    listener: TcpListener,
    address: SocketAddr,
    shut: &mut watch::Receiver<bool>,
    opened: &watch::Sender<bool>,
    severed: &watch::Receiver<u64>,
) {
    let mut shutdown = host.shutdown.subscribe();
    let mut script = host.faults.changes();
    let outage = watch::channel(0_u64).0;
    let mut door = Door::Open(listener);
    loop {
        let (refusing, boundary) = host.faults.refusing();
        let wanted_shut = refusing || *shut.borrow_and_update();
        door = match (wanted_shut, door) {
            (true, Door::Open(listener)) => {
                drop(listener);
                outage.send_modify(|count| *count += 1);
                Door::Shut(hold(address))
            }
            (false, Door::Shut(held)) => open(held, address).await,
            (_, unchanged) => unchanged,
        };
        opened.send_replace(matches!(door, Door::Open(_)));
        let next_boundary = async {
            match boundary {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = shutdown.wait_for(|down| *down) => return,
            changed = shut.changed() => {
                if changed.is_err() { return; }
            }
            _ = script.changed() => {}
            () = next_boundary => {}
            accepted = door.accept() => match accepted {
                Ok(socket) => {
                    let connection = connection(Arc::clone(host), socket, outage.subscribe(), severed.clone());
                    tokio::spawn(connection);
                }
                Err(error) => tracing::warn!(%error, "a connection could not be accepted"),
            },
        }
    }
}

enum Door {
    Open(TcpListener),
    /// A socket that is bound but does not listen: it keeps the port, and the system refuses
    /// connections.
    Shut(io::Result<TcpSocket>),
}

impl Door {
    async fn accept(&self) -> io::Result<TcpStream> {
        match self {
            Self::Open(listener) => listener.accept().await.map(|(socket, _)| socket),
            Self::Shut(_) => std::future::pending().await,
        }
    }
}

fn hold(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn open(held: io::Result<TcpSocket>, address: SocketAddr) -> Door {
    let mut held = held;
    loop {
        match held.and_then(|socket| socket.listen(1024)) {
            Ok(listener) => return Door::Open(listener),
            Err(error) => {
                tracing::warn!(%error, "the simulator could not listen again yet");
                tokio::time::sleep(Duration::from_millis(20)).await;
                held = hold(address);
            }
        }
    }
}

async fn connection(
    host: Arc<Host>,
    socket: TcpStream,
    mut outage: watch::Receiver<u64>,
    mut severed: watch::Receiver<u64>,
) {
    // Not essential, so an error is ignored.
    let _ = socket.set_nodelay(true);
    let mut shutdown = host.shutdown.subscribe();
    let (control, mut seized) = ConnectionControl::new();
    let service = service_fn(move |request| exchange(Arc::clone(&host), control.clone(), request));
    let mut served = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    severed.mark_unchanged();
    let seizure = tokio::select! {
        biased;
        Ok(seizure) = &mut seized => Some(seizure),
        _ = outage.changed() => None,
        _ = severed.changed() => None,
        _ = shutdown.wait_for(|down| *down) => None,
        _ = &mut served => None,
    };
    if let Some(seizure) = seizure {
        let finishing = finish(served.into_parts().io.into_inner(), seizure);
        tokio::select! {
            () = finishing => {}
            _ = outage.changed() => {}
            _ = severed.changed() => {}
            _ = shutdown.wait_for(|down| *down) => {}
        }
    }
}
