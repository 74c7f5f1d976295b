//! Placing calls, and reading them to their end.

use serde_json::{Value, json};

use super::server::{BUSY, COMPLETED, DEFAULT_TASK, DOUBTFUL, ELSEWHERE, NO_ANSWER, Server, TASK};

/// The names of an object's members, sorted.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_an_agent_of_kaicalls_is_placed_and_read_as_there() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let mut body = server.call(COMPLETED);
    body["customer_name"] = json!("Jordan Reyes");
    body["firstMessage"] = json!("Hello Jordan!");
    body["lead_id"] = json!("lead-7");
    body["max_duration"] = json!(300);
    let placed = server.post("calls", &key, &body).await;
    assert_eq!(placed.status, 201, "{}", placed.text);
    assert_eq!(
        members(&placed.body),
        ["agent_id", "conversation_id", "created_at", "id", "name", "status", "to"]
    );
    assert_eq!(placed.body["conversation_id"], Value::Null);
    assert_eq!(placed.body["agent_id"], server.kaicalls.agent_id());
    assert_eq!(
        (&placed.body["to"], &placed.body["name"]),
        (&json!(COMPLETED), &json!("Jordan Reyes"))
    );

    let over = server.wait(&key, placed.body["id"].as_str().unwrap()).await;
    assert_eq!(
        members(&over),
        [
            "agent_id",
            "agent_name",
            "business_id",
            "conversation_id",
            "created_at",
            "direction",
            "duration",
            "error",
            "id",
            "lead_id",
            "quality_dimensions",
            "recording_url",
            "status",
            "summary"
        ]
    );
    assert_eq!(over["status"], "completed", "{over}");
    assert_eq!((&over["direction"], &over["business_id"]), (&json!("outbound"), &json!("acme")));
    assert_eq!((&over["agent_name"], &over["lead_id"]), (&json!("desk"), &json!("lead-7")));
    assert!(over["duration"].is_u64() && over["summary"].is_string(), "{over}");
    assert_eq!(over["created_at"], placed.body["created_at"]);

    // What KaiCalls was asked is what its client asked for.
    let requests = server.kaicalls.requests();
    let sent = requests.iter().find(|one| one.method == "POST").unwrap();
    let sent = &sent.body;
    assert_eq!(sent["agent_id"], server.kaicalls.agent_id());
    assert!(sent["context"].as_str().unwrap().contains(TASK), "{sent}");
    assert_eq!(sent["max_duration"], 300);
    assert_eq!(server.rings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_with_ids_of_kaicalls_gains_failover_by_the_base_url_alone() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let over = server.finished(&key, "one", &server.call(ELSEWHERE)).await;
    assert_eq!(over["status"], "completed", "{over}");
    assert_eq!(over["agent_id"], server.kaicalls.agent_id(), "the caller's id, whoever called");
    assert_eq!(server.rings.count(ELSEWHERE), 1);
    assert_eq!(server.kaicalls.posts_to("/api/v1/calls"), 1);
    assert_eq!(server.kallyai.posts_to("/v1/calls"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ending_has_the_word_of_kaicalls_and_doubt_has_one_of_its_own() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    for (to, word) in [(NO_ANSWER, "no_answer"), (BUSY, "busy"), (DOUBTFUL, "unknown")] {
        let over = server.finished(&key, to, &server.call(to)).await;
        assert_eq!(over["status"], word, "{over}");
        assert_eq!(over["error"].is_null(), word != "unknown", "{over}");
    }
    // Nobody was asked in place of a provider that may have called.
    assert_eq!(server.kallyai.posts_to("/v1/calls"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_its_id_at_kaicalls_its_name_or_its_derived_id() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let listed = server.get("agents", &key).await.body;
    let agents = listed["agents"].as_array().unwrap();
    let id = |name: &str| {
        let found = agents.iter().find(|agent| agent["name"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(id("desk"), server.kaicalls.agent_id());
    // The default profile has the id that two profiles share; the other one has its own.
    assert_ne!(id("another"), server.kaicalls.agent_id());
    let ways = [id("backup"), "backup".to_owned(), id("another"), "another".to_owned(), id("desk")];
    for (index, way) in ways.iter().enumerate() {
        let mut body = server.call(COMPLETED);
        body["agent_id"] = json!(way);
        let over = server.finished(&key, &format!("k{index}"), &body).await;
        let name = ["backup", "backup", "another", "another", "desk"][index];
        assert_eq!(over["agent_name"], name, "{way}");
        assert_eq!(over["agent_id"], id(name));
        let found = server.get(&format!("agents?id={way}"), &key).await;
        assert_eq!(found.body["name"], name, "{}", found.text);
        assert_eq!(found.body["vapi_assistant_id"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_context_has_the_default_task() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let body = json!({"agent_id": "desk", "to": COMPLETED, "context": "  "});
    server.finished(&key, "one", &body).await;
    let requests = server.kaicalls.requests();
    let sent = requests.iter().find(|one| one.method == "POST").unwrap();
    assert!(sent.body.to_string().contains(DEFAULT_TASK), "{}", sent.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_repeated_does_not_ring_again() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let body = server.call(COMPLETED);
    let first = server.place(&key, "one", &body).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, Some("false")));
    let again = server.place(&key, "one", &body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!(again.body["id"], first.body["id"]);
    let other = server.place(&key, "one", &server.call(BUSY)).await;
    assert_eq!((other.status.as_u16(), other.code()), (400, "invalid_request"));
    assert!(other.message().contains("idempotency_key_reused"), "{}", other.text);

    // As the SDKs send it, without a key: KaiCalls would call again.
    let repeated = server.post("calls", &key, &body).await;
    assert_eq!((repeated.status.as_u16(), repeated.code()), (409, "possible_duplicate"));
    assert_eq!(repeated.body["error"]["call_id"], first.body["id"], "{}", repeated.text);
    assert_eq!(repeated.body["error"]["delivery"], "not_sent");
    server.wait(&key, first.body["id"].as_str().unwrap()).await;
    assert_eq!(server.rings.len(), 1);
}
