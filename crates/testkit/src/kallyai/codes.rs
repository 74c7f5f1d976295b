//! The documented error codes of KallyAI and their statuses (document 002, "Error Code Reference").

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::fault::Envelope;

/// Each code with its status and message. After the line: codes that the simulator needs but the
/// documents do not name.
const CODES: &[(&str, u16, &str)] = &[
    ("quota_exceeded", 402, "Out of credits"),
    ("budget_exceeded", 402, "Goal over budget"),
    ("budget_approval_required", 402, "Need to approve budget before proceeding"),
    ("soft_cap_reached", 402, "Goal hit soft cap, needs acknowledgment"),
    ("missing_phone_number", 422, "No phone in submission"),
    ("emergency_number", 422, "Cannot call emergency numbers"),
    ("toll_number", 422, "Cannot call premium rate numbers"),
    ("blocked_number", 403, "Number flagged as fraud"),
    ("suppression_violation", 403, "Number on DNC list"),
    ("safety_violation", 422, "Content violates guidelines"),
    ("scheduling_violation", 422, "Invalid date or time"),
    ("consent_denied", 422, "User declined consent"),
    ("country_restriction", 403, "Country not supported by region"),
    ("unsupported_country", 403, "Country not supported globally"),
    ("unsupported_language", 422, "Language not supported"),
    ("email_not_connected", 400, "No email account connected"),
    ("email_send_failed", 500, "Email delivery failed"),
    ("calendar_sync_failed", 500, "Calendar sync error"),
    ("search_failed", 500, "Search provider error"),
    ("goal_not_found", 404, "Goal does not exist"),
    ("goal_already_completed", 409, "Goal already finished"),
    ("goal_already_cancelled", 409, "Goal already cancelled"),
    ("action_not_undoable", 409, "Action cannot be reversed"),
    ("missing_token", 401, "No Authorization header"),
    ("token_expired", 401, "Access token expired"),
    ("forbidden", 403, "Insufficient permissions"),
    ("call_not_found", 404, "Call does not exist"),
    ("transcript_not_found", 404, "No transcript available"),
    ("recording_not_found", 404, "No recording available"),
    ("rate_limited", 429, "Too many requests"),
    ("trial_requires_checkout", 400, "Trial users must use Stripe Checkout"),
    ("pending_change_exists", 400, "Cancel the existing pending change first"),
    ("no_active_subscription", 400, "No subscription found"),
    // ---
    ("bad_request", 400, "The request is not valid"),
    ("invalid_grant", 400, "The grant is not valid"),
    ("not_found", 404, "No such resource"),
    ("conflict", 409, "Not possible in this state"),
    ("internal_error", 500, "Something went wrong"),
];

/// An error response.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: String,
    message: &'static str,
    reason: String,
    envelope: Envelope,
}

impl Refused {
    /// Creates the error response for this code. A code that is not in the table gets status 500.
    pub(crate) fn new(envelope: Envelope, code: &str, reason: impl Into<String>) -> Self {
        let known = CODES.iter().find(|(known, _, _)| *known == code);
        let (status, message) =
            known.map_or((500, "An unknown code"), |(_, status, message)| (*status, *message));
        let flat = envelope == Envelope::Details && code == "quota_exceeded";
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: code.to_owned(),
            message,
            reason: reason.into(),
            envelope: if flat { Envelope::Quota } else { envelope },
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = self.envelope.render(self.status, &self.code, self.message, &self.reason);
        (self.status, axum::Json(body)).into_response()
    }
}
