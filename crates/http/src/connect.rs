//! Builds the clients.
//!
//! All of them use HTTP/1.1, follow no redirects, ignore proxies in the environment, and never let the
//! library resend: by default it repeats a request after some HTTP/2 refusals. [`placing`],
//! [`pooled`], [`guarded`] and [`operator`] say what differs.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, dns::Resolve, redirect};
use rustls::{RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use switchboard_core::{Error, ErrorKind, Result};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

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

fn build(config: &ClientConfig, shape: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client> {
    let failed = || {
        Error::new(ErrorKind::Configuration, "the HTTP client could not be built")
            .with_provider(config.provider.clone())
    };
    let tls = tls().map_err(|error| failed().with_source(error))?;
    shape(
        common(tls).user_agent(config.user_agent.as_str()).connect_timeout(config.connect_timeout),
    )
    .build()
    .map_err(|error| failed().with_source(error.without_url()))
}

/// The client for addresses that users give. Names are resolved by `resolver` alone.
pub(crate) fn guarded(resolver: impl Resolve + 'static, timeout: Duration) -> Result<Client> {
    let failed = || Error::new(ErrorKind::Configuration, "the HTTP client could not be built");
    let tls = tls().map_err(|error| failed().with_source(error))?;
    common(tls)
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(8)
        .dns_resolver(resolver)
        .build()
        .map_err(|error| failed().with_source(error.without_url()))
}

/// The client for addresses that the operator configures.
pub(crate) fn operator(timeout: Duration) -> Result<Client> {
    let failed = || Error::new(ErrorKind::Configuration, "the HTTP client could not be built");
    let tls = tls().map_err(|error| failed().with_source(error))?;
    common(tls)
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(20))
        .build()
        .map_err(|error| failed().with_source(error.without_url()))
}

fn common(tls: rustls::ClientConfig) -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .tls_backend_preconfigured(tls)
}

/// TLS 1.2 and 1.3 with ring. The crypto provider is named here so that neither another one in the
/// process nor the order in which libraries are initialized changes what this client does.
///
/// Uses the platform's certificate verifier if it works. It fails on a machine without a CA store,
/// such as a slim container; the bundled roots are used there.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    let verified = match builder.clone().with_platform_verifier() {
        Ok(verified) => verified,
        Err(error) => {
            tracing::debug!(%error, "no usable certificate store on this machine: using the bundled roots");
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(TLS_SERVER_ROOT_CERTS.iter().cloned());
            builder.with_root_certificates(roots)
        }
    };
    let mut tls = verified.with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}
