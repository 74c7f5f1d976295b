//! A request, before anything is known about connections.
//!
//! Routes are templates (`/v1/calls/{call_id}`), so that traces and metrics name the route and
//! never the id, and so that a value can never change the path: it is encoded as part of one
//! segment.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde::Serialize;
use switchboard_core::{Error, ErrorKind, Result};
use url::Url;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The word on the wire.
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

/// A request to one provider. A mistake in it (a placeholder left open, a header that cannot be
/// sent) is reported when it is sent, with nothing sent.
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
    /// A request by any method; the shorthands below read better. `operation` is the name that
    /// errors and traces carry, as `calls.list`; `template` is the path below the base URL.
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

    /// A GET.
    pub fn get(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Get, operation, template)
    }

    /// A POST.
    pub fn post(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Post, operation, template)
    }

    /// A PUT.
    pub fn put(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Put, operation, template)
    }

    /// A PATCH.
    pub fn patch(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Patch, operation, template)
    }

    /// A DELETE.
    pub fn delete(operation: &'static str, template: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::Delete, operation, template)
    }

    /// Fills `{name}` in the path. It takes text and not what can be displayed: an id is displayed
    /// without the phone number that may be in it.
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

    /// Adds a query parameter where there is a value.
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
    /// [`ErrorKind::InvalidRequest`] when `body` cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Result<Self> {
        match serde_json::to_vec(body) {
            Ok(bytes) => Ok(self.body(bytes, HeaderValue::from_static("application/json"))),
            Err(_) => {
                Err(Error::new(ErrorKind::InvalidRequest, "the body cannot be written as JSON")
                    .with_operation(self.operation))
            }
        }
    }

    /// Sets a form as the body.
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
                    "holds characters that an HTTP header cannot carry",
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

    /// Sends no `Authorization`.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Names a secret that it carries beside its token, as a cookie: it is taken out of the answer.
    #[must_use]
    pub fn secret(mut self, secret: &SecretString) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Says that its answer is a secret itself, as new tokens are: a success is handed out as it
    /// came. Failures are cleaned all the same.
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

    /// The name that errors and traces carry.
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
            // A dot segment would be taken out and change the route.
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

/// Addresses are read without tabs and line breaks: with one, an id would name another thing, and a
/// segment another route.
const UNSEEN: &str = "must not hold control characters (a tab, a line break and their like): write it as the provider shows it";

/// Routes of ours are literals; a path that somebody gave at run time may hold a number.
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

/// A request that can be sent, and sent again.
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
