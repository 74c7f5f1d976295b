//! One request and its answer. This is the only code that sends bytes.
//!
//! Nothing is repeated here. It sends, checks whether the body was polled, and turns the outcome
//! into an [`Answer`] or into an error with its [`Delivery`], whatever the request is for. The
//! status is recorded before the body is read, because after a 2xx a call exists.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Response,
    header::{
        AUTHORIZATION, CONTENT_LENGTH, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    },
};
use secrecy::{ExposeSecret, SecretString};
use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, ProviderId};

use crate::{
    Answer, Codes, ErrorBody, Method, Proxy, ReadBudget, Redactor,
    body::NotingBody,
    classify::{self, TransportFailure, Verdict},
    request::Prepared,
    retry_after,
};

/// The settings of one exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) client: &'a reqwest::Client,
    pub(crate) provider: &'a ProviderId,
    /// The proxy that the request goes through.
    pub(crate) proxy: Option<&'a Proxy>,
    pub(crate) codes: &'a dyn Codes,
    /// Time limit from the connection to the last byte of the body.
    pub(crate) total: Duration,
    pub(crate) body_cap: usize,
    /// What a 2xx proves if its body cannot be read.
    pub(crate) unreadable: Delivery,
    /// The budget that the answer counts against.
    pub(crate) budget: Option<&'a ReadBudget>,
    /// Removes the secrets from the answer.
    pub(crate) redactor: &'a Redactor,
}

