//! A simulated KaiCalls, and an account at it.

use std::time::Duration;

use serde_json::json;
use switchboard_kaicalls::{KaiCalls, KaiCallsConfig, api::RunBody};
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    calls::{CallScript, Outcome},
};

use super::CALLEE;

/// The path that makes runs.
pub(crate) const RUNS: &str = "/api/v1/communication-runs";
/// Another number that the quick simulator knows.
pub(crate) const SECOND: &str = "+12125550124";

pub(crate) async fn started(config: SimConfig) -> (SimKaiCalls, KaiCalls) {
    let simulator = SimKaiCalls::start(config).await.unwrap();
    let provider = super::open(&account(&simulator)).unwrap();
    (simulator, provider)
}

pub(crate) fn account(simulator: &SimKaiCalls) -> KaiCallsConfig {
    let mut config = KaiCallsConfig::new(simulator.credential());
    config.base_url = simulator.url().parse().unwrap();
    config.agent_id = Some(simulator.agent_id().into());
    config.business_id = Some(simulator.business_id().to_owned());
    config
}

/// Calls that are over in a few milliseconds.
pub(crate) fn quick() -> SimConfig {
    let script = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_secs(1))
        .talking_for(Duration::from_secs(1));
    SimConfig::default()
        .seed(0)
        .speed(1000.0)
        .limits(10_000, 100_000)
        .outcome(CALLEE, script)
        .outcome(SECOND, script)
}

/// Asks until the answer is as it shall be, or fails the test.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect(what)
}

/// What a run wants, for these recipients.
pub(crate) fn body(simulator: &SimKaiCalls, recipients: &[&str]) -> RunBody {
    let recipients: Vec<_> =
        recipients.iter().map(|to| json!({"to": to, "name": "Jordan Reyes"})).collect();
    RunBody::new()
        .set("agent_id", simulator.agent_id())
        .set("context", "Remind of the appointment")
        .set("external_ref", "campaign-1")
        .set("recipients", recipients)
}
