//! Requests that nothing here has a word for.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use switchboard_core::Result;

/// A provider's API below the traits.
#[async_trait]
pub trait RawApi: Debug + Send + Sync {
    /// Sends it: a GET as a read, which may be repeated; anything else once.
    ///
    /// # Errors
    /// `Unsupported` for what may make a phone ring or hands out credentials, with nothing sent;
    /// else as the typed methods.
    async fn send(&self, request: RawRequest) -> Result<RawAnswer>;
}

/// The methods that APIs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawMethod {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// What is to be sent.
#[derive(Clone)]
pub struct RawRequest {
    /// How.
    pub method: RawMethod,
    /// Where, below the base URL, as `/v1/credits/balance`.
    pub path: String,
    /// Behind the path.
    pub query: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<serde_json::Value>,
}

/// A backend's client, whose own requests refuse what may make a phone ring.
#[cfg(feature = "backend")]
pub(crate) struct RawClient<F>(pub(crate) F);

#[cfg(feature = "backend")]
impl<F> Debug for RawClient<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawClient").finish_non_exhaustive()
    }
}

#[cfg(feature = "backend")]
#[async_trait]
impl<F> RawApi for RawClient<F>
where
    F: Fn(switchboard_http::Method, &str) -> Result<switchboard_http::RawRequest> + Send + Sync,
{
    async fn send(&self, request: RawRequest) -> Result<RawAnswer> {
        request.send_as((self.0)(request.method.into(), &request.path)?).await
    }
}

impl RawRequest {
    /// Sends it as the backend's own request for the same path.
    #[cfg(feature = "backend")]
    pub(crate) async fn send_as(
        &self,
        mut request: switchboard_http::RawRequest,
    ) -> Result<RawAnswer> {
        for (name, value) in &self.query {
            request = request.query(name, value);
        }
        if let Some(body) = &self.body {
            request = request.json(body)?;
        }
        request.send().await.map(RawAnswer::from)
    }
}

/// True where a segment of the path is this word, in whatever case.
#[cfg(feature = "kallyai")]
pub(crate) fn is_below(path: &str, word: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').any(|segment| segment.trim().eq_ignore_ascii_case(word))
}

impl Debug for RawRequest {
    /// Without what may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What came back, with a 2xx.
#[derive(Clone)]
pub struct RawAnswer {
    /// Between 200 and 299.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: Option<String>,
    /// As it came.
    pub body: Vec<u8>,
}

impl Debug for RawAnswer {
    /// Without the body, which may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_length", &self.body.len())
            .finish()
    }
}

#[cfg(feature = "backend")]
impl From<RawMethod> for switchboard_http::Method {
    fn from(method: RawMethod) -> Self {
        match method {
            RawMethod::Get => Self::Get,
            RawMethod::Post => Self::Post,
            RawMethod::Put => Self::Put,
            RawMethod::Patch => Self::Patch,
            RawMethod::Delete => Self::Delete,
        }
    }
}

#[cfg(feature = "backend")]
impl From<switchboard_http::Answer> for RawAnswer {
    fn from(answer: switchboard_http::Answer) -> Self {
        Self {
            status: answer.status(),
            content_type: answer.content_type().map(str::to_owned),
            body: answer.bytes().to_vec(),
        }
    }
}
