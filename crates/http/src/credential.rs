//! Bearer tokens.

use std::fmt::Debug;

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_core::{Error, ErrorKind, Result};

/// Where the bearer token of a request comes from.
#[async_trait]
pub trait Credential: Debug + Send + Sync {
    /// The token to send.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] if there is none. Nothing has been sent at this point, whatever
    /// the error.
    async fn bearer(&self) -> Result<SecretString>;

    /// Called after a 401 for the token `rejected`: a newer token, or `None` if it cannot be
    /// renewed.
    ///
    /// # Errors
    ///
    /// If the renewal was attempted and failed.
    async fn renew(&self, rejected: &SecretString) -> Result<Option<SecretString>>;

    /// Secrets other than the token that a request carries, such as a refresh token. They are
    /// removed from every answer.
    fn secrets(&self) -> Vec<SecretString> {
        Vec::new()
    }
}

/// A token that never changes, such as an API key.
#[derive(Debug, Clone)]
pub struct StaticToken(SecretString);

impl StaticToken {
    /// Wraps a token.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }
}

#[async_trait]
impl Credential for StaticToken {
    async fn bearer(&self) -> Result<SecretString> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _rejected: &SecretString) -> Result<Option<SecretString>> {
        Ok(None)
    }

    fn secrets(&self) -> Vec<SecretString> {
        vec![self.0.clone()]
    }
}

/// No token: for a client whose requests are all [`public`](crate::Request::public), such as the
/// one that fetches tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCredential;

#[async_trait]
impl Credential for NoCredential {
    async fn bearer(&self) -> Result<SecretString> {
        Err(Error::new(
            ErrorKind::Unauthorized,
            "this request needs credentials, and none are configured",
        ))
    }

    async fn renew(&self, _rejected: &SecretString) -> Result<Option<SecretString>> {
        Ok(None)
    }
}
