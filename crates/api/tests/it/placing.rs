//! Placing calls: once for each key, whatever is repeated.

use std::collections::HashSet;

use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};
use switchboard_api::caller::Role;

use crate::support::{Server, TO, call, placing, request, schema::operation, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_placed_read_and_followed_to_its_end() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let placed = server.place(&key, "first", &call()).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.text);
    operation("placeCall").check(&placed);
    let id = placed.body["id"].as_str().unwrap();
    assert_eq!(placed.header("location"), format!("/v1/calls/{id}"));
    assert_eq!(placed.header("idempotent-replayed"), "false");
    assert_eq!(placed.body["to"], TO, "the key may read whole numbers");
    assert_eq!(placed.body["tenant"], "acme");

    let over = server.get(&format!("/v1/calls/{id}?wait_for=settled&timeout=55"), &key).await;
    operation("getCall").check(&over);
    assert_eq!(over.body["status"], "closed", "{}", over.text);
    assert_eq!(over.body["outcome"], "completed");
    assert_eq!(over.body["duration_seconds"], 95.0);
    assert!(over.body["summary"].is_string() && over.body["ended_at"].is_string());
    assert_eq!(server.rings.len(), 1);

    // The bill may come after the end: what is known is asked for until nothing changes.
    let mut tag = over.header("etag").to_owned();
    loop {
        let known = request(http::Method::GET, &format!("/v1/calls/{id}"), &key)
            .header("if-none-match", &tag)
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = server.send(known).await;
        operation("getCall").check(&answer);
        if answer.status == StatusCode::NOT_MODIFIED {
            assert_eq!(answer.header("etag"), tag);
            break;
        }
        assert_ne!(answer.header("etag"), tag);
        tag = answer.header("etag").to_owned();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_scope_neither_numbers_nor_words_are_shown() {
    let server = Server::start().await;
    let caller = server.key(Some("acme"), Role::Caller).await;
    let reader = server.key(Some("acme"), Role::Reader).await;
    let id = server.finished(&caller, "first").await;
    let seen = server.get(&format!("/v1/calls/{id}"), &reader).await;
    operation("getCall").check(&seen);
    assert!(!seen.text.contains(&TO[2..]), "{}", seen.text);
    assert_eq!((&seen.body["summary"], &seen.body["next_steps"]), (&Value::Null, &Value::Null));
    for evidence in seen.body["attempts"][0]["evidence"].as_array().unwrap() {
        assert_eq!(evidence["detail"], Value::Null);
    }
    let filtered = server.get("/v1/calls?to=%2B12125550101", &reader).await;
    assert_eq!((filtered.status.as_u16(), filtered.code()), (403, "missing_scope"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_first_requests_with_one_key_are_one_call() {
    let server = Server::with(|api| {
        api.limits.requests_per_minute = 10_000;
        api.limits.concurrent_requests = 10_000;
    })
    .await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let requests = (0..1_000).map(|_| {
        let (router, key) = (server.router(), key.clone());
        tokio::spawn(async move { send(router, placing(&key, "the one", &call())).await })
    });
    let answers = join_all(requests).await;
    let (mut ids, mut new) = (HashSet::new(), 0);
    for answer in answers {
        let answer = answer.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        ids.insert(answer.body["id"].as_str().unwrap().to_owned());
        new += usize::from(answer.header("idempotent-replayed") == "false");
    }
    assert_eq!((ids.len(), new), (1, 1));
    let id = ids.into_iter().next().unwrap();
    server.get(&format!("/v1/calls/{id}?wait_for=settled&timeout=55"), &key).await;
    assert_eq!(server.rings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_tenant_and_to_its_request() {
    let server = Server::start().await;
    let acme = server.key(Some("acme"), Role::Caller).await;
    let other = server.key(Some("other"), Role::Caller).await;
    let first = server.place(&acme, "k", &call()).await;
    // Order, spaces and defaults do not matter.
    let same = json!({"urgent": false, "metadata": {"order": "8812"}, "tags": ["reminder"],
        "task": call()["task"], "to": "+1 212 555 0101"});
    let again = server.place(&acme, "\"k\"", &same).await;
    assert_eq!(again.body["id"], first.body["id"], "{}", again.text);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let mut changed = call();
    changed["metadata"]["order"] = json!("8813");
    let reused = server.place(&acme, "k", &changed).await;
    operation("placeCall").check(&reused);
    assert_eq!((reused.status.as_u16(), reused.code()), (422, "idempotency_key_reused"));
    assert_eq!(reused.body["call"], first.body["id"]);
    assert_eq!(reused.body["delivery"], "not_sent");
    let theirs = server.place(&other, "k", &changed).await;
    assert_eq!(theirs.status, StatusCode::CREATED, "{}", theirs.text);
    assert_ne!(theirs.body["id"], first.body["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answers_each_call_by_itself() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let one = |key: &str, to: &str| json!({"idempotency_key": key, "to": to, "task": "Say hello."});
    let batch = json!({"calls": [
        one("a", TO), one("b", "+1911"), one("", TO), {"to": TO, "taks": "x"}, one("a", TO),
    ]});
    let answer = server.post("/v1/calls/batch", &key, &batch).await;
    operation("placeCalls").check(&answer);
    let results = answer.body["results"].as_array().unwrap();
    let statuses: Vec<u64> = results.iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 400, 400, 201], "{}", answer.text);
    assert_eq!(results[0]["call"]["id"], results[4]["call"]["id"]);
    assert_eq!(results[1]["problem"]["field"], "calls[1].to");
    assert_eq!(results[1]["problem"]["delivery"], "not_sent");
    assert_eq!(results[3]["problem"]["code"], "unknown_field");
    let many: Vec<Value> = (0..501).map(|n| one(&n.to_string(), TO)).collect();
    let refused = server.post("/v1/calls/batch", &key, &json!({"calls": many})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_field_is_refused_with_the_nearest_name() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    for (wrong, field, fix) in [
        (
            json!({"to": TO, "task": "x", "max_dutation_seconds": 60}),
            "max_dutation_seconds",
            "did you mean max_duration_seconds?",
        ),
        (
            json!({"to": TO, "task": "x", "appointment": {"partysize": 2}}),
            "appointment.partysize",
            "did you mean party_size?",
        ),
        (
            json!({"to": TO, "task": "x", "redial": {"on": ["busy"], "times": 1, "gap": 60}}),
            "redial.gap",
            "did you mean gap_seconds?",
        ),
    ] {
        let answer = server.place(&key, "k", &wrong).await;
        operation("placeCall").check(&answer);
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "unknown_field"));
        assert_eq!((&answer.body["field"], &answer.body["fix"]), (&json!(field), &json!(fix)));
    }
    let missing = server.place(&key, "k", &json!({"to": TO})).await;
    assert_eq!((missing.code(), &missing.body["field"]), ("invalid_request", &json!("task")));
    let typed = server.place(&key, "k", &json!({"to": TO, "task": 5})).await;
    assert_eq!((typed.code(), &typed.body["field"]), ("invalid_request", &json!("task")));
    let query = server.get("/v1/calls?statsu=closed", &key).await;
    assert_eq!(
        (query.code(), &query.body["fix"]),
        ("unknown_field", &json!("did you mean status?"))
    );
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_in_pages_that_fit_their_filters() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let other = server.key(Some("other"), Role::Caller).await;
    let mut placed = Vec::new();
    for n in 0..7 {
        let answer = server.place(&key, &n.to_string(), &call()).await;
        placed.push(answer.body["id"].as_str().unwrap().to_owned());
    }
    server.place(&other, "0", &call()).await;
    placed.reverse();
    let (mut found, mut path) = (Vec::new(), "/v1/calls?limit=3&tag=reminder".to_owned());
    loop {
        let page = server.get(&path, &key).await;
        operation("listCalls").check(&page);
        found.extend(page.body["data"].as_array().unwrap().iter().map(|call| call["id"].clone()));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        let foreign = server.get(&format!("/v1/calls?limit=3&cursor={next}"), &key).await;
        assert_eq!((foreign.status.as_u16(), foreign.code()), (400, "cursor_invalid"));
        let theirs = format!("/v1/calls?limit=3&tag=reminder&cursor={next}");
        assert_eq!(server.get(&theirs, &other).await.code(), "cursor_invalid");
        path = theirs;
    }
    assert_eq!(found, placed);
    let none = server.get("/v1/calls?tag=nothing", &key).await;
    assert_eq!(
        (none.body["data"].as_array().unwrap().len(), &none.body["has_more"]),
        (0, &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_answer_ends_its_line_and_says_how_long_it_is() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let answers = [
        server.place(&key, "first", &call()).await,
        server.get("/v1/me", &key).await,
        server.get("/v1/calls?limit=0", &key).await,
        server.get("/v1/me", "").await,
        server.get("/v1/openapi.json", "").await,
    ];
    for answer in answers {
        assert!(answer.text.ends_with("}\n"), "{}: {}", answer.status, answer.text);
        let length = answer.header("content-length");
        assert!(length.is_empty() || length == answer.text.len().to_string(), "{length}");
    }
}
