//! Sockets: bound here, or inherited from systemd.
//!
//! A socket that is inherited is shared with the process that replaces this one, so that what waits
//! in its queue is lost by neither. `SO_REUSEPORT` would lose it, and is never used.

use std::net::SocketAddr;

use listenfd::ListenFd;
use tokio::net::TcpListener;

use crate::failure::{Failure, Outcome};

/// A socket that takes connections.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    pub(super) address: SocketAddr,
    /// True if another process may have it too: then its queue is not only ours.
    pub(super) shared: bool,
}

/// The sockets of the API and of health and metrics. With `LISTEN_FDS` the first one inherited is
/// the API's, and the second one the other's.
pub(super) async fn bind(
    (field, api): (&str, SocketAddr),
    (admin_field, admin): (&str, SocketAddr),
) -> Outcome<(Listener, Listener)> {
    let mut inherited = ListenFd::from_env();
    let api = take(&mut inherited, 0, field, api).await?;
    let admin = take(&mut inherited, 1, admin_field, admin).await?;
    Ok((api, admin))
}

async fn take(
    inherited: &mut ListenFd,
    index: usize,
    field: &str,
    address: SocketAddr,
) -> Outcome<Listener> {
    let wrong = |error: std::io::Error| {
        Failure::local(format!("the inherited socket {index} cannot be used: {error}"))
    };
    if index < inherited.len()
        && let Some(socket) = inherited.take_tcp_listener(index).map_err(wrong)?
    {
        socket.set_nonblocking(true).map_err(wrong)?;
        let socket = TcpListener::from_std(socket).map_err(wrong)?;
        let address = socket.local_addr().map_err(wrong)?;
        return Ok(Listener { socket, address, shared: true });
    }
    let problem = |error: std::io::Error| {
        Failure::local(format!(
            "{address} cannot be listened on: {error}; give another address with {field}"
        ))
    };
    let socket = TcpListener::bind(address).await.map_err(problem)?;
    let address = socket.local_addr().map_err(problem)?;
    Ok(Listener { socket, address, shared: false })
}
