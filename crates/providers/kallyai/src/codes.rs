//! What KallyAI's refusals mean: its rows of the table, each with a test.
//!
//! A row applies to a status and code together, as the documents pair them. A code under any other
//! status matches no row and is `Unknown`: the phone may have rung. Refusals about the person or
//! the content are the exception: they bind every provider under any 4xx, because the mistake to
//! avoid there is to ask the next one.

use std::ops::RangeInclusive;

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, Verdict};

/// KallyAI's rows (documents 002 and 003).
#[derive(Debug, Clone, Copy, Default)]
pub struct KallyAiCodes;

struct Row {
    statuses: RangeInclusive<u16>,
    /// `None` matches any code, and an answer without one.
    code: Option<&'static str>,
    verdict: Verdict,
}

const fn row(status: u16, code: &'static str, kind: ErrorKind, refusal: Refusal) -> Row {
    Row {
        statuses: status..=status,
        code: Some(code),
        verdict: Verdict::new(kind, Delivery::Refused(refusal)),
    }
}

const fn any_code(status: u16, kind: ErrorKind) -> Row {
    Row { statuses: status..=status, code: None, verdict: Verdict::refused(kind) }
}

const fn everyone(code: &'static str, kind: ErrorKind) -> Row {
    Row { statuses: 400..=499, code: Some(code), verdict: Verdict::refused_for_everyone(kind) }
}

/// The first match wins, so the rows that bind everyone come first.
static ROWS: [Row; 22] = [
    everyone("suppression_violation", ErrorKind::Blocked),
    everyone("blocked_number", ErrorKind::Blocked),
    everyone("safety_violation", ErrorKind::Blocked),
    everyone("consent_denied", ErrorKind::Blocked),
    everyone("emergency_number", ErrorKind::NumberNotAllowed),
    everyone("toll_number", ErrorKind::NumberNotAllowed),
    // Something missing in the account is not a mistake in the request.
    row(400, "email_not_connected", ErrorKind::Forbidden, Refusal::ThisProvider),
    row(400, "trial_requires_checkout", ErrorKind::Forbidden, Refusal::ThisProvider),
    row(400, "no_active_subscription", ErrorKind::NotFound, Refusal::ThisProvider),
    row(400, "pending_change_exists", ErrorKind::Conflict, Refusal::ThisProvider),
    any_code(400, ErrorKind::InvalidRequest),
    any_code(401, ErrorKind::Unauthorized),
    // The flat 402 of document 003 has no code; the envelope reads it as `quota_exceeded`.
    row(402, "quota_exceeded", ErrorKind::QuotaExceeded, Refusal::Quota),
    row(402, "budget_exceeded", ErrorKind::QuotaExceeded, Refusal::Quota),
    row(402, "budget_approval_required", ErrorKind::NeedsApproval, Refusal::NeedsApproval),
    row(402, "soft_cap_reached", ErrorKind::NeedsApproval, Refusal::NeedsApproval),
    row(403, "country_restriction", ErrorKind::CountryNotSupported, Refusal::ThisProvider),
    row(403, "unsupported_country", ErrorKind::CountryNotSupported, Refusal::ThisProvider),
    row(403, "forbidden", ErrorKind::Forbidden, Refusal::ThisProvider),
    row(422, "missing_phone_number", ErrorKind::InvalidRequest, Refusal::ThisProvider),
    row(422, "unsupported_language", ErrorKind::LanguageNotSupported, Refusal::ThisProvider),
    row(422, "scheduling_violation", ErrorKind::InvalidRequest, Refusal::ThisProvider),
];

impl Codes for KallyAiCodes {
    fn verdict(&self, status: u16, code: Option<&str>) -> Option<Verdict> {
        ROWS.iter()
            .find(|row| {
                row.statuses.contains(&status)
                    && row.code.is_none_or(|named| {
                        code.is_some_and(|code| code.eq_ignore_ascii_case(named))
                    })
            })
            .map(|row| row.verdict)
    }
}

#[cfg(test)]
mod tests {
    use switchboard_http::{ErrorBody, classify};

    use super::*;

    fn body_002(code: &str) -> String {
        format!(
            r#"{{"error": {{"code": "{code}", "message": "Human readable message", "details": {{"reason": "Additional context"}}, "correlation_id": "0b9f1c1e-6f0a-4d3e-9a55-3c8f5f0f5d11"}}}}"#
        )
    }

    fn body_003(code: &str) -> String {
        format!(
            r#"{{"error": {{"code": "{code}", "details": {{"message": "Human readable message", "reason": "Additional context"}}, "correlation_id": "0b9f1c1e-6f0a-4d3e-9a55-3c8f5f0f5d11"}}}}"#
        )
    }

