//! A provider's answer with a 2xx status.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use futures::Stream;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use switchboard_core::{Error, ErrorKind, PlaceError, ProviderId, Result};

use crate::{ErrorBody, Redactor, decode::from_json, summary};

/// A complete answer with the request's secrets removed. For a placing request it means that a call
/// exists: an answer that cannot be read is then
/// [`PlaceError::placed`](switchboard_core::PlaceError::placed).
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

    /// The value of a header, if it is present and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `Content-Type`.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// True if there is no body.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The body as received, with secrets removed.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the JSON path of what failed, and never with a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.decoded().map_err(|error| self.failed(error))
    }

    /// Decodes the body of an answer to a placing request.
    ///
    /// # Errors
    ///
    /// [Placed](PlaceError::placed), because a call exists all the same. The message has the JSON
    /// path and [what the provider says](Self::unusable).
    pub fn placed<T: DeserializeOwned>(&self) -> Result<T, PlaceError> {
        self.decoded().map_err(|error| PlaceError::placed(self.unusable(error.message())))
    }

    fn decoded<T: DeserializeOwned>(&self) -> Result<T> {
        if self.is_empty() {
            return Err(Error::new(ErrorKind::Decode, "the answer has no body"));
        }
        from_json(&self.body)
    }

    /// This answer, if it is about the object that was asked for: the first of `keys` that it has
    /// at the top level must equal `asked`. An answer with none of these keys is accepted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for an answer about another object, which must not be read at all.
    pub fn about(self, asked: &str, keys: &[&str]) -> Result<Self> {
        let answer: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        let found = keys.iter().find_map(|key| match answer.as_ref()?.get(*key)? {
            serde_json::Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        if is_asked_for(asked, found.as_deref()) { Ok(self) } else { Err(self.another()) }
    }

    /// The error for an answer about another object than the one that was asked for.
    pub fn another(&self) -> Error {
        let message = "the answer has a different id than the one requested";
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

    /// The body as JSON text, to keep as evidence; `None` if it is not JSON.
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

    /// The error for an answer without the content it should have. It carries the provider's own
    /// text, masked and truncated, and its code: a success that says "no" is evidence that an
    /// operator needs to see.
    pub fn unusable(&self, message: &str) -> Error {
        let ErrorBody { code, correlation_id, .. } = ErrorBody::parse(&self.body);
        let message = match summary::summarize(&self.body) {
            Some(text) => format!("{message}; the provider said: {text}"),
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

    /// Adds this answer's status, provider and operation to an error about it, for example a
    /// missing id.
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

/// Whether a record with the id `found` is the one that was asked for. A record without an id is
/// taken to be.
pub fn is_asked_for(asked: &str, found: Option<&str>) -> bool {
    found.is_none_or(|found| found == asked)
}

/// An answer whose body is read as it arrives. The pieces still contain secrets: see
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

    /// True for `text/event-stream`. Any other content type means that the endpoint does not stream
    /// and has to be polled.
    pub fn is_event_stream(&self) -> bool {
        self.content_type
            .as_deref()
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    }

    /// Removes the request's secrets. Readers of the stream apply it to each assembled event before
    /// they keep or show it.
    pub fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// The body, piece by piece. It ends with an error when the connection breaks or is idle for
    /// too long.
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
