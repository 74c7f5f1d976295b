//! Accounts at Vapi in the configuration.

#![cfg(feature = "vapi")]

use std::time::Duration;

use switchboard::{Config, core::Idempotency};

fn config(own: &str) -> Result<Config, switchboard::ConfigError> {
    let account = "[providers.voice]\nkind = \"vapi\"\napi_key_env = \"KEY\"";
    let agent = "[agents.desk]\npurpose = \"requested\"";
    Config::from_toml(&format!(
        "{account}\n{own}\n{agent}\nat = {{ voice = {{ id = \"assistant-1\", version = \"v3\" }} }}"
    ))
}

#[test]
fn an_account_is_described_without_its_key() {
    let own = "phone_number_id = \"number-1\"\ndefault_agent = \"assistant-1\"\n\
               default_agent_version = \"v3\"\nnot_dialled = \"documented\"\n\
               webhook_check = { kind = \"bearer\", header = \"x-vapi-secret\" }";
    let policy = config(own).unwrap().policy().unwrap();
    let info = &policy.providers[0].info;
    assert_eq!(info.failure_domains.to_string(), "twilio, vapi");
    assert_eq!(info.max_duration, Some(Duration::from_secs(43_200)));
    assert!(info.idempotency == Idempotency::None && !info.needs_agent);
    assert!(config("").unwrap().policy().unwrap().providers[0].info.needs_agent);
}

#[test]
fn what_cannot_work_is_named_by_its_key_in_the_file() {
    for (own, key) in [
        ("phone_number_id = \" \"", "providers.voice.phone_number_id"),
        ("default_agent = \" \"", "providers.voice.default_agent"),
        ("default_agent_version = \"v3\"", "providers.voice.default_agent_version"),
        ("not_dialled = [\"customer-busy\"]", "providers.voice.not_dialled"),
        ("webhook_check = { kind = \"hmac\", text = \"\" }", "providers.voice.webhook_check"),
        ("webhook_key_env = \"X\"", "providers.voice.webhook_key_env"),
    ] {
        let error = config(own).and_then(|config| config.policy()).unwrap_err().to_string();
        assert!(error.contains(key), "{own}: {error}");
    }
}
