//! What a key may not do, and arguments that are wrong.

use serde_json::{Value, json};
use switchboard_api::caller::{Role, ScopeName};

use crate::support::{Person, Server, answer, call, call_with, problem, text};

const SOME_CALL: &str = "0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10";

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_is_refused_without_its_scope() {
    let server = Server::start().await;
    let of_call = || json!({"call": SOME_CALL});
    let needs: [(&str, ScopeName, Value); 9] = [
        ("plan_call", ScopeName::PlanRead, json!({"to": "+12125550101", "task": "x"})),
        ("check_rules", ScopeName::PlanRead, json!({"to": "+12125550101"})),
        ("place_call", ScopeName::CallsWrite, call()),
        ("get_call", ScopeName::CallsRead, of_call()),
        ("list_calls", ScopeName::CallsRead, json!({})),
        ("wait_for_call", ScopeName::CallsRead, of_call()),
        ("get_transcript", ScopeName::CallsContent, of_call()),
        ("stop_call", ScopeName::CallsWrite, of_call()),
        ("list_agents", ScopeName::AgentsRead, json!({})),
    ];
    let listed = server.client(&server.key(true).await, Person::Confirms).await;
    let listed = listed.running.list_all_tools().await.unwrap();
    assert_eq!(listed.len(), needs.len());
    for (tool, scope, arguments) in needs {
        let scopes = Role::Admin.scopes(true).filter(|one| *one != scope);
        let key = server.key_of("acme", scopes, false).await;
        let mut client = server.client(&key, Person::Confirms).await;
        let refused = problem(&client.call(tool, arguments.clone()).await);
        assert_eq!(
            (&refused["code"], &refused["scope"]),
            (&json!("missing_scope"), &json!(scope.as_str())),
            "{tool}"
        );
        assert_eq!(client.question(), None);
        // The scope alone is enough, and nothing else is looked at before it.
        let key = server.key_of("acme", [scope], false).await;
        let client = server.client(&key, Person::Confirms).await;
        let result = client.call(tool, arguments).await;
        assert!(!text(&result).contains("missing_scope"), "{tool}: {}", text(&result));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_name_the_field_and_the_fix() {
    let server = Server::start().await;
    let mut client = server.client(&server.key(true).await, Person::Confirms).await;
    let without = |name: &str| {
        let mut arguments = call();
        arguments.as_object_mut().unwrap().remove(name);
        arguments
    };
    let wrong: [(&'static str, Value, &str, &str); 15] = [
        ("place_call", without("idempotency_key"), "invalid_request", "idempotency_key"),
        (
            "place_call",
            call_with(json!({"idempotency_key": "1"})),
            "invalid_request",
            "idempotency_key",
        ),
        (
            "place_call",
            call_with(json!({"idempotency_key": 1})),
            "invalid_request",
            "idempotency_key",
        ),
        (
            "place_call",
            call_with(json!({"idempotency_key": "ü".repeat(16)})),
            "idempotency_key_invalid",
            "idempotency_key",
        ),
        ("place_call", without("to"), "invalid_request", "to"),
        ("place_call", without("task"), "invalid_request", "task"),
        ("place_call", call_with(json!({"to": 5})), "invalid_request", "to"),
        ("place_call", call_with(json!({"taks": "x"})), "unknown_field", "taks"),
        (
            "place_call",
            call_with(json!({"max_cost": {"amount": "1"}})),
            "invalid_request",
            "max_cost.currency",
        ),
        // Claims that lift rules are not an agent's to make.
        (
            "place_call",
            call_with(json!({"consent": {"kind": "express"}})),
            "unknown_field",
            "consent",
        ),
        ("place_call", call_with(json!({"overrides": []})), "unknown_field", "overrides"),
        (
            "wait_for_call",
            json!({"call": SOME_CALL, "timeout_seconds": 51}),
            "invalid_request",
            "timeout_seconds",
        ),
        ("list_calls", json!({"limit": 0}), "invalid_request", "limit"),
        ("list_calls", json!({"cursor": "x"}), "cursor_invalid", "cursor"),
        ("get_call", json!({"call": "x"}), "not_found", "call"),
    ];
    for (tool, arguments, code, field) in wrong {
        let result = client.call(tool, arguments.clone()).await;
        let refused = problem(&result);
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!(code), &json!(field)),
            "{arguments}: {refused}"
        );
        assert!(text(&result).starts_with(field), "{}", text(&result));
        assert_eq!(tool == "place_call", refused["delivery"] == "not_sent", "{refused}");
    }
    assert_eq!((client.question(), server.written().await), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_tenant_is_not_there() {
    let server = Server::start().await;
    let client = server.client(&server.key(false).await, Person::Absent).await;
    let placed = answer(&client.call("place_call", call()).await);
    let id = placed["call"]["id"].clone();
    let key = server.key_of("other", Role::Admin.scopes(true), false).await;
    let other = server.client(&key, Person::Absent).await;
    for tool in ["get_call", "wait_for_call", "get_transcript", "stop_call"] {
        let refused = problem(&other.call(tool, json!({"call": id})).await);
        assert_eq!(refused["code"], "not_found", "{tool}");
    }
    let listed = answer(&other.call("list_calls", json!({})).await);
    assert_eq!(listed["calls"], json!([]));
    let named = other.call("list_calls", json!({"tenant": "acme"})).await;
    assert_eq!(problem(&named)["code"], "tenant_not_allowed");
}
