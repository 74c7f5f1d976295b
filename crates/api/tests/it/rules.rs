//! What holds for every operation, generated from the document.

use http::Method;
use serde_json::{Value, json};
use switchboard_api::caller::{Role, ScopeName};

use crate::support::{
    Answer, Server, call, request,
    schema::{Operation, operations},
};

/// Sends an operation with the example of its body.
async fn send(server: &Server, operation: &Operation, id: &str, key: &str) -> Answer {
    let mut path = operation.filled(id);
    for parameter in operation.definition["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && parameter["required"] == true {
            let name = parameter["name"].as_str().unwrap();
            assert_eq!(name, "to", "give {name} of {} a value here", operation.id);
            path.push_str("?to=%2B12125550101");
        }
    }
    let mut builder = request(operation.method.clone(), &path, key);
    for parameter in operation.definition["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "header" && parameter["required"] == true {
            builder = builder.header(parameter["name"].as_str().unwrap(), "a key");
        }
    }
    let body = match operation.example() {
        Some((kind, example)) => {
            builder = builder.header("content-type", kind);
            axum::body::Body::from(example)
        }
        None => axum::body::Body::empty(),
    };
    server.send(builder.body(body).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_needs_a_key_and_the_scope_that_the_document_names() {
    let server = Server::start().await;
    let nothing = server.key_with(None, [], |_| {}).await;
    let tenant = server.key_with(Some("acme"), ScopeName::ALL.iter().copied(), |_| {}).await;
    let id = "0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10";
    let mut guarded = 0;
    for operation in operations() {
        let Some(scopes) = &operation.scopes else { continue };
        let answer = send(&server, &operation, id, "").await;
        operation.check(&answer);
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (401, "missing_key"),
            "{}",
            operation.id
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let Some(scope) = scopes.first() else { continue };
        guarded += 1;
        let answer = send(&server, &operation, id, &nothing).await;
        operation.check(&answer);
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (403, "missing_scope"),
            "{}",
            operation.id
        );
        // What the type of the function asks for.
        assert_eq!(answer.body["scope"].as_str(), Some(scope.as_str()), "{}", operation.id);
        if ScopeName::parse(scope).unwrap().is_for_operators() {
            let answer = send(&server, &operation, id, &tenant).await;
            operation.check(&answer);
            assert_eq!(answer.code(), "tenant_not_allowed", "{}", operation.id);
        }
    }
    assert!(guarded > 25, "the document lost its operations: {guarded}");
    assert!(server.rings.is_empty());
}

/// Makes a webhook endpoint. Returns its id.
async fn endpoint(server: &Server, key: &str) -> String {
    let new = json!({"url": "https://hooks.example.com/calls"});
    let made = server.post("/v1/webhook-endpoints", key, &new).await;
    made.body["endpoint"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.text)).to_owned()
}

