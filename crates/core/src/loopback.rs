//! Addresses of this machine.

use url::{Host, Url};

/// True for an address of this machine: what is sent there unencrypted, nobody else can read. Of
/// names it is `localhost` alone: names below it may lead elsewhere.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
