//! The way out to endpoints that have no type here.
//!
//! It must not become a way around the one place that places calls: a request that could ring a
//! phone goes out over a client of its own, is journaled first and is never repeated. So whatever
//! names the calls is refused here, however the path is spelled.

use serde::Serialize;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{Answer, HttpClient, Method, Request};
use url::{Url, form_urlencoded};

const RUNS: [&str; 3] = ["communication-runs", "communication-jobs", "communication-attempts"];

/// A request to any path that places no call.
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
    /// `InvalidRequest` for a body that cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self> {
        self.request = self.request.json(body)?;
        Ok(self)
    }

    /// Sends it: a GET as a read, which may be repeated; anything else once.
    ///
    /// # Errors
    /// `Unsupported` for a path that could place a call, with nothing sent; else as for every read
    /// or write.
    pub async fn send(self) -> Result<Answer> {
        if self.places_calls {
            let message = "this path rings phones: place a call through the router, or with the typed client's calls() and \
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

/// Whether a request could make a phone ring. It errs on the side of yes: below `calls` and below
/// the communication runs, their jobs and their attempts only reads pass, the two dry runs
/// (`validate`, `preview`), and for runs DELETE. PATCH pauses and cancels a run, and nobody knows
/// that it cannot let one go on: the typed client has both.
fn places_calls(method: Method, path: &str) -> bool {
    let segments = segments(path);
    let calls = segments.iter().any(|segment| segment == "calls");
    let runs = segments.iter().position(|segment| RUNS.contains(&segment.as_str()));
    let dry = runs.is_some_and(
        |at| matches!(&segments[at + 1..], [word] if word == "validate" || word == "preview"),
    );
    match method {
        Method::Get => false,
        Method::Post => calls || (runs.is_some() && !dry),
        Method::Put | Method::Patch => calls || runs.is_some(),
        Method::Delete => calls,
    }
}

/// The path's segments as the most obliging server would read them.
fn segments(path: &str) -> Vec<String> {
    let mut path = path.to_owned();
    loop {
        let decoded = decoded(&path);
        if decoded == path {
            break;
        }
        path = decoded;
    }
    let path = path.replace('\\', "/");
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let segment = segment.split(';').next().unwrap_or_default();
        let plain: String = segment
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .flat_map(char::to_lowercase)
            .collect();
        match plain.as_str() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(plain),
        }
    }
    segments
}

/// One round of percent-decoding; what is no UTF-8 becomes a replacement character.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => {
                char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16))
            }
            _ => None,
        };
        match code.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_placing_a_call_is_seen() {
        let spellings = [
            "/api/v1/calls",
            "/API/V1/Calls",
            "api/v1/calls/",
            "//api//v1//calls//",
            "/api/v1/./calls",
            "/api/v1/agents/../calls",
            "/api/v1/agents/%2e%2e/calls",
            "/api/v1/%63alls",
            "/api/v1/%2563alls",
            "/api/v1%2fcalls",
            "/api/v1\\calls",
            "/api/v1/calls?x=1",
            "/api/v1/calls%3Fx=1",
            "/api/v1/calls#x",
            "/api/v1/calls;v=1",
            "/api/v1/calls%20",
            "/api/v1/calls%00",
            "/api/v1/calls/batch",
            "/calls",
            "/api/v1/communication-runs",
            "/api/v1/Communication-Runs/",
            "/api/v1/communication-runs/preview/..",
            "/api/v1/communication-runs/retry",
            "/api/v1/communication-jobs",
            "/api/v1/communication-attempts/retry",
        ];
        for path in spellings {
            assert!(places_calls(Method::Post, path), "{path}");
            assert!(places_calls(Method::Put, path), "{path}");
            assert!(!places_calls(Method::Get, path), "{path}");
        }
    }

    #[test]
    fn harmless_paths_pass() {
        for path in [
            "/api/v1/leads",
            "/api/v1/sms/send",
            "/api/v1/communication-runs/validate",
            "/api/v1/communication-runs/preview",
        ] {
            assert!(!places_calls(Method::Post, path), "{path}");
        }
        assert!(!places_calls(Method::Delete, "/api/v1/communication-runs"));
        assert!(
            places_calls(Method::Patch, "/api/v1/communication-runs"),
            "it might let a run go on"
        );
        assert!(places_calls(Method::Put, "/api/v1/communication-runs/preview"));
        assert!(places_calls(Method::Patch, "/api/v1/calls"));
    }
}
