//! What a provider answered, with a 2xx.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use futures::Stream;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use switchboard_core::{Error, ErrorKind, ProviderId, Result};

use crate::decode::from_json;

/// A whole answer. To a placing request it means that a call exists: a failure to read it is
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

    /// The body as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the JSON path, never with a value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if self.is_empty() {
            return Err(self.failed(Error::new(ErrorKind::Decode, "the answer has no body")));
        }
        from_json(&self.body).map_err(|error| self.failed(error))
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

/// An answer whose body is read while it arrives.
pub struct StreamAnswer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
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

    /// True for `text/event-stream`: anything else is an endpoint that does not stream, and wants polling.
    pub fn is_event_stream(&self) -> bool {
        self.content_type
            .as_deref()
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    }

    /// The body, piece by piece. It ends with an error when the connection breaks or stays silent for too long.
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
