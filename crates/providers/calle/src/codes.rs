//! What CALL-E's refusals mean.
//!
//! Its error bodies have a machine code for every refusal (published guide on errors; `calle-ai`
//! 1.0.1, `APIErrorCode`). Which status carries which code is documented for none of them, so the
//! code alone decides; a code or status that is in no row is left to the shared table, where it is
//! unknown.
//!
//! CALL-E says of `provider_unavailable` and the two codes that end in `_unavailable` that no call
//! was created. They come with 503, which proves nothing for any provider: such an attempt is
//! settled by a repeat under its key. `idempotency_conflict` says that another request has the key,
//! and nothing about this one's phone.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, Verdict};

/// CALL-E's rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallECodes;

const QUOTA: Verdict = Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota));
const TOO_MANY: Verdict =
    Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited));

/// Code and meaning.
const ROWS: [(&str, Verdict); 16] = [
    // About the callee or the content.
    ("recipient_blocked", Verdict::refused_for_everyone(ErrorKind::Blocked)),
    ("policy_violation", Verdict::refused_for_everyone(ErrorKind::Blocked)),
    ("invalid_phone", Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
    ("invalid_recipient", Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
    ("no_recipients", Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
    ("invalid_request", Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
    // The task lacks something that no other provider would know either.
    ("input_incomplete", Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
    // The form of the result, which this backend chooses.
    ("result_schema_invalid", Verdict::refused(ErrorKind::InvalidRequest)),
    ("unsupported_region", Verdict::refused(ErrorKind::Unsupported)),
    ("unsupported_language", Verdict::refused(ErrorKind::Unsupported)),
    ("unauthorized", Verdict::refused(ErrorKind::Unauthorized)),
    ("forbidden", Verdict::refused(ErrorKind::Forbidden)),
    ("insufficient_balance", QUOTA),
    ("llm_token_budget_exceeded", QUOTA),
    ("rate_limit_exceeded", TOO_MANY),
    // The line of the account has a call.
    ("account_concurrency_exceeded", TOO_MANY),
];

impl Codes for CallECodes {
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict> {
        let row = code.and_then(|code| ROWS.iter().find(|row| row.0.eq_ignore_ascii_case(code)));
        match (row, status) {
            (Some((_, verdict)), _) => Some(*verdict),
            (None, 401) => Some(Verdict::refused(ErrorKind::Unauthorized)),
            (None, _) => None,
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
    const NO_CREDIT: Delivery = Delivery::Refused(Refusal::Quota);
    const UNKNOWN: Delivery = Delivery::Unknown;

    fn told(status: u16, body: &str) -> (ErrorKind, Delivery) {
        let Verdict { kind, delivery } =
            classify::answer(&CallECodes, status, &ErrorBody::parse(body.as_bytes()));
        (kind, delivery)
    }

    fn body(code: &str) -> String {
        format!(r#"{{"error":{{"code":"{code}","message":"No.","details":{{}}}}}}"#)
    }

    #[test]
    fn every_documented_code() {
        let rows = [
            (422, "recipient_blocked", ErrorKind::Blocked, EVERYONE),
            (403, "recipient_blocked", ErrorKind::Blocked, EVERYONE),
            (422, "policy_violation", ErrorKind::Blocked, EVERYONE),
            (400, "invalid_phone", ErrorKind::InvalidRequest, EVERYONE),
            (422, "invalid_recipient", ErrorKind::InvalidRequest, EVERYONE),
            (422, "no_recipients", ErrorKind::InvalidRequest, EVERYONE),
            (400, "invalid_request", ErrorKind::InvalidRequest, EVERYONE),
            (422, "input_incomplete", ErrorKind::InvalidRequest, EVERYONE),
            (422, "result_schema_invalid", ErrorKind::InvalidRequest, HERE),
            (422, "unsupported_region", ErrorKind::Unsupported, HERE),
            (422, "unsupported_language", ErrorKind::Unsupported, HERE),
            (401, "unauthorized", ErrorKind::Unauthorized, HERE),
            (403, "forbidden", ErrorKind::Forbidden, HERE),
            (402, "insufficient_balance", ErrorKind::QuotaExceeded, NO_CREDIT),
            (429, "llm_token_budget_exceeded", ErrorKind::QuotaExceeded, NO_CREDIT),
            (429, "rate_limit_exceeded", ErrorKind::RateLimited, LIMITED),
            (429, "account_concurrency_exceeded", ErrorKind::RateLimited, LIMITED),
            (503, "account_concurrency_unavailable", ErrorKind::Provider, UNKNOWN),
            (503, "llm_token_budget_unavailable", ErrorKind::Provider, UNKNOWN),
            (503, "provider_unavailable", ErrorKind::Provider, UNKNOWN),
            (409, "idempotency_conflict", ErrorKind::Conflict, UNKNOWN),
            (500, "internal_error", ErrorKind::Provider, UNKNOWN),
        ];
        for (status, code, kind, delivery) in rows {
            assert_eq!(told(status, &body(code)), (kind, delivery), "{status} {code}");
        }
    }

    #[test]
    fn what_no_document_names_is_unknown() {
        for status in [400, 402, 403, 422] {
            for text in [&body("something_new"), &body("not_found"), "{}", "", "<html>sorry</html>"]
            {
                assert_eq!(told(status, text).1, UNKNOWN, "{status} {text}");
            }
        }
        assert_eq!(told(401, "").1, HERE);
        for status in [408, 409, 410, 423, 425, 499, 502, 504, 599] {
            assert_eq!(told(status, &body("forbidden")).1, UNKNOWN, "{status}");
        }
    }

    #[test]
    fn no_row_claims_more_than_a_refusal() {
        for (code, verdict) in ROWS {
            assert!(matches!(verdict.delivery, Delivery::Refused(_)), "{code}");
        }
    }

    #[test]
    fn a_cut_refusal_is_unknown_where_it_may_hide_a_word_that_binds_everyone() {
        for status in [400, 402, 403, 422] {
            assert_eq!(told(status, r#"{"error":{"code":"forb"#).1, UNKNOWN, "{status}");
        }
    }
}
