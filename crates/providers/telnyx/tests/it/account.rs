//! Agents, numbers and usage.

use serde_json::json;
use switchboard_core::{
    AgentDraft, Country, ErrorKind, NumberChoice, NumberSearch, Provider, UsageFilter,
};
use switchboard_telnyx::Telnyx;

use crate::support::{CALLEE, Server, account, over, plain_order, provider_at, quick, started};

fn draft() -> AgentDraft {
    AgentDraft {
        name: Some("Ada".to_owned()),
        system_prompt: Some("Be brief.".to_owned()),
        first_message: Some("Hello".to_owned()),
        provider_settings: [("model".to_owned(), json!("simulated"))].into(),
        ..AgentDraft::default()
    }
}

#[tokio::test]
async fn assistants_are_made_changed_listed_and_have_versions() {
    let (simulator, provider) = started(quick()).await;
    let agents = provider.agents().unwrap();
    let editor = agents.editor().unwrap();
    let made = editor.create(&draft()).await.unwrap();
    assert_eq!(made.name.as_deref(), Some("Ada"));
    let changed = AgentDraft { name: Some("Eve".to_owned()), ..AgentDraft::default() };
    assert_eq!(editor.update(&made.id, &changed).await.unwrap().name.as_deref(), Some("Eve"));
    let versions = editor.versions(&made.id).await.unwrap();
    assert!(versions.len() == 2 && versions.iter().all(|one| one.version.is_some()));
    let all = agents.list().await.unwrap();
    let listed: Vec<&str> = all.iter().map(|agent| agent.id.as_str()).collect();
    assert!(listed.contains(&simulator.assistant_id()) && listed.contains(&made.id.as_str()));
    assert_eq!(agents.get(&made.id).await.unwrap().name.as_deref(), Some("Eve"));
    assert_eq!(agents.get(&"none".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
    let unnamed = AgentDraft::default();
    assert_eq!(editor.create(&unnamed).await.unwrap_err().field(), Some("name"));
}

#[tokio::test]
async fn what_an_assistant_does_not_have_is_named() {
    let server = Server::answering(200, "{}").await;
    let provider = provider_at(&server);
    let editor = provider.agents().unwrap().editor().unwrap();
    let longest = AgentDraft { max_duration: Some(std::time::Duration::from_secs(60)), ..draft() };
    assert_eq!(editor.create(&longest).await.unwrap_err().field(), Some("max_duration"));
    let account = AgentDraft { account: Some("x".to_owned()), ..draft() };
    assert_eq!(editor.update(&"a".into(), &account).await.unwrap_err().field(), Some("account"));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn numbers_are_listed_searched_rented_and_released() {
    let (simulator, provider) = started(quick()).await;
    let numbers = provider.numbers().unwrap();
    assert_eq!(numbers.list().await.unwrap()[0].number.unwrap().e164(), simulator.number());
    let search = NumberSearch {
        country: Some(Country::US),
        area_code: Some("212".to_owned()),
        limit: Some(3),
    };
    let offers = numbers.available(&search).await.unwrap();
    assert_eq!(offers.len(), 3);
    let wanted = offers[0].number.unwrap();
    let choice = NumberChoice::Number { number: wanted, agent: None };
    let rented = numbers.rent(&choice).await.unwrap();
    assert_eq!(rented.number, Some(wanted));
    let listed = numbers.list().await.unwrap();
    assert!(listed.iter().any(|row| row.number == Some(wanted)));
    numbers.release(&rented).await.unwrap();
    let listed = numbers.list().await.unwrap();
    assert!(!listed.iter().any(|row| row.number == Some(wanted)));
    assert_eq!(numbers.release(&rented).await.unwrap_err().kind(), ErrorKind::NotFound);
    let with_agent = NumberChoice::Number { number: wanted, agent: Some("a".into()) };
    assert_eq!(numbers.rent(&with_agent).await.unwrap_err().field(), Some("agent"));
    let any = NumberChoice::Any { country: Country::US, area_code: None };
    assert_eq!(numbers.rent(&any).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let mut config = account(&simulator);
    config.connection_id = None;
    let unconnected = Telnyx::new(config).unwrap();
    let error = unconnected.numbers().unwrap().rent(&choice).await.unwrap_err();
    assert_eq!(error.field(), Some("connection_id"));
}

#[tokio::test]
async fn the_balance_and_what_each_call_cost() {
    let (_simulator, provider) = started(quick().ending(CALLEE, "normal_clearing")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let mut call = over(&provider, &placed.id).await;
    while call.cost.is_none() {
        call = provider.calls().get(&placed.id).await.unwrap();
    }
    let usage = provider.usage().unwrap();
    assert_eq!(usage.balances().await.unwrap()[0].raw.value()["currency"], "USD");
    let records = usage.records(&UsageFilter::default()).await.unwrap();
    assert_eq!(records.len(), 1, "its cost comes twice and is one record");
    assert_eq!((records[0].call.as_ref(), records[0].cost), (Some(&placed.id), call.cost));
    let none = UsageFilter { limit: Some(0), ..UsageFilter::default() };
    assert!(usage.records(&none).await.unwrap().is_empty());
}
