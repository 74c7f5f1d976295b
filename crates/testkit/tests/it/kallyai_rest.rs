//! The sections of the simulated KallyAI that only store and return, and a check that no documented
//! path is missing.

use serde_json::{Value, json};
use switchboard_testkit::calls::Outcome;
use switchboard_testkit::{Shape, SimConfig, SimKallyAi};

use crate::common::{call, get, raw};

const TO: &str = "+12125550101";

async fn sim() -> SimKallyAi {
    SimKallyAi::start(SimConfig::default().seed(0).speed(100_000.0).outcome(TO, Outcome::Completed))
        .await
        .unwrap()
}

async fn post(sim: &SimKallyAi, path: &str, body: Value) -> Value {
    let reply = call(sim, "POST", path, body).await;
    assert!(
        (200..300).contains(&reply.status),
        "{path}: {} {}",
        reply.status,
        String::from_utf8_lossy(&reply.body)
    );
    reply.json()
}

#[tokio::test]
async fn every_documented_path_exists_and_requires_a_token_if_documented() {
    let rows: Vec<(&str, &str)> = include_str!("../kallyai_endpoints.txt")
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    assert_eq!(rows.len(), 146);
    let sim = sim().await;
    for (method, path) in rows {
        let target: String = path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let reply = raw(sim.address(), method, &target, &[], b"{}").await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(reply.status != 405 && !text.contains("no such path"), "{method} {path}: {text}");
        let public = path.contains("/auth/")
            || [
                "/stripe/plans",
                "/credits/plans",
                "/credits/costs",
                "/email/verify",
                "/referrals/validate",
                "/referrals/track",
            ]
            .iter()
            .any(|part| path.contains(part));
        assert_eq!(reply.status == 401, !public, "{method} {path}: {text}");
        assert_eq!(reply.header("x-simulated"), Some("true"));
    }
    assert!(sim.rings().is_empty());
}

#[tokio::test]
async fn a_message_becomes_a_goal_that_can_be_cancelled_once() {
    let sim = sim().await;
    let answer = post(&sim, "/v1/coordination/message", json!({"message": "Book a table"})).await;
    assert!(answer["response"].is_string() && answer["actions_taken"].is_array());
    let goal = format!("/v1/coordination/goals/{}", answer["goal_id"].as_str().unwrap());
    assert_eq!(get(&sim, &goal).await.json()["status"], "active");
    assert_eq!(
        get(&sim, "/v1/coordination/goals?status=active").await.json()["goals"][0]["id"],
        answer["goal_id"]
    );
    assert!(get(&sim, &format!("{goal}/tree")).await.json()["sub_goals"].is_array());
    assert!(get(&sim, &format!("{goal}/budget")).await.json()["breakdown"].is_array());
    assert_eq!(post(&sim, &format!("{goal}/approve-step"), json!({})).await["status"], "active");
    assert_eq!(post(&sim, &format!("{goal}/cancel"), json!({})).await["status"], "cancelled");
    let again = call(&sim, "POST", &format!("{goal}/cancel"), json!({})).await;
    assert_eq!(
        (again.status, again.json()["error"]["code"].as_str()),
        (409, Some("goal_already_cancelled"))
    );
    let ids = json!({"goal_ids": [answer["goal_id"]]});
    assert_eq!(post(&sim, "/v1/coordination/goals/batch-archive", ids).await["archived"], 1);
    let conversation = answer["conversation_id"].as_str().unwrap();
    let history =
        get(&sim, &format!("/v1/coordination/history?conversation_id={conversation}")).await.json();
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    assert_eq!(
        get(&sim, "/v1/coordination/conversations").await.json()["conversations"][0]["message_count"],
        2
    );
    assert!(
        post(&sim, "/v1/coordination/conversations", Value::Null).await["conversation_id"]
            .is_string()
    );
    assert_eq!(
        get(&sim, "/v1/coordination/goals/none").await.json()["error"]["code"],
        "goal_not_found"
    );

    let id = answer["goal_id"].as_str().unwrap();
    assert_eq!(
        post(&sim, &format!("/v1/goals/{id}/approve-budget"), json!({})).await["success"],
        true
    );
    assert_eq!(
        post(&sim, &format!("/v1/goals/{id}/acknowledge-soft-cap"), json!({})).await["success"],
        true
    );
    assert!(get(&sim, &format!("/v1/goals/{id}/cost-breakdown")).await.json()["items"].is_array());
    let estimate =
        post(&sim, "/v1/goals/estimate", json!({"type": "call", "description": "x"})).await;
    assert_eq!(estimate["breakdown"]["call"].to_string(), "1");

    let assistant =
        SimKallyAi::start(SimConfig::default().seed(0).shape(Shape::Assistant)).await.unwrap();
    let answer = post(&assistant, "/v1/coordination/message", json!({"message": "Hi"})).await;
    assert_eq!(
        (answer["credits_used"].as_str(), answer["goal_completed"].as_bool()),
        (Some("0.5"), Some(false))
    );
}

