//! The client for addresses that the operator configures, for example of a collector of traces.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use reqwest::{Client, RequestBuilder, header::HeaderMap};
use switchboard_core::{Error, ErrorKind, Result};
use url::Url;

use crate::{Network, connect};

/// How much of an answer is read.
const READ: usize = 64 * 1024;

/// Posts to, and reads from, addresses that the operator configures. Unlike [`GuardedClient`](crate::GuardedClient)
/// it may reach every address, also without TLS. It follows no redirects, uses no proxy, keeps no
/// cookies, and sends each request once.
#[derive(Debug, Clone)]
pub struct OperatorClient {
    client: Client,
}

impl OperatorClient {
    /// A client whose requests may take this long, their answers included.
    ///
    /// # Errors
    /// `Configuration` if TLS cannot be set up.
    pub fn new(timeout: Duration) -> Result<Self> {
        Self::with_network(timeout, &Network::default())
    }

    /// The same with the certificates and the cryptography of this network. Its proxy is not used.
    ///
    /// # Errors
    /// As [`OperatorClient::new`].
    pub fn with_network(timeout: Duration, network: &Network) -> Result<Self> {
        Ok(Self { client: connect::operator(timeout, network)? })
    }

    /// Reads an address once. Returns the status and the beginning of the answer, at most 64 KiB.
    ///
    /// # Errors
    /// `Transport` or `Timeout`. The address is not in the error.
    pub async fn get(&self, url: &Url, headers: HeaderMap) -> Result<(u16, Bytes)> {
        send(self.client.get(url.clone()).headers(headers)).await
    }

    /// Posts a body once. Returns the status and the beginning of the answer, at most 64 KiB.
    ///
    /// # Errors
    /// `Transport` or `Timeout`. The address is not in the error.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<(u16, Bytes)> {
        send(self.client.post(url.clone()).headers(headers).body(body)).await
    }
}

async fn send(request: RequestBuilder) -> Result<(u16, Bytes)> {
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let (mut answer, mut pieces) = (Vec::new(), response.bytes_stream());
    while answer.len() < READ
        && let Some(piece) = pieces.next().await
    {
        answer.extend_from_slice(&piece.map_err(failed)?);
    }
    answer.truncate(READ);
    Ok((status, answer.into()))
}

fn failed(error: reqwest::Error) -> Error {
    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Transport };
    Error::new(kind, "the request had no answer").with_source(error.without_url())
}
