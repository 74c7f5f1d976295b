//! Calls: hidden until asked for, escaped wherever they are shown, and every write audited.

use http::StatusCode;
use serde_json::{Value, json};
use switchboard_api::caller::Role;

use crate::support::{Server, TASK, TO};

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_words_are_hidden_until_asked_for() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let id = server.finished(&key).await;
    let browser = server.browser(&key).await;
    let path = format!("/console/calls/{id}");
    for page in ["/console", "/console/calls", "/console/calls.csv", path.as_str()] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.text);
        assert!(!answer.has(TO) && !answer.has("2125550101"), "{page}");
        assert!(!answer.has("Quillfeather"), "{page}");
    }
    assert!(!server.audited(&key, "call").await.contains(&json!({"read": "content"})));

    let open = browser.post(&format!("{path}/show"), &[]).await;
    assert_eq!(open.status, StatusCode::OK, "{}", open.text);
    assert!(open.has(TO) && open.has("Quillfeather"), "{}", open.text);
    assert!(open.has("curl https://calls.example.com/v1/calls"), "{}", open.text);
    assert!(server.audited(&key, "call").await.contains(&json!({"read": "content"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_content_cannot_ask_for_it() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let id = server.finished(&admin).await;
    let reader = server.browser(&server.key(None, Role::Reader).await).await;
    let page = reader.get(&format!("/console/calls/{id}")).await;
    assert!(page.has("lacks the scope <code>calls:content</code>"), "{}", page.text);
    assert!(!page.has("Place it again"), "{}", page.text);
    for action in ["show", "stop", "resolve", "again"] {
        let path = format!("/console/calls/{id}/{action}");
        let fields = [("verdict", "not_placed"), ("note", "x"), ("key", "one")];
        let refused = reader.post(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_what_others_wrote_is_text() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let id = server.finished(&key).await;
    let browser = server.browser(&key).await;
    let open = browser.post(&format!("/console/calls/{id}/show"), &[]).await;
    assert!(open.has("Quillfeather"), "{}", open.text);
    for raw in ["<script>alert", "<b>tag</b>", "<img src=x"] {
        assert!(!open.has(raw), "{raw}: {}", open.text);
    }
    let marked = "/console/calls?provider=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let page = browser.get(marked).await;
    assert!(page.has("No call matches") && !page.has("<script>alert"), "{}", page.text);
    assert_ne!(TASK.find("<script>"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_call_is_not_there() {
    let server = Server::start().await;
    let admin = server.key(None, Role::Admin).await;
    let id = server.finished(&admin).await;
    let own = server.browser(&server.key(Some("acme"), Role::Admin).await).await;
    let other = server.browser(&server.key(Some("other"), Role::Admin).await).await;
    let path = format!("/console/calls/{id}");
    assert_eq!(own.get(&path).await.status, StatusCode::OK);
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.post(&format!("{path}/show"), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(!other.get("/console/calls").await.has(&id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_stopped_and_that_is_audited() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let id = server.waiting(&key).await;
    let browser = server.browser(&key).await;
    let page = browser.get(&format!("/console/calls/{id}")).await;
    // It asks once, and names the person without their number.
    assert!(page.has("Stop the call to +1••••••••02"), "{}", page.text);
    let stopped = browser.post(&format!("/console/calls/{id}/stop"), &[]).await;
    assert_eq!(stopped.header("location"), format!("/console/calls/{id}?done=stopped"));
    assert_eq!(server.audited(&key, "call").await, [json!({"stop": true})]);
    let again = browser.post(&format!("/console/calls/{id}/stop"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.has("The call is over") && again.has("Nothing was changed"), "{}", again.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn placing_again_makes_one_new_call_however_often_the_form_is_sent() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let id = server.finished(&key).await;
    let browser = server.browser(&key).await;
    let sent = browser.get(&format!("/console/calls/{id}")).await.field("key");
    let path = format!("/console/calls/{id}/again");
    let (one, other) = (
        browser.post(&path, &[("key", &sent)]).await,
        browser.post(&path, &[("key", &sent)]).await,
    );
    assert_eq!(one.status, StatusCode::SEE_OTHER, "{}", one.text);
    assert_eq!(one.header("location"), other.header("location"));
    assert!(!one.header("location").contains(&id), "{}", one.header("location"));
    let audited = server.audited(&key, "call").await;
    assert!(audited.iter().any(|what| what["place_again"] != Value::Null), "{audited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_filters_the_list_and_its_table() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let (over, waits) = (server.finished(&key).await, server.waiting(&key).await);
    let browser = server.browser(&key).await;
    for path in ["/console/calls", "/console/calls.csv"] {
        let all = browser.get(path).await;
        assert!(all.has(&over) && all.has(&waits), "{path}: {}", all.text);
        let closed = browser.get(&format!("{path}?status=closed&provider=")).await;
        assert!(closed.has(&over) && !closed.has(&waits), "{path}: {}", closed.text);
    }
    let wrong = browser.get("/console/calls?status=nothing").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.has("<code>status</code>"), "{}", wrong.text);
}
