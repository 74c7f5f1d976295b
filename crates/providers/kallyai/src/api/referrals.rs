//! Referral codes and who used them (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, write},
};
use crate::wire::{
    CodeValidity, Listing, Referral, ReferralCode, ReferralStats, ReferralTracked, TrackReferral,
};

section! {
    /// Referral codes and who used them. No scope is documented; two of the endpoints are public
    /// and limited by IP address.
    ReferralsApi
}

impl ReferralsApi {
    /// The user's own code, which is created if there is none: `GET /v1/referrals/code`. Document
    /// 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/referrals/code")]
    pub async fn code(&self) -> Result<ReferralCode> {
        read(&self.http, Request::get("referrals.code", "/v1/referrals/code")).await
    }

    /// Numbers of referred users and what they earned: `GET /v1/referrals/stats`. Document 002.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/referrals/stats")]
    pub async fn stats(&self) -> Result<ReferralStats> {
        read(&self.http, Request::get("referrals.stats", "/v1/referrals/stats")).await
    }

    /// Referred users: `GET /v1/referrals/history`. Document 002, without paging.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/referrals/history")]
    pub async fn history(&self) -> Result<Listing<Referral>> {
        read(&self.http, Request::get("referrals.history", "/v1/referrals/history")).await
    }

    /// Whether a code is valid: `GET /v1/referrals/validate/{code}`. Public, 20 an hour from one
    /// address. Document 002.
    ///
    /// # Errors
    /// `rate_limited` (429).
    #[doc(alias = "/v1/referrals/validate/{code}")]
    pub async fn validate(&self, code: &str) -> Result<CodeValidity> {
        let request = Request::get("referrals.validate", "/v1/referrals/validate/{code}");
        read(&self.http, request.param("code", code).public()).await
    }

    /// Records that somebody used a referral link: `POST /v1/referrals/track`. Public, 10 an hour
    /// from one address. Document 002.
    ///
    /// # Errors
    /// `rate_limited` (429); 400 for an unknown code.
    #[doc(alias = "/v1/referrals/track")]
    pub async fn track(&self, referral: &TrackReferral) -> Result<ReferralTracked> {
        write(
            &self.http,
            Request::post("referrals.track", "/v1/referrals/track").json(referral)?.public(),
        )
        .await
    }
}
