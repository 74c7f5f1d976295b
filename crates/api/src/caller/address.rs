//! Where a request comes from: the connection's address, or what a trusted proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The address of the connection itself. `None` if the server does not say who is connected.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.ip().to_canonical())
}

/// The client's address. `None` if the server does not say who is connected.
pub(crate) fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    proxies: &[IpNet],
) -> Option<IpAddr> {
    let trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut address = peer(extensions)?;
    if !trusted(&address) {
        return Some(address);
    }
    // From the nearest proxy on: each one that is trusted vouches for the address before it.
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for text in forwarded.iter().rev() {
        let Ok(before) = text.trim().parse::<IpAddr>() else {
            break;
        };
        address = before.to_canonical();
        if !trusted(&address) {
            break;
        }
    }
    Some(address)
}
