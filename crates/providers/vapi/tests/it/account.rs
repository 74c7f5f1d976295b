//! Stopping and cancelling calls, assistants and numbers.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_core::{
    AgentDraft, Country, ErrorKind, NumberChoice, NumberSearch, Outcome, Provider, ProviderState,
};
use switchboard_testkit::calls::{CallScript, Outcome as Ends};

use crate::support::{
    CALLEE, ID, Server, number, plain_order, provider_at,
    sim::{quick, started, until},
};

#[tokio::test]
async fn a_live_call_is_stopped_by_its_control_url() {
    let talks = CallScript::new(Ends::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(86_400));
    let (simulator, provider) = started(quick().speed(1.0).outcome(CALLEE, talks)).await;
    let id = provider.calls().place(&plain_order()).await.unwrap().id;
    until(&provider, &id, "in-progress").await;
    let stops = provider.stops().unwrap();
    stops.stop(&id).await.unwrap();
    let call = provider.calls().get(&id).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Cancelled));
    assert_eq!(simulator.rings().count(CALLEE), 1);
    assert_eq!(stops.stop(&id).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(stops.stop(&ID.into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// A server whose record has this control URL.
async fn with_control(url: &'static str, status: u16) -> (Server, Option<ErrorKind>) {
    let server = Server::start(move |asked| {
        if asked.method == "POST" {
            return (status, "{}".to_owned());
        }
        let host = &asked.headers["host"];
        let url = url.replace("HOST", host);
        let record =
            json!({"id": "call-1", "status": "in-progress", "monitor": {"controlUrl": url}});
        (200, record.to_string())
    })
    .await;
    let provider = provider_at(&server);
    let stopped = provider.stops().unwrap().stop(&"call-1".into()).await;
    if let Err(error) = &stopped {
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        assert_eq!(error.operation(), Some("calls.stop"));
    }
    (server, stopped.err().map(|error| error.kind()))
}

#[tokio::test]
async fn the_key_is_not_sent_to_the_control_url() {
    let (server, failed) = with_control("http://HOST/secret/control", 200).await;
    assert_eq!(failed, None);
    let asked = server.asked();
    assert_eq!((asked.len(), asked[1].path.as_str()), (2, "/secret/control"));
    assert_eq!(asked[1].body, json!({"type": "end-call"}));
    assert!(!asked[1].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_control_url_is_used_once_and_only_if_it_leads_out() {
    let rows = [
        ("http://HOST/secret", 404, ErrorKind::Conflict, 1),
        ("http://HOST/secret", 500, ErrorKind::Provider, 1),
        ("http://HOST/secret", 307, ErrorKind::Provider, 1),
        ("http://10.0.0.1/secret", 200, ErrorKind::Decode, 0),
        ("https://10.0.0.1/secret", 200, ErrorKind::Decode, 0),
        ("http://calls.example/secret", 200, ErrorKind::Decode, 0),
        ("wss://calls.example/secret", 200, ErrorKind::Decode, 0),
        ("secret", 200, ErrorKind::Decode, 0),
        ("", 200, ErrorKind::Decode, 0),
    ];
    for (url, status, kind, posts) in rows {
        let (server, failed) = with_control(url, status).await;
        assert_eq!(failed, Some(kind), "{url}");
        let sent = server.asked().iter().filter(|asked| asked.method == "POST").count();
        assert_eq!(sent, posts, "{url}");
    }
}

#[tokio::test]
async fn a_call_without_a_control_url_is_not_stopped() {
    for monitor in [json!(null), json!({}), json!({"controlUrl": null}), json!("text")] {
        let record = json!({"id": "call-1", "status": "queued", "monitor": monitor});
        let server = Server::answering(200, record.to_string()).await;
        let provider = provider_at(&server);
        let error = provider.stops().unwrap().stop(&"call-1".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{monitor}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn only_a_scheduled_call_is_cancelled() {
    for (status, deletions) in [
        ("scheduled", 1),
        ("queued", 0),
        ("ringing", 0),
        ("in-progress", 0),
        ("ended", 0),
        ("?", 0),
    ] {
        let record = json!({"id": "call-1", "status": status});
        let server = Server::answering(200, record.to_string()).await;
        let provider = provider_at(&server);
        let cancelled = provider.cancels().unwrap().cancel(&"call-1".into()).await;
        let kind = cancelled.map_err(|error| error.kind());
        let expected = if deletions == 1 { Ok(()) } else { Err(ErrorKind::Conflict) };
        assert_eq!(kind, expected, "{status}");
        let sent: Vec<_> =
            server.asked().into_iter().filter(|asked| asked.method == "DELETE").collect();
        assert_eq!(sent.len(), deletions, "{status}");
        assert!(sent.iter().all(|asked| asked.path == "/call/call-1"));
    }
}

#[tokio::test]
async fn what_no_document_has_is_no_ability() {
    let (_simulator, provider) = started(quick()).await;
    assert!(provider.reschedules().is_none() && provider.transfers().is_none());
    assert!(provider.usage().is_none());
    let webhooks = provider.webhooks().unwrap();
    assert!(webhooks.subscriptions().is_none() && webhooks.feed().is_none());
}

#[tokio::test]
async fn assistants_are_made_and_changed() {
    let (simulator, provider) = started(quick()).await;
    let agents = provider.agents().unwrap();
    let editor = agents.editor().unwrap();
    let draft = |name: &str| AgentDraft { name: Some(name.to_owned()), ..AgentDraft::default() };
    let made = editor.create(&draft("Ada")).await.unwrap();
    assert_eq!(made.name.as_deref(), Some("Ada"));
    let changed = editor.update(&made.id, &draft("Eve")).await.unwrap();
    assert_eq!((changed.id, changed.name.as_deref()), (made.id.clone(), Some("Eve")));
    let versions = editor.versions(&made.id).await.unwrap_err();
    assert_eq!(versions.kind(), ErrorKind::Unsupported);
    let all = agents.list().await.unwrap();
    let listed: Vec<&str> = all.iter().map(|agent| agent.id.as_str()).collect();
    assert!(listed.contains(&simulator.assistant_id()) && listed.contains(&made.id.as_str()));
    assert_eq!(agents.get(&made.id).await.unwrap().name.as_deref(), Some("Eve"));
    assert_eq!(agents.get(&ID.into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_an_assistant_does_not_have_is_not_sent() {
    let server = Server::answering(200, r#"{"id":"assistant-1"}"#).await;
    let provider = provider_at(&server);
    let editor = provider.agents().unwrap().editor().unwrap();
    let text = || Some("text".to_owned());
    let named = || AgentDraft { name: text(), ..AgentDraft::default() };
    let lasts = |seconds| Some(Duration::from_secs(seconds));
    let rows = [
        ("system_prompt", AgentDraft { system_prompt: text(), ..named() }),
        ("account", AgentDraft { account: text(), ..named() }),
        ("max_duration", AgentDraft { max_duration: lasts(9), ..named() }),
        ("max_duration", AgentDraft { max_duration: lasts(43_201), ..named() }),
    ];
    for (field, draft) in rows {
        for error in [
            editor.create(&draft).await.unwrap_err(),
            editor.update(&"assistant-1".into(), &draft).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some(field)));
        }
    }
    let nameless = editor.create(&AgentDraft::default()).await.unwrap_err();
    assert_eq!(nameless.field(), Some("name"));
    assert!(server.asked().is_empty());

    let mut draft = AgentDraft { max_duration: lasts(600), first_message: text(), ..named() };
    draft.provider_settings.insert("voice".to_owned(), json!({"provider": "x"}));
    editor.create(&draft).await.unwrap();
    assert_eq!(
        server.only().body,
        json!({"name": "text", "firstMessage": "text", "maxDurationSeconds": 600, "voice": {"provider": "x"}})
    );
}

#[tokio::test]
async fn an_assistant_without_an_id_is_an_error() {
    let server = Server::answering(200, json!([{"name": "Ada"}]).to_string()).await;
    let error = provider_at(&server).agents().unwrap().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn numbers_are_rented_and_released() {
    let (simulator, provider) = started(quick()).await;
    let numbers = provider.numbers().unwrap();
    let any = NumberChoice::Any { country: Country::US, area_code: Some("212".to_owned()) };
    let rented = numbers.rent(&any).await.unwrap();
    assert!(rented.number.unwrap().e164().starts_with("+1212"));
    let listed = numbers.list().await.unwrap();
    let ids: Vec<_> = listed.iter().filter_map(|one| one.id.as_ref()).collect();
    assert!(ids.contains(&rented.id.as_ref().unwrap()));
    assert!(ids.iter().any(|id| id.as_str() == simulator.phone_number_id()));
    numbers.release(&rented).await.unwrap();
    assert_eq!(numbers.list().await.unwrap().len(), 1);
    assert_eq!(numbers.release(&rented).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_vapi_does_not_rent_is_not_asked_for() {
    let server = Server::answering(201, r#"{"id":"number-2"}"#).await;
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
        (any(Country::CA, None), ErrorKind::Unsupported),
        (any(Country::US, Some("12")), ErrorKind::InvalidRequest),
        (any(Country::US, Some("+41")), ErrorKind::InvalidRequest),
    ];
    for (choice, kind) in rows {
        assert_eq!(numbers.rent(&choice).await.unwrap_err().kind(), kind, "{choice:?}");
    }
    let search = numbers.available(&NumberSearch::default()).await.unwrap_err();
    assert_eq!(search.kind(), ErrorKind::Unsupported);
    assert!(server.asked().is_empty());
    let mut rented = numbers.rent(&any(Country::US, None)).await.unwrap();
    assert_eq!(server.only().body, json!({"provider": "vapi"}));
    rented.id = None;
    let nameless = numbers.release(&rented).await.unwrap_err();
    assert_eq!((nameless.kind(), nameless.field()), (ErrorKind::InvalidRequest, Some("id")));
    assert_eq!(rented.raw.value(), &json!({"id": "number-2"}) as &Value);
}
