//! The account.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Balance, Wrapped};

/// The account.
#[derive(Debug, Clone, Copy)]
pub struct AccountInfo<'a> {
    reads: &'a HttpClient,
}

impl<'a> AccountInfo<'a> {
    pub(crate) fn new(reads: &'a HttpClient) -> Self {
        Self { reads }
    }

    /// How much money is left.
    ///
    /// `GET /v2/balance`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/balance")]
    pub async fn balance(&self) -> Result<Balance> {
        let request = Request::get("account.balance", "/v2/balance");
        let wrapped: Wrapped<Balance> = self.reads.read(request).await?.json()?;
        Ok(wrapped.data)
    }
}