/// Sends a batch of one row. Returns its id.
async fn batch(server: &Server, key: &str) -> String {
    let sent = request(Method::POST, "/v1/batches", key)
        .header("content-type", "text/csv")
        .header("idempotency-key", "a batch")
        .body(axum::body::Body::from("to,task\n+12125550101,Say hello.\n"));
    let sent = server.send(sent.unwrap()).await;
    sent.body["batch"]["id"].as_str().unwrap_or_else(|| panic!("{}", sent.text)).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_tenants_is_not_there() {
    let server = Server::start().await;
    let owner = server.key(Some("other"), Role::Admin).await;
    let stranger = server.key(Some("acme"), Role::Admin).await;
    let operator = server.key_with(None, ScopeName::ALL.iter().copied(), |_| {}).await;
    let calls = server.finished(&owner, "first").await;
    let keys = owner[3..15].to_owned();
    let endpoints = endpoint(&server, &owner).await;
    let batches = batch(&server, &owner).await;
    let deliveries = "dl_0199f2f04c1e7d2a9a556f0c1b7f2a10".to_owned();
    let mut looked_at = 0;
    for operation in operations() {
        let id = match operation.path.as_str() {
            path if path.starts_with("/v1/calls/{id}") => &calls,
            path if path.starts_with("/v1/keys/{id}") => &keys,
            path if path.starts_with("/v1/batches/{id}") => &batches,
            path if path.starts_with("/v1/webhook-endpoints/{id}") => &endpoints,
            path if path.starts_with("/v1/deliveries/{id}") => &deliveries,
            path if path.contains("{id}") => panic!("what is the id of {path}?"),
            _ => continue,
        };
        looked_at += 1;
        let answer = send(&server, &operation, id, &stranger).await;
        operation.check(&answer);
        let what = (operation.id.as_str(), answer.status.as_u16(), answer.code());
        assert_eq!(what, (operation.id.as_str(), 404, "not_found"));
        let unknown =
            send(&server, &operation, "0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10", &operator).await;
        assert_eq!(
            (unknown.status.as_u16(), unknown.code()),
            (404, "not_found"),
            "{}",
            operation.id
        );
        let nonsense = send(&server, &operation, "nonsense", &operator).await;
        assert_eq!(nonsense.status.as_u16(), 404, "{}", operation.id);
    }
    assert!(looked_at >= 12, "{looked_at}");
    let list = server.get("/v1/batches", &stranger).await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 0);
    let list = server.get("/v1/calls", &stranger).await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 0);
    let list = server.get("/v1/keys", &stranger).await;
    assert!(!list.text.contains(&keys));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_fits_the_document_and_every_example_is_sent() {
    let server = Server::start().await;
    let operator = server.key_with(None, ScopeName::ALL.iter().copied(), |_| {}).await;
    let caller = server.key(Some("acme"), Role::Admin).await;
    let call = server.finished(&caller, "first").await;
    // A stream does not end, and there is no delivery: other tests have them.
    let elsewhere = ["followEvents", "redeliver"];
    // What a journal in memory cannot do.
    let other = ["getCallHistory", "getCallPlan", "reloadConfiguration", "erasePerson"];
    for operation in operations() {
        if elsewhere.contains(&operation.id.as_str()) {
            continue;
        }
        let key = if operation
            .scopes
            .iter()
            .flatten()
            .any(|scope| ScopeName::parse(scope).unwrap().is_for_operators())
        {
            &operator
        } else {
            &caller
        };
        let id = match operation.path.as_str() {
            path if path.starts_with("/v1/calls/") => call.clone(),
            path if path.starts_with("/v1/keys/") => {
                let spare = server.key(Some("acme"), Role::Reader).await;
                spare[3..15].to_owned()
            }
            path if path.starts_with("/v1/webhook-endpoints/{id}") => {
                endpoint(&server, &caller).await
            }
            path if path.starts_with("/v1/batches/{id}") => batch(&server, &caller).await,
            path if path.starts_with("/v1/rules/{rule}") => "US-FL-HOURS".to_owned(),
            _ => "greeting".to_owned(),
        };
        let answer = send(&server, &operation, &id, key).await;
        operation.check(&answer);
        let status = answer.status.as_u16();
        let conflicts = ["stopCall", "resolveCall", "rampExperiment"];
        if other.contains(&operation.id.as_str()) {
            assert_eq!((status, answer.code()), (422, "unsupported"), "{}", operation.id);
        } else if conflicts.contains(&operation.id.as_str()) {
            assert!(status == 200 || status == 409, "{} {}", operation.id, answer.text);
        } else {
            assert!(answer.status.is_success(), "{} {}", operation.id, answer.text);
        }
        assert_eq!(answer.header("cache-control"), "no-store", "{}", operation.id);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("x-request-id").starts_with("req_"));
        if operation.scopes.is_some() {
            assert!(answer.header("ratelimit").starts_with("\"requests\";r="), "{}", operation.id);
            assert_eq!(answer.header("ratelimit-policy"), "\"requests\";q=600;w=60");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_answers_at_other_paths_and_methods() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let nowhere = server.get("/v1/nowhere", &key).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "not_found"));
    let patched = server.ask(Method::PATCH, "/v1/calls", &key).await;
    assert_eq!((patched.status.as_u16(), patched.code()), (405, "method_not_allowed"));
    assert!(patched.header("allow").contains("POST"), "{:?}", patched.headers);
    assert_eq!(patched.body["type"], "https://calls.example.com/problems/method_not_allowed");
    assert_eq!(patched.body["request_id"].as_str(), Some(patched.header("x-request-id")));
    let plan = server.post("/v1/plan", &key, &call()).await;
    assert_eq!(plan.body["candidates"][0]["provider"], "kaicalls", "{}", plan.text);
    assert_eq!(plan.body["readings"], Value::Null);
}
