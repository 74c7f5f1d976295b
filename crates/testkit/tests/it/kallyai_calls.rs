//! Calls of the simulated KallyAI: the documented course, and each documented refusal.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::{KeyReplay, Shape, SimConfig, SimKallyAi};

use crate::common::{call, call_with, get, raw, submission};

const TO: &str = "+12125550101";

fn quick() -> SimConfig {
    SimConfig::default()
        .seed(1)
        .speed(100_000.0)
        .outcome(TO, CallScript::new(Outcome::Completed).talking_for(Duration::from_millis(95_200)))
}

/// A call that continues until it is stopped.
fn endless() -> SimConfig {
    SimConfig::default().seed(0).outcome(
        TO,
        CallScript::new(Outcome::Completed)
            .ringing_for(Duration::ZERO)
            .talking_for(Duration::from_secs(86_400)),
    )
}

#[tokio::test]
async fn the_response_comes_when_the_call_has_ended() {
    let sim = SimKallyAi::start(quick()).await.unwrap();
    let answer =
        call_with(&sim, "POST", "/v1/calls", &[("idempotency-key", "k-1")], submission(TO)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("x-simulated"), Some("true"));
    let body = answer.json();
    assert_eq!(body["status"], "success");
    assert_eq!(body["duration_seconds"].to_string(), "95.2");
    assert_eq!(body["credits_used"].to_string(), "1.2");
    assert_eq!(body["submission"]["respondent_phone"], TO);
    let id = body["call_id"].as_str().unwrap();

    let ring = &sim.rings().rings()[0];
    assert_eq!((ring.to.as_str(), ring.call_id.as_str()), (TO, id));
    assert_eq!((ring.provider.as_str(), ring.idempotency_key.as_deref()), ("kallyai", Some("k-1")));
    assert_eq!((sim.rings().count(TO), sim.rings().posts(), sim.posts_to("/v1/calls")), (1, 1, 1));

    assert_eq!(get(&sim, &format!("/v1/calls/{id}")).await.json(), body);
    let list = get(&sim, "/v1/calls").await.json();
    assert_eq!((list["total"].as_u64(), &list["calls"][0]["call_id"]), (Some(1), &body["call_id"]));
    let transcript = get(&sim, &format!("/v1/calls/{id}/transcript")).await.json();
    assert_eq!(transcript["entries"][1]["speaker"], "HUMAN");
    let recording = get(&sim, &format!("/v1/calls/{id}/recording")).await.json();
    assert_eq!(
        (recording["format"].as_str(), recording["duration_seconds"].to_string()),
        (Some("mp3"), "95.2".to_owned())
    );
    let balance = get(&sim, "/v1/credits/balance").await.json();
    assert_eq!(
        (balance["credits_used"].to_string(), balance["credits_remaining"].to_string()),
        ("1.2".to_owned(), "598.8".to_owned())
    );
    let history = get(&sim, "/v1/credits/history").await.json();
    assert_eq!(history["entries"][0]["credits"].to_string(), "1.2");
}

#[tokio::test]
async fn an_open_post_is_already_in_the_list_and_can_be_stopped() {
    let sim = SimKallyAi::start(endless()).await.unwrap();
    let (post, ()) = tokio::join!(call(&sim, "POST", "/v1/calls", submission(TO)), async {
        sim.rings().wait_for_rings(1).await;
        let list = get(&sim, "/v1/calls").await.json();
        assert_eq!(list["calls"][0]["status"], "in_progress");
        assert_eq!(list["calls"][0]["duration_seconds"], Value::Null);
        let id = list["calls"][0]["call_id"].as_str().unwrap();
        let cancelled = call(&sim, "POST", &format!("/v1/calls/{id}/cancel"), Value::Null).await;
        assert_eq!(cancelled.status, 409, "it has connected");
        let stopped = call(&sim, "POST", &format!("/v1/calls/{id}/stop"), Value::Null).await;
        assert_eq!((stopped.status, stopped.json()["status"].as_str()), (200, Some("cancelled")));
    });
    assert_eq!((post.status, post.json()["status"].as_str()), (201, Some("cancelled")));
}

