//! Settings of a client, with the defaults that the providers' documents call for.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_core::{Error, ErrorKind, ProviderId, Result};
use url::Url;

/// How a client reaches one provider.
///
/// Neither client follows redirects or reads a proxy from the environment, and nothing here changes
/// that.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The provider that errors and traces name.
    pub provider: ProviderId,
    /// Where the API lives; a path in it is kept as a prefix of every route.
    pub base_url: Url,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The longest that name resolution, connection and TLS may take together: 5 s.
    pub connect_timeout: Duration,
    /// The longest that one read or write may take, its body included: 30 s.
    pub read_timeout: Duration,
    /// The longest that the request which places a call may take, from the connection to the last
    /// byte of the answer: 60 s. A provider that answers when the phone call is over needs at least
    /// 15 minutes.
    pub place_timeout: Duration,
    /// The longest silence on an event stream: 90 s.
    pub stream_idle_timeout: Duration,
    /// The largest body that is read, in bytes: 1 MiB.
    pub body_cap: usize,
    /// How reads are retried.
    pub retry: RetryPolicy,
    /// Secrets of the account that requests of this client do not carry. They are taken out of
    /// every answer, as the credential is.
    pub secrets: Vec<SecretString>,
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
        let complaint = if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            "the base URL must begin with https:// (or http:// for a simulated provider) and name a host"
        } else if !url.username().is_empty() || url.password().is_some() {
            "the base URL must not carry credentials: they would show in logs"
        } else if url.query().is_some() || url.fragment().is_some() {
            "the base URL must end with its path"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Configuration, complaint)
            .with_field("base_url")
            .with_provider(self.provider.clone()))
    }
}

/// How a read is retried: full jitter between nothing and an exponential ceiling, never past the
/// deadline, and never past the client's retry budget (10 % of its requests, plus one a second so
/// that a quiet client may retry at all).
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// Retries after the first request: 3.
    pub retries: usize,
    /// The first ceiling: 200 ms.
    pub min_delay: Duration,
    /// The highest ceiling: 20 s. A `Retry-After` may ask for more.
    pub max_delay: Duration,
    /// After this long no further retry begins: 60 s. A `Retry-After` that ends later is reported
    /// rather than waited for.
    pub deadline: Duration,
    /// Makes the jitter repeatable; drawn from the system when `None`.
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
