//! Settings: defaults, and what cannot work.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_core::{Country, Coverage, ErrorKind, Idempotency, Provider, Replay};
use switchboard_telnyx::{Telnyx, TelnyxConfig};

use crate::support::KEY;

fn read(settings: &Value) -> Result<TelnyxConfig, String> {
    serde_json::from_value(settings.clone()).map_err(|error| error.to_string())
}

#[test]
fn the_defaults() {
    let config = read(&json!({"api_key": KEY})).unwrap();
    let info = config.info().unwrap();
    assert_eq!((info.id.as_str(), config.base_url.as_str()), ("telnyx", "https://api.telnyx.com/"));
    assert_eq!(info.failure_domains.to_string(), "telnyx");
    assert_eq!(info.countries, Coverage::Only([Country::US, Country::CA].into()));
    assert!(info.needs_agent && !info.synchronous && info.takes_first_message);
    assert_eq!(info.place_limit.map(|limit| limit.requests), Some(150));
    let minute = Idempotency::Documented { lives: Duration::from_secs(60), replay: Replay::Silent };
    assert_eq!(info.idempotency, minute);
    assert!(Telnyx::new(config).unwrap().webhooks().is_none(), "without a public key");
}

#[test]
fn what_cannot_work_names_its_key() {
    let rows = [
        ("id", json!("")),
        ("api_key", json!("")),
        ("api_key", json!("key with spaces")),
        ("base_url", json!("http://api.telnyx.com")),
        ("connection_id", json!(" ")),
        ("agent_id", json!(" ")),
        ("task_variable", json!("")),
        ("task_variable", json!("callee_name")),
        ("webhook_public_key", json!("")),
        ("webhook_public_key", json!("bm90IGEga2V5")),
        ("webhook_public_key", json!("-----BEGIN PUBLIC KEY-----")),
        ("countries", json!([])),
        ("languages", json!([])),
    ];
    for (field, value) in rows {
        let mut settings = json!({"api_key": KEY});
        settings[field] = value.clone();
        let error = Telnyx::new(read(&settings).unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{value}"
        );
    }
    assert!(read(&json!({"api_key": KEY, "colour": "red"})).unwrap_err().contains("colour"));
    assert!(read(&json!({"api_key": KEY, "from_number": "3125550100"})).is_err());
    assert!(read(&json!({})).unwrap_err().contains("api_key"));
}
