//! What HTTP has to hold: keys, hosts, origins, methods, sizes, and older versions.

use rmcp::model::ProtocolVersion;
use serde_json::{Value, json};
use switchboard_api::caller::Role;

use crate::support::{Person, Server, answer, call, exchange, lifecycle, problem, status};

fn list() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_needed_before_anything() {
    let server = Server::start().await;
    for headers in [&[][..], &[("authorization", "Bearer sb_nothing")][..]] {
        let refused = exchange(server.address, "POST", "/mcp", headers, &list()).await;
        assert_eq!(status(&refused), 401, "{refused}");
        assert!(refused.to_lowercase().contains("www-authenticate: bearer"), "{refused}");
        assert!(refused.contains("application/problem+json"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_and_origins_are_refused() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.key(true).await);
    let own = format!("http://{}", server.address);
    let host = format!("localhost:{}", server.address.port());
    let cases = [
        (("x-nothing", "x"), 200),
        (("origin", own.as_str()), 200),
        (("host", host.as_str()), 200),
        (("host", "evil.example"), 403),
        (("origin", "http://evil.example"), 403),
        (("origin", "null"), 403),
    ];
    for (header, wanted) in cases {
        let headers = [("authorization", bearer.as_str()), header];
        let answer = exchange(server.address, "POST", "/mcp", &headers, &list()).await;
        assert_eq!(status(&answer), wanted, "{header:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_sessions_and_no_other_methods() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.key(true).await);
    let headers = [("authorization", bearer.as_str())];
    for method in ["GET", "DELETE", "PUT"] {
        let refused = exchange(server.address, method, "/mcp", &headers, "").await;
        assert_eq!(status(&refused), 405, "{refused}");
        assert!(refused.to_lowercase().contains("allow: post"), "{refused}");
    }
    let begin = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"},
    }});
    let begun = exchange(server.address, "POST", "/mcp", &headers, &begin.to_string()).await;
    assert_eq!(status(&begun), 200, "{begun}");
    assert!(!begun.to_lowercase().contains("mcp-session-id"), "{begun}");
    assert!(begun.contains("\"protocolVersion\":\"2025-11-25\""), "{begun}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_or_no_json_are_refused() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.key(true).await);
    let headers = [("authorization", bearer.as_str())];
    let large = format!("{}{}", list(), " ".repeat(70_000));
    let refused = exchange(server.address, "POST", "/mcp", &headers, &large).await;
    assert_eq!(status(&refused), 413, "{refused}");
    let refused = exchange(server.address, "POST", "/mcp", &headers, "{").await;
    assert!((400..500).contains(&status(&refused)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_count_against_the_key() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.key(true).await);
    let headers = [("authorization", bearer.as_str())];
    let answer = exchange(server.address, "POST", "/mcp", &headers, &list()).await.to_lowercase();
    assert!(answer.contains("ratelimit: \"requests\";r=599"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_client_is_told_that_nobody_can_be_asked() {
    let server = Server::start().await;
    let older = || lifecycle(ProtocolVersion::V_2025_11_25);
    let key = server.key(true).await;
    let mut client = server.client_of(&key, Person::Confirms, older()).await;
    let refused = problem(&client.call("place_call", call()).await);
    assert_eq!(refused["code"], "confirmation_needed", "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("2026-07-28"), "{refused}");
    assert!(refused["fix"].as_str().unwrap().contains("confirm: never"), "{refused}");
    assert_eq!((client.question(), server.written().await), (None, 0));
    // Everything else works, and so does a key that asks nobody.
    let agents = answer(&client.call("list_agents", json!({})).await);
    assert_eq!(agents["data"][0]["name"], "assistant");
    let key = server.key_of("acme", Role::Caller.scopes(true), false).await;
    let client = server.client_of(&key, Person::Absent, older()).await;
    let placed = answer(&client.call("place_call", call()).await);
    assert_eq!(placed["replayed"], Value::Bool(false));
    assert_eq!(server.written().await, 1);
}