#[tokio::test]
async fn actions_are_logged_and_undone_once() {
    let sim = sim().await;
    let event =
        json!({"title": "Dinner", "start": "2026-02-14T20:00:00", "end": "2026-02-14T22:00:00"});
    post(&sim, "/v1/actions/calendar/events", event).await;
    post(&sim, "/v1/actions/tasks/ride", json!({"pickup": "a", "destination": "b"})).await;
    let log = get(&sim, "/v1/actions/log").await.json();
    let undo =
        |nth: usize| format!("/v1/actions/{}/undo", log["actions"][nth]["id"].as_str().unwrap());
    let fixed = call(&sim, "POST", &undo(0), json!({})).await;
    assert_eq!(
        (fixed.status, fixed.json()["error"]["code"].as_str()),
        (409, Some("action_not_undoable"))
    );
    assert_eq!(post(&sim, &undo(1), json!({})).await["status"], "undone");
    assert_eq!(call(&sim, "POST", &undo(1), json!({})).await.status, 409);
    assert_eq!(
        get(&sim, "/v1/actions/log?type=ride").await.json()["actions"].as_array().unwrap().len(),
        1
    );

    let mail = json!({"to": "a@b.invalid", "subject": "s", "body": "b"});
    let id = post(&sim, "/v1/actions/email/send", mail).await["id"].as_str().unwrap().to_owned();
    assert_eq!(
        get(&sim, "/v1/actions/email/outbox").await.json()["emails"][0]["status"],
        "pending_approval"
    );
    assert_eq!(
        post(&sim, &format!("/v1/actions/email/{id}/approve"), json!({})).await["status"],
        "sent"
    );
    assert_eq!(
        call(&sim, "POST", &format!("/v1/actions/email/{id}/cancel"), json!({})).await.status,
        409
    );
}

#[tokio::test]
async fn outreach_to_a_number_rings_and_a_retry_rings_again() {
    let sim = sim().await;
    let task = json!({"goal": "Move Thursday", "recipient_identifier": TO, "auto_execute": true});
    let made = post(&sim, "/v1/outreach/tasks", task).await;
    assert_eq!((made["selected_channel"].as_str(), sim.rings().count(TO)), (Some("call"), 1));
    let path = format!("/v1/outreach/tasks/{}", made["id"].as_str().unwrap());
    assert_eq!(post(&sim, &format!("{path}/cancel"), json!({})).await["status"], "cancelled");
    post(&sim, &format!("{path}/retry"), json!({})).await;
    assert_eq!(sim.rings().count(TO), 2);
    let waiting = json!({"goal": "Later", "recipient_identifier": "+12125550102"});
    assert_eq!(post(&sim, "/v1/outreach/tasks", waiting).await["status"], "pending");
    assert_eq!(get(&sim, "/v1/outreach/tasks?status=pending,failed").await.json()["total"], 1);
    assert_eq!(sim.rings().len(), 2);
}

