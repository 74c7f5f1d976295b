//! What KaiCalls' refusals mean, where the shared table leaves it to the provider.
//!
//! Document 004 lists seven codes, and others have been seen in public. So two rules complement the
//! rows: a code about the person or the content binds every provider under any 4xx status, and so
//! does a 400, 403 or 422 with an unknown code, because it might be a do-not-call list under a new
//! name. Codes that let the next provider be asked are compared exactly; codes that forbid it are
//! compared without case.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, Verdict, classify::binds_everyone};

/// KaiCalls' rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct KaiCallsCodes;

impl Codes for KaiCallsCodes {
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict> {
        if let (400..=499, Some(kind)) = (status, code.and_then(binds_everyone)) {
            return Some(Verdict::refused_for_everyone(kind));
        }
        match (status, code) {
            (400, Some("invalid_request" | "bad_request")) => {
                Some(Verdict::refused(ErrorKind::InvalidRequest))
            }
            (401, Some(_) | None) => Some(Verdict::refused(ErrorKind::Unauthorized)),
            // `payment_required` was seen in public, but is in no document: unknown.
            (402, Some(_) | None) => Some(Verdict::unknown(ErrorKind::QuotaExceeded)),
            (403, Some("forbidden")) => Some(Verdict::refused(ErrorKind::Forbidden)),
            (404, Some("not_found")) => Some(Verdict::refused(ErrorKind::NotFound)),
            (429, Some(_) | None) => {
                Some(Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited)))
            }
            (400 | 422, Some(_) | None) => {
                Some(Verdict::refused_for_everyone(ErrorKind::InvalidRequest))
            }
            (403, Some(_) | None) => Some(Verdict::refused_for_everyone(ErrorKind::Forbidden)),
            // The shared table: 404 and similar are refusals; every 5xx is unknown, `call_failed`
            // and `vapi_error` included.
            (0..=399 | 404..=421 | 423..=428 | 430..=u16::MAX, Some(_) | None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use switchboard_http::{ErrorBody, classify};

    use super::*;

    const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
    const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
    const LIMITED: Delivery = Delivery::Refused(Refusal::RateLimited);
    const UNKNOWN: Delivery = Delivery::Unknown;

    fn check(status: u16, body: &str, kind: ErrorKind, delivery: Delivery) {
        let verdict = classify::answer(&KaiCallsCodes, status, &ErrorBody::parse(body.as_bytes()));
        assert_eq!(verdict, Verdict::new(kind, delivery), "{status} {body}");
    }

    fn error(code: &str) -> String {
        format!(r#"{{"error":{{"code":"{code}","message":"Human-readable description"}}}}"#)
    }

    #[test]
    fn every_row_of_the_table() {
        use ErrorKind::{
            Blocked, Forbidden, InvalidRequest, NotFound, Provider, QuotaExceeded, RateLimited,
            Unauthorized,
        };
        let rows = [
            (400, "invalid_request", InvalidRequest, HERE),
            (400, "bad_request", InvalidRequest, HERE),
            (401, "unauthorized", Unauthorized, HERE),
            (403, "forbidden", Forbidden, HERE),
            (404, "not_found", NotFound, HERE),
            (400, "number_on_dnc", Blocked, EVERYONE),
            (403, "number_on_dnc", Blocked, EVERYONE),
            (422, "number_opted_out", Blocked, EVERYONE),
            (400, "tcpa_violation", Blocked, EVERYONE),
            (403, "content_blocked", Blocked, EVERYONE),
            (404, "number_on_dnc", Blocked, EVERYONE),
            (429, "number_on_dnc", Blocked, EVERYONE),
            (400, "Number_On_DNC", Blocked, EVERYONE),
            (400, "recipient_unavailable", InvalidRequest, EVERYONE),
            (400, "Invalid_Request", InvalidRequest, EVERYONE),
            (403, "invalid_request", Forbidden, EVERYONE),
            (403, "compliance_hold", Forbidden, EVERYONE),
            (422, "invalid_request", InvalidRequest, EVERYONE),
            (422, "validation_error", InvalidRequest, EVERYONE),
            (402, "payment_required", QuotaExceeded, UNKNOWN),
            (429, "rate_limited", RateLimited, LIMITED),
            (429, "rate_limit_exceeded", RateLimited, LIMITED),
            (500, "call_failed", Provider, UNKNOWN),
            (500, "vapi_error", Provider, UNKNOWN),
            (500, "internal_error", Provider, UNKNOWN),
            (500, "number_on_dnc", Provider, UNKNOWN),
            (502, "bad_gateway", Provider, UNKNOWN),
            (503, "unavailable", Provider, UNKNOWN),
        ];
        for (status, code, kind, delivery) in rows {
            check(status, &error(code), kind, delivery);
        }
    }

    #[test]
    fn bodies_without_a_code() {
        for body in ["", "<html>denied</html>", r#"{"message":"no"}"#, "[]"] {
            check(400, body, ErrorKind::InvalidRequest, EVERYONE);
            check(403, body, ErrorKind::Forbidden, EVERYONE);
            check(422, body, ErrorKind::InvalidRequest, EVERYONE);
            check(401, body, ErrorKind::Unauthorized, HERE);
            check(404, body, ErrorKind::NotFound, HERE);
            check(429, body, ErrorKind::RateLimited, LIMITED);
            check(500, body, ErrorKind::Provider, UNKNOWN);
        }
    }

    #[test]
    fn no_row_claims_more_than_a_refusal() {
        for status in 0..=u16::MAX {
            for code in [
                None,
                Some("invalid_request"),
                Some("not_found"),
                Some("number_on_dnc"),
                Some("call_failed"),
            ] {
                match KaiCallsCodes.verdict(status, code).map(|verdict| verdict.delivery) {
                    None | Some(Delivery::Unknown | Delivery::Refused(_)) => {}
                    Some(Delivery::NotSent | Delivery::Placed) => panic!("{status} {code:?}"),
                }
                if status >= 500 {
                    assert_eq!(KaiCallsCodes.verdict(status, code), None);
                }
            }
        }
    }
}
