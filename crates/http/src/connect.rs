//! Builds the clients.
//!
//! All of them use HTTP/1.1, follow no redirects, ignore proxies in the environment, and never let the
//! library resend: by default it repeats a request after some HTTP/2 refusals. [`placing`],
//! [`pooled`], [`guarded`] and [`operator`] say what differs. Only the first two go through the proxy
//! of the [`Network`].

use std::time::Duration;

use reqwest::{Client, ClientBuilder, dns::Resolve, redirect};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{
    ClientConfig, Network,
    network::{Proxy, tls},
};

/// The client that places calls: every request uses a fresh connection. A reused one that the
/// server has closed in the meantime would turn a harmless failure into an ambiguous one.
pub(crate) fn placing(config: &ClientConfig) -> Result<Client> {
    to_provider(config, |builder| builder.pool_max_idle_per_host(0).timeout(config.place_timeout))
}

/// The client for everything else. Idle connections are kept for 20 s, less than servers and load
/// balancers usually keep theirs.
pub(crate) fn pooled(config: &ClientConfig) -> Result<Client> {
    to_provider(config, |builder| builder.pool_idle_timeout(Duration::from_secs(20)))
}

fn to_provider(
    config: &ClientConfig,
    shape: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client> {
    let proxy = config.network.proxy_to(&config.base_url);
    build(&config.network, proxy, |builder| {
        let builder = builder.user_agent(config.user_agent.as_str());
        shape(builder.connect_timeout(config.connect_timeout))
    })
    .map_err(|error| error.with_provider(config.provider.clone()))
}

/// The client for addresses that users give. Names are resolved by `resolver` alone, so it cannot go
/// through a proxy, which would resolve them itself.
pub(crate) fn guarded(
    resolver: impl Resolve + 'static,
    timeout: Duration,
    network: &Network,
) -> Result<Client> {
    build(network, None, |builder| {
        own(builder, timeout).pool_max_idle_per_host(8).dns_resolver(resolver)
    })
}

/// The client for addresses that the operator configures, which are close to this process as a rule.
pub(crate) fn operator(timeout: Duration, network: &Network) -> Result<Client> {
    build(network, None, |builder| own(builder, timeout))
}

fn own(builder: ClientBuilder, timeout: Duration) -> ClientBuilder {
    builder
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(20))
}

fn build(
    network: &Network,
    proxy: Option<&Proxy>,
    shape: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client> {
    let failed = || Error::new(ErrorKind::Configuration, "the HTTP client could not be built");
    let tls = tls(network).map_err(|error| failed().with_source(error))?;
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .tls_backend_preconfigured(tls);
    if let Some(proxy) = proxy {
        let proxy = proxy.built().map_err(|error| failed().with_source(error.without_url()))?;
        builder = builder.proxy(proxy);
    }
    shape(builder).build().map_err(|error| failed().with_source(error.without_url()))
}
