//! Raw requests, to endpoints that have no typed method.
//!
//! Raw requests must not bypass the code that places calls: a request that could make a phone ring
//! uses a client of its own, is journaled first and is never repeated. So any path to such an
//! endpoint is refused, however it is spelled.

use serde::Serialize;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{Answer, HttpClient, Method, Request};
use url::{Url, form_urlencoded};

use crate::guard::places_calls;

/// A request to any path that makes no phone ring.
#[derive(Debug)]
#[must_use = "nothing happens until it is sent"]
pub struct RawRequest<'a> {
    http: &'a HttpClient,
    places_calls: bool,
    request: Request,
}

impl<'a> RawRequest<'a> {
    pub(crate) fn new(http: &'a HttpClient, base: &Url, method: Method, path: &str) -> Self {
        let (route, query) = path.split_once('?').unwrap_or((path, ""));
        let places_calls = places_calls(method, &format!("{}/{path}", base.path()));
        let request = Request::new(method, "request", route.to_owned());
        let request = form_urlencoded::parse(query.as_bytes())
            .fold(request, |request, (name, value)| request.query(name.into_owned(), value));
        Self { http, places_calls, request }
    }

    /// Adds a query parameter.
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

    /// Sends it: a GET as a read, which may be retried; anything else once.
    ///
    /// # Errors
    /// `Unsupported` for a path that could place a call, with nothing sent; otherwise as for every
    /// read or write.
    pub async fn send(self) -> Result<Answer> {
        if self.places_calls {
            let message = "this path makes phones ring: place a call through the router, or with the typed client's calls() and \
                           communication_runs()";
            return Err(Error::new(ErrorKind::Unsupported, message)
                .with_field("path")
                .with_operation("request")
                .with_provider(self.http.provider().clone()));
        }
        match self.request.method() {
            Method::Get => self.http.read(self.request).await,
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                self.http.write(self.request).await
            }
        }
    }
}
