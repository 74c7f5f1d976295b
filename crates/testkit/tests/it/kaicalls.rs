//! The simulated KaiCalls: document 004, and the additions of the provider's SDK.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use crate::common::{call, get, raw};

const TO: &str = "+12125550101";

async fn start(config: SimConfig) -> SimKaiCalls {
    SimKaiCalls::start(config).await.unwrap()
}

fn body(sim: &SimKaiCalls, to: &str) -> Value {
    json!({"agent_id": sim.agent_id(), "to": to})
}

async fn place(sim: &SimKaiCalls, to: &str) -> String {
    let answer = call(sim, "POST", "/api/v1/calls", body(sim, to)).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn until(sim: &SimKaiCalls, id: &str, status: &str) -> Value {
    loop {
        let read = get(sim, &format!("/api/v1/calls?id={id}")).await.json();
        if read["status"] == status {
            return read;
        }
        assert!(
            ["queued", "ringing", "in-progress"].contains(&read["status"].as_str().unwrap()),
            "{read}"
        );
    }
}

#[tokio::test]
async fn a_call_is_queued_at_once_and_runs_through_its_states() {
    let script = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_millis(100))
        .talking_for(Duration::from_millis(127_000));
    let sim = start(
        SimConfig::default()
            .seed(0)
            .speed(1000.0)
            .limits(60, 100_000)
            .outcome(TO, script)
            .queue(Duration::from_secs(50)),
    )
    .await;
    let mut request = body(&sim, TO);
    request["customer_name"] = json!("John Smith");
    request["first_message"] = json!("Hey John");
    request["lead_id"] = json!("lead-1");
    let answer = call(&sim, "POST", "/api/v1/calls", request).await.json();
    assert_eq!(
        (answer["status"].as_str(), answer["to"].as_str(), answer["name"].as_str()),
        (Some("queued"), Some(TO), Some("John Smith"))
    );
    assert_eq!(sim.rings().count(TO), 1);
    let id = answer["id"].as_str().unwrap();
    assert_eq!(sim.rings().rings()[0].call_id, id);
    until(&sim, id, "in-progress").await;
    let done = until(&sim, id, "completed").await;
    assert_eq!(
        (done["duration"].as_u64(), done["direction"].as_str(), done["lead_id"].as_str()),
        (Some(127), Some("outbound"), Some("lead-1"))
    );
    assert!(done["summary"].is_string() && done["quality_dimensions"]["empathy"].is_number());
    assert!(done.get("to").is_none(), "a single call does not say who was called");
    let list = get(&sim, "/api/v1/calls?status=completed").await.json();
    assert_eq!(
        (list["has_more"].as_bool(), list["calls"][0]["id"].as_str()),
        (Some(false), Some(id))
    );
    assert!(list["calls"][0].get("to").is_none(), "nor does the list");
    assert_eq!(
        get(&sim, &format!("/api/v1/recordings?call_id={id}")).await.json()["status"],
        "available"
    );
    let transcripts = get(&sim, "/api/v1/transcripts").await.json();
    let row = &transcripts["transcripts"][0];
    assert!(row["transcript"].as_str().unwrap().contains("Hey John"));
    assert!(
        ["conversation_id", "agent_name", "status", "summary"]
            .iter()
            .all(|name| row[*name].is_string())
            && row["duration"].is_u64()
    );
    assert_eq!(get(&sim, "/api/v1/transcripts?days=1").await.json()["transcripts"][0], *row);
}

