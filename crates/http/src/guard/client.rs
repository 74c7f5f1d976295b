//! The client for addresses that users give.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::StreamExt;
use reqwest::{Client, Response, header};
use switchboard_core::Result;

use super::{
    GuardRules, NameResolver, SystemResolver, UrlRefused,
    resolver::{Guarded, LeadsInside},
};
use crate::{Network, connect, retry_after};

/// How much of an answer is read, so that its connection can be used again.
const READ: usize = 1_024;
/// How much of an answer to a GET is read.
const READ_BY_GET: usize = 64 * 1024;
/// A longer `Retry-After` is cut to this.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Posts to addresses that users give, and gets them. It connects to what [`GuardRules`] allow and to nothing
/// else, follows no redirects, uses no proxy, keeps no cookies, and sends each request once.
#[derive(Debug, Clone)]
pub struct GuardedClient {
    rules: Arc<GuardRules>,
    client: Client,
}

/// What a receiver answered. Its words are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostAnswer {
    /// The HTTP status.
    pub status: u16,
    /// How long `Retry-After` asks to wait, at most 24 hours.
    pub retry_after: Option<Duration>,
}

/// What an address answered to a GET. `Debug` shows nothing of its words.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: Option<String>,
    /// The beginning of the answer.
    pub body: Bytes,
}

impl fmt::Debug for GetAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostFailure {
    /// The address is not allowed. Nothing was connected to.
    NotAllowed,
    /// The name has no address.
    Name,
    /// No connection, or no valid certificate.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke off, or the answer is not HTTP.
    Transport,
}

impl PostFailure {
    /// The word used in JSON and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Name => "name",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
        }
    }
}

impl GuardedClient {
    /// A client under these rules. A request may take this long, its answer included.
    ///
    /// # Errors
    /// `Configuration` if TLS cannot be set up.
    pub fn new(rules: GuardRules, timeout: Duration) -> Result<Self> {
        Self::with_resolver(rules, timeout, Arc::new(SystemResolver))
    }

    /// The same with the certificates and the cryptography of this network. Its proxy is not used:
    /// a proxy resolves names itself, and what is checked here would not be what is connected to.
    ///
    /// # Errors
    /// As [`GuardedClient::new`].
    pub fn with_network(rules: GuardRules, timeout: Duration, network: &Network) -> Result<Self> {
        Self::built(rules, timeout, Arc::new(SystemResolver), network)
    }

    /// The same with another source of addresses.
    ///
    /// # Errors
    /// As [`GuardedClient::new`].
    pub fn with_resolver(
        rules: GuardRules,
        timeout: Duration,
        names: Arc<dyn NameResolver>,
    ) -> Result<Self> {
        Self::built(rules, timeout, names, &Network::default())
    }

    fn built(
        rules: GuardRules,
        timeout: Duration,
        names: Arc<dyn NameResolver>,
        network: &Network,
    ) -> Result<Self> {
        let rules = Arc::new(rules);
        let resolver = Guarded { rules: Arc::clone(&rules), names };
        let client = connect::guarded(resolver, timeout, network)?;
        Ok(Self { rules, client })
    }

    /// The rules.
    pub fn rules(&self) -> &GuardRules {
        &self.rules
    }

    /// Checks an address as each request does.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, url: &str) -> Result<(), UrlRefused> {
        self.rules.check(url).map(drop)
    }

    /// Gets an address once. Returns the status, the `Content-Type` and the beginning of the answer,
    /// at most 64 KiB.
    ///
    /// # Errors
    /// Why there is no answer. The address is not in it.
    pub async fn get(&self, url: &str) -> Result<GetAnswer, PostFailure> {
        let url = self.rules.check(url).map_err(|_| PostFailure::NotAllowed)?;
        let response = self.client.get(url).send().await.map_err(|error| failure(&error))?;
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let (mut body, mut pieces) = (Vec::new(), response.bytes_stream());
        while body.len() < READ_BY_GET
            && let Some(piece) = pieces.next().await
        {
            body.extend_from_slice(&piece.map_err(|error| failure(&error))?);
        }
        body.truncate(READ_BY_GET);
        Ok(GetAnswer { status, content_type, body: body.into() })
    }

    /// Posts a JSON body once.
    ///
    /// # Errors
    /// Why there is no answer. The address is not in it.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<PostAnswer, PostFailure> {
        let url = self.rules.check(url).map_err(|_| PostFailure::NotAllowed)?;
        let mut request = self.client.post(url).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body).send().await.map_err(|error| failure(&error))?;
        let answer =
            PostAnswer { status: response.status().as_u16(), retry_after: wait(&response) };
        // Whatever happens to the rest of the answer changes nothing.
        let mut read = 0;
        let mut body = response.bytes_stream();
        while read < READ
            && let Some(Ok(piece)) = body.next().await
        {
            read += piece.len();
        }
        Ok(answer)
    }
}

fn wait(response: &Response) -> Option<Duration> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let wait = retry_after::unlimited(header(header::RETRY_AFTER), header(header::DATE))?;
    Some(wait.min(LONGEST_WAIT))
}

fn failure(error: &reqwest::Error) -> PostFailure {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = source {
        if one.is::<LeadsInside>() {
            return PostFailure::NotAllowed;
        }
        source = one.source();
    }
    if error.is_timeout() {
        PostFailure::Timeout
    } else if error.is_dns() {
        PostFailure::Name
    } else if error.is_connect() {
        PostFailure::Connect
    } else {
        PostFailure::Transport
    }
}
