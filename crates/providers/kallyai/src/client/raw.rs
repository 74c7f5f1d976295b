//! The way out: requests to what the provider added since the documents were written.

use serde::Serialize;
use switchboard_core::Result;
use switchboard_http::{Answer, HttpClient, Method, Request};

use super::{KallyAiClient, guard};

/// A request that was put together by hand. It carries no headers of the caller's: a method
/// override would undo the guard.
#[derive(Debug)]
pub struct RawRequest {
    http: HttpClient,
    request: Request,
}

impl KallyAiClient {
    /// A request to a path below the base URL, as `/v1/search/history`; a query may stand behind
    /// it.
    ///
    /// Reads are retried; everything else is sent once, and again only when nothing of it left this
    /// machine.
    ///
    /// # Errors
    /// `Unsupported` for routes that make a phone ring, with what to use instead: a call placed by
    /// hand is in no journal. Besides `POST /v1/calls` these are the routes by which document 002's
    /// coordinator, goals, outreach tasks, actions, transfers and verifications may call somebody;
    /// each has a typed method. `InvalidRequest` for a path that is not written plainly.
    pub fn request(&self, method: Method, path: &str) -> Result<RawRequest> {
        let plain = guard::plain_path(method, path)?;
        let mut request = Request::new(method, "raw", plain.to_owned());
        let query = path
            .split('#')
            .next()
            .and_then(|path| path.split_once('?'))
            .map_or("", |(_, query)| query);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            request = request.query(name.into_owned(), value);
        }
        Ok(RawRequest { http: self.http().clone(), request })
    }
}

impl RawRequest {
    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.query(name.to_owned(), value);
        self
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// `InvalidRequest` when it cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self> {
        self.request = self.request.json(body)?;
        Ok(self)
    }

    /// Sends it.
    ///
    /// # Errors
    /// As the typed methods.
    pub async fn send(self) -> Result<Answer> {
        match self.request.method() {
            Method::Get => self.http.read(self.request).await,
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                self.http.write(self.request).await
            }
        }
    }
}