#[tokio::test]
async fn refusals_have_the_documented_codes_and_no_phone_rings() {
    let config = SimConfig::default()
        .seed(0)
        .refuse("+12125550120", "number_on_dnc")
        .refuse("+12125550121", "number_opted_out")
        .refuse("+12125550122", "tcpa_violation")
        .refuse("+12125550123", "payment_required")
        .refuse("+12125550124", "call_failed")
        .unsafe_phrase("threaten");
    let sim = start(config).await;
    let agent = sim.agent_id();
    for (body, status, code) in [
        (json!({"to": TO}), 400, "invalid_request"),
        (json!({"agent_id": agent}), 400, "invalid_request"),
        (json!({"agent_id": agent, "to": "2125550101"}), 400, "invalid_request"),
        (json!({"agent_id": agent, "to": "+1911"}), 400, "invalid_request"),
        (json!({"agent_id": agent, "to": "+34910000110"}), 400, "invalid_request"),
        (json!({"agent_id": agent, "to": TO, "max_duration": "long"}), 400, "invalid_request"),
        (json!({"agent_id": "nobody", "to": TO}), 404, "not_found"),
        (json!({"agent_id": agent, "to": TO, "context": "threaten"}), 400, "content_blocked"),
        (json!({"agent_id": agent, "to": "+12125550120"}), 400, "number_on_dnc"),
        (json!({"agent_id": agent, "to": "+12125550121"}), 400, "number_opted_out"),
        (json!({"agent_id": agent, "to": "+12125550122"}), 400, "tcpa_violation"),
        (json!({"agent_id": agent, "to": "+12125550123"}), 402, "payment_required"),
        (json!({"agent_id": agent, "to": "+12125550124"}), 500, "call_failed"),
        (json!([]), 400, "invalid_request"),
    ] {
        let answer = call(&sim, "POST", "/api/v1/calls", body).await;
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (status, Some(code)));
        assert!(answer.json()["error"]["message"].is_string());
    }
    assert!(sim.rings().is_empty());
    let bare = raw(sim.address(), "GET", "/api/v1/calls", &[], b"").await;
    assert_eq!((bare.status, bare.json()["error"]["code"].as_str()), (401, Some("unauthorized")));
    assert_eq!(get(&sim, "/api/v1/calls?id=none").await.status, 404);
    assert_eq!(get(&sim, "/api/v1/none").await.json()["error"]["code"], "not_found");
    sim.revoke(sim.credential());
    assert_eq!(get(&sim, "/api/v1/agents").await.status, 401);
    let narrow = start(SimConfig::default().seed(0).scopes(["calls:read"])).await;
    let refused = call(&narrow, "POST", "/api/v1/calls", body(&narrow, TO)).await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (403, Some("forbidden"))
    );
}

#[tokio::test]
async fn the_61st_post_and_the_301st_get_of_a_minute_are_too_many() {
    let sim = start(SimConfig::default().seed(0).retry_after(true)).await;
    for line in 0..60 {
        place(&sim, &format!("+121255503{line:02}")).await;
    }
    let over = call(&sim, "POST", "/api/v1/calls", body(&sim, TO)).await;
    assert_eq!((over.status, over.json()["error"]["code"].as_str()), (429, Some("rate_limited")));
    assert!((1..=60).contains(&over.header("retry-after").unwrap().parse::<u64>().unwrap()));
    assert_eq!(sim.rings().len(), 60);
    let other = format!("Bearer {}", sim.test_credential());
    let request = body(&sim, TO).to_string();
    let by_other = raw(
        sim.address(),
        "POST",
        "/api/v1/calls",
        &[("authorization", &other)],
        request.as_bytes(),
    )
    .await;
    assert_eq!(by_other.status, 201, "each key has its own window");

    for _ in 0..300 {
        assert_eq!(get(&sim, "/api/v1/agents").await.status, 200);
    }
    assert_eq!(get(&sim, "/api/v1/balance").await.status, 429);
}

/// How many of six calls, two per second, are listed in pages of three.
async fn listed(config: SimConfig) -> usize {
    let sim = start(config.seed(0)).await;
    for second in 0..3 {
        for line in 0..2 {
            place(&sim, &format!("+1212555040{}", second * 2 + line)).await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let (mut ids, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page = get(&sim, &format!("/api/v1/calls?limit=3{after}")).await.json();
        let rows = page["calls"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].to_string()));
        if page["has_more"] == false {
            break;
        }
        after = format!("&after={}", rows.last().unwrap()["created_at"].as_str().unwrap());
    }
    let other = get(&sim, "/api/v1/calls?agent_id=other").await.json();
    assert_eq!(other["calls"], json!([]));
    assert_eq!(get(&sim, "/api/v1/calls?after=soon").await.status, 400);
    ids.len()
}

