//! The subscription (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, write},
};
use crate::wire::{ChangePlan, PendingChangeCancelled, PlanChange, SubscriptionStatus};

section! {
    /// The subscription, as in document 002. Reading needs the scope `subscription:read`, changing
    /// `billing:manage`.
    SubscriptionsApi
}

impl SubscriptionsApi {
    /// Changes the plan: `POST /v1/subscriptions/change-plan`. Needs `billing:manage`. Document
    /// 002. An upgrade is charged and takes effect at once, a downgrade at the end of the period.
    /// It costs money, so it is sent once.
    ///
    /// # Errors
    /// `trial_requires_checkout`: use
    /// [`billing().trial_checkout`](super::BillingApi::trial_checkout); `pending_change_exists`:
    /// use [`cancel_pending`](Self::cancel_pending) first; `no_active_subscription` (400).
    /// `rate_limited` (429): three changes an hour.
    #[doc(alias = "/v1/subscriptions/change-plan")]
    pub async fn change_plan(&self, change: &ChangePlan) -> Result<PlanChange> {
        let request = Request::post("subscriptions.change_plan", "/v1/subscriptions/change-plan");
        write(&self.http, request.json(change)?).await
    }

    /// Cancels a pending downgrade: `DELETE /v1/subscriptions/pending-change`. Needs
    /// `billing:manage`. Document 002.
    ///
    /// # Errors
    /// 404 if none is pending.
    #[doc(alias = "/v1/subscriptions/pending-change")]
    pub async fn cancel_pending(&self) -> Result<PendingChangeCancelled> {
        write(
            &self.http,
            Request::delete("subscriptions.cancel_pending", "/v1/subscriptions/pending-change"),
        )
        .await
    }

    /// Plan, period and pending change: `GET /v1/subscriptions/status`. Needs `subscription:read`.
    /// Document 002; documents 000, 001 and 003 have
    /// [`users().subscription()`](super::UsersApi::subscription) with another answer.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/subscriptions/status")]
    pub async fn status(&self) -> Result<SubscriptionStatus> {
        read(&self.http, Request::get("subscriptions.status", "/v1/subscriptions/status")).await
    }
}
