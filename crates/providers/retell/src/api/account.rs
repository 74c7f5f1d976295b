//! What the account may use.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::Concurrency;

/// The account.
#[derive(Debug, Clone, Copy)]
pub struct AccountInfo<'a> {
    reads: &'a HttpClient,
}

impl<'a> AccountInfo<'a> {
    pub(crate) fn new(reads: &'a HttpClient) -> Self {
        Self { reads }
    }

    /// How many calls are in progress and how many may be.
    ///
    /// `GET /get-concurrency`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/get-concurrency")]
    pub async fn concurrency(&self) -> Result<Concurrency> {
        self.reads.read(Request::get("account.concurrency", "/get-concurrency")).await?.json()
    }
}