#[tokio::test]
async fn a_queued_call_can_be_moved_and_cancelled_and_then_never_rings() {
    let sim = SimKallyAi::start(endless().queue(Duration::from_secs(86_400))).await.unwrap();
    let mut body = submission(TO);
    body["submission"]["appointment_date"] = json!("2999-02-14");
    body["submission"]["appointment_time"] = json!("20:00");
    let (post, ()) = tokio::join!(call(&sim, "POST", "/v1/calls", body), async {
        let id = loop {
            let list = get(&sim, "/v1/calls").await.json();
            if let Some(id) = list["calls"][0]["call_id"].as_str() {
                break id.to_owned();
            }
        };
        let change = json!({"date": "2999-02-15", "time": "19:00"});
        let moved = call(&sim, "POST", &format!("/v1/calls/{id}/reschedule"), change).await.json();
        assert_eq!(
            (moved["status"].as_str(), moved["submission"]["appointment_time"].as_str()),
            (Some("queued"), Some("19:00"))
        );
        let calendar = get(&sim, &format!("/v1/calls/{id}/calendar.ics")).await;
        assert!(calendar.header("content-type").unwrap().starts_with("text/calendar"));
        assert!(String::from_utf8(calendar.body).unwrap().contains("DTSTART:29990215T190000"));
        assert_eq!(
            call(&sim, "POST", &format!("/v1/calls/{id}/cancel"), Value::Null).await.status,
            200
        );
    });
    assert_eq!((post.status, post.json()["status"].as_str()), (201, Some("cancelled")));
    assert!(sim.rings().is_empty());
}

#[tokio::test]
async fn every_documented_refusal_has_its_status_and_no_phone_rings() {
    let mut config = quick().restricted_countries(["DE"]).unsafe_phrase("threaten");
    let listed = [
        ("blocked_number", 403),
        ("suppression_violation", 403),
        ("consent_denied", 422),
        ("quota_exceeded", 402),
        ("budget_exceeded", 402),
        ("budget_approval_required", 402),
        ("soft_cap_reached", 402),
        ("country_restriction", 403),
    ];
    for (nth, (code, _)) in listed.iter().enumerate() {
        config = config.refuse(format!("+1212555020{nth}"), *code);
    }
    let sim = SimKallyAi::start(config).await.unwrap();
    let with = |field: &str, value: Value| {
        let mut body = submission(TO);
        body["submission"][field] = value;
        body
    };
    let mut cases: Vec<(Value, u16, &str)> = vec![
        (with("respondent_phone", json!("")), 422, "missing_phone_number"),
        (with("respondent_phone", json!("911")), 422, "emergency_number"),
        (with("respondent_phone", json!("+1911")), 422, "emergency_number"),
        (with("respondent_phone", json!("+19005550101")), 422, "toll_number"),
        (with("respondent_phone", json!("12125550101")), 400, "bad_request"),
        (with("respondent_phone", json!("+8613800000000")), 403, "unsupported_country"),
        (with("respondent_phone", json!("+493012345678")), 403, "country_restriction"),
        (with("task_description", json!("threaten them")), 422, "safety_violation"),
        (with("appointment_date", json!("2020-01-01")), 422, "scheduling_violation"),
        (with("appointment_time", json!("8pm")), 422, "scheduling_violation"),
        (with("call_language", json!("fr")), 422, "unsupported_language"),
        (with("task_category", json!("casino")), 400, "bad_request"),
        (with("party_size", json!(51)), 400, "bad_request"),
        (json!({}), 400, "bad_request"),
    ];
    for (nth, (code, status)) in listed.iter().enumerate() {
        cases.push((submission(&format!("+1212555020{nth}")), *status, code));
    }
    for (body, status, code) in &cases {
        let answer = call(&sim, "POST", "/v1/calls", body.clone()).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str()),
            (*status, Some(*code)),
            "{code}"
        );
        let error = &answer.json()["error"];
        assert!(
            error["message"].is_string()
                && error["details"]["reason"].is_string()
                && error["correlation_id"].is_string()
        );
    }
    assert!(sim.rings().is_empty());
    assert_eq!(sim.rings().posts(), cases.len());
    assert_eq!(get(&sim, "/v1/calls/none").await.json()["error"]["code"], "call_not_found");
    assert_eq!(get(&sim, "/v1/calls?limit=201").await.status, 400);
    assert_eq!(get(&sim, "/v1/nothing").await.status, 404);
}

