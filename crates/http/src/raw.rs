//! Requests to endpoints that have no typed method.
//!
//! Raw requests must not bypass the code that places calls: a request that makes a phone ring uses
//! a client of its own, is recorded first and is never repeated. So each backend refuses the paths
//! by which its provider places calls, however they are spelled: it compares the
//! [`lenient_segments`] of a path with its own table before it makes a [`RawRequest`].

use std::borrow::Cow;

use serde::Serialize;
use switchboard_core::Result;

use crate::{Answer, HttpClient, Method, Request};

/// A request to any path that makes no phone ring. It carries no custom headers: a method override
/// would defeat the check of the path.
#[derive(Debug)]
#[must_use = "nothing happens until it is sent"]
pub struct RawRequest {
    http: HttpClient,
    request: Request,
}

impl RawRequest {
    /// A request to a path below the base URL, which the backend has checked. `query` is the text
    /// behind the question mark, percent-encoded.
    pub fn new(http: &HttpClient, method: Method, path: &str, query: &str) -> Self {
        let request = Request::new(method, "raw", path.to_owned());
        let request = url::form_urlencoded::parse(query.as_bytes())
            .fold(request, |request, (name, value)| request.query(name.into_owned(), value));
        Self { http: http.clone(), request }
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

    /// Sends it: a GET as a read, which may be retried; anything else once, and again only if no
    /// byte of it was sent.
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

/// Splits a path with a query into both. A fragment is dropped, because it is never sent.
pub fn split_query(path: &str) -> (&str, &str) {
    let path = path.split('#').next().unwrap_or_default();
    path.split_once('?').unwrap_or((path, ""))
}

/// The segments of a path, in small letters, read as the most lenient server would: after removing
/// every layer of percent-encoding, with backslashes for slashes, without empty and dot segments,
/// path parameters, white space, control characters, query and fragment. `None` for escapes that
/// never end or are not text: such a path may mean anything.
pub fn lenient_segments(path: &str) -> Option<Vec<String>> {
    const MOST_LAYERS: usize = 8;
    let mut text = Cow::Borrowed(path);
    let mut layers = 0;
    loop {
        let decoded = decode(&text)?;
        if decoded == *text {
            break;
        }
        layers += 1;
        if layers > MOST_LAYERS {
            return None;
        }
        text = Cow::Owned(decoded);
    }
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let mut segments: Vec<String> = Vec::new();
    for segment in text[..end].split(['/', '\\']) {
        let name: String = segment
            .split(';')
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control() && !c.is_whitespace())
            .collect();
        match name.as_str() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name.to_lowercase()),
        }
    }
    Some(segments)
}

/// Removes one layer of percent-encoding; anything that is not an escape is kept.
fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).ok()?);
                at += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}
