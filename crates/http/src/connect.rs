//! Builds the two clients.
//!
//! What they share: HTTP/1.1, no redirects, no proxy from the environment, and no resending by the
//! library, whose default sends a request again after some HTTP/2 refusals. What they do not share
//! is in [`placing`] and [`pooled`].

use std::{sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, redirect};
use rustls::{RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use switchboard_core::{Error, ErrorKind, Result};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

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

fn build(config: &ClientConfig, shape: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client> {
    let failed = || {
        Error::new(ErrorKind::Configuration, "the HTTP client could not be built")
            .with_provider(config.provider.clone())
    };
    let tls = tls(config).map_err(|error| failed().with_source(error))?;
    shape(
        Client::builder()
            .user_agent(config.user_agent.as_str())
            .connect_timeout(config.connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .tls_backend_preconfigured(tls),
    )
    .build()
    .map_err(|error| failed().with_source(error.without_url()))
}

/// TLS 1.2 and 1.3 with ring, which is named here so that no other provider in the process, and no
/// order in which libraries are initialized, changes what this client does.
///
/// Certificates are checked by the platform's verifier where it works. It fails on a machine without
/// any CA store, as slim containers are: there the bundled roots take its place.
fn tls(config: &ClientConfig) -> Result<rustls::ClientConfig, rustls::Error> {
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    let verified = match builder.clone().with_platform_verifier() {
        Ok(verified) => verified,
        Err(error) => {
            tracing::debug!(provider = %config.provider, %error, "no usable certificate store on this machine: using the bundled roots");
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(TLS_SERVER_ROOT_CERTS.iter().cloned());
            builder.with_root_certificates(roots)
        }
    };
    let mut tls = verified.with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}
