//! A person's wish to be left alone, as KaiCalls reports it: by code and nowhere else.

use serde_json::json;
use switchboard_core::{AttemptError, Provider, Suppression};

use crate::support::{Server, plain_order, provider_at};

#[tokio::test]
async fn a_refusal_carries_the_persons_wish() {
    use Suppression::{DoNotCallList, OptedOut};
    let rows = [
        (
            400,
            r#"{"error":{"code":"number_opted_out","message":"Human-readable description"}}"#,
            Some(OptedOut),
        ),
        (
            403,
            r#"{"error":{"code":"number_on_dnc","message":"Human-readable description"}}"#,
            Some(DoNotCallList),
        ),
        (
            422,
            r#"{"error":"number_opted_out","message":"Human-readable description"}"#,
            Some(OptedOut),
        ),
        // The code is in the reason.
        (
            400,
            r#"{"error":{"code":"invalid_request","message":"No","details":{"reason":"number_on_dnc"}}}"#,
            Some(DoNotCallList),
        ),
        (
            400,
            r#"{"error":{"code":"tcpa_violation","message":"Human-readable description"}}"#,
            None,
        ),
        (400, r#"{"error":{"code":"content_blocked","message":"The number opted out"}}"#, None),
        (400, r#"{"error":{"code":"invalid_request","message":"number_opted_out"}}"#, None),
        (400, "number_opted_out", None),
    ];
    for (status, body, wish) in rows {
        let server = Server::answering(status, body).await;
        let failed = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(AttemptError::from(failed.error()).suppression(), wish, "{status} {body}");
    }
}

#[tokio::test]
async fn a_record_carries_the_code_of_its_failure_and_no_prose() {
    let rows = [
        (json!("no_answer"), Some("no_answer"), None),
        (json!("number_opted_out"), Some("number_opted_out"), Some(Suppression::OptedOut)),
        (json!("The person at +14155550123 opted out"), None, None),
        (json!({"code": "number_opted_out"}), None, None),
        (json!(null), None, None),
    ];
    for (error, code, wish) in rows {
        let mut body: serde_json::Value =
            serde_json::from_str(include_str!("../fixtures/004/call.json")).unwrap();
        body["error"] = error;
        body["status"] = json!("failed");
        let server = Server::answering(200, &body.to_string()).await;
        let call = provider_at(&server).calls().get(&"uuid-call789".into()).await.unwrap();
        assert_eq!((call.failure_code.as_deref(), call.suppression()), (code, wish), "{body}");
    }
}