impl Exchange<'_> {
    /// Sends and reads the whole answer.
    pub(crate) async fn run(
        self,
        request: &Prepared,
        token: Option<&SecretString>,
    ) -> Result<Answer, PlaceError> {
        let began = Instant::now();
        let outcome = match self.head(request, token, Some(self.total)).await {
            Ok(response) => self.body(request, response).await,
            Err(error) => Err(error),
        };
        match &outcome {
            Ok(answer) => self.trace(request, began, Some(answer.status), None),
            Err(failed) => self.trace(request, began, failed.error().status(), Some(failed)),
        }
        outcome.map_err(|failed| {
            failed.map(|error| {
                error.with_provider(self.provider.clone()).with_operation(request.operation)
            })
        })
    }

    fn trace(
        &self,
        request: &Prepared,
        began: Instant,
        status: Option<u16>,
        failed: Option<&PlaceError>,
    ) {
        tracing::debug!(
            provider = %self.provider,
            operation = request.operation,
            method = request.method.as_str(),
            route = &*request.route,
            status,
            error = failed.map(|failed| failed.kind().as_str()),
            delivery = failed.map(|failed| failed.delivery().as_str()),
            elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "exchange"
        );
    }

    /// Sends, and reads the head of the response. Any status but a 2xx is already an error.
    pub(crate) async fn head(
        self,
        request: &Prepared,
        token: Option<&SecretString>,
        total: Option<Duration>,
    ) -> Result<Response, PlaceError> {
        let (body, polled) = NotingBody::new(request.body.clone().unwrap_or_default());
        let mut builder = self
            .client
            .request(method(request.method), request.url.clone())
            .headers(request.headers.clone());
        if let Some(total) = total {
            builder = builder.timeout(total);
        }
        if let Some(token) = token {
            builder = builder.header(AUTHORIZATION, bearer(token).map_err(PlaceError::not_sent)?);
        }
        builder = match (&request.body, request.method) {
            (Some(_), _) => builder.body(reqwest::Body::wrap(body)),
            // Some servers answer 411 to a POST without a length.
            (None, Method::Post | Method::Put | Method::Patch) => builder.header(CONTENT_LENGTH, 0),
            (None, Method::Get | Method::Delete) => builder,
        };
        match builder.send().await {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) => Err(self.refusal(response).await),
            Err(error) => Err(transport_error(error, polled.get(), self.proxy)),
        }
    }

    async fn body(self, request: &Prepared, mut response: Response) -> Result<Answer, PlaceError> {
        let status = response.status().as_u16();
        match self.whole(&mut response).await {
            Ok(body) => {
                let as_it_came = request.fetches_secrets;
                Ok(Answer {
                    provider: self.provider.clone(),
                    operation: request.operation,
                    status,
                    headers: self.headers(&response),
                    body: if as_it_came { body } else { self.redactor.body(body) },
                })
            }
            Err(unread) => {
                let error = match (&unread, self.budget) {
                    (Unread::TooLarge, Some(budget)) if budget.bytes_left() < self.body_cap => {
                        budget.too_many_bytes()
                    }
                    (Unread::TooLarge | Unread::Broken(_), _) => unread.into_error(self.body_cap),
                };
                Err(PlaceError::new(self.unreadable, error.with_status(status)))
            }
        }
    }

    /// The whole body, which counts against the budget.
    async fn whole(&self, response: &mut Response) -> std::result::Result<Bytes, Unread> {
        let cap =
            self.budget.map_or(self.body_cap, |budget| budget.bytes_left().min(self.body_cap));
        let body = read_capped(response, cap).await?;
        if let Some(budget) = self.budget {
            budget.bytes(body.len());
        }
        Ok(body)
    }

    /// The headers, except those that contain a secret.
    fn headers(&self, response: &Response) -> HeaderMap {
        let hold_none = |(_, value): &(&HeaderName, &HeaderValue)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            self.redactor.text(&text) == text
        };
        let clean = response.headers().iter().filter(hold_none);
        clean.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// An answer that is not a 2xx, as an error.
    async fn refusal(self, mut response: Response) -> PlaceError {
        let status = response.status().as_u16();
        let wait = retry_after::from_headers(
            text(response.headers(), RETRY_AFTER.as_str()),
            text(response.headers(), DATE.as_str()),
        );
        let body = match self.whole(&mut response).await {
            Ok(body) => ErrorBody::parse(&self.redactor.body(body)),
            Err(_) => ErrorBody::incomplete(),
        };
        let Verdict { kind, delivery } = classify::answer(self.codes, status, &body);
        let message = body.line().unwrap_or_else(|| "no readable reason".to_owned());
        let mut error = Error::new(kind, message).with_status(status);
        if let Some(code) = classify::code(&body) {
            error = error.with_code(code);
        }
        if let Some(id) = body.correlation_id {
            error = error.with_correlation_id(id);
        }
        if let Some(wait) = wait {
            error = error.with_retry_after(wait);
        }
        PlaceError::new(delivery, error)
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    match HeaderValue::try_from(format!("Bearer {}", token.expose_secret())) {
        Ok(mut value) => {
            value.set_sensitive(true);
            Ok(value)
        }
        Err(_) => Err(Error::new(
            ErrorKind::Configuration,
            "the token contains characters that are not allowed in an HTTP header",
        )),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads the library's error predicates in the only order that gives the right answer. A proxy that
/// is not reached or makes no tunnel is a failure to connect: the provider got nothing.
fn transport_error(error: reqwest::Error, polled: bool, proxy: Option<&Proxy>) -> PlaceError {
    if error.is_connect() {
        let Verdict { kind, delivery } = classify::transport(TransportFailure::Connect);
        let message = no_connection(&error, proxy);
        return PlaceError::new(
            delivery,
            Error::new(kind, message).with_source(error.without_url()),
        );
    }
    let (failure, message) = if error.is_builder() {
        (TransportFailure::Unbuilt, "the request could not be built")
    } else if !polled {
        (
            TransportFailure::Unpolled { timed_out: error.is_timeout() },
            "the connection failed before anything was sent",
        )
    } else if error.is_timeout() {
        (TransportFailure::TimedOut, "no answer in time")
    } else {
        (TransportFailure::Broken, "the connection broke before an answer could be read")
    };
    let Verdict { kind, delivery } = classify::transport(failure);
    PlaceError::new(delivery, Error::new(kind, message).with_source(error.without_url()))
}

/// Which address could not be reached, without its path, and the innermost cause.
fn no_connection(error: &reqwest::Error, proxy: Option<&Proxy>) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let address = error.url().and_then(|url| {
        let port = url.port_or_known_default()?;
        Some(format!(" to {}:{port}", url.host_str()?))
    });
    let address = address.unwrap_or_default();
    let through = proxy.map(|proxy| format!(" through the proxy {}", proxy.place()));
    let through = through.unwrap_or_default();
    format!("no connection could be made{address}{through}: {innermost}")
}

/// Why the body of an answer could not be read.
#[derive(Debug)]
enum Unread {
    TooLarge,
    Broken(reqwest::Error),
}

impl Unread {
    fn into_error(self, cap: usize) -> Error {
        match self {
            Unread::TooLarge => {
                Error::new(ErrorKind::Decode, format!("the answer is larger than {cap} bytes"))
            }
            Unread::Broken(error) if error.is_timeout() => {
                Error::new(ErrorKind::Timeout, "the answer did not end in time")
                    .with_source(error.without_url())
            }
            Unread::Broken(error) => Error::new(ErrorKind::Transport, "the answer broke off")
                .with_source(error.without_url()),
        }
    }
}

async fn read_capped(response: &mut Response, cap: usize) -> std::result::Result<Bytes, Unread> {
    let announced = response.content_length().unwrap_or(0);
    if announced > cap as u64 {
        return Err(Unread::TooLarge);
    }
    let mut body = BytesMut::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > cap {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
