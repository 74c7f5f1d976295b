//! Communication runs and discovery against the simulated KaiCalls, which keeps the truth about
//! which phone rang.

use crate::support::{
    CALLEE,
    sim::{RUNS, SECOND, body, quick, started, until},
};
use serde_json::json;
use switchboard_core::{Delivery, ErrorKind, Outcome, Provider, ProviderState, Refusal};
use switchboard_http::Method;
use switchboard_kaicalls::{
    KaiCallsConfig,
    api::{EventQuery, Filters, RunBody, RunQuery},
};
use switchboard_testkit::{
    SimConfig,
    fault::{After, Fault, FaultScript, Rule},
};

#[tokio::test]
async fn a_run_is_checked_made_once_and_followed() {
    let (simulator, provider) = started(quick()).await;
    let runs = provider.client().communication_runs();
    let wanted = body(&simulator, &[CALLEE, SECOND]);
    let check = runs.validate(&wanted).await.unwrap();
    assert_eq!((check.valid, check.recipients), (Some(true), Some(2)));
    let bad = runs.validate(&RunBody::new()).await.unwrap();
    assert_eq!((bad.valid, bad.errors.unwrap().len()), (Some(false), 1));
    let preview = runs.preview(&wanted).await.unwrap();
    assert_eq!(preview.jobs.unwrap().len(), 2);
    assert_eq!(preview.estimated_cost_cents, Some(30.into()));
    assert!(simulator.rings().is_empty(), "dry runs ring nobody");

    let run = runs.create(&wanted, "key-1").await.unwrap();
    assert_eq!((run.total_recipients, run.external_ref.as_deref()), (Some(2), Some("campaign-1")));
    let id = run.id.unwrap();
    let mine = RunQuery::new().id(id.as_str());
    until("the end of the run", async || {
        let listed = runs.list(&mine).await.unwrap().items;
        (listed[0].status.as_deref() == Some("completed")).then_some(())
    })
    .await;
    assert_eq!((simulator.rings().count(CALLEE), simulator.rings().count(SECOND)), (1, 1));
    assert!(
        simulator
            .rings()
            .rings()
            .iter()
            .all(|ring| ring.idempotency_key.as_deref() == Some("key-1"))
    );

    let again = runs.create(&wanted, "key-1").await.unwrap();
    assert_eq!(again.id.as_deref(), Some(id.as_str()));
    let other = runs.create(&body(&simulator, &["+12125550125"]), "key-1").await.unwrap_err();
    assert_eq!((other.kind(), other.delivery()), (ErrorKind::Conflict, Delivery::Unknown));
    assert_eq!(other.error().code(), Some("idempotency_conflict"));
    assert_eq!(simulator.rings().len(), 2);

    let of_run = Filters::new().communication_run_id(&id);
    let jobs = runs.jobs(&of_run).await.unwrap().items;
    let attempts = runs.attempts(&of_run.clone().limit(10)).await.unwrap().items;
    assert_eq!((jobs.len(), attempts.len()), (2, 2));
    assert_eq!(
        (jobs[0].to.as_deref(), jobs[0].status.as_deref()),
        (Some(CALLEE), Some("completed"))
    );
    assert_eq!(attempts[0].job_id, jobs[0].id);
    let call = provider.calls().get(&jobs[0].call_id.clone().unwrap().into()).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
    assert!(runs.jobs(&of_run.status("pending")).await.unwrap().items.is_empty());
    assert!(runs.list(&RunQuery::new().external_ref("campaign-2")).await.unwrap().items.is_empty());
    assert!(!format!("{wanted:?} {jobs:?} {again:?}").contains("212555"));
}

#[tokio::test]
async fn a_run_can_be_paused_and_cancelled() {
    // At this pace the second recipient is a hundred seconds away.
    let (simulator, provider) = started(SimConfig::default().seed(0).speed(0.01)).await;
    let runs = provider.client().communication_runs();
    let paused =
        runs.create(&body(&simulator, &[CALLEE, SECOND]), "key-1").await.unwrap().id.unwrap();
    assert_eq!(runs.pause(&paused, None).await.unwrap().status.as_deref(), Some("paused"));
    let cancelled = runs
        .create(&body(&simulator, &["+12125550126", "+12125550127"]), "key-2")
        .await
        .unwrap()
        .id
        .unwrap();
    let stopped = runs.cancel(&cancelled, Some(simulator.business_id())).await.unwrap();
    assert_eq!(stopped.status.as_deref(), Some("cancelled"));
    assert_eq!(stopped.counts.unwrap()["cancelled"], 1);
    let late = runs.pause(&cancelled, None).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::InvalidRequest);
    assert_eq!(runs.cancel("", None).await.unwrap_err().field(), Some("id"));
    assert_eq!(runs.cancel("run_none", None).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(simulator.rings().len(), 2, "the first of each");
}

