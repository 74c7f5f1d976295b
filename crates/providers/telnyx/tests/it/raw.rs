//! Raw requests: what has no typed method can be asked for, and no phone rings by it.

use serde_json::json;
use switchboard_core::ErrorKind;
use switchboard_telnyx::{Method, Telnyx};

use crate::support::{Server, account, provider_at, quick, started};

#[tokio::test]
async fn no_raw_request_makes_a_phone_ring() {
    let (simulator, provider) = started(quick()).await;
    for path in [
        "/v2/calls",
        "/v2//calls/",
        "/v2/%63alls",
        "/v2/calls/x/actions/transfer",
        "/v2/texml/ai_calls/1",
        "/v2/ai/assistants/a/scheduled_events",
    ] {
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            let error = provider.client().request(method, path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{path}");
        }
    }
    assert!(simulator.rings().is_empty());
    // Where the base URL already has a part of the path.
    let mut config = account(&simulator);
    config.base_url = format!("{}/v2/calls", simulator.url()).parse().unwrap();
    let provider = Telnyx::new(config).unwrap();
    assert!(provider.client().request(Method::Post, "/").is_err());
}

#[tokio::test]
async fn other_endpoints_are_reached() {
    let server = Server::answering(200, r#"{"data":[]}"#).await;
    let provider = provider_at(&server);
    let client = provider.client();
    let read = client.request(Method::Get, "/v2/detail_records?filter%5Bx%5D=a%20b").unwrap();
    assert_eq!(read.send().await.unwrap().value().unwrap()["data"], json!([]));
    let body = json!({"customer_reference": "r"});
    let write = client.request(Method::Patch, "/v2/phone_numbers/1").unwrap().json(&body).unwrap();
    write.send().await.unwrap();
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].get("filter[x]")), ("GET", Some("a b")));
    assert_eq!((asked[1].path.as_str(), &asked[1].body), ("/v2/phone_numbers/1", &body));
}
