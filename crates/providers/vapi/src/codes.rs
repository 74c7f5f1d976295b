//! What Vapi's refusals mean.
//!
//! Its error bodies are `{"message": …, "error": …, "statusCode": …}` without a machine code, and no
//! source has the exact text of a message. So the status alone decides, and where a status has
//! several meanings the strictest one holds. What is not in the table is left to the shared one,
//! where anything that no document names is unknown.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, Verdict};

/// Vapi's rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct VapiCodes;

/// Status, meaning, and what the documents say.
const ROWS: [(u16, Verdict, &str); 10] = [
    (
        400,
        Verdict::refused_for_everyone(ErrorKind::InvalidRequest),
        "a limit, a number that is not valid, or a missing resource, told apart by words only (OpenAPI, `/call`)",
    ),
    (401, Verdict::refused(ErrorKind::Unauthorized), "the key (SDKs)"),
    (
        402,
        Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
        "no credit (SDKs)",
    ),
    (403, Verdict::refused(ErrorKind::Forbidden), "what the key may not do (SDKs)"),
    (
        404,
        Verdict::refused(ErrorKind::NotFound),
        "an assistant or number that the account has not (SDKs)",
    ),
    (
        429,
        Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)),
        "too many requests (billing and support pages)",
    ),
    (500, FAILED, "the system failed (OpenAPI, `/call`)"),
    // Not of the API but of Cloudflare in front of it.
    (502, FAILED, "no valid answer from behind a gateway"),
    (503, FAILED, "no service for now"),
    (504, FAILED, "no answer in time from behind a gateway"),
];

/// The phone may have rung.
const FAILED: Verdict = Verdict::unknown(ErrorKind::Provider);

impl Codes for VapiCodes {
    fn verdict(&self, status: u16, _code: Option<&str>) -> Option<Verdict> {
        ROWS.iter().find(|row| row.0 == status).map(|row| row.1)
    }
}

#[cfg(test)]
mod tests {
    use switchboard_http::{ErrorBody, classify};

    use super::*;

    const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
    const UNKNOWN: Delivery = Delivery::Unknown;

    fn told(status: u16, body: &str) -> (ErrorKind, Delivery) {
        let Verdict { kind, delivery } =
            classify::answer(&VapiCodes, status, &ErrorBody::parse(body.as_bytes()));
        (kind, delivery)
    }

    #[test]
    fn every_documented_status_whatever_its_words() {
        let rows = [
            (400, ErrorKind::InvalidRequest, Delivery::Refused(Refusal::Everyone)),
            (401, ErrorKind::Unauthorized, HERE),
            (402, ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
            (403, ErrorKind::Forbidden, HERE),
            (404, ErrorKind::NotFound, HERE),
            (429, ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)),
            (500, ErrorKind::Provider, UNKNOWN),
            (502, ErrorKind::Provider, UNKNOWN),
            (503, ErrorKind::Provider, UNKNOWN),
            (504, ErrorKind::Provider, UNKNOWN),
        ];
        for (status, kind, delivery) in rows {
            for body in [
                r#"{"message":"Over the limit","error":"Bad Request","statusCode":400}"#,
                r#"{"message":["customer.number must be a valid phone number"],"error":"Bad Request","statusCode":400}"#,
                "{}",
                "",
                "<html>sorry</html>",
            ] {
                assert_eq!(told(status, body), (kind, delivery), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_status_that_no_document_names_is_unknown() {
        for status in [408, 409, 410, 418, 422, 423, 424, 425, 499, 520, 524, 599] {
            assert_eq!(told(status, "{}").1, UNKNOWN, "{status}");
        }
    }

    #[test]
    fn no_row_claims_more_than_a_refusal() {
        for status in 0..=u16::MAX {
            match VapiCodes.verdict(status, None).map(|verdict| verdict.delivery) {
                None | Some(Delivery::Unknown) => {}
                Some(Delivery::Refused(_)) => assert!(status < 500, "{status}"),
                Some(Delivery::NotSent | Delivery::Placed) => panic!("{status}"),
            }
        }
    }

    #[test]
    fn a_cut_refusal_is_unknown_where_it_may_hide_a_word_that_binds_everyone() {
        let body = r#"{"statusCode":400,"mess"#;
        for status in [400, 402, 403] {
            assert_eq!(told(status, body).1, UNKNOWN, "{status}");
        }
        assert_eq!(told(401, body).1, HERE);
    }
}
