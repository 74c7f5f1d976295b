//! The rows of the table, one test row each, with bodies as the providers' documents show them.

use std::time::Duration;

use crate::support::*;
use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{
    Codes, ErrorBody, NoCodes, Verdict,
    classify::{self, TransportFailure},
};

/// Rows like a backend's, and two that no backend may have.
#[derive(Debug)]
struct Backend;

impl Codes for Backend {
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict> {
        match (status, code) {
            (400, Some("invalid_request")) => Some(Verdict::refused(ErrorKind::InvalidRequest)),
            (400, Some("claims_silence")) => {
                Some(Verdict::new(ErrorKind::Connect, Delivery::NotSent))
            }
            (400, Some("claims_a_call")) => {
                Some(Verdict::new(ErrorKind::Provider, Delivery::Placed))
            }
            (401, _) => Some(Verdict::refused(ErrorKind::Unauthorized)),
            (402, Some("quota_exceeded")) => {
                Some(Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)))
            }
            (402, Some("soft_cap_reached")) => Some(Verdict::new(
                ErrorKind::NeedsApproval,
                Delivery::Refused(Refusal::NeedsApproval),
            )),
            (403, Some("unsupported_country")) => {
                Some(Verdict::refused(ErrorKind::CountryNotSupported))
            }
            (403, None) => Some(Verdict::refused(ErrorKind::Forbidden)),
            (404, Some("agent_retired")) => {
                Some(Verdict::refused_for_everyone(ErrorKind::NotFound))
            }
            (500, _) => Some(Verdict::refused(ErrorKind::Provider)),
            (_, _) => None,
        }
    }
}

struct Row {
    name: &'static str,
    status: u16,
    body: &'static str,
    kind: ErrorKind,
    delivery: Delivery,
}

const fn row(
    name: &'static str,
    status: u16,
    body: &'static str,
    kind: ErrorKind,
    delivery: Delivery,
) -> Row {
    Row { name, status, body, kind, delivery }
}

const THIS: Delivery = Delivery::Refused(Refusal::ThisProvider);
const ALL: Delivery = Delivery::Refused(Refusal::Everyone);
const UNKNOWN: Delivery = Delivery::Unknown;

