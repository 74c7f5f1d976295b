//! Raw requests: what has no typed method can be asked for, and no phone rings by it.

use serde_json::json;
use switchboard_calle::{CallE, Method};
use switchboard_core::ErrorKind;

use crate::support::{CALLEE, Server, config, provider_at, quick, started};

#[tokio::test]
async fn no_raw_request_makes_a_phone_ring() {
    let (simulator, provider) = started(quick()).await;
    for path in ["/v2/calls", "/v2//calls/", "/v2/%63alls", "/v1/calls", "/v1/goals/goal_1/runs"] {
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            let error = provider.client().request(method, path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{path}");
        }
    }
    assert!(simulator.rings().is_empty());
    // Where the base URL already has a part of the path.
    let url = format!("{}/v2/calls", simulator.url());
    let provider = CallE::new(config(simulator.credential(), &url)).unwrap();
    assert!(provider.client().request(Method::Post, "/").is_err());
}

#[tokio::test]
async fn other_endpoints_are_reached() {
    let server = Server::answering(200, r#"{"data":[]}"#).await;
    let provider = provider_at(&server);
    let client = provider.client();
    let read = client.request(Method::Get, "/v2/calls/call_1/events?limit=10").unwrap();
    assert_eq!(read.send().await.unwrap().value().unwrap()["data"], json!([]));
    let body = json!({"phone": CALLEE});
    let write = client.request(Method::Post, "/v1/goals").unwrap().json(&body).unwrap();
    write.send().await.unwrap();
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].get("limit")), ("GET", Some("10")));
    assert_eq!((asked[1].path.as_str(), &asked[1].body), ("/v1/goals", &body));
}
