//! Settings, and the neutral contract for agents, numbers and accounts.

use std::time::Duration;

use crate::support::{Server, provider_at};
use serde_json::json;
use switchboard_core::{
    AgentDraft, Country, Coverage, ErrorKind, Idempotency, Language, NumberChoice, NumberSearch,
    PhoneNumber, Provider,
};
use switchboard_kaicalls::KaiCallsConfig;

#[test]
fn the_defaults() {
    let provider = crate::support::open(&KaiCallsConfig::new(crate::support::KEY)).unwrap();
    let info = provider.info();
    assert_eq!((info.id.as_str(), info.failure_domains.to_string().as_str()), ("kaicalls", "vapi"));
    assert_eq!(info.countries, Coverage::Only([Country::US, Country::CA].into()));
    assert_eq!(info.languages, Coverage::Only([Language::EN].into()));
    assert_eq!(
        (info.synchronous, info.idempotency, info.needs_agent),
        (false, Idempotency::None, true)
    );
    let (place, read) = (info.place_limit.unwrap(), info.read_limit.unwrap());
    assert_eq!((place.requests, place.window, read.requests), (60, Duration::from_secs(60), 300));
    assert!(info.tariff.is_none() && info.max_duration.is_none() && provider.stops().is_none());
    assert!(provider.webhooks().unwrap().feed().is_some());
    assert!(!format!("{provider:?}").contains("0123456789abcdef"), "no secret is shown");
}

#[test]
fn settings_that_cannot_work_name_the_key() {
    let rows = [
        (json!({"api_key": "sk_live_abc"}), "api_key"),
        (json!({"api_key": "kc_live_"}), "api_key"),
        (json!({"api_key": "kc_live_abc\n"}), "api_key"),
        (json!({"api_key": "kc_live_abc", "id": ""}), "id"),
        (json!({"api_key": "kc_live_abc", "base_url": "http://www.kaicalls.com"}), "base_url"),
        (json!({"api_key": "kc_live_abc", "base_url": "http://127.0.0.1.example.com"}), "base_url"),
        (json!({"api_key": "kc_live_abc", "base_url": "ftp://127.0.0.1"}), "base_url"),
        (json!({"api_key": "kc_live_abc", "base_url": "https://kaicalls.com/api/v1/"}), "base_url"),
        (json!({"api_key": "kc_live_abc", "countries": []}), "countries"),
        (json!({"api_key": "kc_live_abc", "languages": []}), "languages"),
        (json!({"api_key": "kc_live_abc", "read_timeout_seconds": 0}), "read_timeout_seconds"),
        (json!({"api_key": "kc_live_abc", "limits": {"places_per_minute": 0}}), "limits"),
        (json!({"api_key": "kc_live_abc", "webhook": {"secret": ""}}), "webhook.secret"),
    ];
    for (settings, key) in rows {
        let config: KaiCallsConfig = serde_json::from_value(settings.clone()).unwrap();
        let error = crate::support::open(&config).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(key)),
            "{settings}"
        );
        assert!(!format!("{error} {error:?}").contains("_abc"), "{error}");
    }
    for base_url in [
        "http://127.0.0.1:8080",
        "http://[::1]:1",
        "http://localhost:1",
        "https://www.kaicalls.com",
    ] {
        let config: KaiCallsConfig =
            serde_json::from_value(json!({"api_key": "kc_test_abc", "base_url": base_url}))
                .unwrap();
        crate::support::open(&config).unwrap();
    }
    assert!(
        serde_json::from_value::<KaiCallsConfig>(json!({"api_key": "kc_live_abc", "agentid": "x"}))
            .is_err()
    );
}

