//! Communication runs of the simulated KaiCalls: one request, several phones, each rings once.

use serde_json::{Value, json};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use crate::common::{Reply, call, call_with, get};

const RUNS: &str = "/api/v1/communication-runs";
const THREE: [&str; 3] = ["+12125550101", "+12125550102", "+12125550103"];

async fn start(config: SimConfig) -> SimKaiCalls {
    SimKaiCalls::start(config.limits(1000, 1_000_000)).await.unwrap()
}

fn order(sim: &SimKaiCalls, numbers: &[&str]) -> Value {
    let recipients: Vec<Value> = numbers.iter().map(|to| json!({"to": to})).collect();
    json!({"agent_id": sim.agent_id(), "recipients": recipients, "external_ref": "spring"})
}

async fn create(sim: &SimKaiCalls, key: &str, body: Value) -> Reply {
    call_with(sim, "POST", RUNS, &[("idempotency-key", key)], body).await
}

async fn until(sim: &SimKaiCalls, id: &Value, status: &str) -> Value {
    let target = format!("{RUNS}?id={}", id.as_str().unwrap());
    loop {
        let run = get(sim, &target).await.json()["communication_runs"][0].clone();
        if run["status"] == status {
            return run;
        }
        assert_eq!(run["status"], "running", "{run}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_run_rings_each_recipient_once() {
    let sim = start(SimConfig::default().seed(0).speed(10_000.0)).await;
    let made = create(&sim, "k1", order(&sim, &THREE)).await;
    assert_eq!(made.status, 201);
    assert!(sim.rings().count(THREE[0]) == 1, "the first one rings before the answer");
    let id = made.json()["id"].clone();
    let run = until(&sim, &id, "completed").await;
    assert_eq!(run["total_recipients"], 3);
    assert_eq!(sim.rings().len(), 3);
    assert!(sim.rings().duplicates().is_empty());
    let jobs = get(
        &sim,
        &format!("/api/v1/communication-jobs?communication_run_id={}", id.as_str().unwrap()),
    )
    .await
    .json();
    let jobs = jobs["jobs"].as_array().unwrap().clone();
    let attempts = get(&sim, "/api/v1/communication-attempts").await.json()["attempts"].clone();
    for (nth, job) in jobs.iter().enumerate() {
        assert_eq!(job["to"], THREE[nth]);
        assert_eq!(
            (&attempts[nth]["job_id"], &attempts[nth]["call_id"]),
            (&job["id"], &job["call_id"])
        );
        let own = format!(
            "/api/v1/communication-attempts?sequence_id={}",
            job["sequence_id"].as_str().unwrap()
        );
        let own = get(&sim, &own).await.json();
        assert_eq!(own["attempts"], json!([attempts[nth]]));
        assert_eq!(sim.rings().rings()[nth].call_id, job["call_id"].as_str().unwrap());
    }
    for (channel, count) in [("call", 3), ("sms", 0)] {
        let chosen =
            get(&sim, &format!("/api/v1/communication-jobs?channel={channel}")).await.json();
        assert_eq!(chosen["jobs"].as_array().unwrap().len(), count, "{channel}");
    }
    assert_eq!(get(&sim, "/api/v1/communication-jobs?channel=voice").await.status, 400);
    let none = get(&sim, "/api/v1/communication-jobs?communication_run_id=none").await.json();
    assert_eq!(none["jobs"], json!([]));
    let one = get(&sim, "/api/v1/communication-jobs?limit=1").await.json();
    assert_eq!((one["jobs"].as_array().unwrap().len(), &one["has_more"]), (1, &json!(true)));
    assert_eq!(get(&sim, "/api/v1/calls").await.json()["calls"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_key_makes_one_run() {
    let sim = start(SimConfig::default().seed(0).speed(10_000.0)).await;
    let made = create(&sim, "k1", order(&sim, &THREE[..1])).await.json();
    until(&sim, &made["id"], "completed").await;
    let again = create(&sim, "k1", order(&sim, &THREE[..1])).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.json()["id"], made["id"]);
    let other = create(&sim, "k1", order(&sim, &THREE[1..])).await;
    assert_eq!(
        (other.status, &other.json()["error"]["code"]),
        (409, &json!("idempotency_conflict"))
    );
    let keyless = call(&sim, "POST", RUNS, order(&sim, &THREE)).await;
    assert_eq!(
        (keyless.status, &keyless.json()["error"]["code"]),
        (400, &json!("invalid_request"))
    );
    assert_eq!(sim.rings().len(), 1);
    assert_eq!(
        create(&sim, "k2", order(&sim, &THREE[..1])).await.status,
        201,
        "another key is another run"
    );
    assert_eq!(sim.rings().count(THREE[0]), 2);
}

#[tokio::test]
async fn blocked_numbers_are_reported_and_not_dialled() {
    let sim =
        start(SimConfig::default().seed(0).speed(10_000.0).refuse(THREE[1], "number_on_dnc")).await;
    for (body, path) in [
        (json!({}), "recipients"),
        (json!({"agent_id": sim.agent_id(), "recipients": []}), "recipients"),
        (json!({"agent_id": "nobody", "recipients": [{"to": THREE[0]}]}), "recipients[0]"),
        (order(&sim, &["2125550101"]), "recipients[0]"),
        (order(&sim, &[THREE[0], "+1911"]), "recipients[1]"),
        (order(&sim, &[THREE[0], THREE[0]]), "recipients[1]"),
        (json!({"agent_id": sim.agent_id(), "recipients": ["+12125550101"]}), "recipients[0]"),
        (json!({"business_id": "other", "recipients": [{"to": THREE[0]}]}), "business_id"),
    ] {
        let checked = call(&sim, "POST", &format!("{RUNS}/validate"), body.clone()).await;
        assert_eq!(checked.status, 200);
        assert_eq!(
            (&checked.json()["valid"], &checked.json()["errors"][0]["path"]),
            (&json!(false), &json!(path))
        );
        let previewed = call(&sim, "POST", &format!("{RUNS}/preview"), body.clone()).await.status;
        let made = create(&sim, "k1", body).await.status;
        assert!((400..500).contains(&previewed) && made == previewed, "{path}: {previewed} {made}");
    }
    assert!(
        sim.rings().is_empty() && get(&sim, RUNS).await.json()["communication_runs"] == json!([])
    );

    let preview = call(&sim, "POST", &format!("{RUNS}/preview"), order(&sim, &THREE)).await.json();
    assert_eq!(
        preview["jobs"][1],
        json!({"to": THREE[1], "name": null, "status": "blocked", "reason": "number_on_dnc"})
    );
    assert_eq!(preview["estimated_cost_cents"], 30);
    assert!(sim.rings().is_empty());
    let made = create(&sim, "k1", order(&sim, &THREE)).await.json();
    let run = until(&sim, &made["id"], "completed").await;
    assert_eq!(run["counts"]["blocked"], 1);
    assert_eq!((sim.rings().len(), sim.rings().count(THREE[1])), (2, 0));
}

#[tokio::test]
async fn a_run_can_be_paused_and_cancelled() {
    // At this speed the next recipient is dialled after a hundred seconds.
    let sim = start(SimConfig::default().seed(0).speed(0.01)).await;
    for (key, action, status) in [("k1", "pause", "paused"), ("k2", "cancel", "cancelled")] {
        let id = create(&sim, key, order(&sim, &THREE)).await.json()["id"].clone();
        assert_eq!(until(&sim, &id, "running").await["counts"]["pending"], 2);
        let steered = call(&sim, "PATCH", RUNS, json!({"id": id, "action": action})).await;
        assert_eq!((steered.status, &steered.json()["status"]), (200, &json!(status)));
        let jobs = get(
            &sim,
            &format!(
                "/api/v1/communication-jobs?communication_run_id={}&status=calling",
                id.as_str().unwrap()
            ),
        )
        .await
        .json();
        assert_eq!(jobs["jobs"].as_array().unwrap().len(), 1);
        for (body, status) in [
            (json!({"id": id, "action": "resume"}), 400),
            (json!({"id": id}), 400),
            (json!({"action": "pause"}), 400),
            (json!({"id": "none", "action": "pause"}), 404),
        ] {
            assert_eq!(call(&sim, "PATCH", RUNS, body).await.status, status);
        }
    }
    assert_eq!(sim.rings().len(), 2);
    assert_eq!(
        get(&sim, &format!("{RUNS}?external_ref=spring")).await.json()["communication_runs"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        get(&sim, &format!("{RUNS}?external_ref=autumn")).await.json()["communication_runs"],
        json!([])
    );
}

#[tokio::test]
async fn runs_have_scopes_and_the_limit_of_calls() {
    let reader = start(SimConfig::default().seed(0).scopes(["communication-runs:read"])).await;
    assert_eq!(get(&reader, RUNS).await.status, 200);
    assert_eq!(
        call(&reader, "POST", &format!("{RUNS}/validate"), order(&reader, &THREE)).await.status,
        403
    );
    assert_eq!(create(&reader, "k1", order(&reader, &THREE)).await.status, 403);
    assert_eq!(
        call(&reader, "PATCH", RUNS, json!({"id": "x", "action": "pause"})).await.status,
        403
    );
    let writer = start(
        SimConfig::default()
            .seed(0)
            .scopes(["communication-runs:read", "communication-runs:write"]),
    )
    .await;
    let refused = create(&writer, "k1", order(&writer, &THREE)).await;
    assert_eq!(refused.status, 403);
    assert!(String::from_utf8_lossy(&refused.body).contains("calls:write"));
    assert!(reader.rings().is_empty() && writer.rings().is_empty());

    let sim = SimKaiCalls::start(SimConfig::default().seed(0).limits(1, 300)).await.unwrap();
    assert_eq!(create(&sim, "k1", order(&sim, &THREE[..1])).await.status, 201);
    let over = create(&sim, "k2", order(&sim, &THREE[1..])).await;
    assert_eq!((over.status, &over.json()["error"]["code"]), (429, &json!("rate_limited")));
    assert_eq!(sim.rings().len(), 1);
}
