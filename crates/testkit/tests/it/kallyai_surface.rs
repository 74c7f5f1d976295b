//! The simulated KallyAI apart from its outbound calls: inbound calls, phone numbers, credits,
//! account.

use serde_json::{Value, json};
use switchboard_testkit::{SimConfig, SimKallyAi};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::common::{call, get, raw};

async fn sim() -> SimKallyAi {
    SimKallyAi::start(SimConfig::default().seed(0)).await.unwrap()
}

#[tokio::test]
async fn it_says_that_it_is_a_simulation() {
    let sim = sim().await;
    for path in ["/", "/health", "/v1/health"] {
        let health = raw(sim.address(), "GET", path, &[], b"").await;
        assert_eq!(
            (health.json()["simulated"].as_bool(), health.header("x-simulated")),
            (Some(true), Some("true"))
        );
        assert!(health.json()["notice"].as_str().unwrap().contains("no telephone"));
    }
}

#[tokio::test]
async fn inbound_calls_are_listed_filtered_and_steered() {
    let sim = sim().await;
    let first = sim.receive_call("+12125550111", "Ann", true);
    let second = sim.receive_call("+12125550112", "Bob", false);
    let third = sim.receive_call("+12125550113", "Cid", false);
    let list = get(&sim, "/v1/inbound/calls?status=active&vip_only=true").await.json();
    assert_eq!(
        (list["total"].as_u64(), &list["calls"][0]["caller"]["name"]),
        (Some(1), &json!("Ann"))
    );

    let takeover = call(&sim, "POST", &format!("/v1/inbound/calls/{first}/takeover"), Value::Null)
        .await
        .json();
    assert_eq!(
        (takeover["handled_by"].as_str(), takeover["status"].as_str()),
        (Some("human"), Some("active"))
    );
    let target = json!({"target_number": "+12125550114"});
    let transfer =
        call(&sim, "POST", &format!("/v1/inbound/calls/{first}/transfer"), target.clone())
            .await
            .json();
    assert_eq!(
        (&transfer["transferred_to"], &transfer["status"]),
        (&target["target_number"], &json!("completed"))
    );
    assert_eq!(
        call(&sim, "POST", &format!("/v1/inbound/calls/{first}/transfer"), target).await.status,
        409
    );
    let reject = json!({"reason": "user_rejected"});
    let rejected =
        call(&sim, "POST", &format!("/v1/inbound/calls/{second}/reject"), reject).await.json();
    assert_eq!(
        (rejected["status"].as_str(), rejected["reject_reason"].as_str()),
        (Some("rejected"), Some("user_rejected"))
    );
    assert_eq!(
        get(&sim, &format!("/v1/inbound/calls/{third}/recording")).await.json()["error"]["code"],
        "recording_not_found"
    );
    sim.end_inbound_call(&third);
    assert_eq!(
        get(&sim, &format!("/v1/inbound/calls/{third}/recording")).await.json()["format"],
        "mp3"
    );
    assert!(
        get(&sim, &format!("/v1/inbound/calls/{third}/transcript")).await.json()["entries"]
            .is_array()
    );
    let item = format!("/v1/inbound/calls/{third}/action-items/0");
    assert_eq!(
        call(&sim, "PATCH", &item, json!({"status": "completed"})).await.json()["status"],
        "completed"
    );

    let summary = get(&sim, "/v1/inbound/calls/summary").await.json();
    assert_eq!(
        (summary["total"].as_u64(), summary["completed"].as_u64(), summary["rejected"].as_u64()),
        (Some(3), Some(2), Some(1))
    );
    assert_eq!(
        get(&sim, "/v1/inbound/calls/analytics?date_from=2999-01-01").await.json()["total"],
        0
    );
    assert_eq!(get(&sim, "/v1/notifications/pending").await.json()["total_pending"], 3);
    assert_eq!(call(&sim, "DELETE", "/v1/inbound/calls", Value::Null).await.json()["deleted"], 3);
    assert_eq!(get(&sim, &format!("/v1/inbound/calls/{first}")).await.status, 404);
    assert!(sim.rings().is_empty(), "nobody's phone is rung by calls that come in");
}

