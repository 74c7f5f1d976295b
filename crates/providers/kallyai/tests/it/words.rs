//! A success that says no: nothing is sent again, and what the provider says is kept.

use crate::support::{rude::Rude, simple_order};
use switchboard_core::{AttemptError, Delivery, ErrorKind, Provider};

/// Status, body, what an operator reads of it, and the code.
const ANSWERS: [(u16, &str, &str, Option<&str>); 14] = [
    (200, r#"{"success": false}"#, r#"{"success":false}"#, None),
    (
        200,
        r#"{"success": false, "message": "The account is paused"}"#,
        "The account is paused",
        None,
    ),
    (
        201,
        r#"{"error": {"code": "quota_exceeded", "message": "Out of minutes", "details": {"reason": "monthly"}, "correlation_id": "c-77"}}"#,
        "Out of minutes: monthly",
        Some("quota_exceeded"),
    ),
    (
        200,
        r#"{"error": "calls_disabled", "message": "Calls are off"}"#,
        "Calls are off",
        Some("calls_disabled"),
    ),
    (202, r#"{"status": "rejected", "reason": "not now"}"#, r#""reason":"not now""#, None),
    (200, r#"{"call_id": null, "status": "queued"}"#, r#"{"status":"queued"}"#, None),
    (200, r#"{"call_id": "  ", "detail": "no slot"}"#, "no slot", None),
    (200, r#"{"errors": [{"message": "bad number +1 512 555 0142"}]}"#, "bad number …42", None),
    (200, r#"{"message": "cannot call +15125550142"}"#, "cannot call …42", None),
    (
        200,
        "<!doctype html><html><head><style>p{color:red}</style><title>Maintenance</title></head><body><p>Back at noon</p></body></html>",
        "Maintenance Back at noon",
        None,
    ),
    (200, "Service restarting", "Service restarting", None),
    (200, "[]", "a list of 0", None),
    (200, "\"no\"", "no", None),
    (204, "", "the answer has no body", None),
];

#[tokio::test]
async fn what_a_success_without_a_call_says_is_kept_as_evidence() {
    for (status, body, words, code) in ANSWERS {
        let server = Rude::answering(status, body).await;
        let error = server.provider().calls().place(&simple_order()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Decode, Delivery::Placed),
            "{body}"
        );
        assert_eq!((error.error().status(), error.error().code()), (Some(status), code), "{body}");
        let kept = AttemptError::from(error.error());
        assert!(kept.message.contains(words), "{body}: {}", kept.message);
        assert_eq!(kept.code.as_deref(), code);
        assert!(
            !kept.message.contains("5550142") && !kept.message.contains("555 0142"),
            "{}",
            kept.message
        );
        assert_eq!(server.asked().len(), 1, "{body}: it is sent once");
    }
}

#[tokio::test]
async fn the_words_are_one_bounded_line() {
    let long = format!(
        "{{\"success\":false,\"message\":\"{}\\r\\n\\u001b[31mred\"}}",
        "no ".repeat(5_000)
    );
    let server = Rude::answering(200, long).await;
    let error = server.provider().calls().place(&simple_order()).await.unwrap_err();
    assert!(error.error().message().chars().count() < 450, "{}", error.error().message().len());
    assert!(!error.error().message().contains(char::is_control));
}

#[tokio::test]
async fn what_a_success_with_a_call_says_beside_it_changes_nothing() {
    let server =
        Rude::answering(200, r#"{"success": false, "call_id": "c1", "status": "queued"}"#).await;
    let placed = server.provider().calls().place(&simple_order()).await.unwrap();
    assert_eq!(placed.id.as_str(), "c1");
}
