//! What pages show beside what was asked for.

use std::time::Duration;

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

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_take_long_come_by_themselves() {
    let server = Server::with("https://calls.example.com", Duration::ZERO, None).await;
    let key = server.key(None, Role::Admin).await;
    server.finished(&key).await;
    let browser = server.browser(&key).await;
    for (path, pending, made) in [
        ("/console", "are being read", "last hour: 1 call"),
        ("/console/money", "Usage is being read", "Usage by day and provider"),
        ("/console/experiments/greeting", "The report is being made", "0 people are counted."),
    ] {
        let mut seen = false;
        for _ in 0..10_000 {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            // A page without them fetches itself again.
            let waits = page.has(pending);
            assert_eq!(waits, page.has("hx-trigger=\"every "), "{path}: {}", page.text);
            seen = !waits && page.has(made);
            if seen {
                break;
            }
        }
        assert!(seen, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_what_runs_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("switchboard.toml");
    std::fs::write(&file, "[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"K\"\n")
        .unwrap();
    let wait = Duration::from_secs(30);
    let server = Server::with("https://calls.example.com", wait, Some(file.clone())).await;
    let browser = server.browser(&server.key(None, Role::Admin).await).await;
    let page = browser.get("/console/configuration").await;
    assert!(page.has("which does not run yet: reload it"), "{}", page.text);
    std::fs::write(
        &file,
        "[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"K\"\nprice = 3\n",
    )
    .unwrap();
    server.later(60);
    // What was read before is shown once more, and read again.
    let mut refused = false;
    for _ in 0..10_000 {
        let page = browser.get("/console/configuration").await;
        refused = page.has("A reload would refuse the file") && page.has("price");
        if refused {
            break;
        }
    }
    assert!(refused);
    // Who may not reload it does not see it.
    let reader = server.browser(&server.key(None, Role::Reader).await).await;
    assert!(!reader.get("/console/configuration").await.has("The file on disk"));
}
