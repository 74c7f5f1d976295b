//! The part of a configuration that names both simulated providers.

/// The variable with KallyAI's credential.
pub const KALLYAI_TOKEN: &str = "LOOP_KALLYAI_TOKEN";
/// The variable with KaiCalls' credential.
pub const KAICALLS_KEY: &str = "LOOP_KAICALLS_KEY";

/// Both accounts, an agent at each, and a route to each by its tag. `agent` is KaiCalls' id of it.
pub fn accounts(kallyai: &str, kaicalls: &str, agent: &str) -> String {
    format!(
        r#"
[providers.kaicalls]
kind = "kaicalls"
api_key_env = "{KAICALLS_KEY}"
base_url = "{kaicalls}"
breaker = {{ failures = 5, cooldown_seconds = 1, longest_cooldown_seconds = 1 }}

[providers.kallyai]
kind = "kallyai"
api_key_env = "{KALLYAI_TOKEN}"
base_url = "{kallyai}"
breaker = {{ failures = 5, cooldown_seconds = 1, longest_cooldown_seconds = 1 }}

[agents.assistant]
purpose = "reservation"
published_number = "https://example.com/contact"
on_behalf_of = "Ada Lovelace"
at = {{ kallyai = "general", kaicalls = "{agent}" }}

[[routes]]
name = "synchronous"
tags = ["kallyai"]
providers = ["kallyai"]

[[routes]]
name = "asynchronous"
tags = ["kaicalls"]
providers = ["kaicalls"]
"#
    )
}
