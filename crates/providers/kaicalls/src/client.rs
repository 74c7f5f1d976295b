//! The typed client: every documented endpoint, and raw requests for the rest.

use std::sync::Arc;

use switchboard_core::{Error, ErrorKind, ProviderId, ReadTurns, Result};
use switchboard_http::{
    HttpClient, Method, RawRequest, ReadBudget, Request, StaticToken, split_query,
};
use url::Url;

use crate::{
    KaiCallsConfig,
    api::{
        Account, Agents, Analytics, Calls, CommunicationRuns, Discovery, Evals, Events, Keys,
        Leads, Numbers, PhoneNumbers, Recordings, Session, SignUps, Sms, Transcripts, Webhooks,
        Workspaces,
    },
    codes::KaiCallsCodes,
    guard::places_calls,
    wire::{Capabilities, Health},
};

/// A client for one KaiCalls account. Cheap to clone.
///
/// The groups of endpoints are in [`api`](crate::api), their answers in [`wire`](crate::wire).
#[derive(Debug, Clone)]
pub struct KaiCallsClient {
    http: HttpClient,
    session: Option<Session>,
    base_url: Url,
}

impl KaiCallsClient {
    /// A client with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: &KaiCallsConfig) -> Result<Self> {
        config.check()?;
        let http = HttpClient::new(
            config.http(),
            Arc::new(StaticToken::new(config.api_key.clone())),
            &KaiCallsCodes,
        )?;
        let session = config
            .session
            .as_ref()
            .map(|credential| Session::new(config.http(), credential))
            .transpose()?;
        Ok(Self { http, session, base_url: config.base_url.clone() })
    }

    /// Calls (document 004).
    pub fn calls(&self) -> Calls<'_> {
        Calls::new(&self.http)
    }

    /// Agents (document 004 and official Python SDK 0.1.0).
    pub fn agents(&self) -> Agents<'_> {
        Agents::new(&self.http)
    }

    /// The numbers of the account (document 004).
    pub fn numbers(&self) -> Numbers<'_> {
        Numbers::new(&self.http)
    }

    /// Renting numbers (official Python SDK 0.1.0).
    pub fn phone_numbers(&self) -> PhoneNumbers<'_> {
        PhoneNumbers::new(&self.http)
    }

    /// Recordings (official Python SDK 0.1.0).
    pub fn recordings(&self) -> Recordings<'_> {
        Recordings::new(&self.http)
    }

    /// Transcripts (official Python SDK 0.1.0).
    pub fn transcripts(&self) -> Transcripts<'_> {
        Transcripts::new(&self.http)
    }

    /// Webhook subscriptions (official Python SDK 0.1.0).
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks::new(&self.http)
    }

    /// Events and their deliveries (official Python SDK 0.1.0).
    pub fn events(&self) -> Events<'_> {
        Events::new(&self.http)
    }

    /// Runs that call several people (official Python SDK 0.1.0).
    pub fn communication_runs(&self) -> CommunicationRuns<'_> {
        CommunicationRuns::new(&self.http)
    }

    /// Capabilities and schemas (official Python SDK 0.1.0).
    pub fn discovery(&self) -> Discovery<'_> {
        Discovery::new(&self.http)
    }

    /// Leads (official Python SDK 0.1.0).
    pub fn leads(&self) -> Leads<'_> {
        Leads::new(&self.http)
    }

    /// Text messages (official Python SDK 0.1.0).
    pub fn sms(&self) -> Sms<'_> {
        Sms::new(&self.http)
    }

    /// Workspaces (official Python SDK 0.1.0).
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::new(&self.http)
    }

    /// Figures (official Python SDK 0.1.0).
    pub fn analytics(&self) -> Analytics<'_> {
        Analytics::new(&self.http)
    }

    /// Tests of agents by messages (official Python SDK 0.1.0).
    pub fn evals(&self) -> Evals<'_> {
        Evals::new(&self.http)
    }

    /// Making accounts (official Python SDK 0.1.0).
    pub fn sign_ups(&self) -> SignUps<'_> {
        SignUps::new(&self.http)
    }

    /// Balance and usage (document 004).
    pub fn account(&self) -> Account<'_> {
        Account::new(&self.http)
    }

    /// API keys (document 004).
    ///
    /// # Errors
    /// `Configuration` if no dashboard session is configured.
    pub fn keys(&self) -> Result<Keys<'_>> {
        self.session.as_ref().map(Keys::new).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "is not set: KaiCalls only manages API keys with a dashboard session",
            )
            .with_field("session")
            .with_provider(self.provider().clone())
        })
    }

    /// The health of the service. It makes no phone ring and is suitable as a probe.
    ///
    /// `GET /api/v1/health`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `discovery.health`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/health")]
    pub async fn health(&self) -> Result<Health> {
        self.http.read(Request::get("health", "/api/v1/health")).await?.json()
    }

    /// What the account or one of its businesses may use: [`Discovery::capabilities`].
    ///
    /// `GET /api/v1/capabilities`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `discovery.capabilities`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/capabilities")]
    pub async fn capabilities(&self, business_id: Option<&str>) -> Result<Capabilities> {
        self.discovery().capabilities(business_id).await
    }

    /// Any other endpoint, by its path below the base URL, for example `/api/v1/usage?limit=10`.
    ///
    /// Reads are retried; anything else is sent once, and again only if no byte of it was sent.
    ///
    /// # Errors
    /// `Unsupported` for a path that could place a call, with nothing sent.
    pub fn request(&self, method: Method, path: &str) -> Result<RawRequest> {
        if places_calls(method, &format!("{}/{path}", self.base_url.path())) {
            let message = "this path makes phones ring: place a call through the router, or with \
                           the typed client's calls() and communication_runs()";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_field("path")
                .with_operation("raw")
                .with_provider(self.provider().clone()));
        }
        let (route, query) = split_query(path);
        Ok(RawRequest::new(&self.http, method, route, query))
    }

    /// The same client for reading one list within the budget.
    pub(crate) fn within(&self, budget: &ReadBudget) -> Self {
        Self { http: self.http.within(budget), ..self.clone() }
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        if let Some(session) = &self.session {
            session.take_turns(Arc::clone(&turns));
        }
        self.http.take_turns(turns);
    }

    /// The account's name in the configuration.
    pub fn provider(&self) -> &ProviderId {
        self.http.provider()
    }
}
