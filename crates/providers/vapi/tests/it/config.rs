//! The settings: their defaults, what cannot work, and what is known of an account from them.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_core::{
    Country, Coverage, ErrorKind, Idempotency, Language, Provider, Tariff, TrustedReasons,
};
use switchboard_vapi::{HmacCheck, Vapi, VapiConfig, WebhookCheck};

use crate::support::KEY;

fn read(value: &Value) -> Result<VapiConfig, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

#[test]
fn the_defaults() {
    let config = read(&json!({"api_key": KEY})).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", VapiConfig::new(KEY)));
    assert_eq!(config.base_url.as_str(), "https://api.vapi.ai/");
    assert_eq!((config.id.as_str(), config.task_variable.as_str()), ("vapi", "task"));
    assert_eq!(config.not_dialled, TrustedReasons::default());
    assert_eq!(config.webhook_check, WebhookCheck::Hmac(HmacCheck::default()));
    let info = config.info().unwrap();
    assert_eq!(info.failure_domains.iter().collect::<Vec<_>>(), ["twilio", "vapi"]);
    assert_eq!(info.countries, Coverage::Only([Country::US].into()));
    assert_eq!(info.languages, Coverage::Only([Language::EN].into()));
    assert_eq!(info.idempotency, Idempotency::None);
    assert_eq!((info.place_limit, info.read_limit), (None, None));
    assert_eq!(info.max_duration, Some(Duration::from_secs(43_200)));
    assert!(info.needs_agent && !info.synchronous && info.takes_first_message);
    assert_eq!(info.tariff, None);
}

#[test]
fn every_setting() {
    let config = read(&json!({
        "id": "vapi-2",
        "api_key": KEY,
        "base_url": "http://127.0.0.1:1/prefix",
        "agent_id": "assistant-1",
        "agent_version": "v3",
        "phone_number_id": "number-1",
        "task_variable": "goal",
        "webhook_secret": "secret_2",
        "webhook_check": {"kind": "hmac", "algorithm": "sha512", "header": "X-Sign", "encoding": "base64", "prefix": "v1="},
        "webhook_credential_id": "credential-1",
        "failure_domains": ["vapi", "telnyx"],
        "countries": ["US", "GB"],
        "languages": ["en", "de"],
        "tariff": {"rows": [], "credit_price": null},
        "not_dialled": ["call.start.error-*concurrency-limit*", "assistant-not-found"],
    }))
    .unwrap();
    assert_eq!(config.agent_version.as_deref(), Some("v3"));
    let provider = Vapi::new(config).unwrap();
    let info = provider.info();
    assert_eq!(info.id.as_str(), "vapi-2");
    assert!(!info.needs_agent, "it has one of its own");
    assert_eq!(info.tariff, Some(Tariff::default()));
    assert!(info.countries.covers(&Country::GB));
}

#[test]
fn what_cannot_work_names_its_key() {
    let hmac = |field: &str, value: Value| json!({"kind": "hmac", field: value});
    let rows = [
        ("id", json!("")),
        ("api_key", json!("")),
        ("api_key", json!("key with spaces")),
        ("api_key", json!("\"key\"")),
        ("webhook_secret", json!(" ")),
        ("base_url", json!("http://api.vapi.ai")),
        ("base_url", json!("ftp://127.0.0.1")),
        ("agent_id", json!(" ")),
        ("agent_version", json!("v1")),
        ("phone_number_id", json!("")),
        ("task_variable", json!("")),
        ("task_variable", json!("callee_name")),
        ("webhook_credential_id", json!("")),
        ("webhook_check", json!({"kind": "bearer", "header": ""})),
        ("webhook_check", hmac("header", json!(""))),
        ("webhook_check", hmac("text", json!("{timestamp}"))),
        ("webhook_check", hmac("text", json!("{url}.{body}"))),
        ("webhook_check", hmac("text", json!("{body"))),
        ("webhook_check", hmac("timestamp_header", json!(""))),
        ("webhook_check", hmac("secret_is_base64", json!(true))),
        ("countries", json!([])),
        ("languages", json!([])),
        ("not_dialled", json!(["customer-busy"])),
        ("not_dialled", json!(["call.in-progress.error-vapifault-transport-never-connected"])),
    ];
    for (field, value) in rows {
        let mut settings = json!({"api_key": KEY, "webhook_secret": "not base64"});
        settings["webhook_secret"] = json!("not-base-64");
        settings[field] = value.clone();
        let error = Vapi::new(read(&settings).unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{field} {value}"
        );
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
    for bad in [
        json!({}),
        json!({"api_key": KEY, "assistant": "x"}),
        json!({"api_key": KEY, "not_dialled": 1}),
    ] {
        assert!(read(&bad).is_err(), "{bad}");
    }
    for bad in [json!({"kind": "oauth2"}), hmac("algorithm", json!("sha1")), hmac("txt", json!(""))]
    {
        assert!(read(&json!({"api_key": KEY, "webhook_check": bad})).is_err(), "{bad}");
    }
}

#[test]
fn no_secret_is_shown() {
    let mut config = VapiConfig::new(KEY);
    config.webhook_secret = Some("hook_0123456789".into());
    let shown = format!("{config:?}");
    assert!(!shown.contains(KEY) && !shown.contains("hook_0123456789"), "{shown}");
}
