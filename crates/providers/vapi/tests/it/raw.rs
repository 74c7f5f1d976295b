//! The way out to endpoints without a typed method, which places no call.

use serde_json::json;
use switchboard_core::ErrorKind;
use switchboard_vapi::{Method, Vapi};

use crate::support::{
    Server, config, provider_at,
    sim::{quick, started},
};

#[tokio::test]
async fn no_raw_request_places_a_call() {
    let (simulator, provider) = started(quick()).await;
    for path in
        ["/call", "call/", "/Call", "//call", "/x/../call", "/%63all", "/call?x=1", "/call/phone"]
    {
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            if path == "/call/phone" && matches!(method, Method::Patch | Method::Delete) {
                continue;
            }
            let error = provider.client().request(method, path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{path}");
        }
    }
    assert!(simulator.rings().is_empty());
    let mut config = config("key", simulator.url());
    config.base_url = format!("{}/call", simulator.url()).parse().unwrap();
    let provider = Vapi::new(config).unwrap();
    assert!(provider.client().request(Method::Post, "/").is_err());
}

#[tokio::test]
async fn other_endpoints_are_reached() {
    let server = Server::answering(200, r#"{"id":"tool-1"}"#).await;
    let provider = provider_at(&server);
    let client = provider.client();
    let read = client.request(Method::Get, "/tool/1?x=a%20b").unwrap();
    assert_eq!(read.send().await.unwrap().value().unwrap()["id"], "tool-1");
    let body = json!({"type": "endCall"});
    let write = client.request(Method::Post, "/tool").unwrap().json(&body).unwrap();
    write.send().await.unwrap();
    client.request(Method::Delete, "/call/call-1").unwrap().send().await.unwrap();
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].get("x")), ("GET", Some("a b")));
    assert_eq!((asked[1].path.as_str(), &asked[1].body), ("/tool", &body));
    assert_eq!((asked[2].method.as_str(), asked[2].path.as_str()), ("DELETE", "/call/call-1"));
}
