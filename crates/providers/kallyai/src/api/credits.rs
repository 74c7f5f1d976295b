//! Credits (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::section::section;
use crate::wire::{CreditBalance, CreditBreakdown, CreditCosts, CreditEntry, CreditPlans, Listing};

section! {
    /// Credits: balance, history, prices.
    CreditsApi
}

impl CreditsApi {
    /// The credits left in this period.
    ///
    /// `GET /v1/credits/balance`. Needs `credits:read`. Document 002.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/credits/balance")]
    pub async fn balance(&self) -> Result<CreditBalance> {
        self.http.read(Request::get("credits.balance", "/v1/credits/balance")).await?.json()
    }

    /// The credits used, line by line. Neither an order nor a cursor is documented.
    ///
    /// `GET /v1/credits/history`. Needs `credits:read`. Document 002, which has a limit and no
    /// offset.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/credits/history")]
    pub async fn history(&self, limit: Option<u32>) -> Result<Listing<CreditEntry>> {
        let request =
            Request::get("credits.history", "/v1/credits/history").query_opt("limit", limit);
        self.http.read(request).await?.json()
    }

    /// What each kind of action costs. Public.
    ///
    /// `GET /v1/credits/costs`. Document 002.
    ///
    /// # Errors
    /// As for every read.
    #[doc(alias = "/v1/credits/costs")]
    pub async fn costs(&self) -> Result<CreditCosts> {
        self.http.read(Request::get("credits.costs", "/v1/credits/costs").public()).await?.json()
    }

    /// The credits used in this period, by kind of action.
    ///
    /// `GET /v1/credits/breakdown`. Needs `credits:read`. Document 002.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/credits/breakdown")]
    pub async fn breakdown(&self) -> Result<CreditBreakdown> {
        self.http.read(Request::get("credits.breakdown", "/v1/credits/breakdown")).await?.json()
    }

    /// The plans that can be bought. Public.
    ///
    /// `GET /v1/credits/plans`. Document 002.
    ///
    /// # Errors
    /// As for every read.
    #[doc(alias = "/v1/credits/plans")]
    pub async fn plans(&self) -> Result<CreditPlans> {
        self.http.read(Request::get("credits.plans", "/v1/credits/plans").public()).await?.json()
    }
}
