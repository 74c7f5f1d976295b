//! `/api/v1/webhooks`: subscriptions to deliveries for the whole account.

use serde::Serialize;
use serde_json::Value;
use switchboard_core::{Error, Result};
use switchboard_http::{Answer, HttpClient, Request};

use super::parameters::parameters;
use crate::wire::{Acknowledgement, Listing, WebhookSubscription};

const PATH: &str = "/api/v1/webhooks";

parameters! {
    /// A webhook subscription (official Python SDK 0.1.0, `webhooks.create`). With an id, it
    /// replaces that one.
    CreateWebhook {
        required {
            /// The URL to deliver to.
            webhook_url: String = "webhook_url",
        }
        optional {
            /// The business that it is for.
            business_id: String = "business_id",
            /// The events; the provider decides if not set.
            events: Vec<String> = "events",
            /// A description in plain text.
            description: String = "description",
            /// The subscription to replace.
            id: String = "id",
            /// Whether it is enabled.
            is_active: bool = "is_active",
        }
    }
}

#[derive(Serialize)]
struct Selected<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// Webhook subscriptions (official Python SDK 0.1.0, `webhooks`).
#[derive(Debug, Clone, Copy)]
pub struct Webhooks<'a> {
    http: &'a HttpClient,
}

impl<'a> Webhooks<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The subscriptions.
    ///
    /// `GET /api/v1/webhooks`; scope `webhooks:read`. Source: official Python SDK 0.1.0,
    /// `webhooks.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/webhooks")]
    pub async fn list(&self, business_id: Option<&str>) -> Result<Listing<WebhookSubscription>> {
        self.http
            .read(Request::get("webhooks.list", PATH).query_opt("business_id", business_id))
            .await?
            .json()
    }

    /// Creates or replaces a subscription. The signing secret is only in this answer.
    ///
    /// `POST /api/v1/webhooks`; scope `webhooks:write`. Source: official Python SDK 0.1.0,
    /// `webhooks.create`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/webhooks")]
    pub async fn create(&self, order: &CreateWebhook) -> Result<WebhookSubscription> {
        self.http.write(Request::post("webhooks.create", PATH).json(order)?).await?.json()
    }

    /// Deletes a subscription.
    ///
    /// `DELETE /api/v1/webhooks?id=`; scope `webhooks:write`. Source: official Python SDK 0.1.0,
    /// `webhooks.delete`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/webhooks")]
    pub async fn delete(&self, id: &str, business_id: Option<&str>) -> Result<Acknowledgement> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty: name the webhook to delete"));
        }
        let request = Request::delete("webhooks.delete", PATH)
            .query("id", id)
            .query_opt("business_id", business_id);
        acknowledged(&self.http.write(request).await?)
    }

    /// Sends a test delivery with this data.
    ///
    /// `POST /api/v1/webhooks/test`; scope `webhooks:write`. Source: official Python SDK 0.1.0,
    /// `webhooks.test`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/webhooks/test")]
    pub async fn test(
        &self,
        id: &str,
        business_id: Option<&str>,
        data: Option<&Value>,
    ) -> Result<Acknowledgement> {
        let request = Request::post("webhooks.test", "/api/v1/webhooks/test").json(&Selected {
            id,
            business_id,
            data,
        })?;
        acknowledged(&self.http.write(request).await?)
    }

    /// Creates a new signing secret, which is only in this answer.
    ///
    /// `POST /api/v1/webhooks/rotate-secret`; scope `webhooks:write`. Source: official Python SDK
    /// 0.1.0, `webhooks.rotate_secret`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/webhooks/rotate-secret")]
    pub async fn rotate_secret(
        &self,
        id: &str,
        business_id: Option<&str>,
    ) -> Result<WebhookSubscription> {
        let request = Request::post("webhooks.rotate_secret", "/api/v1/webhooks/rotate-secret");
        self.http.write(request.json(&Selected { id, business_id, data: None })?).await?.json()
    }
}

/// A success means that it was done, with or without a body.
pub(super) fn acknowledged(answer: &Answer) -> Result<Acknowledgement> {
    if answer.is_empty() {
        Ok(Acknowledgement { success: Some(true), ..Acknowledgement::default() })
    } else {
        answer.json()
    }
}
