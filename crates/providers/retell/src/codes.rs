//! What Retell's refusals mean.
//!
//! Its error bodies are `{"status": "error", "message": …}` without a machine code, so the status
//! alone decides, and where a status has several meanings the strictest one holds. What is not in
//! the table is left to the shared one, where anything that no document names is unknown.
//!
//! A repeat of a request under its idempotency key may be refused because the key is known: such a
//! refusal says nothing about the first request.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, Verdict};

/// Retell's rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct RetellCodes;

/// Status, meaning, and what the documents say (OpenAPI, the answers of `/v2/create-phone-call`).
const ROWS: [(u16, Verdict, &str); 9] = [
    (
        400,
        Verdict::refused_for_everyone(ErrorKind::InvalidRequest),
        "malformed, or a contact that is marked do-not-call: the two differ in words only",
    ),
    (401, Verdict::refused(ErrorKind::Unauthorized), "missing or invalid API key"),
    (
        402,
        Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
        "the trial has ended and payment is needed",
    ),
    (422, Verdict::refused(ErrorKind::NotFound), "an agent, number or call that this key has not"),
    (
        429,
        Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)),
        "too many requests",
    ),
    (500, FAILED, "the server failed"),
    // Not of the API but of what is in front of it.
    (502, FAILED, "no valid answer from behind a gateway"),
    (503, FAILED, "no service for now"),
    (504, FAILED, "no answer in time from behind a gateway"),
];

/// The phone may have rung: the request may be repeated under its key for an hour.
const FAILED: Verdict = Verdict::unknown(ErrorKind::Provider);

impl Codes for RetellCodes {
    fn verdict(&self, status: u16, _code: Option<&str>) -> Option<Verdict> {
        ROWS.iter().find(|row| row.0 == status).map(|row| row.1)
    }
}

#[cfg(test)]
mod tests {
    use switchboard_http::{ErrorBody, classify};

    use super::*;

    const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
    const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
    const UNKNOWN: Delivery = Delivery::Unknown;

    fn told(status: u16, body: &str) -> (ErrorKind, Delivery) {
        let Verdict { kind, delivery } =
            classify::answer(&RetellCodes, status, &ErrorBody::parse(body.as_bytes()));
        (kind, delivery)
    }

    #[test]
    fn every_documented_status_whatever_its_words() {
        let rows = [
            (400, ErrorKind::InvalidRequest, EVERYONE),
            (401, ErrorKind::Unauthorized, HERE),
            (402, ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
            (422, ErrorKind::NotFound, HERE),
            (429, ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)),
            (500, ErrorKind::Provider, UNKNOWN),
            (502, ErrorKind::Provider, UNKNOWN),
            (503, ErrorKind::Provider, UNKNOWN),
            (504, ErrorKind::Provider, UNKNOWN),
        ];
        for (status, kind, delivery) in rows {
            for body in [
                r#"{"status":"error","message":"Cannot find requested asset under given api key."}"#,
                r#"{"status":"error"}"#,
                "",
                "<html>sorry</html>",
            ] {
                assert_eq!(told(status, body), (kind, delivery), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_status_that_no_document_names_is_unknown() {
        for status in [403, 408, 409, 410, 418, 423, 424, 425, 499, 520, 599] {
            assert_eq!(told(status, "{}").1, UNKNOWN, "{status}");
        }
    }

    #[test]
    fn no_row_claims_more_than_a_refusal() {
        for status in 0..=u16::MAX {
            match RetellCodes.verdict(status, None).map(|verdict| verdict.delivery) {
                None | Some(Delivery::Unknown) => {}
                Some(Delivery::Refused(_)) => assert!(status < 500, "{status}"),
                Some(Delivery::NotSent | Delivery::Placed) => panic!("{status}"),
            }
        }
    }

    #[test]
    fn a_cut_refusal_is_unknown_where_it_may_hide_a_word_that_binds_everyone() {
        let body = r#"{"status":"error","mess"#;
        for status in [400, 402, 422] {
            assert_eq!(told(status, body).1, UNKNOWN, "{status}");
        }
        assert_eq!(told(401, body).1, HERE);
    }
}