#[tokio::test(start_paused = true)]
async fn lists_page_by_created_at() {
    assert_eq!(listed(SimConfig::default()).await, 6, "no two calls have the same moment");
    assert_eq!(
        listed(SimConfig::default().lossy_cursor(true)).await,
        5,
        "a page that ends within a second skips what else that second held"
    );
}

#[tokio::test]
async fn usage_names_the_call_of_a_post() {
    let sim = start(SimConfig::default().seed(0)).await;
    let id = place(&sim, TO).await;
    assert_eq!(call(&sim, "POST", "/api/v1/calls", json!({})).await.status, 400);
    let usage = get(&sim, "/api/v1/usage").await.json();
    let rows = usage["usage"].as_array().unwrap();
    assert_eq!(
        (rows[1]["call_id"].as_str(), rows[1]["status_code"].as_u64()),
        (Some(id.as_str()), Some(201))
    );
    assert_eq!(
        (rows[1]["endpoint"].as_str(), rows[1]["method"].as_str()),
        (Some("/v1/calls"), Some("POST"))
    );
    assert!(rows[1]["cost_cents"].is_u64());
    assert_eq!((rows[0]["status_code"].as_u64(), rows[0]["call_id"].is_null()), (Some(400), true));
    let limited = get(&sim, "/api/v1/usage?limit=1").await.json();
    assert_eq!(
        (limited["usage"].as_array().unwrap().len(), limited["has_more"].as_bool()),
        (1, Some(true))
    );
    assert_eq!(get(&sim, "/api/v1/usage?start=2999-01-01").await.json()["usage"], json!([]));
    assert_eq!(get(&sim, "/api/v1/usage?start=soon").await.status, 400);
    let balance = get(&sim, "/api/v1/balance").await.json();
    assert_eq!(balance["businesses"][0]["business_id"], sim.business_id());
}

#[tokio::test]
async fn keys_want_the_dashboards_session() {
    let sim = start(SimConfig::default().seed(0)).await;
    assert_eq!(get(&sim, "/api/v1/keys").await.status, 401, "an API key is no session");
    let cookie = format!("session={}", sim.session_credential());
    let session = [("cookie", cookie.as_str())];
    let list = raw(sim.address(), "GET", "/api/v1/keys", &session, b"").await.json();
    assert_eq!(list["keys"].as_array().unwrap().len(), 2);
    assert!(
        list["keys"][0]["prefix"].as_str().unwrap().starts_with("kc_live_")
            && list["keys"][0].get("key").is_none()
    );
    let made =
        raw(sim.address(), "POST", "/api/v1/keys", &session, br#"{"name": "Mine"}"#).await.json();
    assert_eq!(made["scopes"], json!(["agents:read", "numbers:read", "calls:read"]));
    let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
    let with = [("authorization", bearer.as_str())];
    assert_eq!(raw(sim.address(), "GET", "/api/v1/agents", &with, b"").await.status, 200);
    let order = json!({"agent_id": sim.agent_id(), "to": TO}).to_string();
    let refused = raw(sim.address(), "POST", "/api/v1/calls", &with, order.as_bytes()).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (403, &json!("forbidden")),
        "a new key may only read"
    );
    assert!(sim.rings().is_empty());
    let wish = br#"{"scopes": ["calls:read", "calls:write"]}"#;
    let caller = raw(sim.address(), "POST", "/api/v1/keys", &session, wish).await.json();
    let caller = format!("Bearer {}", caller["key"].as_str().unwrap());
    let placed = raw(
        sim.address(),
        "POST",
        "/api/v1/calls",
        &[("authorization", caller.as_str())],
        order.as_bytes(),
    )
    .await;
    assert_eq!(placed.status, 201);
    let target = format!("/api/v1/keys?id={}", made["id"].as_str().unwrap());
    assert_eq!(
        raw(sim.address(), "DELETE", &target, &session, b"").await.json(),
        json!({"success": true})
    );
    assert_eq!(raw(sim.address(), "GET", "/api/v1/agents", &with, b"").await.status, 401);
}

