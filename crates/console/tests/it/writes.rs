//! Each write is what the API does, and is in the audit log.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use switchboard_api::caller::Role;

use crate::support::{Browser, Server, TO};

/// Sends a form with a file, as a browser does.
async fn upload(
    server: &Server,
    browser: &Browser<'_>,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<&str>,
) -> crate::support::Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!(
            "--line\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    if let Some(file) = file {
        body.push_str(&format!(
            "--line\r\ncontent-disposition: form-data; name=\"file\"; filename=\"calls.csv\"\r\n\
             content-type: text/csv\r\n\r\n{file}\r\n"
        ));
    }
    body.push_str("--line--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("cookie", &browser.cookie)
        .header("origin", browser.origin())
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=line");
    server.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_rotated_and_revoked() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let browser = server.browser(&admin).await;
    let request = browser.get("/console/keys").await.field("request");
    let fields = [
        ("request", request.as_str()),
        ("name", "production"),
        ("tenant", "acme"),
        ("role", "caller"),
        ("confirm", "yes"),
    ];
    let made = browser.post("/console/keys", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let secret = made.text.split("id=\"secret\"").nth(1).unwrap();
    let secret = secret.split(['>', '<']).nth(1).unwrap().to_owned();
    assert!(secret.starts_with("sb_"), "{secret}");
    let me = server.api(Method::GET, "/v1/me", &secret, &Value::Null).await;
    assert_eq!((&me["tenant"], &me["confirm"]), (&json!("acme"), &json!(true)));

    // The form sent again makes no other key and shows no secret.
    let again = browser.post("/console/keys", &fields).await;
    assert!(again.has("sent before") && !again.has(&secret), "{}", again.text);
    assert!(!browser.get("/console/keys").await.has(&secret));

    let id = me["key"].as_str().unwrap();
    let next = browser.post(&format!("/console/keys/{id}/rotate"), &[("hours", "0")]).await;
    assert!(next.has("shown now and never again"), "{}", next.text);
    let own = &admin[3..15];
    let refused = browser.post(&format!("/console/keys/{own}/revoke"), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let events = server.audited(&admin, "key").await;
    let events: Vec<&Value> = events.iter().map(|what| &what["event"]).collect();
    assert_eq!(events, ["key.created", "key.created", "key.revoked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_checked_started_and_its_results_are_taken() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let table = format!("to,task\n{TO},Ask for Quillfeather.\nnot a number,Ask.\n");
    let fields = [("token", browser.token.as_str()), ("name", "february"), ("tenant", "acme")];
    let checked = upload(&server, &browser, "/console/batches/check", &fields, Some(&table)).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text);
    assert!(checked.has("1 of 2 rows would be calls"), "{}", checked.text);
    assert!(browser.get("/console/batches").await.has("There are no batches"));

    let request = checked.field("request");
    let mut fields = fields.to_vec();
    fields.extend([("request", request.as_str()), ("table", table.as_str())]);
    let forged: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "token").collect();
    let refused = upload(&server, &browser, "/console/batches", &forged, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let started = upload(&server, &browser, "/console/batches", &fields, None).await;
    let again = upload(&server, &browser, "/console/batches", &fields, None).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    assert_eq!(started.header("location"), again.header("location"));
    let path = started.header("location").split('?').next().unwrap().to_owned();
    let shown = browser.get(&path).await;
    assert!(shown.has("Batch february") && !shown.has(TO), "{}", shown.text);

    let hidden = browser.get(&format!("{path}/results.csv")).await;
    assert!(hidden.has("call_status") && !hidden.has("Quillfeather"), "{}", hidden.text);
    let whole = browser.post(&format!("{path}/results.csv"), &[]).await;
    assert!(whole.has("Quillfeather"), "{}", whole.text);
    let audited = server.audited(&key, "call").await;
    assert!(audited.contains(&json!({"read": "batch_results"})), "{audited:?}");
    let cancelled = browser.post(&format!("{path}/cancel"), &[]).await;
    assert_eq!(cancelled.status, StatusCode::SEE_OTHER, "{}", cancelled.text);
    let audited = server.audited(&key, "call").await;
    let begun = json!({"start_batch": {"rows": 2, "rejected": 1}});
    assert_eq!(audited.iter().filter(|what| **what == begun).count(), 1, "{audited:?}");
    assert_eq!(audited.iter().filter(|what| what.get("cancel_batch").is_some()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_looked_up_and_opted_out() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    server.finished(&key).await;
    let browser = server.browser(&key).await;
    let fields = [("to", TO), ("tenant", "acme"), ("purpose", "reservation")];
    let before = browser.post("/console/people", &fields).await;
    assert_eq!(before.status, StatusCode::OK, "{}", before.text);
    assert!(
        before.has("What the rules say now") && before.has("Rang in 24 hours"),
        "{}",
        before.text
    );
    let out = [("to", TO), ("how", "callee_said"), ("note", "On the phone.")];
    let done = browser.post("/console/people/opt-out", &out).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let after = browser.post("/console/people", &fields).await;
    assert!(after.has("They do not want to be called"), "{}", after.text);
    assert_eq!(server.audited(&key, "person").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_started_ramped_and_an_arm_stopped() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let path = "/console/experiments/greeting";
    for (what, fields, shows) in [
        ("start", vec![("percent", "20"), ("note", "A fifth first.")], "running, ramp 20 %"),
        ("ramp", vec![("percent", "50"), ("note", "No complaint.")], "ramp 50 %"),
        ("stop", vec![("arm", "b"), ("note", "Too many complaints.")], "arm b stopped"),
    ] {
        let unexplained: Vec<_> =
            fields.iter().copied().filter(|(name, _)| *name != "note").collect();
        let refused = browser.post(&format!("{path}/{what}"), &unexplained).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{what}: {}", refused.text);
        let done = browser.post(&format!("{path}/{what}"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{what}: {}", done.text);
        let page = browser.get(path).await;
        assert!(page.has(shows), "{what}: {}", page.text);
    }
    assert_eq!(server.audited(&key, "experiment").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_made_rotated_disabled_and_removed() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let request = browser.get("/console/webhooks").await.field("request");
    let inside = [("request", request.as_str()), ("url", "https://10.0.0.1/hook")];
    let refused = browser.post("/console/webhooks", &inside).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let fields = [
        ("request", request.as_str()),
        ("url", "https://example.com/hook"),
        ("types", "call.ended"),
    ];
    let made = browser.post("/console/webhooks", &fields).await;
    assert!(made.has("whsec_"), "{}", made.text);
    let id = made.text.split("/console/webhooks/we_").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/console/webhooks/we_{id}");
    assert!(!browser.get(&path).await.has("whsec_"));
    let rotated = browser.post(&format!("{path}/rotate"), &[("hours", "1")]).await;
    assert!(rotated.has("whsec_"), "{}", rotated.text);
    for what in ["disable", "enable", "remove"] {
        let done = browser.post(&format!("{path}/{what}"), &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{what}: {}", done.text);
    }
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.audited(&key, "webhook_endpoint").await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_shown() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let id = server.finished(&key).await;
    let browser = server.browser(&key).await;
    let menu = browser.get("/console").await;
    let mut seen = 0;
    for link in menu.text.split("<li><a href=\"").skip(1) {
        let path = link.split('"').next().unwrap();
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert!(page.has("aria-current=\"page\""), "{path}");
        seen += 1;
    }
    assert!(seen >= 12, "only {seen} pages");
    let quote = browser.post("/console/rates", &[("to", "+12125550101"), ("seconds", "60")]).await;
    assert!(quote.has("0.12 USD"), "{}", quote.text);
    let audit = browser.get("/console/configuration?topic=session").await;
    assert!(audit.has("signed_in"), "{}", audit.text);
    assert!(browser.get(&format!("/console/calls/{id}")).await.has("kaicalls"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_what_exists() {
    let server = Server::start().await;
    let request = Request::builder().uri("/llms.txt").body(Body::empty()).unwrap();
    let page = server.send(request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/plain; charset=utf-8");
    assert!(page.text.starts_with("# Switchboard\n\n> "), "{}", page.text);
    let base = "](https://calls.example.com";
    let links: Vec<&str> =
        page.text.split(base).skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.contains(&"/v1/openapi.json") && links.len() >= 4, "{links:?}");
    // This server has no MCP; everything else is there.
    for link in links.into_iter().filter(|link| *link != "/mcp") {
        let request = Request::builder().uri(link).body(Body::empty()).unwrap();
        let status = server.send(request).await.status;
        assert!(matches!(status, StatusCode::OK | StatusCode::SEE_OTHER), "{link}: {status}");
    }
    let document = server.api(Method::GET, "/v1/openapi.json", "", &Value::Null).await;
    let named = page.text.split("- `").skip(1).filter_map(|rest| rest.split('`').next());
    let mut seen = 0;
    for (method, path) in named.filter_map(|operation| operation.split_once(' ')) {
        let path = path.split('?').next().unwrap();
        let known = &document["paths"][path][method.to_lowercase()];
        assert!(known.is_object(), "{method} {path}");
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} operations");
}
