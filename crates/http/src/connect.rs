//! Builds the two clients.
//!
//! Both use HTTP/1.1, follow no redirects, ignore proxies in the environment, and never let the
//! library resend: by default it repeats a request after some HTTP/2 refusals. [`placing`] and
//! [`pooled`] say what differs.

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect};
use switchboard_core::{Error, ErrorKind, Result};

use crate::ClientConfig;

/// The client that places calls: every request uses a fresh connection. A reused one that the
/// server has closed in the meantime would turn a harmless failure into an ambiguous one.
pub(crate) fn placing(config: &ClientConfig) -> Result<Client> {
    build(config, |builder| builder.pool_max_idle_per_host(0).timeout(config.place_timeout))
}

/// The client for everything else. Idle connections are kept for 20 s, less than servers and load
/// balancers usually keep theirs.
pub(crate) fn pooled(config: &ClientConfig) -> Result<Client> {
    build(config, |builder| builder.pool_idle_timeout(Duration::from_secs(20)))
}

/// Uses the platform's certificate verifier if it works. It fails, even for plain http, on a
/// machine without a CA store, such as a slim container; the bundled roots are used there.
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
