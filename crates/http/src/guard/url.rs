//! What the URL of a receiver has to look like.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use url::{Host, Url};

use super::is_public;

/// The most characters that a URL may have.
pub const LONGEST_URL: usize = 2_048;

/// Which addresses may be connected to.
#[derive(Debug, Clone)]
pub struct GuardRules {
    /// Networks that are allowed although they are not public. With a loopback network, plain http
    /// to an address in it is allowed too, on every port: for tests and simulations.
    pub allow_networks: Vec<IpNet>,
    /// The ports that https may use.
    pub allow_ports: Vec<u16>,
}

impl Default for GuardRules {
    /// The public internet, on port 443.
    fn default() -> Self {
        Self { allow_networks: Vec::new(), allow_ports: vec![443] }
    }
}

/// Why a URL is refused. It does not contain the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlRefused {
    /// It has more than 2,048 characters.
    TooLong,
    /// It is no URL with a host.
    Malformed,
    /// It is not https.
    NotHttps,
    /// It has a user name or a password.
    Credentials,
    /// It has a fragment.
    Fragment,
    /// Its port is not allowed.
    Port,
    /// Its host is an address that is not public.
    Address,
}

impl UrlRefused {
    /// What is wrong, and what to write instead.
    pub const fn explain(self) -> (&'static str, &'static str) {
        match self {
            Self::TooLong => ("has more than 2,048 characters", "use a shorter address"),
            Self::Malformed => ("is not a web address", "write it as https://example.com/hook"),
            Self::NotHttps => ("is not an https address", "write it as https://example.com/hook"),
            Self::Credentials => (
                "has a user name or a password",
                "leave them out: the signature shows where a webhook comes from",
            ),
            Self::Fragment => ("has a fragment", "leave out what follows the #"),
            Self::Port => ("has a port that webhooks may not use", "use port 443"),
            Self::Address => {
                ("has an address that is not public", "use a host on the public internet")
            }
        }
    }
}

impl fmt::Display for UrlRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, fix) = self.explain();
        write!(f, "the address {problem}: {fix}")
    }
}

impl std::error::Error for UrlRefused {}

impl GuardRules {
    /// Parses a URL as browsers do, and checks all that can be seen in it. What its name leads to
    /// is checked when it is connected to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, text: &str) -> Result<Url, UrlRefused> {
        if text.len() > LONGEST_URL {
            return Err(UrlRefused::TooLong);
        }
        let url = Url::parse(text).map_err(|_| UrlRefused::Malformed)?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(UrlRefused::NotHttps),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefused::Credentials);
        }
        if url.fragment().is_some() {
            return Err(UrlRefused::Fragment);
        }
        let literal = match url.host().ok_or(UrlRefused::Malformed)? {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if is_plain {
            let tested = |address: IpAddr| address.is_loopback() && self.allows(address);
            return if literal.is_some_and(tested) { Ok(url) } else { Err(UrlRefused::NotHttps) };
        }
        if !url.port_or_known_default().is_some_and(|port| self.allow_ports.contains(&port)) {
            return Err(UrlRefused::Port);
        }
        match literal {
            Some(address) if !self.allows(address) => Err(UrlRefused::Address),
            _ => Ok(url),
        }
    }

    /// True if this address may be connected to.
    pub fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || self.allow_networks.iter().any(|network| network.contains(&address))
    }
}
