//! Accounts at Telnyx in the configuration.

#![cfg(feature = "telnyx")]

use std::time::Duration;

use switchboard::{Config, core::Idempotency};

fn config(own: &str, agent: &str) -> Result<Config, switchboard::ConfigError> {
    let account = "[providers.voice]\nkind = \"telnyx\"\napi_key_env = \"KEY\"";
    Config::from_toml(&format!(
        "{account}\n{own}\n[agents.desk]\npurpose = \"requested\"\nat = {{ voice = {agent} }}"
    ))
}

#[test]
fn an_account_is_described_without_its_key() {
    let own = "connection_id = \"1494404757140276705\"\nfrom_number = \"+13125550100\"\n\
               default_agent = \"assistant-1\"\ndetect_machines = true\nrecord = true\n\
               webhook_public_key = \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"";
    let policy = config(own, "\"assistant-1\"").unwrap().policy().unwrap();
    let info = &policy.providers[0].info;
    assert_eq!(info.failure_domains.to_string(), "telnyx");
    assert_eq!(info.max_duration, Some(Duration::from_secs(14_400)));
    assert!(matches!(info.idempotency, Idempotency::Documented { .. }) && !info.needs_agent);
    let bare = config("", "{ id = \"assistant-1\", task_variable = \"goal\" }").unwrap();
    assert!(bare.policy().unwrap().providers[0].info.needs_agent);
}

#[test]
fn what_cannot_work_is_named_by_its_key_in_the_file() {
    for (own, agent, key) in [
        ("from_number = \"call me\"", "\"a\"", "providers.voice.from_number"),
        ("default_agent = \" \"", "\"a\"", "providers.voice.default_agent"),
        ("webhook_public_key = \"x\"", "\"a\"", "providers.voice.webhook_public_key"),
        ("webhook_secret_env = \"X\"", "\"a\"", "providers.voice.webhook_secret_env"),
        ("connection_id = 12", "\"a\"", "providers.voice.connection_id"),
        ("", "{ id = \"a\", version = \"v3\" }", "agents.desk"),
    ] {
        let error = config(own, agent).and_then(|config| config.policy()).unwrap_err().to_string();
        assert!(error.contains(key), "{own} {agent}: {error}");
    }
}
