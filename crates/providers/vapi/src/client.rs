//! The typed client: the endpoints that the traits use, and raw requests for the rest.

use std::sync::Arc;

use switchboard_core::{Error, ErrorKind, ProviderId, ReadTurns, Result};
use switchboard_http::{HttpClient, Method, RawRequest, ReadBudget, StaticToken, split_query};
use url::Url;

use crate::{
    VapiConfig,
    api::{Assistants, Calls, Numbers},
    codes::VapiCodes,
    control::Control,
    guard::may_place_calls,
};

/// A client for one Vapi account. Cheap to clone.
///
/// The groups of endpoints are in [`api`](crate::api), their answers in [`wire`](crate::wire).
#[derive(Debug, Clone)]
pub struct VapiClient {
    http: HttpClient,
    /// Takes longer answers than the other one.
    reads: HttpClient,
    control: Control,
    base_url: Url,
}

impl VapiClient {
    /// A client with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: &VapiConfig) -> Result<Self> {
        config.check()?;
        let token = Arc::new(StaticToken::new(config.api_key.clone()));
        Ok(Self {
            http: HttpClient::new(config.http(), token.clone(), &VapiCodes)?,
            reads: HttpClient::new(config.http_for_reads(), token, &VapiCodes)?,
            control: Control::new(&config.base_url, &config.network)?,
            base_url: config.base_url.clone(),
        })
    }

    /// Calls.
    pub fn calls(&self) -> Calls<'_> {
        Calls::new(&self.http, &self.reads, &self.control)
    }

    /// Assistants.
    pub fn assistants(&self) -> Assistants<'_> {
        Assistants::new(&self.http, &self.reads)
    }

    /// Numbers.
    pub fn numbers(&self) -> Numbers<'_> {
        Numbers::new(&self.http, &self.reads)
    }

    /// Any other endpoint, by its path below the base URL, for example `/tool`.
    ///
    /// Reads are retried; anything else is sent once, and again only if no byte of it was sent.
    ///
    /// # Errors
    /// `Unsupported` for a path that could make a phone ring, with nothing sent.
    pub fn request(&self, method: Method, path: &str) -> Result<RawRequest> {
        if may_place_calls(method, &format!("{}/{path}", self.base_url.path())) {
            let message = "this path may make a phone ring: place a call through the router, or \
                           with the typed client's calls()";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_field("path")
                .with_operation("raw")
                .with_provider(self.provider().clone()));
        }
        let (route, query) = split_query(path);
        let http = if method == Method::Get { &self.reads } else { &self.http };
        Ok(RawRequest::new(http, method, route, query))
    }

    /// The same client for reading one list within the budget.
    pub(crate) fn within(&self, budget: &ReadBudget) -> Self {
        Self { reads: self.reads.within(budget), ..self.clone() }
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        self.reads.take_turns(turns);
    }

    /// The account's name in the configuration.
    pub fn provider(&self) -> &ProviderId {
        self.http.provider()
    }
}
