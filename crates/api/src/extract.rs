//! What handlers take from a request: who sends it, its body, its query.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
};
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;

use crate::{
    Service,
    caller::{Allowed, Caller, Scope, client_address},
    context::Context,
    limits::{Left, RequestPermit},
    problem::{Code, Problem, Result},
    table_format::TableFormat,
};

/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(10);
const DEEPEST: usize = 32;

/// A caller with a scope, and its request counted.
#[derive(Debug)]
pub(crate) struct Permit<S> {
    caller: Arc<Caller>,
    context: Arc<Context>,
    _request: RequestPermit,
    scope: PhantomData<fn() -> S>,
}

impl<S: Scope> Permit<S> {
    /// The proof of the scope, which was checked when the request came.
    pub(crate) fn allowed(&self) -> Result<Allowed<'_, S>> {
        self.caller.allowed::<S>()
    }

    pub(crate) fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }

    /// The request may take longer than others, because it waits for a call or is a stream.
    pub(crate) fn be_patient(&self) {
        self.context.be_patient();
    }

    /// Tells the client what is left of the limit on calls.
    pub(crate) fn tell_calls_left(&self, left: Left) {
        self.context.calls_left.get_or_init(|| left);
    }
}

impl<S: Scope> FromRequestParts<Service> for Permit<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self> {
        let from = client_address(&parts.extensions, &parts.headers, service.trusted_proxies());
        let caller = service.caller(&parts.headers, from).await?;
        Self::of(parts, service, caller)
    }
}

impl<S: Scope> Permit<S> {
    /// Counts a request of this caller, and checks the scope.
    pub(crate) fn of(parts: &Parts, service: &Service, caller: Arc<Caller>) -> Result<Self> {
        let context = parts.extensions.get::<Arc<Context>>().map_or_else(Context::new, Arc::clone);
        let (left, request) = service.count_request(&caller);
        // Set once: each request has one caller.
        context.left.get_or_init(|| left);
        context.caller.get_or_init(|| Arc::clone(&caller));
        let request = request?;
        caller.allowed::<S>()?;
        Ok(Self { caller, context, _request: request, scope: PhantomData })
    }
}

/// A JSON body of at most `LARGEST` KiB.
#[derive(Debug)]
pub(crate) struct Json<T, const LARGEST: usize = 64>(pub(crate) T);

impl<T: DeserializeOwned, const LARGEST: usize> FromRequest<Service> for Json<T, LARGEST> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self> {
        is_plain(request.headers())?;
        is_json(request.headers())?;
        let body = read_in_time(service, request.into_body(), LARGEST * 1024).await?;
        parse(&body).map(Self)
    }
}

/// A table of at most 1 MiB.
#[derive(Debug)]
pub(crate) struct TableBody {
    pub(crate) format: TableFormat,
    pub(crate) body: Bytes,
}

impl FromRequest<Service> for TableBody {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self> {
        is_plain(request.headers())?;
        let format =
            TableFormat::of_media_type(media_type(request.headers())).ok_or_else(|| {
                Problem::new(Code::UnsupportedMediaType, "the body is not declared as a table")
                    .field("Content-Type")
                    .fix("send Content-Type: text/csv or application/jsonl")
            })?;
        let body = read_in_time(service, request.into_body(), 1024 * 1024).await?;
        Ok(Self { format, body })
    }
}

/// Reads a body of at most this many bytes within the time that it may take.
pub(crate) async fn read_in_time(service: &Service, body: Body, largest: usize) -> Result<Bytes> {
    tokio::select! {
        biased;
        body = read(body, largest) => body,
        () = service.clock().sleep(BODY_WITHIN) => {
            Err(Problem::new(Code::RequestTimeout, "the body did not arrive in time"))
        }
    }
}

/// Nothing is decompressed: a small body could become a very large one.
pub(crate) fn is_plain(headers: &HeaderMap) -> Result<()> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::new(Code::UnsupportedMediaType, "the body is compressed")
            .field("Content-Encoding")
            .fix("send the body as it is, without Content-Encoding"));
    }
    Ok(())
}

fn media_type(headers: &HeaderMap) -> &str {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim()
}

fn is_json(headers: &HeaderMap) -> Result<()> {
    if media_type(headers).eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType, "the body is not declared as JSON")
        .field("Content-Type")
        .fix("send Content-Type: application/json"))
}

