//! `/api/v1/signup`, which makes an account and needs no key.

use secrecy::ExposeSecret;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{HttpClient, Request};

use super::parameters::parameters;
use crate::wire::NewAccount;

parameters! {
    /// A new account (official Python SDK 0.1.0, `signup`).
    SignUp {
        required {
            /// The name of the business.
            business_name: String = "business_name",
            /// The e-mail address of its owner.
            email: String = "email",
        }
        optional {
            /// The kind of business.
            business_type: String = "business_type",
            /// Its website.
            website: String = "website",
            /// The number that later inbound calls are forwarded to, in E.164.
            phone_forward_to: String = "phone_forward_to",
            /// The plan.
            plan_id: String = "plan_id",
        }
    }
}

/// Making accounts (official Python SDK 0.1.0, `signup`).
#[derive(Debug, Clone, Copy)]
pub struct SignUps<'a> {
    http: &'a HttpClient,
}

impl<'a> SignUps<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// Makes an account. Its key is only in this answer. This client's own key is not sent.
    ///
    /// `POST /api/v1/signup`; no scope and no key; 5 an hour for one address. Source: official Python SDK 0.1.0,
    /// `signup`.
    ///
    /// # Errors
    /// `Decode` for a success without a readable key: the account was made all the same. Otherwise as
    /// for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/signup")]
    pub async fn create(&self, account: &SignUp) -> Result<NewAccount> {
        let request = Request::post("signup", "/api/v1/signup").public().json(account)?;
        let mut made: NewAccount = self.http.write(request).await?.json()?;
        let Some(key) = &made.api_key else {
            let message = "the account was made and the answer has no readable key";
            return Err(Error::new(ErrorKind::Decode, message)
                .with_field("api_key")
                .with_operation("signup")
                .with_provider(self.http.provider().clone()));
        };
        if made.raw.value().to_string().contains(key.expose_secret()) {
            made.raw = Default::default();
        }
        Ok(made)
    }
}
