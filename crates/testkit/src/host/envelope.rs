//! Error bodies in each documented layout.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::Envelope;

impl Envelope {
    /// Renders an error body in this layout.
    pub(crate) fn render(
        self,
        status: StatusCode,
        code: &str,
        message: &str,
        reason: &str,
    ) -> Value {
        let correlation = Uuid::new_v4().to_string();
        match self {
            Self::Message => json!({"error": {
                "code": code, "message": message, "details": {"reason": reason}, "correlation_id": correlation,
            }}),
            Self::Details => json!({"error": {
                "code": code, "details": {"message": message, "reason": reason}, "correlation_id": correlation,
            }}),
            Self::Text => json!({"error": code, "message": message}),
            Self::Plain => json!({"error": {"code": code, "message": message}}),
            Self::Quota => json!({
                "plan_type": "trial", "minutes_allocated": 30, "minutes_used": 30,
                "upgrade_url": "https://simulated.invalid/pricing",
            }),
            Self::Status => json!({"status": "error", "message": message}),
            Self::Explained => json!({"error": {"code": code, "message": message, "details": {}}}),
            Self::Phrase => json!({
                "message": message, "error": status.canonical_reason().unwrap_or(code),
                "statusCode": status.as_u16(),
            }),
            Self::Errors => json!({"errors": [{"code": code, "title": message, "detail": reason}]}),
        }
    }
}