#[tokio::test]
async fn agents_and_numbers_are_read_and_written() {
    let sim = start(SimConfig::default().seed(0)).await;
    let agents = get(&sim, "/api/v1/agents").await.json();
    assert_eq!(agents["agents"][0]["id"], sim.agent_id());
    let one = get(&sim, &format!("/api/v1/agents?id={}", sim.agent_id())).await.json();
    assert!(one["vapi_assistant_id"].is_string() && one["phone_number"].is_string());
    let new =
        json!({"business_id": sim.business_id(), "name": "Ada", "system_prompt": "Be brief."});
    let made = call(&sim, "POST", "/api/v1/agents", new).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let changed = call(&sim, "PATCH", "/api/v1/agents", json!({"id": id, "first_message": "Hi"}))
        .await
        .json();
    assert_eq!(
        (changed["first_message"].as_str(), changed["name"].as_str()),
        (Some("Hi"), Some("Ada"))
    );
    let versions = get(&sim, &format!("/api/v1/agents/versions?agent_id={id}")).await.json();
    assert_eq!(versions["versions"][0]["version"], 2);
    let first = get(&sim, &format!("/api/v1/agents/versions?agent_id={id}&version=1")).await.json();
    assert_eq!(first["versions"].as_array().unwrap().len(), 1);

    let numbers = get(&sim, "/api/v1/numbers").await.json();
    assert_eq!(numbers["numbers"][0]["agent_id"], sim.agent_id());
    let offer = get(&sim, "/api/v1/phone-numbers/available?country=US&area_code=512").await.json();
    let number = offer["available_numbers"][0].as_str().unwrap().to_owned();
    let assigned = call(
        &sim,
        "POST",
        "/api/v1/phone-numbers",
        json!({"phone_number": number, "agent_id": id}),
    )
    .await;
    assert_eq!((assigned.status, assigned.json()["agent_id"].as_str()), (201, Some(id.as_str())));
    let target = format!("/api/v1/phone-numbers?phone_number={}", number.replace('+', "%2B"));
    let found = get(&sim, &target).await.json();
    assert_eq!(
        (&found["number"]["phone_number"], &found["number"]["capabilities"]["voice"]),
        (&json!(number), &json!(true))
    );
    let all = get(&sim, "/api/v1/phone-numbers").await.json();
    assert_eq!(all["numbers"].as_array().unwrap().len(), 2);
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(get(&sim, &target).await.json(), json!({"number": null}));
    assert_eq!(call(&sim, "DELETE", &target, Value::Null).await.status, 404);
    assert_eq!(get(&sim, "/api/v1/capabilities").await.json()["simulated"], true);
    assert!(
        raw(sim.address(), "GET", "/api/v1/health", &[], b"").await.json()["notice"]
            .as_str()
            .unwrap()
            .contains("no telephone")
    );
}

#[tokio::test]
async fn the_seed_is_random_and_can_be_reused() {
    let [one, other] = [
        SimKaiCalls::start(SimConfig::default()).await.unwrap(),
        SimKaiCalls::start(SimConfig::default()).await.unwrap(),
    ];
    assert!(one.seed() != other.seed() && one.credential() != other.credential());
    let again = SimKaiCalls::start(SimConfig::default().seed(one.seed())).await.unwrap();
    assert_eq!((again.credential(), again.agent_id()), (one.credential(), one.agent_id()));
}
