//! What pages show beside what was asked for.

use http::StatusCode;
use switchboard_api::caller::Role;

use crate::support::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_in_words_who_decided_what() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let id = server.waiting(&key).await;
    browser.post(&format!("/console/calls/{id}/stop"), &[]).await;
    let page = browser.get("/console/configuration").await;
    for said in ["event: signed_in", "stop: true", &id, &key[3..15]] {
        assert!(page.has(said), "{said}: {}", page.text);
    }
    let calls = browser.get("/console/configuration?topic=call").await;
    assert!(calls.has("stop: true") && !calls.has("signed_in"), "{}", calls.text);
    let unknown = browser.get("/console/configuration?topic=weather").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_counts_what_happens() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    server.waiting(&key).await;
    server.finished(&key).await;
    let browser = server.browser(&key).await;
    let page = browser.get("/console").await;
    assert!(page.has("<dt>Waiting</dt><dd>1</dd>"), "{}", page.text);
    assert!(page.has("<dt>Under way</dt><dd>0</dd>"), "{}", page.text);
    assert!(page.has("Calls received in the last hour: 2 calls"), "{}", page.text);
    // A tenant sees its own.
    let other = server.browser(&server.key(Some("other"), Role::Admin).await).await;
    let page = other.get("/console").await;
    assert!(page.has("<dt>Waiting</dt><dd>0</dd>"), "{}", page.text);
    assert!(page.has("last hour: 0 calls"), "{}", page.text);
}