#[tokio::test]
async fn out_of_credits_is_a_flat_body_in_the_older_document() {
    let sim = SimKallyAi::start(quick().credits(0).shape(Shape::January2026)).await.unwrap();
    let answer = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!(answer.status, 402);
    assert!(answer.json()["error"].is_null() && answer.json()["upgrade_url"].is_string());
}

#[tokio::test]
async fn the_shapes_differ_as_the_documents_do() {
    let older = SimKallyAi::start(quick().shape(Shape::January2026)).await.unwrap();
    let body = call(&older, "POST", "/v1/calls", submission(TO)).await.json();
    assert!(body.get("credits_used").is_none() && body.get("session_id").is_some());
    let entry = get(&older, "/v1/calls").await.json()["calls"][0].clone();
    assert_eq!(entry["submission"], json!({"respondent_phone": TO, "business_name": "Nobu"}));
    let error = get(&older, "/v1/calls/none").await.json();
    assert!(
        error["error"]["details"]["message"].is_string() && error["error"]["message"].is_null()
    );

    let assistant = SimKallyAi::start(quick().shape(Shape::Assistant)).await.unwrap();
    let body = call(&assistant, "POST", "/v1/calls", submission(TO)).await.json();
    assert_eq!(body["credits_used"], "1.2");
    assert_eq!(get(&assistant, "/v1/calls").await.json()["items"][0]["call_id"], body["call_id"]);
    assert_eq!(get(&assistant, "/v1/calls/none").await.json()["error"], "call_not_found");
}