async fn read(body: Body, largest: usize) -> Result<Bytes> {
    let too_large = || {
        let detail = format!("the body has more than {} KiB", largest / 1024);
        Problem::new(Code::BodyTooLarge, detail)
    };
    let declared = http_body_size(&body);
    if declared.is_some_and(|size| size > largest as u64) {
        return Err(too_large());
    }
    let mut chunks = body.into_data_stream();
    let mut whole: Vec<u8> = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::RequestTimeout, "the body broke off"))?;
        if whole.len() + chunk.len() > largest {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

fn http_body_size(body: &Body) -> Option<u64> {
    axum::body::HttpBody::size_hint(body).exact()
}

/// Reads JSON, and says which field does not fit. What was sent is never repeated: it may be a
/// number, a task or a key.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    if is_too_deep(body) {
        let detail = format!("the body is nested more than {DEEPEST} levels deep");
        return Err(Problem::new(Code::MalformedJson, detail));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        misfit(path.trim_matches('.'), error.inner())
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail =
        format!("the body is not JSON at line {}, column {}", error.line(), error.column());
    Problem::new(Code::MalformedJson, detail)
}

fn misfit(path: &str, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return malformed(error);
    }
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
    let path = if path == "?" { "" } else { path };
    let beside = |name: &str| match path.rsplit_once('.') {
        Some((above, last)) if last != name => format!("{above}.{last}.{name}"),
        Some(_) => path.to_owned(),
        None if path.is_empty() || path == name => name.to_owned(),
        None => format!("{path}.{name}"),
    };
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message, quoted.as_slice()) {
        (text, [name, ..]) if text.starts_with("missing field") => {
            Problem::invalid(shown(&beside(name)), "is missing", "add it")
        }
        (text, [name, known @ ..]) if text.starts_with("unknown field") => {
            unknown_field(&beside(name), name, known.iter().copied())
        }
        (text, [_, known @ ..]) if text.starts_with("unknown variant") => {
            let fix = format!("write one of {}", known.join(", "));
            Problem::invalid(shown(path), "is none of the words that are known here", fix)
        }
        (text, _) => match text.rsplit_once(", expected ") {
            Some((_, wanted)) => {
                let fix = format!("write {}", plain(wanted));
                Problem::invalid(shown(path), "has the wrong type", fix)
            }
            None => Problem::invalid(
                shown(path),
                "does not fit",
                "look at the description of the field",
            ),
        },
    }
}

/// A name that is not known, with the nearest known one.
pub(crate) fn unknown_field<'a>(
    path: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let is_near = |distance: usize, one: &str| {
        distance <= 1 + one.len() / 3 || name.len() > 2 && one.contains(name)
    };
    let nearest = known
        .clone()
        .map(|one| (strsim::damerau_levenshtein(name, one), one))
        .filter(|(distance, one)| is_near(*distance, one))
        .min_by_key(|(distance, _)| *distance);
    let fix = match nearest {
        Some((_, near)) => format!("did you mean {near}?"),
        None => format!("write one of {}", known.collect::<Vec<_>>().join(", ")),
    };
    Problem::new(Code::UnknownField, "is not a field of this request").field(shown(path)).fix(fix)
}

/// The longest part of a path that is shown.
const LONGEST_NAME: usize = 40;

/// A path in a body, of whose parts only those are shown that look like a name: the others are the
/// client's text, and may be a task, a number or a key.
fn shown(path: &str) -> String {
    let is_name = |part: &str| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-[]".contains(letter);
        part.len() <= LONGEST_NAME
            && part.chars().all(plain)
            && part.chars().filter(char::is_ascii_digit).count() < 6
    };
    let parts = path.split('.').filter(|part| !part.is_empty());
    let parts = parts.map(|part| if is_name(part) { part } else { "…" });
    parts.collect::<Vec<_>>().join(".")
}

fn plain(wanted: &str) -> &str {
    const KINDS: [(&str, &str); 7] = [
        ("a string", "a text in quotes"),
        ("a borrowed string", "a text in quotes"),
        ("a sequence", "a list"),
        ("a map", "an object"),
        ("struct", "an object"),
        ("a boolean", "true or false"),
        ("u", "a whole number that is not negative"),
    ];
    KINDS.iter().find(|(kind, _)| wanted.starts_with(kind)).map_or(wanted, |(_, plain)| plain)
}

/// True if brackets are nested too deep, whatever else is wrong with the text.
fn is_too_deep(body: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > DEEPEST {
                    return true;
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}
