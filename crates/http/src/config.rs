//! Settings of a client. The defaults follow the providers' documents.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_core::{Error, ErrorKind, ProviderId, Result};
use url::Url;

use crate::Network;

/// How a client reaches one provider.
///
/// No setting makes a client follow redirects or use a proxy from the environment.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The provider named in errors and traces.
    pub provider: ProviderId,
    /// The address of the API. A path in it is a prefix of every route.
    pub base_url: Url,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// Time limit for name resolution, connection and TLS together: 5 s.
    pub connect_timeout: Duration,
    /// Time limit for one read or write, including its body: 30 s.
    pub read_timeout: Duration,
    /// Time limit for a placing request, from the connection to the last byte of the answer: 60 s.
    /// A provider that answers when the phone call is over needs at least 15 minutes.
    pub place_timeout: Duration,
    /// How long an event stream may be idle: 90 s.
    pub stream_idle_timeout: Duration,
    /// The largest body that is read, in bytes: 1 MiB.
    pub body_cap: usize,
    /// How reads are retried.
    pub retry: RetryPolicy,
    /// Secrets of the account that this client's requests do not carry. Like the credential, they
    /// are removed from every answer.
    pub secrets: Vec<SecretString>,
    /// The proxy, the certificates and the cryptography of TLS: none of our own.
    pub network: Network,
}

impl ClientConfig {
    /// The defaults for `provider` at `base_url`.
    pub fn new(provider: ProviderId, base_url: Url) -> Self {
        Self {
            provider,
            base_url,
            user_agent: concat!("switchboard/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            place_timeout: Duration::from_secs(60),
            stream_idle_timeout: Duration::from_secs(90),
            body_cap: 1 << 20,
            retry: RetryPolicy::default(),
            secrets: Vec::new(),
            network: Network::default(),
        }
    }

    /// Refuses settings that cannot work.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for a base URL that is not http(s), or that carries
    /// credentials, a query or a fragment.
    pub(crate) fn check(&self) -> Result<()> {
        let url = &self.base_url;
        let problem = if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            "the base URL must begin with https:// (or http:// for a simulated provider) and name a host"
        } else if !url.username().is_empty() || url.password().is_some() {
            "the base URL must not carry credentials: they would show in logs"
        } else if url.query().is_some() || url.fragment().is_some() {
            "the base URL must not have a query or a fragment"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Configuration, problem)
            .with_field("base_url")
            .with_provider(self.provider.clone()))
    }
}

/// How a read is retried: full jitter between zero and an exponential ceiling, never past the
/// deadline, and never beyond the client's retry budget (10 % of its requests, plus one a second so
/// that an idle client may retry at all).
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// Retries after the first request: 3.
    pub retries: usize,
    /// The first ceiling: 200 ms.
    pub min_delay: Duration,
    /// The highest ceiling: 20 s. A `Retry-After` may ask for more.
    pub max_delay: Duration,
    /// No retry begins after this long: 60 s. A longer `Retry-After` is reported instead of waited
    /// for.
    pub deadline: Duration,
    /// Seed of the jitter, to make it repeatable; random if `None`.
    pub seed: Option<u64>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 3,
            min_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(20),
            deadline: Duration::from_secs(60),
            seed: None,
        }
    }
}