const ROWS: &[Row] = &[
    row("a redirect is configuration", 307, "", ErrorKind::Configuration, THIS),
    row("not modified is a 3xx too", 304, "", ErrorKind::Configuration, THIS),
    row("408", 408, "", ErrorKind::Timeout, UNKNOWN),
    row(
        "409",
        409,
        r#"{"error":{"code":"goal_already_completed","message":"Done"}}"#,
        ErrorKind::Conflict,
        UNKNOWN,
    ),
    row("423", 423, "", ErrorKind::Conflict, UNKNOWN),
    row("424", 424, "", ErrorKind::Provider, UNKNOWN),
    row("425", 425, "", ErrorKind::Provider, UNKNOWN),
    row(
        "500 internal_error",
        500,
        r#"{"error":{"code":"internal_error","message":"Oops"}}"#,
        ErrorKind::Provider,
        UNKNOWN,
    ),
    row(
        "500 call_failed",
        500,
        r#"{"error":{"code":"call_failed","message":"Vapi failed"}}"#,
        ErrorKind::Provider,
        UNKNOWN,
    ),
    row(
        "a person's code on a 500 is still unknown",
        500,
        r#"{"error":{"code":"number_on_dnc"}}"#,
        ErrorKind::Provider,
        UNKNOWN,
    ),
    row("502", 502, "<html>Bad Gateway</html>", ErrorKind::Provider, UNKNOWN),
    row("503", 503, "", ErrorKind::Provider, UNKNOWN),
    row("504", 504, "upstream timed out", ErrorKind::Provider, UNKNOWN),
    row("599", 599, "", ErrorKind::Provider, UNKNOWN),
    row(
        "429 without Retry-After",
        429,
        r#"{"error":{"code":"rate_limited"}}"#,
        ErrorKind::RateLimited,
        Delivery::Refused(Refusal::RateLimited),
    ),
    row(
        "404",
        404,
        r#"{"error":{"code":"not_found","message":"No such agent"}}"#,
        ErrorKind::NotFound,
        THIS,
    ),
    row("405", 405, "", ErrorKind::Unsupported, THIS),
    row("406", 406, "", ErrorKind::Unsupported, THIS),
    row("411", 411, "", ErrorKind::Unsupported, THIS),
    row("413", 413, "", ErrorKind::InvalidRequest, THIS),
    row("414", 414, "", ErrorKind::InvalidRequest, THIS),
    row("415", 415, "", ErrorKind::Unsupported, THIS),
    row("431", 431, "", ErrorKind::InvalidRequest, THIS),
    row("501 is named, and wins over every 5xx", 501, "", ErrorKind::Unsupported, THIS),
    row(
        "a backend may bind a shared refusal harder",
        404,
        r#"{"error":{"code":"agent_retired"}}"#,
        ErrorKind::NotFound,
        ALL,
    ),
    row(
        "400 that the backend names",
        400,
        r#"{"error":{"code":"invalid_request"}}"#,
        ErrorKind::InvalidRequest,
        THIS,
    ),
    row(
        "400 that nobody names",
        400,
        r#"{"error":{"code":"new_code"}}"#,
        ErrorKind::InvalidRequest,
        UNKNOWN,
    ),
    row(
        "a backend cannot claim that nothing was sent",
        400,
        r#"{"error":{"code":"claims_silence"}}"#,
        ErrorKind::Connect,
        UNKNOWN,
    ),
    row(
        "a backend cannot make a refusal a call",
        400,
        r#"{"error":{"code":"claims_a_call"}}"#,
        ErrorKind::Provider,
        UNKNOWN,
    ),
    row("401", 401, r#"{"error":{"code":"token_expired"}}"#, ErrorKind::Unauthorized, THIS),
    row(
        "402 of document 002",
        402,
        r#"{"error":{"code":"quota_exceeded"}}"#,
        ErrorKind::QuotaExceeded,
        Delivery::Refused(Refusal::Quota),
    ),
    row(
        "402 of document 003, flat",
        402,
        r#"{"plan_type":"personal","minutes_allocated":30,"minutes_used":30,"upgrade_url":"https://x"}"#,
        ErrorKind::QuotaExceeded,
        Delivery::Refused(Refusal::Quota),
    ),
    row(
        "402 soft cap",
        402,
        r#"{"error":{"code":"soft_cap_reached"}}"#,
        ErrorKind::NeedsApproval,
        Delivery::Refused(Refusal::NeedsApproval),
    ),
    row("402 that nobody names", 402, "{}", ErrorKind::QuotaExceeded, UNKNOWN),
    row(
        "403 country",
        403,
        r#"{"error":{"code":"unsupported_country"}}"#,
        ErrorKind::CountryNotSupported,
        THIS,
    ),
    row("403 of a firewall", 403, "<html>Forbidden</html>", ErrorKind::Forbidden, THIS),
    row(
        "422 that nobody names",
        422,
        r#"{"error":{"code":"new_code"}}"#,
        ErrorKind::InvalidRequest,
        UNKNOWN,
    ),
    row(
        "suppression_violation",
        403,
        r#"{"error":{"code":"suppression_violation"}}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row("blocked_number", 403, r#"{"error":{"code":"blocked_number"}}"#, ErrorKind::Blocked, ALL),
    row(
        "emergency_number",
        422,
        r#"{"error":{"code":"emergency_number"}}"#,
        ErrorKind::NumberNotAllowed,
        ALL,
    ),
    row(
        "toll_number",
        422,
        r#"{"error":{"code":"toll_number"}}"#,
        ErrorKind::NumberNotAllowed,
        ALL,
    ),
    row(
        "safety_violation",
        422,
        r#"{"error":{"code":"safety_violation"}}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row("consent_denied", 422, r#"{"error":{"code":"consent_denied"}}"#, ErrorKind::Blocked, ALL),
    row("number_on_dnc", 400, r#"{"error":{"code":"number_on_dnc"}}"#, ErrorKind::Blocked, ALL),
    row(
        "number_opted_out",
        403,
        r#"{"error":"number_opted_out","message":"Opted out"}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row(
        "tcpa_violation",
        400,
        r#"{"code":"TCPA_VIOLATION","message":"Too early"}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row("content_blocked", 400, r#"{"error":{"code":"content_blocked"}}"#, ErrorKind::Blocked, ALL),
    row(
        "a person's code as the reason of another",
        400,
        r#"{"error":{"code":"invalid_request","details":{"reason":"suppression_violation"}}}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row(
        "a person's code behind a shared refusal",
        404,
        r#"{"error":{"code":"number_on_dnc"}}"#,
        ErrorKind::Blocked,
        ALL,
    ),
    row("407 is named by nobody", 407, "", ErrorKind::Provider, UNKNOWN),
    row("410 is named by nobody", 410, "", ErrorKind::Provider, UNKNOWN),
    row("418 is named by nobody", 418, "", ErrorKind::Provider, UNKNOWN),
    row("451 is named by nobody", 451, "", ErrorKind::Provider, UNKNOWN),
    row("499 is named by nobody", 499, "", ErrorKind::Provider, UNKNOWN),
    row("600 is named by nobody", 600, "", ErrorKind::Provider, UNKNOWN),
    row("999 is named by nobody", 999, "", ErrorKind::Provider, UNKNOWN),
];

#[tokio::test]
async fn every_row_over_a_socket_with_one_post_each() {
    for row in ROWS {
        let server = Server::answering(answer(row.status, row.body)).await;
        let error =
            client_with(config(&server.url()), &Backend).place(placing()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (row.kind, row.delivery),
            "{}: {error:?}",
            row.name
        );
        assert_eq!(error.error().status(), Some(row.status), "{}", row.name);
        assert_eq!(server.posts(), 1, "{}", row.name);
    }
}

#[test]
fn every_status_has_a_row_and_only_a_2xx_is_a_call() {
    for status in 0..=u16::MAX {
        let verdict = classify::answer(&NoCodes, status, &ErrorBody::parse(b""));
        assert_eq!(verdict.delivery == Delivery::Placed, (200..300).contains(&status), "{status}");
        assert_ne!(verdict.delivery, Delivery::NotSent, "{status}");
    }
}

#[test]
fn no_backend_turns_an_unknown_row_into_a_proof() {
    #[derive(Debug)]
    struct Careless;
    impl Codes for Careless {
        fn verdict(&self, _: u16, _: Option<&str>) -> Option<Verdict> {
            Some(Verdict::new(ErrorKind::Provider, Delivery::NotSent))
        }
    }
    for status in 300..=u16::MAX {
        assert_eq!(
            classify::answer(&Careless, status, &ErrorBody::parse(b"")).delivery,
            Delivery::Unknown,
            "{status}"
        );
    }
}

#[test]
fn the_transport_rows() {
    for (failure, kind, delivery) in [
        (TransportFailure::Unbuilt, ErrorKind::InvalidRequest, Delivery::NotSent),
        (TransportFailure::Connect, ErrorKind::Connect, Delivery::NotSent),
        (TransportFailure::Unpolled { timed_out: true }, ErrorKind::Timeout, Delivery::NotSent),
        (TransportFailure::Unpolled { timed_out: false }, ErrorKind::Transport, Delivery::NotSent),
        (TransportFailure::TimedOut, ErrorKind::Timeout, Delivery::Unknown),
        (TransportFailure::Broken, ErrorKind::Transport, Delivery::Unknown),
    ] {
        assert_eq!(classify::transport(failure), Verdict::new(kind, delivery), "{failure:?}");
    }
}

#[tokio::test]
async fn a_refusal_whose_body_breaks_off_may_have_named_a_do_not_call_list() {
    for status in [400, 402, 403, 422] {
        let server = Server::answering(format!(
            "HTTP/1.1 {status} No\r\ncontent-length: 900\r\n\r\n{{\"error\":{{\"code\":\""
        ))
        .await;
        let error =
            client_with(config(&server.url()), &Backend).place(placing()).await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{error:?}");
        assert_eq!(server.posts(), 1);
    }
}

#[tokio::test]
async fn a_429_keeps_what_it_asks_for_up_to_a_quarter_of_an_hour() {
    for (headers, wait) in [
        ("retry-after: 7\r\n", 7),
        ("retry-after: 999999999999999999999\r\n", 900),
        (
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:50:37 GMT\r\n",
            60,
        ),
        (
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:00:00 GMT\r\n",
            0,
        ),
    ] {
        let server = Server::answering(answer_with(429, headers, "")).await;
        let error = failed(&server.url()).await;
        assert_error(&error, ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited));
        assert_eq!(error.error().retry_after(), Some(Duration::from_secs(wait)), "{headers}");
        assert_eq!(server.posts(), 1);
    }
}

#[tokio::test]
async fn an_error_says_what_the_provider_said_without_the_number() {
    let body = r#"{"error":{"code":"bad_thing","message":"Cannot call +1 (415) 555-0100","details":{"reason":"tried +14155550100"},"correlation_id":"0b54-ab"}}"#;
    let server = Server::answering(answer(403, body)).await;
    let error = failed(&server.url()).await;
    assert_error(&error, ErrorKind::Forbidden, Delivery::Unknown);
    assert_eq!(error.error().message(), "Cannot call …00: tried …00");
    assert_eq!(
        (error.error().code(), error.error().correlation_id()),
        (Some("bad_thing"), Some("0b54-ab"))
    );
    assert_eq!(
        error.to_string(),
        "simulated: calls.place: Cannot call …00: tried …00 (HTTP 403, bad_thing)"
    );
}
