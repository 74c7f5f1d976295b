//! Settings: defaults, and what cannot work.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_calle::{CallE, CallEConfig};
use switchboard_core::{Country, Coverage, ErrorKind, Idempotency, Replay};

use crate::support::KEY;

fn read(settings: &Value) -> Result<CallEConfig, String> {
    serde_json::from_value(settings.clone()).map_err(|error| error.to_string())
}

#[test]
fn the_defaults() {
    let config = read(&json!({"api_key": KEY})).unwrap();
    let info = config.info().unwrap();
    assert_eq!(
        (info.id.as_str(), config.base_url.as_str()),
        ("calle", "https://api.heycall-e.com/")
    );
    assert_eq!(info.countries, Coverage::Only([Country::US].into()));
    assert!(!info.needs_agent && !info.synchronous && !info.takes_first_message);
    let documented =
        Idempotency::Documented { lives: Duration::from_secs(240), replay: Replay::FirstAnswer };
    assert_eq!(info.idempotency, documented);
    let never = read(&json!({"api_key": KEY, "key_life_seconds": 0})).unwrap();
    assert_eq!(never.info().unwrap().idempotency, Idempotency::Undocumented);
}

#[test]
fn what_cannot_work_names_its_key() {
    let rows = [
        ("id", json!("")),
        ("api_key", json!("")),
        ("api_key", json!("key with spaces")),
        ("base_url", json!("http://api.heycall-e.com")),
        ("key_life_seconds", json!(239)),
        ("countries", json!([])),
        ("languages", json!([])),
    ];
    for (field, value) in rows {
        let mut settings = json!({"api_key": KEY});
        settings[field] = value.clone();
        let error = CallE::new(read(&settings).unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some(field)),
            "{value}"
        );
    }
    assert!(read(&json!({"api_key": KEY, "colour": "red"})).unwrap_err().contains("colour"));
    assert!(read(&json!({})).unwrap_err().contains("api_key"));
}
