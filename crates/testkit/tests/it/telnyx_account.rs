//! Assistants, conversations, recordings, numbers and money of the simulated Telnyx.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Outcome};

use crate::common::{call, call_with, get};
use crate::telnyx::{TO, event, order, path, place, quick, start, with};

#[tokio::test]
async fn assistants_have_versions_and_canaries() {
    let sim = start(quick()).await;
    let body = json!({"name": "Ada", "instructions": "Be brief.", "model": "simulated"});
    let key = [("idempotency-key", "k-1")];
    let made = call_with(&sim, "POST", "/v2/ai/assistants", &key, body.clone()).await;
    assert_eq!(made.status, 201);
    let again = call_with(&sim, "POST", "/v2/ai/assistants", &key, body.clone()).await;
    assert_eq!(again.json(), made.json());
    let other = with(body, json!({"name": "Eve"}));
    assert_eq!(call_with(&sim, "POST", "/v2/ai/assistants", &key, other).await.status, 422);
    assert_eq!(call(&sim, "POST", "/v2/ai/assistants", json!({"name": "Eve"})).await.status, 422);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let target = format!("/v2/ai/assistants/{id}");
    let first = made.json()["version_id"].clone();
    let changed = call(&sim, "POST", &target, json!({"greeting": "Hi"})).await.json();
    assert_eq!((&changed["name"], &changed["greeting"]), (&json!("Ada"), &json!("Hi")));
    assert_ne!(changed["version_id"], first);
    let versions = get(&sim, &format!("{target}/versions")).await.json();
    assert_eq!(versions["data"].as_array().unwrap().len(), 2);
    let promote = format!("{target}/versions/{}/promote", first.as_str().unwrap());
    assert_eq!(call(&sim, "POST", &promote, json!({})).await.json()["version_id"], first);
    let cloned = call(&sim, "POST", &format!("{target}/clone"), json!({})).await;
    assert!(cloned.status == 201 && cloned.json()["id"] != json!(id));

    let canary = json!({"versions": [{"version_id": changed["version_id"], "percentage": 50}]});
    let deploys = format!("{target}/canary-deploys");
    assert_eq!(
        call(&sim, "POST", &deploys, canary.clone()).await.json()["versions"],
        canary["versions"]
    );
    let mut talked = Vec::new();
    for _ in 0..12 {
        let assistant = json!({"assistant": {"id": id}});
        let placed = place(&sim, with(order(&sim, TO), assistant)).await;
        event(&sim, &placed, "call.hangup").await;
    }
    for row in get(&sim, "/v2/ai/conversations").await.json()["data"].as_array().unwrap() {
        talked.push(row["metadata"]["assistant_version_id"].clone());
    }
    assert!(talked.contains(&first) && talked.contains(&changed["version_id"]));
    assert_eq!(call(&sim, "DELETE", &deploys, Value::Null).await.json()["versions"], json!([]));
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, &target).await.status, 404);
}

#[tokio::test]
async fn conversations_have_messages_insights_and_recordings() {
    let script = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_secs(1))
        .talking_for(Duration::from_secs(65));
    let sim = start(quick().outcome(TO, script)).await;
    let fields = json!({
        "assistant": {"id": sim.assistant_id(), "greeting": "Good evening"},
        "record": "record-from-answer",
    });
    let placed = place(&sim, with(order(&sim, TO), fields)).await;
    event(&sim, &placed, "call.cost").await;
    let control = path(&placed).trim_start_matches("/v2/calls/").to_owned();
    let target = |filter: &str| format!("/v2/ai/conversations?{filter}");
    for (filter, count) in [
        (format!("metadata-%3Ecall_control_id=eq.{control}"), 1),
        (format!("metadata-%3Ecall_control_id={control}"), 1),
        (format!("metadata-%3Eassistant_id=eq.{}", sim.assistant_id()), 1),
        ("metadata-%3Eassistant_id=eq.none".to_owned(), 0),
        ("created_at=gte.2999-01-01T00:00:00Z".to_owned(), 0),
        ("created_at=lte.2999-01-01T00:00:00Z&limit=1&order=created_at.asc".to_owned(), 1),
    ] {
        let rows = get(&sim, &target(&filter)).await.json();
        assert_eq!(rows["data"].as_array().unwrap().len(), count, "{filter}");
    }
    let id = get(&sim, &target("limit=1")).await.json()["data"][0]["id"].clone();
    let base = format!("/v2/ai/conversations/{}", id.as_str().unwrap());
    let messages = get(&sim, &format!("{base}/messages")).await.json();
    assert_eq!(
        (&messages["data"][0]["text"], &messages["data"][1]["role"]),
        (&json!("Good evening"), &json!("user"))
    );
    assert!(messages["data"][0]["sent_at"].is_string());
    let insights = get(&sim, &format!("{base}/conversations-insights")).await.json();
    assert_eq!(insights["data"][0]["status"], "completed");
    let leg = placed["call_leg_id"].as_str().unwrap();
    let recordings = get(&sim, &format!("/v2/recordings?filter[call_leg_id]={leg}")).await.json();
    assert_eq!(recordings["data"][0]["duration_millis"], 65_000);
    assert!(recordings["data"][0]["download_urls"]["mp3"].is_string());
    let none = get(&sim, "/v2/recordings?filter[to]=%2B12125550199").await.json();
    assert_eq!(none["meta"]["total_results"], 0);
    let bills = get(&sim, "/v2/detail_records").await.json();
    assert_eq!(
        (&bills["data"][0]["cost"], &bills["data"][0]["cld"]),
        (&json!("0.114"), &json!(TO))
    );
    assert_eq!(get(&sim, "/v2/balance").await.json()["data"]["currency"], "USD");
    let profile = get(&sim, "/v2/outbound_voice_profiles").await.json()["data"][0].clone();
    assert_eq!(profile["whitelisted_destinations"], json!(["CA", "US"]));
    let target = format!("/v2/outbound_voice_profiles/{}", profile["id"].as_str().unwrap());
    assert_eq!(get(&sim, &target).await.json()["data"], profile);
}

#[tokio::test]
async fn numbers_are_found_ordered_and_released() {
    let sim = start(quick()).await;
    let query = "filter[country_code]=US&filter[national_destination_code]=212&filter[limit]=3";
    let offers = get(&sim, &format!("/v2/available_phone_numbers?{query}")).await.json();
    assert_eq!(offers["data"].as_array().unwrap().len(), 3);
    let number = offers["data"][0]["phone_number"].clone();
    let order =
        json!({"phone_numbers": [{"phone_number": number}], "connection_id": sim.connection_id()});
    let made = call(&sim, "POST", "/v2/number_orders", order.clone()).await;
    assert_eq!((made.status, &made.json()["data"]["status"]), (200, &json!("success")));
    assert_eq!(call(&sim, "POST", "/v2/number_orders", order).await.status, 422);
    let filter = number.as_str().unwrap().replace('+', "%2B");
    let found = get(&sim, &format!("/v2/phone_numbers?filter[phone_number]={filter}")).await.json();
    assert_eq!(found["meta"]["total_results"], 1);
    let target = format!("/v2/phone_numbers/{}", found["data"][0]["id"].as_str().unwrap());
    let changed = call(&sim, "PATCH", &target, json!({"customer_reference": "r"})).await.json();
    assert_eq!(changed["data"]["customer_reference"], "r");
    assert_eq!(get(&sim, &target).await.json(), changed);
    assert_eq!(
        call(&sim, "DELETE", &target, Value::Null).await.json()["data"]["status"],
        "deleted"
    );
    assert_eq!(get(&sim, &target).await.status, 404);
}
