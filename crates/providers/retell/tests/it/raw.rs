//! Raw requests: what has no typed method can be asked for, and no phone rings by it.

use serde_json::json;
use switchboard_core::ErrorKind;
use switchboard_retell::{Method, Retell};

use crate::support::{CALLEE, Server, provider_at, sim};

#[tokio::test]
async fn no_raw_request_makes_a_phone_ring() {
    let (simulator, provider) = sim::started(sim::quick()).await;
    for path in [
        "/v2/create-phone-call",
        "/v2//create-phone-call/",
        "/v2/%63reate-phone-call",
        "/v2/stop-call/../create-phone-call",
        "/create-batch-call",
        "/v2/register-phone-call",
        "/v2/update-live-call/call_1",
    ] {
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            let error = provider.client().request(method, path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{path}");
        }
    }
    assert!(simulator.rings().is_empty());
    // Where the base URL already has a part of the path.
    let mut config = sim::account(&simulator);
    config.base_url = format!("{}/v2/create-phone-call", simulator.url()).parse().unwrap();
    let provider = Retell::new(config).unwrap();
    assert!(provider.client().request(Method::Post, "/").is_err());
}

#[tokio::test]
async fn other_endpoints_are_reached() {
    let server = Server::answering(200, r#"{"do_not_call":true}"#).await;
    let provider = provider_at(&server);
    let client = provider.client();
    let read = client.request(Method::Get, "/get-contact-by-phone/1?x=a%20b").unwrap();
    assert_eq!(read.send().await.unwrap().value().unwrap()["do_not_call"], true);
    let contact = json!({"phone_number": CALLEE, "do_not_call": true});
    let write = client.request(Method::Post, "/create-contact").unwrap().json(&contact).unwrap();
    write.send().await.unwrap();
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].query["x"].as_str()), ("GET", "a b"));
    assert_eq!((asked[1].path.as_str(), &asked[1].body), ("/create-contact", &contact));
}
