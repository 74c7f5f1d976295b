//! Who is asking.

use std::fmt::Debug;

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_core::{Error, ErrorKind, Result};

/// Where the bearer token of a request comes from.
#[async_trait]
pub trait Credential: Debug + Send + Sync {
    /// The token to send now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] when there is none. Whatever it says, nothing has been sent yet.
    async fn bearer(&self) -> Result<SecretString>;

    /// After a 401 that rejected `rejected`: a newer token, or `None` when there is no way to
    /// renew.
    ///
    /// # Errors
    ///
    /// When the renewal was tried and failed.
    async fn renew(&self, rejected: &SecretString) -> Result<Option<SecretString>>;

    /// What it knows and nobody else may, beside the token that a request carries: it is taken out
    /// of every answer.
    fn secrets(&self) -> Vec<SecretString> {
        Vec::new()
    }
}

/// A token that never changes, as an API key.
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

/// No token: for a client whose requests are all [`public`](crate::Request::public), as the one
/// that fetches tokens.
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