#[tokio::test]
async fn a_run_is_sent_once_whatever_happens() {
    let rule = |fault: Fault| Rule::on("POST", RUNS, fault);
    let rows = [
        (rule(Fault::Close), Delivery::Unknown, 0),
        (rule(Fault::Reset).after(After::Ring), Delivery::Unknown, 1),
        (rule(Fault::CutBody { sent: None }), Delivery::Placed, 1),
        (rule(Fault::EmptyBody), Delivery::Placed, 1),
        (rule(Fault::MissingId), Delivery::Placed, 1),
        (rule(Fault::answer(500, "internal_error")).after(After::Ring), Delivery::Unknown, 1),
        (rule(Fault::answer(503, "internal_error")), Delivery::Unknown, 0),
        (rule(Fault::answer(429, "rate_limited")), Delivery::Refused(Refusal::RateLimited), 0),
        (rule(Fault::answer(400, "tcpa_violation")), Delivery::Refused(Refusal::Everyone), 0),
        (
            rule(Fault::Redirect { status: 307, location: RUNS.to_owned() }),
            Delivery::Refused(Refusal::ThisProvider),
            0,
        ),
    ];
    for (rule, delivery, rings) in rows {
        let what = format!("{rule:?}");
        let (simulator, provider) =
            started(SimConfig::default().seed(0).faults(FaultScript::default().rule(rule))).await;
        let runs = provider.client().communication_runs();
        let error = runs.create(&body(&simulator, &[CALLEE]), "key-1").await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{what}: {error:?}");
        assert_eq!(simulator.posts_to(RUNS), 1, "{what}");
        assert_eq!(simulator.rings().count(CALLEE), rings, "{what}");
    }
    let (simulator, provider) = started(SimConfig::default().seed(0)).await;
    let runs = provider.client().communication_runs();
    for key in ["", "with space", "zwölf", "line\nbreak", &"x".repeat(256)] {
        let error = runs.create(&body(&simulator, &[CALLEE]), key).await.unwrap_err();
        assert_eq!(
            (error.error().field(), error.delivery()),
            (Some("idempotency_key"), Delivery::NotSent)
        );
    }
    assert!(simulator.requests().is_empty());
    simulator.refuse_connections().await;
    let error = runs.create(&body(&simulator, &[CALLEE]), "key-1").await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(simulator.rings().is_empty());
}

#[tokio::test]
async fn the_raw_way_out_makes_no_run_and_lets_none_go_on() {
    let (simulator, provider) = started(SimConfig::default().seed(0)).await;
    for (method, path) in [
        (Method::Post, RUNS),
        (Method::Patch, RUNS),
        (Method::Put, "/api/v1/communication-runs/preview"),
        (Method::Post, "/api/v1/communication-jobs/retry"),
        (Method::Patch, "/api/v1/Communication-Attempts"),
    ] {
        let refused = provider.client().request(method, path).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported, "{path}");
    }
    assert!(simulator.requests().is_empty());
    let read = provider.client().request(Method::Get, RUNS).unwrap().send().await.unwrap();
    assert_eq!(read.value().unwrap()["communication_runs"], json!([]));
}

#[tokio::test]
async fn discovery_and_scopes() {
    let (simulator, provider) = started(SimConfig::default().seed(0)).await;
    let client = provider.client();
    let able = client.capabilities(Some(simulator.business_id())).await.unwrap();
    assert_eq!(able.business_id.as_deref(), Some(simulator.business_id()));
    assert_eq!(able.capabilities.unwrap()["communication_runs"], true);
    assert_eq!(
        client.discovery().capabilities(Some("other")).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let document = client.discovery().openapi().await.unwrap();
    assert!(document.value()["paths"][RUNS]["post"].is_object());
    assert_eq!(
        client.discovery().schemas(None).await.unwrap().value()["schemas"][0],
        "communication_run"
    );
    let schema = client.discovery().schemas(Some("communication_run")).await.unwrap();
    assert_eq!(schema.value()["schema"]["required"], json!(["agent_id", "recipients"]));
    assert_eq!(
        client.discovery().schemas(Some("x")).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );

    let (narrow, provider) =
        started(SimConfig::default().seed(0).scopes(["calls:read", "communication-runs:write"]))
            .await;
    let client = provider.client();
    let events = client.events().list(&EventQuery::new()).await.unwrap_err();
    assert_eq!((events.kind(), events.code()), (ErrorKind::Forbidden, Some("forbidden")));
    let run =
        client.communication_runs().create(&body(&narrow, &[CALLEE]), "key-1").await.unwrap_err();
    assert_eq!(
        (run.kind(), run.delivery()),
        (ErrorKind::Forbidden, Delivery::Refused(Refusal::ThisProvider))
    );
    assert!(narrow.rings().is_empty());
}

#[test]
fn an_account_is_described_without_a_client() {
    let config = KaiCallsConfig::new(crate::support::KEY);
    assert_eq!(&config.info().unwrap(), crate::support::open(&config).unwrap().info());
    let wrong = KaiCallsConfig::new("not a key").info().unwrap_err();
    assert_eq!((wrong.kind(), wrong.field()), (ErrorKind::Configuration, Some("api_key")));
}
