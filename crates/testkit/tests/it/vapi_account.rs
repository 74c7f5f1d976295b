//! Assistants, numbers and sums of the simulated Vapi.

use serde_json::{Value, json};

use crate::common::{call, get};
use crate::vapi::{TO, order, place, quick, start, until, with};

#[tokio::test]
async fn assistants_have_versions() {
    let sim = start(quick()).await;
    let made = call(&sim, "POST", "/assistant", json!({"name": "Ada"})).await;
    assert_eq!((made.status, &made.json()["version"]), (201, &json!("v1")));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let target = format!("/assistant/{id}");
    let changed = call(&sim, "PATCH", &target, json!({"firstMessage": "Hi"})).await.json();
    assert_eq!((&changed["version"], &changed["name"]), (&json!("v2"), &json!("Ada")));
    assert_eq!(get(&sim, &target).await.json(), changed);
    assert_eq!(get(&sim, "/assistant").await.json().as_array().unwrap().len(), 2);
    let body = with(order(&sim, TO), json!({"assistantId": id, "assistantVersion": "v1"}));
    assert_eq!(place(&sim, body).await["assistantVersion"], "v1");
    for (bad, status) in
        [(json!({"name": "x".repeat(41)}), 400), (json!({"maxDurationSeconds": 1}), 400)]
    {
        assert_eq!(call(&sim, "POST", "/assistant", bad).await.status, status);
    }
    let number = format!("/phone-number/{}", sim.phone_number_id());
    call(&sim, "PATCH", &number, json!({"assistantId": id})).await;
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 409, "a number uses it");
    call(&sim, "PATCH", &number, json!({"assistantId": sim.assistant_id()})).await;
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, &target).await.status, 404);
}

#[tokio::test]
async fn free_numbers_have_limits() {
    let sim = start(quick()).await;
    let body = json!({"provider": "vapi", "numberDesiredAreaCode": "212"});
    let made = call(&sim, "POST", "/phone-number", body.clone()).await;
    assert_eq!((made.status, &made.json()["status"]), (201, &json!("active")));
    let id = made.json()["id"].clone();
    let from = |to: &str| with(order(&sim, to), json!({"phoneNumberId": id}));
    let abroad = place(&sim, from("+442079460000")).await;
    let reason = &until(&sim, &abroad["id"], "ended").await["endedReason"];
    assert_eq!(reason, "call.start.error-vapi-number-international");
    for nth in 0..11 {
        place(&sim, from(&format!("+121255501{nth:02}"))).await;
    }
    assert_eq!(sim.rings().len(), 10, "ten a day");
    for _ in 0..4 {
        assert_eq!(call(&sim, "POST", "/phone-number", body.clone()).await.status, 201);
    }
    assert_eq!(call(&sim, "POST", "/phone-number", body).await.status, 400, "five at most");
}

#[tokio::test]
async fn numbers_are_imported_listed_and_released() {
    let sim = start(quick()).await;
    let body =
        json!({"provider": "twilio", "number": "+442079460001", "twilioAuthToken": "secret"});
    let made = call(&sim, "POST", "/phone-number", body).await;
    assert!(made.status == 201 && made.json().get("twilioAuthToken").is_none());
    for bad in [json!({"provider": "other"}), json!({"provider": "twilio", "number": "1"})] {
        assert_eq!(call(&sim, "POST", "/phone-number", bad).await.status, 400);
    }
    let pages = get(&sim, "/v2/phone-number?limit=1&page=2").await.json();
    assert_eq!(
        (&pages["metadata"]["totalItems"], &pages["results"][0]["id"]),
        (&json!(2), &json!(sim.phone_number_id()))
    );
    let target = format!("/phone-number/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(get(&sim, &target).await.json()["number"], "+442079460001");
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, "/phone-number").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn calls_are_counted() {
    let sim = start(quick()).await;
    for _ in 0..3 {
        place(&sim, order(&sim, TO)).await;
    }
    let body = json!({"queries": [{"name": "all", "table": "call", "operations": [
        {"operation": "count", "column": "id"}, {"operation": "sum", "column": "cost"},
    ]}]});
    let sums = call(&sim, "POST", "/analytics", body).await;
    assert_eq!((sums.status, &sums.json()[0]["result"][0]["countid"]), (201, &json!(3)));
}
