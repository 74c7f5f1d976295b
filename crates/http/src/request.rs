//! Building a request.
//!
//! Routes are templates (`/v1/calls/{call_id}`): traces and metrics name the route and not the id,
//! and a value can never change the path, because it is encoded as part of one segment.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde::Serialize;
use switchboard_core::{Error, ErrorKind, Result};
use url::Url;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads a resource.
    Get,
    /// Creates something or performs an action.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource.
    Patch,
    /// Removes a resource.
    Delete,
}

impl Method {
    /// The method's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A request to one provider. A mistake in it (an unfilled placeholder, an invalid header) is
/// reported when it is sent, with nothing sent.
pub struct Request {
    operation: &'static str,
    method: Method,
    template: Cow<'static, str>,
    params: Vec<(&'static str, String)>,
    query: Vec<(Cow<'static, str>, String)>,
    headers: HeaderMap,
    body: Option<Bytes>,
    public: bool,
    secrets: Vec<SecretString>,
    fetches_secrets: bool,
    defect: Option<Error>,
}

impl Request {
    /// A request with any method; prefer the shorthands below. `operation` is the name in errors
    /// and traces, for example `calls.list`; `template` is the path below the base URL.
    pub fn new(
        method: Method,
        operation: &'static str,
        template: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            operation,
            method,
            template: template.into(),
            params: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            public: false,
            secrets: Vec::new(),
            fetches_secrets: false,
            defect: None,
        }
    }

    /// A GET request.
    pub fn get(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Get, operation, template)
    }

    /// A POST request.
    pub fn post(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Post, operation, template)
    }

    /// A PUT request.
    pub fn put(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Put, operation, template)
    }

    /// A PATCH request.
    pub fn patch(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Patch, operation, template)
    }

    /// A DELETE request.
    pub fn delete(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Delete, operation, template)
    }

    /// Fills `{name}` in the path. It takes text and not `impl Display`, because an id that
    /// contains a phone number is displayed masked.
    #[must_use]
    pub fn param(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.params.push((name, value.as_ref().to_owned()));
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    #[must_use]
    pub fn query_opt(
        self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl fmt::Display>,
    ) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if `body` cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Result<Self> {
        match serde_json::to_vec(body) {
            Ok(bytes) => Ok(self.body(bytes, HeaderValue::from_static("application/json"))),
            Err(_) => {
                Err(Error::new(ErrorKind::InvalidRequest, "the body cannot be written as JSON")
                    .with_operation(self.operation))
            }
        }
    }

    /// Sets a form-encoded body.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let encoded =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body(
            encoded.into_bytes(),
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )
    }

    fn body(mut self, bytes: Vec<u8>, content_type: HeaderValue) -> Self {
        self.body = Some(bytes.into());
        self.headers.insert(CONTENT_TYPE, content_type);
        self
    }

    /// Sets a header. Its value is treated as a secret in traces.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            (Err(_), _) | (_, Err(_)) => {
                self.defect = Some(Error::invalid(
                    name.to_owned(),
                    "contains characters that are not allowed in an HTTP header",
                ));
            }
        }
        self
    }

    /// Sets the `Idempotency-Key` header.
    #[must_use]
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends the request without `Authorization`.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Declares a secret that the request carries beside its token, such as a cookie: it is removed
    /// from the answer.
    #[must_use]
    pub fn secret(mut self, secret: &SecretString) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Declares that the answer itself is a secret, such as new tokens: a success is returned
    /// unredacted. Failures are still redacted.
    #[must_use]
    pub fn fetches_secrets(mut self) -> Self {
        self.fetches_secrets = true;
        self
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path with its placeholders.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The operation's name in errors and traces.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Resolves the request against the base URL.
    pub(crate) fn prepare(self, base: &Url) -> Result<Prepared> {
        if let Some(defect) = self.defect {
            return Err(defect);
        }
        let mut url = base.clone();
        self.fill(&mut url)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(Prepared {
            operation: self.operation,
            method: self.method,
            route: route(self.template),
            url,
            headers: self.headers,
            body: self.body,
            public: self.public,
            secrets: self.secrets,
            fetches_secrets: self.fetches_secrets,
        })
    }

    fn fill(&self, url: &mut Url) -> Result<()> {
        let Ok(mut path) = url.path_segments_mut() else {
            return Err(Error::new(ErrorKind::Configuration, "the base URL cannot have a path")
                .with_field("base_url"));
        };
        path.pop_if_empty();
        for segment in self.template.trim_start_matches('/').split('/') {
            let mut filled = segment.to_owned();
            for (name, value) in &self.params {
                let placeholder = format!("{{{name}}}");
                if segment.contains(&placeholder) {
                    if value.is_empty() {
                        return Err(Error::invalid(*name, "must not be empty"));
                    }
                    if value.contains(char::is_control) {
                        return Err(Error::invalid(*name, UNSEEN));
                    }
                    filled = filled.replace(&placeholder, value);
                }
            }
            if filled.contains(char::is_control) {
                return Err(Error::invalid("path", UNSEEN));
            }
            // URL parsers remove dot segments, which would change the route.
            if matches!(filled.as_str(), "." | "..") {
                return Err(Error::invalid("path", "a path segment must not be made of dots"));
            }
            if segment.contains('{') && filled == segment {
                return Err(Error::invalid(
                    "path",
                    format!("the placeholder {segment} was not filled"),
                ));
            }
            path.push(&filled);
        }
        Ok(())
    }
}

/// URL parsers drop tabs and line breaks, so an id that contains one would name another object, or
/// a segment another route.
const UNSEEN: &str = "must not contain control characters such as tabs or line breaks: write it as the provider shows it";

/// Our own routes are literals; a path given at run time may contain a phone number.
fn route(template: Cow<'static, str>) -> Cow<'static, str> {
    match template {
        Cow::Borrowed(literal) => Cow::Borrowed(literal),
        Cow::Owned(given) => Cow::Owned(switchboard_core::text::mask(&given)),
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.query.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("template", &route(self.template.clone()))
            .field("query", &names)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// A request that is ready to be sent, more than once if need be.
pub(crate) struct Prepared {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) route: Cow<'static, str>,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) public: bool,
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) fetches_secrets: bool,
}
