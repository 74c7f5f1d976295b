//! Requests to the control URL of a live call.
//!
//! That URL is of another host than the API, and whoever has it controls the call: it is not logged,
//! and the key of the account is not sent to it. It comes from an answer, so it is only used if it
//! leads to the public internet.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use switchboard_core::{Error, ErrorKind, Result, is_loopback};
use switchboard_http::{GuardRules, GuardedClient, Network, PostFailure};
use url::Url;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Posts to control URLs. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    client: GuardedClient,
}

impl Control {
    /// A client for the calls of the API at this address. Nothing is sent.
    pub(crate) fn new(api: &Url, network: &Network) -> Result<Self> {
        let mut rules = GuardRules::default();
        if is_loopback(api) {
            rules.allow_networks = ["127.0.0.0/8", "::1/128"]
                .iter()
                .filter_map(|network| network.parse().ok())
                .collect();
        }
        Ok(Self { client: GuardedClient::with_network(rules, TIMEOUT, network)? })
    }

    /// Ends the call.
    pub(crate) async fn end_call(&self, url: &SecretString) -> Result<()> {
        self.send(url, &json!({"type": "end-call"})).await
    }

    async fn send(&self, url: &SecretString, body: &Value) -> Result<()> {
        let sent = self.client.post(url.expose_secret(), &[], body.to_string().into()).await;
        let status = sent.map_err(|failure| Error::new(kind(failure), said(failure)))?.status;
        match status {
            200..=299 => Ok(()),
            404 | 410 => Err(Error::new(ErrorKind::Conflict, "the call is not live any more")
                .with_status(status)),
            other => Err(Error::new(ErrorKind::Provider, "the control URL refused the request")
                .with_status(other)),
        }
    }
}

const fn kind(failure: PostFailure) -> ErrorKind {
    match failure {
        PostFailure::NotAllowed => ErrorKind::Decode,
        PostFailure::Name | PostFailure::Connect => ErrorKind::Connect,
        PostFailure::Timeout => ErrorKind::Timeout,
        _ => ErrorKind::Transport,
    }
}

const fn said(failure: PostFailure) -> &'static str {
    match failure {
        PostFailure::NotAllowed => {
            "the control URL in the record does not lead to the public internet over TLS"
        }
        PostFailure::Name | PostFailure::Connect => "the control URL could not be reached",
        PostFailure::Timeout => "the control URL did not answer in time",
        _ => "the connection to the control URL broke off",
    }
}
