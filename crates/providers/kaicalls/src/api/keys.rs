//! `/api/v1/keys`, which need a dashboard session instead of an API key.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use switchboard_core::{Error, ReadTurns, Result};
use switchboard_http::{ClientConfig, Credential, HttpClient, NoCredential, Request, StaticToken};

use super::{parameters::parameters, webhooks::acknowledged};
use crate::{
    codes::KaiCallsCodes,
    config::SessionCredential,
    wire::{Acknowledgement, ApiKey, Listing},
};

const PATH: &str = "/api/v1/keys";

parameters! {
    /// A new API key (document 004, "Create a new key").
    CreateKey {
        required {}
        optional {
            /// Its name; the provider's default is "Untitled Key".
            name: String = "name",
            /// The business that it is bound to; all if not set.
            business_id: String = "business_id",
            /// The scopes. The default allows reading; document 004 adds placing calls, for which
            /// the SDKs say that `calls:write` must be requested.
            scopes: Vec<String> = "scopes",
        }
    }
}

/// A client with the dashboard session in place of the API key: neither is ever sent with the
/// other's requests.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    http: HttpClient,
    cookie: Option<SecretString>,
}

impl Session {
    pub(crate) fn new(config: ClientConfig, credential: &SessionCredential) -> Result<Self> {
        let (bearer, cookie): (Arc<dyn Credential>, _) = match credential {
            SessionCredential::Cookie(cookie) => (Arc::new(NoCredential), Some(cookie.clone())),
            SessionCredential::Bearer(token) => (Arc::new(StaticToken::new(token.clone())), None),
        };
        Ok(Self { http: HttpClient::new(config, bearer, &KaiCallsCodes)?, cookie })
    }

    pub(crate) fn take_turns(&self, turns: Arc<dyn ReadTurns>) {
        self.http.take_turns(turns);
    }
}

/// API keys (document 004, "API Keys").
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    session: &'a Session,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// All keys, without their secret parts.
    ///
    /// `GET /api/v1/keys`; a dashboard session and no scope. Source: document 004, "List your API
    /// keys".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/keys")]
    pub async fn list(&self) -> Result<Listing<ApiKey>> {
        self.session.http.read(self.signed(Request::get("keys.list", PATH))).await?.json()
    }

    /// Creates a key. The whole key is only in this answer.
    ///
    /// `POST /api/v1/keys`; a dashboard session and no scope. Source: document 004, "Create a new
    /// key".
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/keys")]
    pub async fn create(&self, key: &CreateKey) -> Result<ApiKey> {
        self.session
            .http
            .write(self.signed(Request::post("keys.create", PATH).json(key)?))
            .await?
            .json()
    }

    /// Revokes a key at once.
    ///
    /// `DELETE /api/v1/keys?id=`; a dashboard session and no scope. Source: document 004, "Revoke a
    /// key".
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/keys")]
    pub async fn revoke(&self, id: &str) -> Result<Acknowledgement> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty: name the key to revoke"));
        }
        acknowledged(
            &self
                .session
                .http
                .write(self.signed(Request::delete("keys.revoke", PATH).query("id", id)))
                .await?,
        )
    }

    fn signed(&self, request: Request) -> Request {
        match &self.session.cookie {
            Some(cookie) => request.public().header("cookie", cookie.expose_secret()),
            None => request,
        }
    }
}
