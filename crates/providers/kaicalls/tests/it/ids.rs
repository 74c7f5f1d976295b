//! A read by id is about that id.

use crate::support::{Server, provider_at};
use serde_json::{Value, json};
use switchboard_core::{Error, ErrorKind, Provider};

/// What each typed read of one thing says of an answer, and what the contract's reads do.
async fn reads(answer: &Value, id: &str) -> Vec<(&'static str, Option<Error>)> {
    let server = Server::answering(200, answer.to_string()).await;
    let provider = provider_at(&server);
    let (client, call, agent) = (provider.client(), id.into(), id.into());
    vec![
        ("client.calls().get", client.calls().get(id).await.err()),
        ("client.agents().get", client.agents().get(id).await.err()),
        ("client.recordings().get", client.recordings().get(id).await.err()),
        ("calls().get", provider.calls().get(&call).await.err()),
        ("agents().get", provider.agents().unwrap().get(&agent).await.err()),
    ]
}

#[tokio::test]
async fn an_answer_about_something_else_is_no_answer() {
    let ids = |its: &Value| json!({"id": its, "call_id": its, "agent_id": its, "status": "failed"});
    for its in [json!("another"), json!(7), json!("Ours")] {
        for answer in [
            ids(&its),
            json!({ "call": ids(&its), "agent": ids(&its), "recording": ids(&its), "data": ids(&its) }),
        ] {
            for (read, error) in reads(&answer, "ours").await {
                let error = error.unwrap_or_else(|| panic!("{read} believes {answer}"));
                assert_eq!(error.kind(), ErrorKind::Decode, "{read} {answer}: {error}");
            }
        }
    }
    for (read, error) in reads(&ids(&json!("ours")), "ours").await {
        assert!(error.is_none(), "{read}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_id_is_the_one_that_was_asked_for_where_it_is_a_record_at_all() {
    let server =
        Server::answering(200, r#"{"status": "completed", "transcript": "AI: Hello"}"#).await;
    let provider = provider_at(&server);
    assert_eq!(provider.calls().get(&"ours".into()).await.unwrap().id.as_str(), "ours");
    assert_eq!(
        provider.transcripts().unwrap().transcript(&"ours".into()).await.unwrap().entries.len(),
        1
    );
    for answer in
        ["{}", r#"{"success": false, "error": "no such call"}"#, r#"{"summary": "somebody's"}"#]
    {
        let server = Server::answering(200, answer).await;
        let error = provider_at(&server).calls().get(&"ours".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{answer}");
    }
}

#[tokio::test]
async fn an_id_with_control_characters_asks_for_that_id_and_nothing_else() {
    // This provider's ids stand in the query, where every character is written out.
    for id in ["c1\t", "c\r\n1", "c1&id=c2", "c1#", "\u{85}"] {
        let server = Server::start(|asked| {
            (200, json!({"id": asked.get("id"), "status": "completed"}).to_string())
        })
        .await;
        let call = provider_at(&server).client().calls().get(id).await.unwrap();
        assert_eq!(call.id.as_deref(), Some(id));
        assert_eq!(server.only().path, "/api/v1/calls");
    }
}
