//! Raw requests, to endpoints that have no typed method.

use serde::Serialize;
use switchboard_core::Result;
use switchboard_http::{Answer, HttpClient, Method, Request};

use crate::guard;

/// A request to any path that makes no phone ring. It carries no custom headers: a method override
/// would defeat the guard.
#[derive(Debug)]
pub struct RawRequest {
    http: HttpClient,
    request: Request,
}

impl RawRequest {
    pub(crate) fn new(http: HttpClient, method: Method, path: &str) -> Result<Self> {
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
        Ok(Self { http, request })
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.query(name.to_owned(), value);
        self
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// `InvalidRequest` if it cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self> {
        self.request = self.request.json(body)?;
        Ok(self)
    }

    /// Sends it.
    ///
    /// # Errors
    /// As for the typed methods.
    pub async fn send(self) -> Result<Answer> {
        match self.request.method() {
            Method::Get => self.http.read(self.request).await,
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                self.http.write(self.request).await
            }
        }
    }
}
