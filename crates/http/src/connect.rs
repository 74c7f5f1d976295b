//! Builds the two clients.
//!
//! What they share: HTTP/1.1, no redirects, no proxy from the environment, and no resending by the
//! library, whose default sends a request again after some HTTP/2 refusals. What they do not share
//! is in [`placing`] and [`pooled`].

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect};
use switchboard_core::{Error, ErrorKind, Result};

use crate::ClientConfig;

/// The client that places calls: every request has a fresh connection, because a kept one that the
/// server closed in the meantime turns a harmless failure into an ambiguous one.
pub(crate) fn placing(config: &ClientConfig) -> Result<Client> {
    build(config, |builder| builder.pool_max_idle_per_host(0).timeout(config.place_timeout))
}

/// The client for everything else. Kept connections live 20 s: shorter than servers and balancers
/// usually keep theirs.
pub(crate) fn pooled(config: &ClientConfig) -> Result<Client> {
    build(config, |builder| builder.pool_idle_timeout(Duration::from_secs(20)))
}

/// The platform's certificate verifier where it works. It fails, even for plain http, on a machine
/// without any CA store, as slim containers are: there the bundled roots take its place.
fn build(config: &ClientConfig, shape: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client> {
    let common = || {
        shape(
            Client::builder()
                .user_agent(config.user_agent.as_str())
                .connect_timeout(config.connect_timeout)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .http1_only(),
        )
    };
    let refused = match common().build() {
        Ok(client) => return Ok(client),
        Err(error) => error,
    };
    tracing::debug!(provider = %config.provider, "no usable certificate store on this machine: using the bundled roots");
    common().tls_certs_only(bundled_roots()).build().map_err(|_| {
        Error::new(ErrorKind::Configuration, "the HTTP client could not be built")
            .with_provider(config.provider.clone())
            .with_source(refused.without_url())
    })
}

fn bundled_roots() -> impl Iterator<Item = Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
}
