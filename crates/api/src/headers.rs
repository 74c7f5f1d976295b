//! The outermost layer: what every answer has, limits on what comes in, and the log.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tracing::{Instrument, Span, debug_span, field};

use crate::{
    Service,
    context::Context,
    problem::{Code, Problem, Result, is_kaicalls},
    unread::Unread,
};

const BATCH: &str = "/v1/calls/batch";
const LONGEST_URI: usize = 8 * 1024;
const LARGEST_HEADERS: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;

const FIXED: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Serves a request, and completes its answer.
pub(crate) async fn layer(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Response {
    let context = Context::new();
    let begun = service.clock().uptime();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("none", MatchedPath::as_str);
    request.extensions_mut().insert(Arc::clone(&context));
    let for_kaicalls = service.settings().kaicalls.is_some() && is_kaicalls(request.uri().path());

    let unread = Unread::of(&mut request);
    let span = trace(&method, route, request.headers());
    let mut response = match within_bounds(&request) {
        Ok(()) => serve(&service, &context, request, next).instrument(span.clone()).await,
        Err(problem) => {
            drop(request);
            problem.into_response()
        }
    };
    let id = context.id.to_string();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let problem = if places(&method, route) { problem.of_placing() } else { problem };
        let allow = response.headers().get(header::ALLOW).cloned();
        response = if for_kaicalls {
            problem.render_kaicalls()
        } else {
            problem.render(Some(service.public_url()), Some(&id))
        };
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    let mut response = with_line_end(response).await;
    span.record("status", response.status().as_u16());
    complete(&service, &context, response.headers_mut(), &id);
    if let Some(unread) = unread
        && !unread.drain(service.clock().as_ref()).await
    {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let caller = context.caller.get();
    tracing::info!(
        target: "switchboard::requests",
        request = %id,
        method = method.as_str(),
        route,
        status = response.status().as_u16(),
        micros = u64::try_from(service.clock().uptime().saturating_sub(begun).as_micros())
            .unwrap_or(u64::MAX),
        key = caller.map_or("-", |caller| caller.id().as_str()),
        tenant = caller.and_then(|caller| caller.tenant()).map_or("-", |tenant| tenant.as_str()),
        "served"
    );
    response
}

/// Ends a JSON answer with a line break, so that what follows in a terminal has a line of its own.
async fn with_line_end(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_json = matches!(kind, Some(b"application/json" | b"application/problem+json"));
    let length = response.body().size_hint().exact().filter(|length| is_json && *length > 0);
    if length.is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(text) = to_bytes(body, usize::MAX).await else {
        return Problem::new(Code::Internal, "the answer could not be made").into_response();
    };
    let line = [text.as_ref(), b"\n"].concat();
    if parts.headers.contains_key(header::CONTENT_LENGTH) {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(line.len()));
    }
    Response::from_parts(parts, Body::from(line))
}

/// The span of a request that places one call. What the client sends is read where traces are
/// made; `tracestate` is not.
fn trace(method: &Method, route: &str, headers: &HeaderMap) -> Span {
    if !places(method, route) || matches!(route, BATCH | "/v1/batches") {
        return Span::none();
    }
    let span = debug_span!(
        "request",
        method = method.as_str(),
        route,
        status = field::Empty,
        traceparent = field::Empty
    );
    let mut sent = headers.get_all("traceparent").iter();
    if let (Some(Ok(only)), None) = (sent.next().map(HeaderValue::to_str), sent.next()) {
        span.record("traceparent", only);
    }
    span
}

/// True for the routes on which a failure has to say whether a phone may ring.
fn places(method: &Method, route: &str) -> bool {
    method == Method::POST
        && matches!(route, "/v1/calls" | BATCH | "/v1/batches" | "/compat/kaicalls/api/v1/calls")
}

/// Serves a request within the time that it may take, and turns a panic into a problem. What a
/// request to place a call has begun goes on, whatever happens here.
async fn serve(service: &Service, context: &Context, request: Request, next: Next) -> Response {
    let mut served = std::pin::pin!(AssertUnwindSafe(next.run(request)).catch_unwind());
    let in_time = tokio::select! {
        biased;
        response = &mut served => Some(response),
        () = service.clock().sleep(service.request_timeout()) => None,
    };
    let response = match in_time {
        Some(response) => response,
        None if context.is_patient() => served.await,
        None => {
            let detail = "the request could not be served in time";
            return Problem::new(Code::JournalUnavailable, detail).into_response();
        }
    };
    response.unwrap_or_else(|_| {
        Problem::new(Code::Internal, "the request could not be served").into_response()
    })
}

fn within_bounds(request: &Request) -> Result<()> {
    let uri = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if uri > LONGEST_URI {
        return Err(Problem::new(Code::UriTooLong, "the address has more than 8 KiB"));
    }
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MOST_HEADERS || size > LARGEST_HEADERS {
        let detail = "the request has more than 64 headers, or more than 16 KiB of them";
        return Err(Problem::new(Code::HeadersTooLarge, detail));
    }
    if leaks_key(request) {
        return Err(Problem::new(Code::MissingKey, "a key in the address is not accepted")
            .fix("send Authorization: Bearer sb_…, and replace this key: it may be in logs"));
    }
    // What a provider says that it takes does not matter: it is answered without a body.
    if request.uri().path().starts_with("/hooks/") {
        return Ok(());
    }
    acceptable(headers)
}

/// True if there is an API key in the query. Its id is logged: it has to be replaced.
fn leaks_key(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let key = query.split(['&', '=']).find_map(|part| crate::caller::KeyText::parse(part).ok());
    if let Some(key) = &key {
        tracing::warn!(key = key.id().as_str(), "an API key was sent in an address");
    }
    key.is_some()
}

/// Everything here is JSON, a table, a stream of events or a page: a client that takes none of them
/// is told so before anything happens.
fn acceptable(headers: &HeaderMap) -> Result<()> {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let mut ranges =
        values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let taken = ranges.any(|range| {
        let kind = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(
            kind.as_str(),
            "*/*"
                | "application/*"
                | "application/json"
                | "application/problem+json"
                | "text/*"
                | "text/html"
                | "text/event-stream"
                | "text/csv"
                | "application/jsonl"
                | "application/x-ndjson"
        )
    });
    if taken {
        return Ok(());
    }
    Err(Problem::new(Code::NotAcceptable, "answers are application/json")
        .field("Accept")
        .fix("send Accept: application/json, or leave it out"))
}

fn complete(service: &Service, context: &Context, headers: &mut HeaderMap, id: &str) {
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if service.public_url().scheme() == "https" {
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", id);
    let left = [("requests", context.left.get()), ("calls", context.calls_left.get())];
    let (mut policies, mut limits) = (Vec::new(), Vec::new());
    for (name, left) in left.into_iter().filter_map(|(name, left)| Some((name, left?))) {
        let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
        policies.push(format!("\"{name}\";q={};w={}", left.quota, seconds(left.window)));
        limits.push(format!("\"{name}\";r={};t={}", left.remaining, seconds(left.full_in)));
    }
    if !policies.is_empty() {
        set("ratelimit-policy", &policies.join(", "));
        set("ratelimit", &limits.join(", "));
    }
}
