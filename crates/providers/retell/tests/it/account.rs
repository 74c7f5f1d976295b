//! Stopping calls, agents, numbers and usage.

use std::time::Duration;

use serde_json::json;
use switchboard_core::{
    AgentDraft, Country, ErrorKind, NumberChoice, NumberSearch, Outcome, Provider, ProviderState,
    UsageFilter,
};
use switchboard_testkit::calls::{CallScript, Outcome as Ends};

use crate::support::{
    CALLEE, Server, number, plain_order, provider_at,
    sim::{over, quick, started},
};

#[tokio::test]
async fn a_call_is_stopped_whether_it_was_dialled_or_not() {
    let talks = CallScript::new(Ends::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(86_400));
    let waits = quick().speed(1.0).queue(Duration::from_secs(3600));
    for (config, rings) in [(quick().speed(1.0).outcome(CALLEE, talks), 1), (waits, 0)] {
        let (simulator, provider) = started(config).await;
        let id = provider.calls().place(&plain_order()).await.unwrap().id;
        let stops = provider.stops().unwrap();
        stops.stop(&id).await.unwrap();
        let call = provider.calls().get(&id).await.unwrap();
        assert_eq!(call.state, ProviderState::Ended(Outcome::Cancelled));
        assert_eq!(simulator.rings().count(CALLEE), rings);
        assert_eq!(stops.stop(&id).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        let nobody = stops.stop(&"call_none".into()).await.unwrap_err();
        assert_eq!(nobody.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn what_no_document_has_is_no_ability() {
    let (_simulator, provider) = started(quick()).await;
    assert!(provider.cancels().is_none() && provider.reschedules().is_none());
    assert!(provider.transfers().is_none());
    let webhooks = provider.webhooks().unwrap();
    assert!(webhooks.subscriptions().is_none() && webhooks.feed().is_none());
}

#[tokio::test]
async fn agents_are_made_changed_and_versioned() {
    let (simulator, provider) = started(quick()).await;
    let agents = provider.agents().unwrap();
    let editor = agents.editor().unwrap();
    let draft = |name: &str| AgentDraft { name: Some(name.to_owned()), ..AgentDraft::default() };
    let made = editor.create(&draft("Ada")).await.unwrap();
    assert_eq!(made.name.as_deref(), Some("Ada"));
    let publish = format!("/publish-agent-version/{}", made.id.as_str());
    let request = provider.client().request(switchboard_retell::Method::Post, &publish).unwrap();
    request.json(&json!({"version": 0})).unwrap().send().await.unwrap();
    let changed = editor.update(&made.id, &draft("Eve")).await.unwrap();
    assert_eq!((changed.id, changed.name.as_deref()), (made.id.clone(), Some("Eve")));
    let versions: Vec<_> =
        editor.versions(&made.id).await.unwrap().iter().map(|one| one.version.clone()).collect();
    assert_eq!(versions, [Some("1".to_owned()), Some("0".to_owned())], "newest first");
    let all = agents.list().await.unwrap();
    let listed: Vec<&str> = all.iter().map(|agent| agent.id.as_str()).collect();
    assert!(listed.contains(&simulator.agent_id()) && listed.contains(&made.id.as_str()));
    assert_eq!(agents.get(&made.id).await.unwrap().name.as_deref(), Some("Eve"));
    let nobody = agents.get(&"agent_none".into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_an_agent_does_not_have_is_not_sent() {
    let server = Server::answering(200, r#"{"agent_id":"agent_1"}"#).await;
    let provider = provider_at(&server);
    let editor = provider.agents().unwrap().editor().unwrap();
    let text = || Some("text".to_owned());
    let named = || AgentDraft { name: text(), ..AgentDraft::default() };
    let rows = [
        ("system_prompt", AgentDraft { system_prompt: text(), ..named() }),
        ("first_message", AgentDraft { first_message: text(), ..named() }),
        ("account", AgentDraft { account: text(), ..named() }),
        ("max_duration", AgentDraft { max_duration: Some(Duration::from_secs(59)), ..named() }),
        ("max_duration", AgentDraft { max_duration: Some(Duration::from_secs(7201)), ..named() }),
    ];
    for (field, draft) in rows {
        for error in [
            editor.create(&draft).await.unwrap_err(),
            editor.update(&"agent_1".into(), &draft).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some(field)));
        }
    }
    let nameless = editor.create(&AgentDraft::default()).await.unwrap_err();
    assert_eq!(nameless.field(), Some("name"));
    assert!(server.asked().is_empty());

    let mut draft = AgentDraft { max_duration: Some(Duration::from_secs(600)), ..named() };
    draft.provider_settings.insert("voice_id".to_owned(), json!("voice-1"));
    editor.create(&draft).await.unwrap();
    assert_eq!(
        server.only().body,
        json!({"agent_name": "text", "max_call_duration_ms": 600_000, "voice_id": "voice-1"})
    );
}

#[tokio::test]
async fn an_agent_is_listed_once_although_each_version_has_a_row() {
    let row = |id: &str, version: u64| json!({"agent_id": id, "version": version});
    let pages = [
        json!({"items": [row("a", 2), row("a", 1)], "has_more": true, "pagination_key": "k"}),
        json!({"items": [row("a", 0), row("b", 0)], "has_more": false}),
    ];
    let server = Server::start(move |asked| {
        let second = asked.query.get("pagination_key").is_some_and(|key| key == "k");
        (200, pages[usize::from(second)].to_string())
    })
    .await;
    let provider = provider_at(&server);
    let agents = provider.agents().unwrap();
    let ids: Vec<_> = agents.list().await.unwrap().into_iter().map(|agent| agent.id).collect();
    assert_eq!(ids, ["a".into(), "b".into()]);
    let foreign = agents.editor().unwrap().versions(&"a".into()).await.unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::Decode, "a version of another agent");
    let server = Server::answering(200, json!({"items": [{"version": 1}]}).to_string()).await;
    let error = provider_at(&server).agents().unwrap().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "an agent without an id");
}

#[tokio::test]
async fn numbers_are_rented_and_released() {
    let (simulator, provider) = started(quick()).await;
    let numbers = provider.numbers().unwrap();
    let any = NumberChoice::Any { country: Country::US, area_code: Some("212".to_owned()) };
    let rented = numbers.rent(&any).await.unwrap();
    assert!(rented.number.unwrap().e164().starts_with("+1212"));
    let listed: Vec<_> =
        numbers.list().await.unwrap().into_iter().filter_map(|number| number.number).collect();
    assert!(listed.contains(&number(simulator.number())));
    assert!(listed.contains(rented.number.as_ref().unwrap()));
    numbers.release(&rented).await.unwrap();
    assert_eq!(numbers.list().await.unwrap().len(), 1);
    assert_eq!(numbers.release(&rented).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_retell_does_not_rent_is_not_asked_for() {
    let server = Server::answering(201, "{}").await;
    let provider = provider_at(&server);
    let numbers = provider.numbers().unwrap();
    let any = |country, area: Option<&str>| NumberChoice::Any {
        country,
        area_code: area.map(str::to_owned),
    };
    let one = NumberChoice::Number { number: number(CALLEE), agent: None };
    let rows = [
        (one, ErrorKind::Unsupported),
        (any(Country::GB, None), ErrorKind::Unsupported),
        (any(Country::US, Some("12")), ErrorKind::InvalidRequest),
        (any(Country::US, Some("+41")), ErrorKind::InvalidRequest),
    ];
    for (choice, kind) in rows {
        assert_eq!(numbers.rent(&choice).await.unwrap_err().kind(), kind, "{choice:?}");
    }
    let search = numbers.available(&NumberSearch::default()).await.unwrap_err();
    assert_eq!(search.kind(), ErrorKind::Unsupported);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_number_has_the_agent_that_it_has_alone() {
    let agents = |ids: &[&str]| {
        let agents: Vec<_> = ids.iter().map(|id| json!({"agent_id": id, "weight": 1})).collect();
        json!({"items": [{"phone_number": CALLEE, "outbound_agents": agents}]})
    };
    for (ids, agent) in [(vec!["a"], Some("a".into())), (vec!["a", "b"], None), (vec![], None)] {
        let server = Server::answering(200, agents(&ids).to_string()).await;
        let listed = provider_at(&server).numbers().unwrap().list().await.unwrap();
        assert_eq!((listed.len(), &listed[0].agent), (1, &agent), "{ids:?}");
    }
}

#[tokio::test]
async fn what_calls_cost_is_the_usage() {
    let (_simulator, provider) = started(quick().ending(CALLEE, "user_hangup")).await;
    let id = provider.calls().place(&plain_order()).await.unwrap().id;
    let call = over(&provider, &id).await;
    let usage = provider.usage().unwrap();
    let records = usage.records(&UsageFilter::default()).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].call.as_ref(), records[0].cost), (Some(&id), call.cost));
    assert!(call.cost.is_some());
    let none = UsageFilter { until: call.created_at, ..UsageFilter::default() };
    assert!(usage.records(&none).await.unwrap().is_empty());
    let none = UsageFilter { limit: Some(0), ..UsageFilter::default() };
    assert!(usage.records(&none).await.unwrap().is_empty());

    let balances = usage.balances().await.unwrap();
    assert_eq!(balances.len(), 1);
    assert_eq!((balances[0].credits_remaining, balances[0].minutes_used), (None, None));
    assert!(balances[0].raw.value()["concurrency_limit"].is_u64());
}

#[tokio::test]
async fn a_call_without_a_cost_is_no_usage() {
    let rows = json!({"items": [
        {"call_id": "call_1", "call_status": "ended", "call_cost": {"combined_cost": 10}},
        {"call_id": "call_2", "call_status": "not_connected"},
        {"call_id": "call_3", "call_status": "ended", "call_cost": null},
        {"call_id": "call_4", "call_status": "ended", "call_cost": {"combined_cost": "?"}},
    ]});
    let server = Server::answering(200, rows.to_string()).await;
    let records = provider_at(&server).usage().unwrap().records(&UsageFilter::default()).await;
    let records = records.unwrap();
    let shown: Vec<_> =
        records.iter().map(|record| (record.id.as_deref(), record.cost.is_some())).collect();
    assert_eq!(shown, [(Some("call_1"), true), (Some("call_4"), false)]);
}
