//! The subscription (document 002).

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{act, look},
};
use crate::wire::{ChangePlan, PendingChangeCancelled, PlanChange, SubscriptionStatus};

section! {
    /// The subscription as document 002 has it. Reading needs the scope `subscription:read`,
    /// changing `billing:manage`.
    SubscriptionsApi
}

impl SubscriptionsApi {
    /// Goes to another plan: `POST /v1/subscriptions/change-plan`. Needs `billing:manage`.
    /// Document 002. An upgrade is paid and in force at once, a downgrade waits for the end
    /// of the period. It costs money: it is sent once.
    ///
    /// # Errors
    /// `trial_requires_checkout`: use
    /// [`billing().trial_checkout`](super::BillingApi::trial_checkout); `pending_change_exists`:
    /// use [`cancel_pending`](Self::cancel_pending) first; `no_active_subscription` (400).
    /// `rate_limited` (429): three changes an hour.
    #[doc(alias = "/v1/subscriptions/change-plan")]
    pub async fn change_plan(&self, change: &ChangePlan) -> Result<PlanChange> {
        let request = Request::post("subscriptions.change_plan", "/v1/subscriptions/change-plan");
        act(&self.http, request.json(change)?).await
    }

    /// Takes a downgrade back that waits: `DELETE /v1/subscriptions/pending-change`. Needs
    /// `billing:manage`. Document 002.
    ///
    /// # Errors
    /// 404 where none waits.
    #[doc(alias = "/v1/subscriptions/pending-change")]
    pub async fn cancel_pending(&self) -> Result<PendingChangeCancelled> {
        act(
            &self.http,
            Request::delete("subscriptions.cancel_pending", "/v1/subscriptions/pending-change"),
        )
        .await
    }

    /// Plan, period and what is to change: `GET /v1/subscriptions/status`. Needs
    /// `subscription:read`. Document 002; documents 000, 001 and 003 have
    /// [`users().subscription()`](super::UsersApi::subscription) with another answer.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/subscriptions/status")]
    pub async fn status(&self) -> Result<SubscriptionStatus> {
        look(&self.http, Request::get("subscriptions.status", "/v1/subscriptions/status")).await
    }
}
