//! A configuration file over both simulators, as a product would write one.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use switchboard::{
    Clock, Config, EngineBuilder, Switchboard, SystemClock, Timings, WebhookAddress,
};

use crate::Sims;

/// A configuration with KaiCalls first and KallyAI second. Calls with the tag `kallyai` or
/// `kaicalls` only go to that provider. The keys are in the environment.
pub fn text(sims: &Sims) -> String {
    format!(
        r#"
        [rules]
        off = "no person is called in a test"

        [routing]
        default_agent = "assistant"
        expected_duration_seconds = 120
        max_wait_seconds = 30

        [providers.kaicalls]
        kind = "kaicalls"
        api_key_env = "TEST_KAICALLS_KEY"
        base_url = "{kaicalls}"
        breaker = {{ failures = 3, cooldown_seconds = 1, longest_cooldown_seconds = 1 }}
        tariff = {{ rows = [{{ countries = ["US", "CA"], per_minute = "0.12", increment_seconds = 6 }}] }}

        [providers.kallyai]
        kind = "kallyai"
        api_key_env = "TEST_KALLYAI_TOKEN"
        refresh_token_env = "TEST_KALLYAI_REFRESH"
        base_url = "{kallyai}"
        tariff = {{ credit_price = "0.15", default = {{ per_call_credits = "1", per_minute_credits = "0.1" }} }}

        [agents.assistant]
        at = {{ kallyai = "general", kaicalls = "{agent}" }}

        [[routes]]
        name = "synchronous"
        tags = ["kallyai"]
        providers = ["kallyai"]

        [[routes]]
        name = "asynchronous"
        tags = ["kaicalls"]
        providers = ["kaicalls"]
        "#,
        kaicalls = sims.kaicalls.url(),
        kallyai = sims.kallyai.url(),
        agent = sims.kaicalls.agent_id(),
    )
}

/// The router of [`text`], before it starts.
pub fn router(sims: &Sims) -> EngineBuilder {
    let variables = [
        ("TEST_KAICALLS_KEY", sims.kaicalls.credential()),
        ("TEST_KALLYAI_TOKEN", sims.kallyai.credential()),
        ("TEST_KALLYAI_REFRESH", sims.kallyai.refresh_token()),
    ];
    let environment = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = Config::from_toml(&text(sims)).unwrap();
    config.engine_builder(environment, &clock).unwrap().adjust(|policy| policy.timings = timings())
}

/// News are asked for quickly; the rest is as usual.
pub fn timings() -> Timings {
    Timings {
        poll_every: Duration::from_millis(100),
        reconcile_for: Duration::ZERO,
        max_wait: Duration::from_secs(30),
        ..Timings::default()
    }
}

/// Starts it.
pub fn start(router: EngineBuilder) -> Switchboard {
    Switchboard::new(router.build().unwrap(), Arc::new(SystemClock))
}

/// The address at which the providers reach a receiver on this machine.
pub fn webhooks(receiver: &str, secret: &str) -> WebhookAddress {
    WebhookAddress {
        base: receiver.parse().unwrap(),
        secret: SecretString::from(secret),
        lifetime: Duration::from_secs(3600),
    }
}
