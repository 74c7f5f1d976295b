//! Agents, numbers, minutes, the log of use, recordings, transcripts.

use http::StatusCode;
use serde_json::{Value, json};
use switchboard_api::caller::ScopeName;

use super::server::{COMPLETED, NO_ANSWER, Server};

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_numbers_are_read_and_not_asked_for_each_time() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let agents = server.get("agents", &key).await;
    assert_eq!(agents.body["agents"].as_array().unwrap().len(), 3, "{}", agents.text);
    for agent in agents.body["agents"].as_array().unwrap() {
        assert_eq!(agent["business_id"], "acme");
    }
    let missing = server.get("agents?id=nobody", &key).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "not_found"));

    let numbers = server.get("numbers", &key).await;
    let rows = numbers.body["numbers"].as_array().unwrap();
    assert!(!rows.is_empty(), "{}", numbers.text);
    let asked = server.kaicalls.requests().len();
    let same = server.get("phone-numbers", &key).await;
    assert_eq!(same.body, numbers.body);
    let one = rows[0]["phone_number"].as_str().unwrap();
    let path = format!("phone-numbers?phone_number={}", one.replace('+', "%2B"));
    assert_eq!(server.get(&path, &key).await.body["number"], rows[0]);
    let path = "phone-numbers?phone_number=%2B1";
    assert_eq!(server.get(path, &key).await.body, json!({"number": null}));
    let foreign = server.get("phone-numbers?business_id=other", &key).await;
    assert_eq!(foreign.body, json!({"numbers": []}));
    assert_eq!(server.kaicalls.requests().len(), asked, "within a minute, nobody is asked again");
    if rows[0]["agent_id"] == server.kaicalls.agent_id() {
        let agent = server.get(&format!("agents?id={}", server.kaicalls.agent_id()), &key).await;
        assert_eq!(agent.body["phone_number"], one);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_and_the_log_of_use_are_the_tenants_own() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let over = server.finished(&key, "one", &server.call(COMPLETED)).await;
    let minutes = over["duration"].as_u64().unwrap().div_ceil(60);
    let balance = server.get("balance", &key).await;
    let business = &balance.body["businesses"][0];
    assert_eq!(
        (&business["business_id"], &business["minutes_used"]),
        (&json!("acme"), &json!(minutes))
    );
    assert_eq!(business["subscription_status"], "active");
    assert!(business["phone_numbers"].is_u64());

    let usage = server.get("usage?limit=1000", &key).await;
    assert_eq!(usage.body["has_more"], false);
    let rows = usage.body["usage"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{}", usage.text);
    assert_eq!(rows[0]["call_id"], over["id"]);
    let what = (&rows[0]["method"], &rows[0]["endpoint"], &rows[0]["status_code"]);
    assert_eq!(what, (&json!("POST"), &json!("/v1/calls"), &json!(201)));
    assert!(rows[0]["cost_cents"].is_null() || rows[0]["cost_cents"].as_i64().unwrap() > 0);
    let before = server.get("usage?end=2020-01-01", &key).await;
    assert_eq!(before.body["usage"], json!([]));
    let at = over["created_at"].as_str().unwrap();
    let within = server.get(&format!("usage?start={at}&end={at}"), &key).await;
    assert_eq!(within.body["usage"].as_array().unwrap().len(), 1, "both ends are part of it");

    let stranger = server.key("other").await;
    assert_eq!(server.get("usage", &stranger).await.body["usage"], json!([]));
    let nothing = server.get("balance", &stranger).await;
    assert_eq!(nothing.body["businesses"][0]["minutes_used"], 0);
    let narrow = server.key_with(Some("acme"), [ScopeName::UsageRead]).await;
    let business = server.get("balance", &narrow).await;
    assert_eq!(business.body["businesses"][0]["phone_numbers"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_and_transcripts_are_of_calls_that_were_answered() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    let talked = server.finished(&key, "one", &server.call(COMPLETED)).await;
    let silent = server.finished(&key, "two", &server.call(NO_ANSWER)).await;
    let path = |call: &Value| format!("recordings?call_id={}", call["id"].as_str().unwrap());
    let recording = server.get(&path(&talked), &key).await;
    assert_eq!(recording.body["status"], "available", "{}", recording.text);
    assert!(recording.body["recording_url"].as_str().unwrap().starts_with("https://"));
    let none = server.get(&path(&silent), &key).await;
    assert_eq!(
        (&none.body["status"], &none.body["recording_url"]),
        (&json!("unavailable"), &Value::Null)
    );
    for (path, status, code) in [
        ("recordings?call_id=", 400, "invalid_request"),
        ("recordings?call_id=00000000-0000-4000-8000-000000000000", 404, "not_found"),
        ("transcripts?limit=many", 400, "invalid_request"),
        ("transcripts?days=never", 400, "invalid_request"),
    ] {
        let answer = server.get(path, &key).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{path}");
    }

    let said = server.get("transcripts?days=7", &key).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    let rows = said.body["transcripts"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["call_id"]), (1, &talked["id"]), "{}", said.text);
    assert!(rows[0]["transcript"].as_str().unwrap().contains("AI: "), "{}", said.text);
    let nobody = server.get("transcripts?agent_id=nobody", &key).await;
    assert_eq!(nobody.body["transcripts"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_can_do_and_whether_it_lives_can_be_asked() {
    let server = Server::start().await;
    let key = server.key("acme").await;
    assert_eq!(server.get("health", "").await.body["status"], "ok");
    let able = server.get("capabilities", &key).await;
    assert_eq!(able.body["capabilities"]["calls"], true);
    assert_eq!(able.body["capabilities"]["sms"], false);
    let foreign = server.get("capabilities?business_id=other", &key).await;
    assert_eq!((foreign.status.as_u16(), foreign.code()), (404, "not_found"));
    let document = server.get("openapi.json", &key).await;
    assert!(document.body["openapi"].as_str().unwrap().starts_with("3.1"));
}
