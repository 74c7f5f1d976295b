//! One request to one endpoint.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use switchboard::journal::server::{EndpointId, WebhookEndpoint};
use switchboard_http::{GuardRules, GuardedClient};

use crate::{
    Secrets,
    settings::WebhookSettings,
    webhooks::{Seal, sign},
};

/// Signs and posts.
#[derive(Debug)]
pub(crate) struct Poster {
    /// What went wrong when it was built, if something did.
    client: Result<GuardedClient, switchboard::Error>,
    pub(crate) seal: Seal,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// The kind of the failure; `None` if it succeeded.
    pub(crate) failure: Option<&'static str>,
    /// How long the receiver asks to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Sent {
    pub(super) const fn failed(kind: &'static str) -> Self {
        Self { status: None, failure: Some(kind), retry_after: None }
    }
}

impl Poster {
    pub(crate) fn new(settings: &WebhookSettings, secrets: &Secrets) -> Self {
        let rules = GuardRules {
            allow_networks: settings.allow_networks.clone(),
            allow_ports: settings.allow_ports.clone(),
        };
        let client = GuardedClient::with_network(rules, settings.timeout, &settings.network);
        Self { client, seal: Seal::new(secrets) }
    }

    /// The client.
    ///
    /// # Errors
    /// `Configuration` if it could not be built.
    pub(crate) fn client(&self) -> Result<&GuardedClient, &switchboard::Error> {
        self.client.as_ref()
    }

    /// Posts a body to an endpoint, signed with its secrets of this time.
    pub(crate) async fn post(
        &self,
        endpoint: &WebhookEndpoint,
        id: &str,
        now: Timestamp,
        body: String,
    ) -> Sent {
        let Ok(client) = &self.client else {
            return Sent::failed("client");
        };
        let Some(secrets) = self.secrets(endpoint, now) else {
            return Sent::failed("secret");
        };
        let timestamp = now.as_second();
        let headers = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", sign(&secrets, id, timestamp, body.as_bytes())),
        ];
        match client.post(&endpoint.settings.url, &headers, Bytes::from(body)).await {
            Ok(answer) => Sent {
                status: Some(answer.status),
                failure: kind(answer.status),
                retry_after: answer.retry_after.filter(|_| matches!(answer.status, 429 | 503)),
            },
            Err(failure) => Sent::failed(failure.as_str()),
        }
    }

    /// The secrets that sign: the current one, and the former one while both are accepted.
    fn secrets(&self, endpoint: &WebhookEndpoint, now: Timestamp) -> Option<Vec<[u8; 32]>> {
        let id: EndpointId = endpoint.settings.id;
        let sealed = &endpoint.settings.secrets;
        let mut secrets = vec![self.seal.open(id, &sealed.current)?];
        if let Some((former, until)) = &sealed.former
            && *until > now
        {
            secrets.extend(self.seal.open(id, former));
        }
        Some(secrets)
    }
}

/// The kind of the failure that a status means.
const fn kind(status: u16) -> Option<&'static str> {
    match status {
        200..=299 => None,
        300..=399 => Some("redirect"),
        410 => Some("gone"),
        _ => Some("status"),
    }
}
