//! Accounts at CALL-E in the configuration.

#![cfg(feature = "calle")]

use std::time::Duration;

use switchboard::{Config, core::Idempotency};

fn config(own: &str, agent: &str) -> Result<Config, switchboard::ConfigError> {
    let account = "[providers.voice]\nkind = \"calle\"\napi_key_env = \"KEY\"";
    Config::from_toml(&format!(
        "{account}\n{own}\n[agents.desk]\npurpose = \"requested\"\nat = {{ voice = {agent} }}"
    ))
}

#[test]
fn an_account_is_described_without_its_key() {
    let policy = config("key_life_seconds = 600", "\"task\"").unwrap().policy().unwrap();
    let info = &policy.providers[0].info;
    assert_eq!(info.failure_domains.to_string(), "calle");
    let lives = match info.idempotency {
        Idempotency::Documented { lives, .. } => Some(lives),
        Idempotency::None | Idempotency::Undocumented => None,
    };
    assert_eq!((lives, info.needs_agent), (Some(Duration::from_secs(600)), false));
}

#[test]
fn what_cannot_work_is_named_by_its_key_in_the_file() {
    for (own, agent, key) in [
        ("key_life_seconds = -1", "\"task\"", "providers.voice.key_life_seconds"),
        ("key_life_seconds = 60", "\"task\"", "providers.voice.key_life_seconds"),
        ("default_agent = \"x\"", "\"task\"", "providers.voice.default_agent"),
        ("", "\"agent_1\"", "agents.desk"),
        ("", "{ id = \"task\", version = \"3\" }", "agents.desk"),
    ] {
        let error = config(own, agent).and_then(|config| config.policy()).unwrap_err().to_string();
        assert!(error.contains(key), "{own} {agent}: {error}");
    }
}
