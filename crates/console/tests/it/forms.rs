//! Forms are accepted from this site's pages alone.

use axum::body::Body;
use http::StatusCode;
use switchboard_api::caller::Role;

use crate::support::{Browser, Server};

/// Sends the form that stops a call, with these headers.
async fn stop(
    server: &Server,
    browser: &Browser<'_>,
    id: &str,
    token: &str,
    headers: &[(&str, &str)],
) -> StatusCode {
    let mut request = browser.form(&format!("/console/calls/{id}/stop"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = server.send(request.body(Body::from(format!("token={token}"))).unwrap()).await;
    if answer.status == StatusCode::FORBIDDEN {
        assert!(
            answer.has("was not sent by this site") && answer.has("Nothing was changed"),
            "{}",
            answer.text
        );
    }
    answer.status
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_other_sites_and_without_the_token_change_nothing() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let (browser, other) = (server.browser(&key).await, server.browser(&key).await);
    let id = server.waiting(&key).await;
    let ours = browser.origin();
    let token = browser.token.as_str();
    let from_here = [("sec-fetch-site", "same-origin"), ("origin", ours.as_str())];
    for (token, headers) in [
        ("", &from_here[..]),
        ("wrong", &from_here[..]),
        (other.token.as_str(), &from_here[..]),
        (token, &[("sec-fetch-site", "cross-site"), ("origin", ours.as_str())][..]),
        (token, &[("sec-fetch-site", "same-site"), ("origin", ours.as_str())][..]),
        (token, &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")][..]),
        (token, &[("origin", "https://calls.example.com:444")][..]),
        (token, &[("origin", "http://calls.example.com")][..]),
        (token, &[("origin", "null")][..]),
        (token, &[][..]),
    ] {
        let status = stop(&server, &browser, &id, token, headers).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    // It can still be stopped.
    let page = browser.get(&format!("/console/calls/{id}")).await;
    assert!(page.has(&format!("action=\"/console/calls/{id}/stop\"")), "{}", page.text);
    // An older browser sends its origin alone.
    let headers = [("origin", ours.as_str())];
    assert_eq!(stop(&server, &browser, &id, token, &headers).await, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_is_refused_from_other_sites() {
    let server = Server::start().await;
    let key = server.key(None, Role::Admin).await;
    let browser = server.browser(&key).await;
    let form = browser.form("/console/sign-in").header("sec-fetch-site", "cross-site");
    let answer = server.send(form.body(Body::from(format!("key={key}"))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("set-cookie"), "");
}