    /// The error as a string, with a message beside it.
    fn body_of_text(code: &str) -> String {
        format!(r#"{{"error": "{code}", "message": "Human readable message"}}"#)
    }

    const FLAT_402: &str = r#"{"plan_type": "trial", "minutes_allocated": 30, "minutes_used": 30, "upgrade_url": "https://kallyai.com/pricing"}"#;

    fn verdict(status: u16, body: &str) -> Verdict {
        classify::answer(&KallyAiCodes, status, &ErrorBody::parse(body.as_bytes()))
    }

    macro_rules! rows {
        ($($test:ident: $status:literal $code:literal => $kind:ident, $delivery:expr;)*) => {
            $(#[test]
            fn $test() {
                use Refusal::{Everyone, NeedsApproval, Quota, RateLimited, ThisProvider};
                let _ = [Everyone, NeedsApproval, Quota, RateLimited, ThisProvider];
                for body in [body_002($code), body_003($code), body_of_text($code)] {
                    assert_eq!(verdict($status, &body), Verdict::new(ErrorKind::$kind, $delivery), "{body}");
                }
            })*
        };
    }

    rows! {
        email_not_connected: 400 "email_not_connected" => Forbidden, Delivery::Refused(ThisProvider);
        trial_requires_checkout: 400 "trial_requires_checkout" => Forbidden, Delivery::Refused(ThisProvider);
        no_active_subscription: 400 "no_active_subscription" => NotFound, Delivery::Refused(ThisProvider);
        pending_change_exists: 400 "pending_change_exists" => Conflict, Delivery::Refused(ThisProvider);
        a_400_that_nobody_documents_is_refused: 400 "something_new" => InvalidRequest, Delivery::Refused(ThisProvider);
        missing_token: 401 "missing_token" => Unauthorized, Delivery::Refused(ThisProvider);
        token_expired: 401 "token_expired" => Unauthorized, Delivery::Refused(ThisProvider);
        quota_exceeded: 402 "quota_exceeded" => QuotaExceeded, Delivery::Refused(Quota);
        budget_exceeded: 402 "budget_exceeded" => QuotaExceeded, Delivery::Refused(Quota);
        budget_approval_required: 402 "budget_approval_required" => NeedsApproval, Delivery::Refused(NeedsApproval);
        soft_cap_reached: 402 "soft_cap_reached" => NeedsApproval, Delivery::Refused(NeedsApproval);
        country_restriction: 403 "country_restriction" => CountryNotSupported, Delivery::Refused(ThisProvider);
        unsupported_country: 403 "unsupported_country" => CountryNotSupported, Delivery::Refused(ThisProvider);
        forbidden: 403 "forbidden" => Forbidden, Delivery::Refused(ThisProvider);
        suppression_violation: 403 "suppression_violation" => Blocked, Delivery::Refused(Everyone);
        blocked_number: 403 "blocked_number" => Blocked, Delivery::Refused(Everyone);
        emergency_number: 422 "emergency_number" => NumberNotAllowed, Delivery::Refused(Everyone);
        toll_number: 422 "toll_number" => NumberNotAllowed, Delivery::Refused(Everyone);
        safety_violation: 422 "safety_violation" => Blocked, Delivery::Refused(Everyone);
        consent_denied: 422 "consent_denied" => Blocked, Delivery::Refused(Everyone);
        missing_phone_number: 422 "missing_phone_number" => InvalidRequest, Delivery::Refused(ThisProvider);
        unsupported_language: 422 "unsupported_language" => LanguageNotSupported, Delivery::Refused(ThisProvider);
        scheduling_violation: 422 "scheduling_violation" => InvalidRequest, Delivery::Refused(ThisProvider);
        a_402_that_no_row_names: 402 "card_declined" => QuotaExceeded, Delivery::Unknown;
        a_403_that_no_row_names: 403 "account_review" => Forbidden, Delivery::Unknown;
        a_422_that_no_row_names: 422 "something_new" => InvalidRequest, Delivery::Unknown;
        a_code_under_the_wrong_status: 403 "unsupported_language" => Forbidden, Delivery::Unknown;
        a_conflict_is_unknown: 409 "suppression_violation" => Conflict, Delivery::Unknown;
        call_not_found: 404 "call_not_found" => NotFound, Delivery::Refused(ThisProvider);
        transcript_not_found: 404 "transcript_not_found" => NotFound, Delivery::Refused(ThisProvider);
        recording_not_found: 404 "recording_not_found" => NotFound, Delivery::Refused(ThisProvider);
        goal_not_found: 404 "goal_not_found" => NotFound, Delivery::Refused(ThisProvider);
        goal_already_completed: 409 "goal_already_completed" => Conflict, Delivery::Unknown;
        goal_already_cancelled: 409 "goal_already_cancelled" => Conflict, Delivery::Unknown;
        action_not_undoable: 409 "action_not_undoable" => Conflict, Delivery::Unknown;
        rate_limited: 429 "rate_limited" => RateLimited, Delivery::Refused(RateLimited);
        email_send_failed: 500 "email_send_failed" => Provider, Delivery::Unknown;
        calendar_sync_failed: 500 "calendar_sync_failed" => Provider, Delivery::Unknown;
        search_failed: 500 "search_failed" => Provider, Delivery::Unknown;
    }

    #[test]
    fn the_flat_402_is_a_quota() {
        assert_eq!(
            verdict(402, FLAT_402),
            Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota))
        );
    }

    #[test]
    fn refusals_about_the_person_bind_everyone_under_any_4xx() {
        for code in [
            "suppression_violation",
            "blocked_number",
            "safety_violation",
            "consent_denied",
            "emergency_number",
            "toll_number",
        ] {
            for status in [400, 401, 402, 403, 404, 422, 429, 451] {
                let ours = KallyAiCodes.verdict(status, Some(code)).map(|verdict| verdict.delivery);
                assert_eq!(ours, Some(Delivery::Refused(Refusal::Everyone)), "{status} {code}");
            }
        }
    }

    /// Every code in a table of document 002 or 003 has a row above, under the status that the
    /// table gives it.
    #[test]
    fn every_documented_code_has_a_row() {
        let source = include_str!("codes.rs");
        for (code, status) in [
            ("quota_exceeded", 402),
            ("budget_exceeded", 402),
            ("budget_approval_required", 402),
            ("soft_cap_reached", 402),
            ("missing_phone_number", 422),
            ("emergency_number", 422),
            ("toll_number", 422),
            ("blocked_number", 403),
            ("suppression_violation", 403),
            ("safety_violation", 422),
            ("scheduling_violation", 422),
            ("consent_denied", 422),
            ("country_restriction", 403),
            ("unsupported_country", 403),
            ("unsupported_language", 422),
            ("email_not_connected", 400),
            ("email_send_failed", 500),
            ("calendar_sync_failed", 500),
            ("search_failed", 500),
            ("goal_not_found", 404),
            ("goal_already_completed", 409),
            ("goal_already_cancelled", 409),
            ("action_not_undoable", 409),
            ("missing_token", 401),
            ("token_expired", 401),
            ("forbidden", 403),
            ("call_not_found", 404),
            ("transcript_not_found", 404),
            ("recording_not_found", 404),
            ("rate_limited", 429),
            ("trial_requires_checkout", 400),
            ("pending_change_exists", 400),
            ("no_active_subscription", 400),
        ] {
            assert!(source.contains(&format!("{code}: {status} \"{code}\" => ")), "{code}");
        }
    }

    #[test]
    fn a_400_says_that_it_was_refused_whatever_its_body() {
        for body in ["", "<html>no</html>", "{}", r#"{"error": {"code": "something_new"}}"#] {
            assert_eq!(verdict(400, body), Verdict::refused(ErrorKind::InvalidRequest), "{body}");
        }
    }

    #[test]
    fn a_body_that_was_cut_proves_nothing_where_its_code_decides() {
        for (status, kind) in [
            (400, ErrorKind::InvalidRequest),
            (402, ErrorKind::QuotaExceeded),
            (403, ErrorKind::Forbidden),
            (422, ErrorKind::InvalidRequest),
        ] {
            let cut = classify::answer(&KallyAiCodes, status, &ErrorBody::incomplete());
            assert_eq!(cut, Verdict::unknown(kind), "{status}");
            // Truncated, although the connection was closed cleanly.
            let whole = body_002("suppression_violation");
            for end in 1..whole.len() {
                let body = ErrorBody::parse(&whole.as_bytes()[..end]);
                let delivery = classify::answer(&KallyAiCodes, status, &body).delivery;
                assert!(!delivery.proves_no_ring() || status == 400, "{status} {}", &whole[..end]);
            }
        }
    }

    #[test]
    fn bodies_that_say_nothing_prove_nothing() {
        for body in ["", "<html>blocked</html>", "{}", r#"{"error": "no"}"#] {
            for status in [402, 403, 422] {
                assert_eq!(verdict(status, body).delivery, Delivery::Unknown, "{status} {body}");
            }
        }
    }
}