#[tokio::test]
async fn outcomes_follow_the_script_of_the_number() {
    let words = [
        (Outcome::Completed, "success"),
        (Outcome::NoAnswer, "no_answer"),
        (Outcome::Busy, "busy"),
        (Outcome::Voicemail, "voicemail"),
        (Outcome::Failed, "failed"),
    ];
    let mut config = SimConfig::default().seed(0).speed(100_000.0);
    for (outcome, _) in words {
        config = config.outcome(TO, outcome);
    }
    let sim = SimKallyAi::start(config).await.unwrap();
    for (_, word) in words {
        assert_eq!(call(&sim, "POST", "/v1/calls", submission(TO)).await.json()["status"], word);
    }
    assert_eq!(sim.rings().duplicates().get(TO), Some(&5));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_calls() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let sim =
            SimKallyAi::start(SimConfig::default().seed(42).speed(1_000_000.0)).await.unwrap();
        let mut calls = Vec::new();
        for line in 110..118 {
            let body = call(&sim, "POST", "/v1/calls", submission(&format!("+12125550{line}")))
                .await
                .json();
            calls.push((
                body["call_id"].clone(),
                body["status"].clone(),
                body["duration_seconds"].clone(),
            ));
        }
        seen.push((sim.credential().to_owned(), calls));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_repeated_key_rings_again_unless_it_is_configured_to_be_kept() {
    let key = [("idempotency-key", "same")];
    let careless = SimKallyAi::start(quick()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(
            call_with(&careless, "POST", "/v1/calls", &key, submission(TO)).await.status,
            201
        );
    }
    assert_eq!(careless.rings().count(TO), 2);

    let keeping = SimKallyAi::start(quick().key_replay(KeyReplay::Waits)).await.unwrap();
    let (first, second) = tokio::join!(
        call_with(&keeping, "POST", "/v1/calls", &key, submission(TO)),
        call_with(&keeping, "POST", "/v1/calls", &key, submission(TO)),
    );
    assert_eq!(first.json(), second.json());
    assert_eq!((keeping.rings().count(TO), keeping.rings().posts()), (1, 2));

    let strict = SimKallyAi::start(endless().key_replay(KeyReplay::Conflicts)).await.unwrap();
    let (_, ()) =
        tokio::join!(call_with(&strict, "POST", "/v1/calls", &key, submission(TO)), async {
            strict.rings().wait_for_rings(1).await;
            assert_eq!(
                call_with(&strict, "POST", "/v1/calls", &key, submission(TO)).await.status,
                409
            );
            let id = strict.rings().rings()[0].call_id.clone();
            assert_eq!(
                call(&strict, "POST", &format!("/v1/calls/{id}/stop"), Value::Null).await.status,
                200
            );
        });
    assert_eq!(call_with(&strict, "POST", "/v1/calls", &key, submission(TO)).await.status, 201);
    assert_eq!(strict.rings().count(TO), 1);
}

#[tokio::test]
async fn tokens_expire_are_refreshed_and_carry_scopes() {
    let sim = SimKallyAi::start(quick()).await.unwrap();
    let bare = raw(sim.address(), "GET", "/v1/calls", &[], b"").await;
    assert_eq!((bare.status, bare.json()["error"]["code"].as_str()), (401, Some("missing_token")));
    sim.expire_tokens();
    let expired = get(&sim, "/v1/calls").await;
    assert_eq!(
        (expired.status, expired.json()["error"]["code"].as_str()),
        (401, Some("token_expired"))
    );

    let refresh = json!({"refresh_token": sim.refresh_token()}).to_string();
    let fresh =
        raw(sim.address(), "POST", "/v1/auth/refresh", &[], refresh.as_bytes()).await.json();
    let form = format!(
        "grant_type=refresh_token&client_id=a&client_secret=b&refresh_token={}",
        sim.refresh_token()
    );
    let older = raw(sim.address(), "POST", "/v1/auth/gpt/token", &[], form.as_bytes()).await.json();
    for grant in [&fresh, &older] {
        let bearer = format!("Bearer {}", grant["access_token"].as_str().unwrap());
        assert_eq!(
            raw(sim.address(), "GET", "/v1/calls", &[("authorization", &bearer)], b"").await.status,
            200
        );
    }
    assert!(sim.requests().iter().all(|request| {
        !format!("{:?}{:?}", request.body, request.headers).contains(sim.refresh_token())
    }));
    sim.revoke_refresh_tokens();
    assert_eq!(
        raw(sim.address(), "POST", "/v1/auth/refresh", &[], refresh.as_bytes()).await.status,
        401
    );

    let narrow = SimKallyAi::start(quick().scopes(["calls:read"])).await.unwrap();
    assert_eq!(get(&narrow, "/v1/calls").await.status, 200);
    let refused = call(&narrow, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (403, Some("forbidden"))
    );
    assert!(narrow.rings().is_empty());
}

#[tokio::test]
async fn browser_flows_end_in_redirects_with_tokens() {
    let sim = SimKallyAi::start(quick()).await.unwrap();
    let cli = raw(
        sim.address(),
        "GET",
        "/v1/auth/cli?redirect_uri=http%3A%2F%2Flocalhost%3A8976&state=s",
        &[],
        b"",
    )
    .await;
    assert_eq!(cli.status, 302);
    let location = cli.header("location").unwrap();
    assert!(
        location.starts_with("http://localhost:8976?access_token=")
            && location.ends_with("&expires_in=3600&state=s")
    );
    let foreign =
        raw(sim.address(), "GET", "/v1/auth/cli?redirect_uri=https://example.com", &[], b"").await;
    assert_eq!(foreign.status, 400);

    let target = "/v1/auth/authorize?response_type=code&client_id=i&redirect_uri=http://localhost:1/cb&state=s&scope=calls:read";
    let authorize = raw(sim.address(), "GET", target, &[], b"").await;
    let location = authorize.header("location").unwrap();
    let code = location
        .strip_prefix("http://localhost:1/cb?code=")
        .unwrap()
        .strip_suffix("&state=s")
        .unwrap();
    let form = format!(
        "grant_type=authorization_code&client_id=i&client_secret=x&code={code}&redirect_uri=http://localhost:1/cb"
    );
    let grant = raw(sim.address(), "POST", "/v1/auth/gpt/token", &[], form.as_bytes()).await.json();
    assert_eq!(
        (grant["scope"].as_str(), grant["expires_in"].as_u64()),
        (Some("calls:read"), Some(3600))
    );
    assert_eq!(
        raw(sim.address(), "POST", "/v1/auth/gpt/token", &[], form.as_bytes()).await.status,
        400,
        "a code is good once"
    );
}
