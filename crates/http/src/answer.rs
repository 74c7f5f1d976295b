//! What a provider answered, with a 2xx.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use futures::Stream;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use switchboard_core::{Error, ErrorKind, PlaceError, ProviderId, Result};

use crate::{ErrorBody, Redactor, decode::from_json, said};

/// A whole answer, without the secrets of its request. To a placing request it means that a call
/// exists: a failure to read it is [`PlaceError::placed`](switchboard_core::PlaceError::placed).
pub struct Answer {
    pub(crate) provider: ProviderId,
    pub(crate) operation: &'static str,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The status, between 200 and 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `Content-Type`.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// True where there is no body.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The body as it came, but for secrets.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the JSON path, never with a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.decoded().map_err(|error| self.failed(error))
    }

    /// Decodes the body of an answer to a placing request.
    ///
    /// # Errors
    ///
    /// [Placed](PlaceError::placed), with the JSON path and with [what the provider
    /// says](Self::unusable): a call exists all the same.
    pub fn placed<T: DeserializeOwned>(&self) -> Result<T, PlaceError> {
        self.decoded().map_err(|error| PlaceError::placed(self.unusable(error.message())))
    }

    fn decoded<T: DeserializeOwned>(&self) -> Result<T> {
        if self.is_empty() {
            return Err(Error::new(ErrorKind::Decode, "the answer has no body"));
        }
        from_json(&self.body)
    }

    /// The same answer where it is about what was asked for: where the first of `keys` that it has,
    /// at the top, is `asked`. One that has none of them is taken as the one that was asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for an answer about something else. Nothing of it is worth reading.
    pub fn about(self, asked: &str, keys: &[&str]) -> Result<Self> {
        let answer: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        let found = keys.iter().find_map(|key| match answer.as_ref()?.get(*key)? {
            serde_json::Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        if is_asked_for(asked, found.as_deref()) { Ok(self) } else { Err(self.another()) }
    }

    /// The error for an answer about something else than what was asked for.
    pub fn another(&self) -> Error {
        let message =
            "the answer is about something else than what was asked for: its id is another";
        self.failed(Error::new(ErrorKind::Decode, message))
    }

    /// The body as JSON of any shape.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is not JSON.
    pub fn value(&self) -> Result<serde_json::Value> {
        self.json()
    }

    /// The body as JSON text, to keep beside what was made of it; `None` when it is not JSON.
    pub fn raw(&self) -> Option<Box<RawValue>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is not UTF-8.
    pub fn text(&self) -> Result<String> {
        match std::str::from_utf8(&self.body) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.failed(Error::new(ErrorKind::Decode, "the answer is not text"))),
        }
    }

    /// An error about an answer that does not hold what it should, with the provider's own words
    /// behind `message` and its code: a success that says no is evidence, and an operator has to
    /// see it. The words are masked and bounded.
    pub fn unusable(&self, message: &str) -> Error {
        let ErrorBody { code, correlation_id, .. } = ErrorBody::parse(&self.body);
        let message = match said::words(&self.body) {
            Some(words) => format!("{message}; the provider said: {words}"),
            None => message.to_owned(),
        };
        let mut error = self.failed(Error::new(ErrorKind::Decode, message));
        if let Some(code) = code {
            error = error.with_code(code);
        }
        match correlation_id {
            Some(id) => error.with_correlation_id(id),
            None => error,
        }
    }

    /// An error about this answer, as a missing id, that carries its status.
    pub fn failed(&self, error: Error) -> Error {
        error
            .with_status(self.status)
            .with_provider(self.provider.clone())
            .with_operation(self.operation)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("provider", &self.provider)
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("content_type", &self.content_type())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Whether a record that calls itself `found` is the one that was asked for. One without an id is.
pub fn is_asked_for(asked: &str, found: Option<&str>) -> bool {
    found.is_none_or(|found| found == asked)
}

/// An answer whose body is read while it arrives. What arrives is not clean: see
/// [`redactor`](Self::redactor).
pub struct StreamAnswer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) redactor: Redactor,
    pub(crate) bytes: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
}

impl StreamAnswer {
    /// The status, between 200 and 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `Content-Type`.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// True for `text/event-stream`: anything else is an endpoint that does not stream, and wants
    /// polling.
    pub fn is_event_stream(&self) -> bool {
        self.content_type
            .as_deref()
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    }

    /// What takes the secrets of the request out of what was put together from the pieces. Whoever
    /// reads the stream uses it before anything is kept or shown.
    pub fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// The body, piece by piece. It ends with an error when the connection breaks or stays silent
    /// for too long.
    pub fn into_stream(self) -> Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>> {
        self.bytes
    }
}

impl fmt::Debug for StreamAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamAnswer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}