#[tokio::test]
async fn inbound_events_come_as_json_and_as_a_stream() {
    let sim = sim().await;
    let id = sim.receive_call("+12125550111", "Ann", true);
    let log = get(&sim, "/v1/inbound/events").await.json();
    assert_eq!(
        (log["events"][0]["type"].as_str(), log["events"][0]["call_id"].as_str()),
        (Some("call.started"), Some(id.as_str()))
    );

    let mut socket = BufReader::new(TcpStream::connect(sim.address()).await.unwrap());
    let request = format!(
        "GET /v1/inbound/events HTTP/1.1\r\nhost: sim\r\naccept: text/event-stream\r\nauthorization: Bearer {}\r\n\r\n",
        sim.credential()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut lines = socket.lines();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let line = lines.next_line().await.unwrap().expect("the stream goes on");
        if line.starts_with("content-type") {
            assert!(line.contains("text/event-stream"));
        }
        if let Some(kind) = line.strip_prefix("event:") {
            seen.push(kind.trim().to_owned());
            sim.end_inbound_call(&id);
        }
    }
    assert_eq!(seen, ["call.started", "call.completed"]);
}

#[tokio::test]
async fn phone_numbers_are_found_taken_configured_and_given_back() {
    let sim = sim().await;
    let countries = get(&sim, "/v1/phone-numbers/supported-countries").await.json();
    assert!(
        countries["countries"].as_array().unwrap().iter().any(|country| country["code"] == "ES")
    );
    let offer =
        get(&sim, "/v1/phone-numbers/available?country=US&area_code=415").await.json()["numbers"]
            [0]
        .clone();
    let taken = call(
        &sim,
        "POST",
        "/v1/phone-numbers/provision",
        json!({"country": "US", "area_code": "415"}),
    )
    .await;
    assert_eq!((taken.status, &taken.json()["phone_number"]), (201, &offer["phone_number"]));
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&sim, "/v1/phone-numbers").await.json()["total"], 2);
    let named = call(
        &sim,
        "PUT",
        &format!("/v1/phone-numbers/{id}/caller-id"),
        json!({"caller_id_name": "Office"}),
    )
    .await;
    assert_eq!(named.json()["caller_id_name"], "Office");
    let to = json!({"forwarding_number": "+12125550115"});
    let forward = call(&sim, "PUT", &format!("/v1/phone-numbers/{id}/forwarding"), to).await;
    assert_eq!(forward.json()["forwarding_number"], "+12125550115");
    let off =
        call(&sim, "DELETE", &format!("/v1/phone-numbers/{id}/forwarding"), Value::Null).await;
    assert!(off.json()["forwarding_number"].is_null());
    assert!(
        get(&sim, &format!("/v1/phone-numbers/{id}/details")).await.json()["capabilities"]
            .is_array()
    );
    assert_eq!(
        call(&sim, "POST", &format!("/v1/phone-numbers/{id}/verify"), Value::Null).await.json()["verified"],
        true
    );

    let own = json!({"phone_number": "+12125550116", "code": "123456"});
    assert_eq!(
        call(&sim, "POST", "/v1/phone-numbers/verify/check", own.clone()).await.status,
        400,
        "not begun"
    );
    for step in ["start", "check", "configure"] {
        assert_eq!(
            call(&sim, "POST", &format!("/v1/phone-numbers/verify/{step}"), own.clone())
                .await
                .status,
            200
        );
    }
    assert_eq!(call(&sim, "POST", "/v1/phone-numbers/forwarding", own).await.status, 201);
    let targets = get(&sim, "/v1/phone-numbers/forwarding-targets").await.json();
    assert_eq!(targets["targets"][0]["phone_number"], "+12125550116");

    assert_eq!(
        call(&sim, "DELETE", &format!("/v1/phone-numbers/{id}"), Value::Null).await.status,
        200
    );
    assert_eq!(get(&sim, &format!("/v1/phone-numbers/{id}")).await.status, 404);
}

#[tokio::test]
async fn credits_and_subscription_have_the_documented_fields() {
    let sim = sim().await;
    let costs = raw(sim.address(), "GET", "/v1/credits/costs", &[], b"").await.json();
    assert_eq!(costs["costs"]["call"]["per_minute"].to_string(), "0.1", "public");
    let plans = raw(sim.address(), "GET", "/v1/credits/plans", &[], b"").await.json();
    assert_eq!(plans["plans"]["pro"]["overage_rate"], "0.10", "public, and a string");
    for (path, fields) in [
        ("/v1/credits/balance", &["credits_remaining", "period_end"][..]),
        ("/v1/credits/breakdown", &["items", "total_spent"]),
        ("/v1/users/me/subscription", &["plan", "management_url"]),
        ("/v1/users/me/statistics", &["minutes_remaining", "usage_percentage"]),
        ("/v1/subscriptions/status", &["plan_type", "current_period_end"]),
    ] {
        let body = get(&sim, path).await.json();
        for field in fields {
            assert!(!body[*field].is_null(), "{path} lacks {field}");
        }
        assert_eq!(raw(sim.address(), "GET", path, &[], b"").await.status, 401, "{path}");
    }
}