#[tokio::test]
async fn plan_changes_and_referrals_have_their_documented_limits() {
    let sim = sim().await;
    let change = |plan: &str| json!({"new_plan": plan, "annual": false});
    assert_eq!(
        post(&sim, "/v1/subscriptions/change-plan", change("power")).await["change_type"],
        "upgrade"
    );
    assert_eq!(
        post(&sim, "/v1/subscriptions/change-plan", change("starter")).await["change_type"],
        "downgrade_scheduled"
    );
    assert_eq!(
        get(&sim, "/v1/subscriptions/status").await.json()["pending_change"]["new_plan"],
        "starter"
    );
    let pending = call(&sim, "POST", "/v1/subscriptions/change-plan", change("pro")).await;
    assert_eq!(
        (pending.status, pending.json()["error"]["code"].as_str()),
        (400, Some("pending_change_exists"))
    );
    assert_eq!(
        call(&sim, "POST", "/v1/subscriptions/change-plan", change("pro")).await.status,
        429
    );
    assert_eq!(
        call(&sim, "DELETE", "/v1/subscriptions/pending-change", Value::Null).await.json()["success"],
        true
    );
    assert!(get(&sim, "/v1/stripe/billing-portal").await.json()["portal_url"].is_string());

    for _ in 0..20 {
        assert_eq!(
            raw(sim.address(), "GET", "/v1/referrals/validate/SIM123", &[], b"").await.json()["valid"],
            true
        );
    }
    assert_eq!(
        raw(sim.address(), "GET", "/v1/referrals/validate/SIM123", &[], b"").await.status,
        429
    );
    let tracked = raw(
        sim.address(),
        "POST",
        "/v1/referrals/track",
        &[],
        br#"{"code":"SIM123","email":"a@b.invalid"}"#,
    )
    .await;
    assert_eq!((tracked.status, tracked.json()["tracked"].as_bool()), (201, Some(true)));
    assert_eq!(get(&sim, "/v1/referrals/stats").await.json()["total_referrals"], 1);
}

#[tokio::test]
async fn the_remaining_sections_store_and_return() {
    let sim = sim().await;
    for (nth, priority) in [1, 10].iter().enumerate() {
        let rule = json!({"name": format!("r{nth}"), "priority": priority, "action": "transfer"});
        post(&sim, "/v1/inbound/rules", rule).await;
    }
    let rules = get(&sim, "/v1/inbound/rules").await.json();
    assert_eq!(rules["rules"][0]["name"], "r1");
    let rule = format!("/v1/inbound/rules/{}", rules["rules"][0]["id"].as_str().unwrap());
    assert_eq!(call(&sim, "PUT", &rule, json!({"priority": 0})).await.json()["priority"], 0);
    assert_eq!(call(&sim, "DELETE", &rule, Value::Null).await.status, 200);
    let contact =
        post(&sim, "/v1/inbound/contacts", json!({"name": "John", "phone_number": TO})).await;
    assert_eq!(get(&sim, "/v1/inbound/contacts").await.json()["contacts"][0]["id"], contact["id"]);

    let inbox = get(&sim, "/v1/messages/inbox?unread=true").await.json();
    post(&sim, "/v1/messages/mark-read", json!({"message_ids": [inbox["messages"][0]["id"]]}))
        .await;
    assert_eq!(get(&sim, "/v1/messages/inbox?unread=true").await.json()["messages"], json!([]));
    assert_eq!(
        post(&sim, "/v1/search", json!({"query": "plumber"})).await["credits_used"].to_string(),
        "0.5"
    );
    assert_eq!(get(&sim, "/v1/search/history").await.json()["searches"][0]["query"], "plumber");

    let account = get(&sim, "/v1/email/accounts").await.json()["accounts"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let message = get(&sim, "/v1/email/messages").await.json()["messages"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let respond = format!("/v1/email/messages/{message}/respond");
    post(&sim, &respond, json!({"instructions": "Say three"})).await;
    call(&sim, "DELETE", &format!("/v1/email/accounts/{account}"), Value::Null).await;
    let refused = call(&sim, "POST", &respond, json!({"instructions": "Say three"})).await;
    assert_eq!(refused.json()["error"]["code"], "email_not_connected");

    let email = json!({"email_address": "user@example.invalid", "label": "Work"});
    let added = post(&sim, "/v1/channels/email/add", email.clone()).await;
    assert_eq!(call(&sim, "POST", "/v1/channels/email/add", email).await.status, 409);
    let id = added["id"].as_str().unwrap();
    let verify =
        raw(sim.address(), "GET", &format!("/v1/channels/email/verify?token={id}"), &[], b"").await;
    assert!(verify.header("location").unwrap().ends_with("success"));
    assert_eq!(get(&sim, "/v1/channels/email/list").await.json()["emails"][0]["verified"], true);
    post(&sim, "/v1/channels/webhook/telegram/connect", json!({"bot_token": "123:ABC"})).await;
    assert_eq!(get(&sim, "/v1/channels/status").await.json()["channels"][1]["connected"], true);
    assert_eq!(
        call(&sim, "DELETE", &format!("/v1/channels/email/{id}"), Value::Null).await.status,
        204
    );
    assert!(sim.rings().is_empty());
}
