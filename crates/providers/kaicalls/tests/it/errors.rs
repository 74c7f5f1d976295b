//! Every code of document 004's table and of the provider's public pages, in every shape that an
//! error can have.

use crate::support::{Server, cut_server, plain_order, provider_at};
use switchboard_core::{Delivery, ErrorKind, PlaceError, Provider, Refusal};

const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
const LIMITED: Delivery = Delivery::Refused(Refusal::RateLimited);
const UNKNOWN: Delivery = Delivery::Unknown;

struct Row {
    status: u16,
    code: &'static str,
    kind: ErrorKind,
    delivery: Delivery,
    /// What the status alone proves: of a body that names no code.
    bare: (ErrorKind, Delivery),
    /// What it proves where the body breaks off and may have named any code.
    cut: (ErrorKind, Delivery),
}

const fn row(
    status: u16,
    code: &'static str,
    kind: ErrorKind,
    delivery: Delivery,
    bare: (ErrorKind, Delivery),
    cut: (ErrorKind, Delivery),
) -> Row {
    Row { status, code, kind, delivery, bare, cut }
}

use ErrorKind::{
    Blocked, Forbidden, InvalidRequest, NotFound, Provider as Theirs, QuotaExceeded, RateLimited,
    Unauthorized,
};

const ROWS: &[Row] = &[
    // Document 004, "Errors".
    row(401, "unauthorized", Unauthorized, HERE, (Unauthorized, HERE), (Unauthorized, HERE)),
    row(403, "forbidden", Forbidden, HERE, (Forbidden, EVERYONE), (Forbidden, UNKNOWN)),
    row(404, "not_found", NotFound, HERE, (NotFound, HERE), (NotFound, HERE)),
    row(
        400,
        "invalid_request",
        InvalidRequest,
        HERE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(500, "call_failed", Theirs, UNKNOWN, (Theirs, UNKNOWN), (Theirs, UNKNOWN)),
    row(500, "internal_error", Theirs, UNKNOWN, (Theirs, UNKNOWN), (Theirs, UNKNOWN)),
    row(429, "rate_limited", RateLimited, LIMITED, (RateLimited, LIMITED), (RateLimited, LIMITED)),
    // The same under other names.
    row(
        429,
        "rate_limit_exceeded",
        RateLimited,
        LIMITED,
        (RateLimited, LIMITED),
        (RateLimited, LIMITED),
    ),
    row(
        400,
        "bad_request",
        InvalidRequest,
        HERE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    // The provider's public pages.
    row(500, "vapi_error", Theirs, UNKNOWN, (Theirs, UNKNOWN), (Theirs, UNKNOWN)),
    row(
        402,
        "payment_required",
        QuotaExceeded,
        UNKNOWN,
        (QuotaExceeded, UNKNOWN),
        (QuotaExceeded, UNKNOWN),
    ),
    row(
        400,
        "content_blocked",
        Blocked,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(
        400,
        "number_opted_out",
        Blocked,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(
        400,
        "number_on_dnc",
        Blocked,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(
        400,
        "tcpa_violation",
        Blocked,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    // Nobody's: it keeps its text and is treated as if it were about the person.
    row(
        400,
        "brand_new_code",
        InvalidRequest,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(403, "brand_new_code", Forbidden, EVERYONE, (Forbidden, EVERYONE), (Forbidden, UNKNOWN)),
    row(
        422,
        "brand_new_code",
        InvalidRequest,
        EVERYONE,
        (InvalidRequest, EVERYONE),
        (InvalidRequest, UNKNOWN),
    ),
    row(
        409,
        "brand_new_code",
        ErrorKind::Conflict,
        UNKNOWN,
        (ErrorKind::Conflict, UNKNOWN),
        (ErrorKind::Conflict, UNKNOWN),
    ),
    row(418, "brand_new_code", Theirs, UNKNOWN, (Theirs, UNKNOWN), (Theirs, UNKNOWN)),
    row(502, "brand_new_code", Theirs, UNKNOWN, (Theirs, UNKNOWN), (Theirs, UNKNOWN)),
];

async fn placed(status: u16, body: impl Into<String>) -> PlaceError {
    let server = Server::answering(status, body).await;
    let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(server.asked().len(), 1, "{status}: sent once");
    error
}

fn told(error: &PlaceError) -> (ErrorKind, Delivery) {
    (error.kind(), error.delivery())
}

#[tokio::test]
async fn the_documented_envelope() {
    for row in ROWS {
        let body = format!(r#"{{"error":{{"code":"{}","message":"Say it in words"}}}}"#, row.code);
        let error = placed(row.status, body).await;
        assert_eq!(told(&error), (row.kind, row.delivery), "{} {}", row.status, row.code);
        assert_eq!(
            (error.error().status(), error.error().code()),
            (Some(row.status), Some(row.code))
        );
        assert!(error.error().message().contains("Say it in words"), "{error}");
    }
}

#[tokio::test]
async fn an_error_given_as_a_string() {
    for row in ROWS {
        let body = format!(r#"{{"error":"{}","message":"Say it in words"}}"#, row.code);
        let error = placed(row.status, body).await;
        assert_eq!(told(&error), (row.kind, row.delivery), "{} {}", row.status, row.code);
        assert_eq!(
            (error.error().status(), error.error().code()),
            (Some(row.status), Some(row.code))
        );
        assert!(error.error().message().contains("Say it in words"), "{error}");
    }
}

#[tokio::test]
async fn a_page_and_an_empty_body() {
    for row in ROWS {
        for body in ["<!doctype html><html><body>Something went wrong</body></html>", ""] {
            let error = placed(row.status, body).await;
            assert_eq!(told(&error), row.bare, "{} {body}", row.status);
            assert_eq!((error.error().status(), error.error().code()), (Some(row.status), None));
            assert!(!error.error().message().contains("html"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_cut_in_the_middle() {
    for row in ROWS {
        let body = format!(r#"{{"error":{{"code":"{}","message":"Say it in words"}}}}"#, row.code);
        let (url, requests) = cut_server(row.status, body).await;
        let mut config = switchboard_kaicalls::KaiCallsConfig::new(crate::support::KEY);
        config.base_url = url.parse().unwrap();
        config.agent_id = Some("uuid-abc123".into());
        let provider = crate::support::open(&config).unwrap();
        let error = provider.calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(told(&error), row.cut, "{} {}: {error:?}", row.status, row.code);
        assert_eq!(error.error().status(), Some(row.status));
        assert_eq!(requests.load(std::sync::atomic::Ordering::SeqCst), 1, "sent once");
    }
}

#[tokio::test]
async fn a_run_of_many_calls_proves_the_same() {
    use switchboard_kaicalls::api::RunBody;
    for row in ROWS {
        let body = format!(r#"{{"error":{{"code":"{}","message":"Say it in words"}}}}"#, row.code);
        let server = Server::answering(row.status, body).await;
        let provider = provider_at(&server);
        let error = provider
            .client()
            .communication_runs()
            .create(&RunBody::new(), "key-1")
            .await
            .unwrap_err();
        assert_eq!(told(&error), (row.kind, row.delivery), "{} {}", row.status, row.code);
        assert_eq!(server.asked().len(), 1);
    }
    for body in ["", "{", "{}", r#"{"id":" "}"#, r#"{"status":"running"}"#] {
        let server = Server::answering(201, body).await;
        let provider = provider_at(&server);
        let error = provider
            .client()
            .communication_runs()
            .create(&RunBody::new(), "key-1")
            .await
            .unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Decode, Delivery::Placed), "{body}");
    }
}
