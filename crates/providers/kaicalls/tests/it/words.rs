//! A success that says no: nothing is sent again, and what the provider says is kept.

use crate::support::{Server, plain_order, provider_at};
use switchboard_core::{AttemptError, Delivery, ErrorKind, Provider};
use switchboard_kaicalls::api::RunBody;

/// Status, body, what an operator reads of it, and the code.
const ANSWERS: [(u16, &str, &str, Option<&str>); 12] = [
    (200, r#"{"success":false}"#, r#"{"success":false}"#, None),
    (
        200,
        r#"{"success":false,"error":"Agent has no phone number"}"#,
        "Agent has no phone number",
        None,
    ),
    (
        201,
        r#"{"error":{"code":"call_failed","message":"Vapi refused the call to +1 (212) 555-0123","request_id":"req-9"}}"#,
        "Vapi refused the call to …23",
        Some("call_failed"),
    ),
    (
        200,
        r#"{"id":null,"status":"failed","message":"insufficient balance"}"#,
        "insufficient balance",
        None,
    ),
    (200, r#"{"call":{"id":""},"status":"rejected"}"#, r#"{"status":"rejected"}"#, None),
    (200, r#"{"ok":false,"errors":["bad agent"]}"#, "bad agent", None),
    (202, r#"{"data":null,"detail":"try later"}"#, "try later", None),
    (
        200,
        "<html><title>502 Bad Gateway</title><script>var a=1</script><h1>Sorry</h1></html>",
        "502 Bad Gateway Sorry",
        None,
    ),
    (200, "upstream is restarting", "upstream is restarting", None),
    (200, "[]", "a list of 0", None),
    (200, "false", "false", None),
    (204, "", "the answer has no body", None),
];

#[tokio::test]
async fn what_a_success_without_a_call_says_is_kept_as_evidence() {
    for (status, body, words, code) in ANSWERS {
        let server = Server::answering(status, body).await;
        let provider = provider_at(&server);
        let placed = provider.calls().place(&plain_order()).await.unwrap_err();
        let made = provider
            .client()
            .communication_runs()
            .create(&RunBody::new(), "key")
            .await
            .unwrap_err();
        for error in [placed, made] {
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Decode, Delivery::Placed),
                "{body}"
            );
            assert_eq!(
                (error.error().status(), error.error().code()),
                (Some(status), code),
                "{body}"
            );
            let kept = AttemptError::from(error.error());
            assert!(kept.message.contains(words), "{body}: {}", kept.message);
            assert!(!kept.message.contains("555-0123"), "{}", kept.message);
        }
        assert_eq!(server.asked().len(), 2, "{body}: each is sent once");
    }
}
