//! The settings: their defaults, what cannot work, and what is known of an account from them.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_core::{
    Country, Coverage, ErrorKind, Idempotency, Language, Provider, Replay, RequestLimit, Tariff,
    TrustedReasons,
};
use switchboard_retell::{Retell, RetellConfig, VersionSelector};

use crate::support::{FROM, KEY, number};

fn read(value: &Value) -> Result<RetellConfig, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

#[test]
fn the_defaults() {
    let config = read(&json!({"api_key": KEY})).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", RetellConfig::new(KEY)));
    assert_eq!(config.base_url.as_str(), "https://api.retellai.com/");
    assert_eq!((config.id.as_str(), config.task_variable.as_str()), ("retell", "task"));
    assert_eq!(config.not_dialled, TrustedReasons::default());
    let info = config.info().unwrap();
    assert_eq!(info.failure_domains.iter().collect::<Vec<_>>(), ["retell", "twilio"]);
    assert_eq!(info.countries, Coverage::Only([Country::US].into()));
    assert_eq!(info.languages, Coverage::Only([Language::EN].into()));
    let lives = Duration::from_secs(3600);
    assert_eq!(info.idempotency, Idempotency::Documented { lives, replay: Replay::Silent });
    let second = RequestLimit { requests: 1, window: Duration::from_secs(1) };
    assert_eq!((info.place_limit, info.read_limit), (Some(second), None));
    assert_eq!(info.max_duration, Some(Duration::from_secs(7200)));
    assert!(info.needs_agent && !info.synchronous && !info.takes_first_message);
    assert_eq!(info.tariff, None);
}

#[test]
fn every_setting() {
    let config = read(&json!({
        "id": "retell-2",
        "api_key": KEY,
        "base_url": "http://127.0.0.1:1/prefix",
        "agent_id": "agent_1",
        "agent_version": 3,
        "from_number": FROM,
        "task_variable": "goal",
        "webhook_key": "key_2",
        "failure_domains": ["retell", "telnyx"],
        "countries": ["US", "GB"],
        "languages": ["en", "de"],
        "tariff": {"rows": [], "credit_price": null},
        "not_dialled": ["concurrency_limit_reached"],
    }))
    .unwrap();
    assert_eq!(config.agent_version, Some(VersionSelector::Number(3)));
    assert_eq!(config.from_number, Some(number(FROM)));
    assert!(config.not_dialled.contains("concurrency_limit_reached"));
    let provider = Retell::new(config).unwrap();
    let info = provider.info();
    assert_eq!(info.id.as_str(), "retell-2");
    assert!(!info.needs_agent, "it has one of its own");
    assert_eq!(info.tariff, Some(Tariff::default()));
    assert!(info.countries.covers(&Country::GB));
}

#[test]
fn versions_and_trusted_reasons_as_they_are_written() {
    let with =
        |field: &str, value: Value| read(&json!({"api_key": KEY, "agent_id": "a", field: value}));
    let version = |value| with("agent_version", value).unwrap().agent_version;
    assert_eq!(version(json!(0)), Some(VersionSelector::Number(0)));
    assert_eq!(version(json!("live")), Some(VersionSelector::Tag("live".to_owned())));
    for bad in [json!(-1), json!(1.5), json!(true), json!([])] {
        assert!(with("agent_version", bad.clone()).is_err(), "{bad}");
    }
    let trusted = |value| with("not_dialled", value).map(|config| config.not_dialled);
    assert_eq!(trusted(json!("documented")), Ok(TrustedReasons::documented()));
    assert_eq!(trusted(json!([])), Ok(TrustedReasons::default()));
    for bad in [json!(1), json!([1])] {
        assert!(trusted(bad.clone()).is_err(), "{bad}");
    }
    let busy = read(&json!({"api_key": KEY, "not_dialled": ["dial_busy"]})).unwrap();
    let why = busy.check().unwrap_err().message().to_owned();
    assert!(why.contains("dial_busy") && why.contains("concurrency_limit_reached"), "{why}");
}

#[test]
fn what_cannot_work_names_its_key() {
    let rows = [
        ("id", json!("")),
        ("api_key", json!("")),
        ("api_key", json!("key with spaces")),
        ("api_key", json!("\"key\"")),
        ("webhook_key", json!(" ")),
        ("base_url", json!("http://api.retellai.com")),
        ("base_url", json!("ftp://127.0.0.1")),
        ("agent_id", json!(" ")),
        ("agent_version", json!(1)),
        ("task_variable", json!("")),
        ("task_variable", json!("callee_name")),
        ("countries", json!([])),
        ("languages", json!([])),
        ("not_dialled", json!("all")),
        ("not_dialled", json!(["dial_busy"])),
        ("not_dialled", json!(["documented"])),
    ];
    for (field, value) in rows {
        let mut settings = json!({"api_key": KEY});
        settings[field] = value.clone();
        let error = Retell::new(read(&settings).unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{value}"
        );
    }
    let mut settings = json!({"api_key": KEY, "agent_id": "agent_1", "agent_version": " "});
    assert_eq!(Retell::new(read(&settings).unwrap()).unwrap_err().field(), Some("agent_version"));
    settings["colour"] = json!("red");
    assert!(read(&settings).unwrap_err().contains("colour"));
    assert!(read(&json!({"api_key": KEY, "from_number": "4155550100"})).is_err());
    assert!(read(&json!({})).unwrap_err().contains("api_key"));
}