#[tokio::test]
async fn agents() {
    let server = Server::start(|asked| {
        match (asked.method.as_str(), asked.path.as_str(), asked.get("id")) {
            ("GET", "/api/v1/agents/versions", _) => {
                (200, r#"{"versions":[{"version":1},{"version":2}]}"#.to_owned())
            }
            ("GET", _, None) => (200, include_str!("../fixtures/004/agents.json").to_owned()),
            ("PATCH", ..) => (200, r#"{"success":true}"#.to_owned()),
            _ => (200, include_str!("../fixtures/004/agent.json").to_owned()),
        }
    })
    .await;
    let provider = provider_at(&server);
    let agents = provider.agents().unwrap();
    let listed = agents.list().await.unwrap();
    assert_eq!(
        (listed[0].id.as_str(), listed[0].name.as_deref(), listed[0].built_in),
        ("uuid-abc123", Some("Kai"), false)
    );
    assert_eq!(
        agents.get(&"uuid-abc123".into()).await.unwrap().raw.value()["vapi_assistant_id"],
        "vapi-asst-789"
    );

    let editor = agents.editor().unwrap();
    let mut draft = AgentDraft {
        name: Some("Kai".into()),
        system_prompt: Some("Be kind".into()),
        first_message: Some("Hello".into()),
        ..AgentDraft::default()
    };
    draft.provider_settings.insert("voice".into(), json!({"id": "v"}));
    draft.provider_settings.insert("name".into(), json!("not this one"));
    editor.create(&draft).await.unwrap();
    draft.max_duration = Some(Duration::from_secs(300));
    assert_eq!(editor.create(&draft).await.unwrap_err().field(), Some("max_duration"));
    assert_eq!(editor.create(&AgentDraft::default()).await.unwrap_err().field(), Some("name"));
    assert_eq!(
        editor.update(&"uuid-abc123".into(), &draft).await.unwrap().id.as_str(),
        "uuid-abc123"
    );
    let versions = editor.versions(&"uuid-abc123".into()).await.unwrap();
    assert_eq!(
        versions.iter().map(|version| version.version.clone()).collect::<Vec<_>>(),
        [Some("2".to_owned()), Some("1".to_owned())]
    );

    let asked = server.asked();
    let created = json!({"business_id": "uuid-biz456", "name": "Kai", "system_prompt": "Be kind", "first_message": "Hello", "voice": {"id": "v"}});
    assert_eq!(asked[2].body, created);
    let updated = json!({"id": "uuid-abc123", "name": "Kai", "outbound_prompt": "Be kind", "outbound_first_message": "Hello", "max_duration": 300, "voice": {"id": "v"}});
    assert_eq!(asked[3].body, updated);
}

#[tokio::test]
async fn numbers() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => (200, include_str!("../fixtures/004/numbers.json").to_owned()),
        "POST" => (201, r#"{"success":true}"#.to_owned()),
        _ => (200, r#"{"success":true}"#.to_owned()),
    })
    .await;
    let provider = provider_at(&server);
    let numbers = provider.numbers().unwrap();
    let listed = numbers.list().await.unwrap();
    assert_eq!(
        (listed[0].id.as_ref().unwrap().as_str(), listed[0].agent.as_ref().unwrap().as_str()),
        ("uuid-num789", "uuid-abc123")
    );
    numbers
        .available(&NumberSearch {
            country: Some(Country::US),
            area_code: Some("212".into()),
            limit: Some(5),
        })
        .await
        .unwrap();

    let any = NumberChoice::Any { country: Country::US, area_code: None };
    assert_eq!(numbers.rent(&any).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let number = PhoneNumber::parse(crate::support::CALLEE).unwrap();
    let rented = numbers
        .rent(&NumberChoice::Number { number, agent: Some("uuid-abc123".into()) })
        .await
        .unwrap();
    assert_eq!(rented.number, Some(number));
    numbers.release(&rented).await.unwrap();
    let mut unnamed = rented;
    unnamed.number = None;
    assert_eq!(numbers.release(&unnamed).await.unwrap_err().kind(), ErrorKind::InvalidRequest);

    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0].path, "/api/v1/numbers");
    assert_eq!(
        (asked[1].get("country"), asked[1].get("area_code"), asked[1].get("limit")),
        (Some("US"), Some("212"), Some("5"))
    );
    assert_eq!(
        asked[2].body,
        json!({"phone_number": crate::support::CALLEE, "agent_id": "uuid-abc123", "business_id": "uuid-biz456"})
    );
    assert_eq!(asked[3].get("phone_number"), Some(crate::support::CALLEE));
}

#[tokio::test]
async fn balances() {
    let server = Server::answering(200, include_str!("../fixtures/004/balance.json")).await;
    let balances = provider_at(&server).usage().unwrap().balances().await.unwrap();
    assert_eq!(
        (balances[0].account.as_deref(), balances[0].status.as_deref()),
        (Some("uuid-biz456"), Some("active"))
    );
    assert_eq!((balances[0].minutes_used, balances[0].phone_numbers), (Some(412.into()), Some(2)));
    assert_eq!(balances[0].credits_remaining, None, "unknown, not zero");
}
