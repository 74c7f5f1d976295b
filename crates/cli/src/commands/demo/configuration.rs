//! The configuration of the demo, for any two simulated providers.

use std::time::Duration;

use switchboard_testkit::{SimConfig, SimKind, Simulator};

use crate::commands::simulated_account;

const CONFIGURATION: &str = include_str!("demo.toml");
/// The variable with the credential of the provider that is asked first.
pub(super) const FIRST_KEY: &str = "DEMO_FIRST_KEY";
/// The variable with the credential of the other one.
pub(super) const SECOND_KEY: &str = "DEMO_SECOND_KEY";

/// As many calls a minute as KaiCalls documents. The demo would wait for minutes at a provider that
/// takes one a second.
const CALLS_PER_MINUTE: usize = 60;
const READS_PER_MINUTE: usize = 100_000;
const LINES: usize = 1_000;
/// Where accounts at the providers call that do not call everywhere, or do not say where.
const COUNTRIES: [&str; 2] = ["US", "CA"];
const MINUTE: Duration = Duration::from_secs(60);

/// The limits of the simulated account: what is documented, where that suits a demo.
pub(super) fn limits(kind: SimKind, config: SimConfig) -> SimConfig {
    match kind {
        SimKind::KaiCalls | SimKind::KallyAi => config,
        SimKind::Retell | SimKind::CallE | SimKind::Telnyx | SimKind::Vapi => config
            .countries(COUNTRIES)
            .concurrency(LINES)
            .limits(CALLS_PER_MINUTE, READS_PER_MINUTE)
            .limit_window(MINUTE),
    }
}

/// The text of the configuration.
pub(super) fn text(first: &Simulator, second: &Simulator) -> String {
    let shared = CONFIGURATION
        .replace("<first-agent>", &simulated_account::agent(first))
        .replace("<second-agent>", &simulated_account::agent(second))
        .replace("<first>", first.kind().id())
        .replace("<second>", second.kind().id());
    let (first, second) = (account(first, Role::First), account(second, Role::Second));
    format!("{shared}\n{first}\n{second}")
}

/// Which of the two accounts it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Asked first, and has the outage.
    First,
    /// Takes the calls that the first one cannot take.
    Second,
}

fn account(sim: &Simulator, role: Role) -> String {
    let kind = sim.kind();
    let mut text = simulated_account::section(sim, role.variable());
    if matches!(kind, SimKind::Retell | SimKind::CallE | SimKind::Telnyx | SimKind::Vapi) {
        text += &format!(
            "countries = {COUNTRIES:?}\nlimits = {{ place_requests = {CALLS_PER_MINUTE}, concurrent_calls = {LINES} }}\n"
        );
    }
    if role == Role::First {
        text += "breaker = { failures = 10, cooldown_seconds = 1, longest_cooldown_seconds = 2 }\n";
    }
    let id = kind.id();
    text + &format!("\n[providers.{id}.tariff]\n{}", tariff(kind, role))
}

/// The first one is cheaper for most calls, and expensive in northern Canada.
const fn tariff(kind: SimKind, role: Role) -> &'static str {
    match (kind, role) {
        (SimKind::KallyAi, Role::First) => {
            r#"credit_price = "0.15"
default = { per_call_credits = "1" }
rows = [{ prefixes = ["+1867"], per_call_credits = "4" }]
"#
        }
        (SimKind::KallyAi, Role::Second) => {
            r#"credit_price = "0.15"
default = { per_call_credits = "1", per_minute_credits = "0.1", increment_seconds = 60 }
"#
        }
        (_, Role::First) => {
            r#"default = { per_call = "0.15" }
rows = [{ prefixes = ["+1867"], per_call = "0.60" }]
"#
        }
        (_, Role::Second) => {
            r#"default = { per_call = "0.15", per_minute = "0.015", increment_seconds = 60 }
"#
        }
    }
}

impl Role {
    const fn variable(self) -> &'static str {
        match self {
            Self::First => FIRST_KEY,
            Self::Second => SECOND_KEY,
        }
    }
}
