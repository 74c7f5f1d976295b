//! Pages at Stripe (documents 000, 001 and 003). Plans and prices are never hard-coded: the
//! documents disagree on them.

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, write},
};
use crate::wire::{BillingPortal, CheckoutSession, TrialCheckout, Undocumented};

section! {
    /// Pages at Stripe. The portal needs the scope `billing:manage` (documents 002 and 003).
    BillingApi
}

impl BillingApi {
    /// The plans: `GET /v1/stripe/plans`. Public. Documents 000 and 001; no answer is documented.
    /// Document 002 has [`credits().plans()`](super::CreditsApi::plans).
    ///
    /// # Errors
    /// As for every read.
    #[doc(alias = "/v1/stripe/plans")]
    pub async fn plans(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("billing.plans", "/v1/stripe/plans").public()).await
    }

    /// The page where the paid trial starts: `POST /v1/stripe/trial-checkout`. Documents 000 and
    /// 001.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401), `forbidden` (403).
    #[doc(alias = "/v1/stripe/trial-checkout")]
    pub async fn trial_checkout(&self, checkout: &TrialCheckout) -> Result<CheckoutSession> {
        write(
            &self.http,
            Request::post("billing.trial_checkout", "/v1/stripe/trial-checkout").json(checkout)?,
        )
        .await
    }

    /// The page where billing is managed: `GET /v1/stripe/billing-portal`. Needs `billing:manage`.
    /// Documents 000, 001 and 003, which name the field differently; both are read.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/stripe/billing-portal")]
    pub async fn portal(&self) -> Result<BillingPortal> {
        read(&self.http, Request::get("billing.portal", "/v1/stripe/billing-portal")).await
    }
}
