//! Accounts at Retell in the configuration.

#![cfg(feature = "retell")]

use std::time::Duration;

use switchboard::{Config, core::Idempotency};

fn config(own: &str) -> Result<Config, switchboard::ConfigError> {
    let account = "[providers.voice]\nkind = \"retell\"\napi_key_env = \"KEY\"";
    let agent = "[agents.desk]\npurpose = \"requested\"";
    Config::from_toml(&format!(
        "{account}\n{own}\n{agent}\nat = {{ voice = {{ id = \"agent_1\", version = \"live\" }} }}"
    ))
}

#[test]
fn an_account_is_described_without_its_key() {
    let own = "from_number = \"+14155550100\"\ndefault_agent = \"agent_1\"\n\
               default_agent_version = 3\nnot_dialled = \"documented\"";
    let policy = config(own).unwrap().policy().unwrap();
    let info = &policy.providers[0].info;
    assert_eq!(info.failure_domains.to_string(), "retell, twilio");
    assert_eq!(info.max_duration, Some(Duration::from_secs(7200)));
    assert!(matches!(info.idempotency, Idempotency::Documented { .. }) && !info.needs_agent);
    assert!(config("").unwrap().policy().unwrap().providers[0].info.needs_agent);
}

#[test]
fn what_cannot_work_is_named_by_its_key_in_the_file() {
    for (own, key) in [
        ("from_number = \"call me\"", "providers.voice.from_number"),
        ("default_agent = \" \"", "providers.voice.default_agent"),
        ("default_agent_version = 3", "providers.voice.default_agent_version"),
        ("not_dialled = [\"dial_busy\"]", "providers.voice.not_dialled"),
        ("webhook_secret_env = \"X\"", "providers.voice.webhook_secret_env"),
    ] {
        let error = config(own).and_then(|config| config.policy()).unwrap_err().to_string();
        assert!(error.contains(key), "{own}: {error}");
    }
}
