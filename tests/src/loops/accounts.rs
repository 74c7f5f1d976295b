//! The part of a configuration that names two accounts at simulated providers.

use std::{collections::BTreeMap, fmt::Write};

use switchboard_testkit::SimKind;

use crate::Sims;

/// The variables with the credentials of the first and of the second account.
pub const CREDENTIALS: [&str; 2] = ["LOOP_FIRST_CREDENTIAL", "LOOP_SECOND_CREDENTIAL"];

/// More calls than a loop has: no loop waits for a provider's limit.
pub const MANY_CALLS: u32 = 1_000_000;
/// More than the calls of a loop at the same time.
pub const MANY_LINES: u32 = 10_000;

/// Where the callees of the loops are.
pub const COUNTRIES: [&str; 2] = ["US", "CA"];

/// An account at a simulated provider.
#[derive(Debug, Clone)]
pub struct Account {
    /// The provider.
    pub kind: SimKind,
    /// Where it is.
    pub url: String,
    /// The id of its agent, if it has one.
    pub agent: Option<String>,
    /// What else a configuration says of the account.
    pub more: BTreeMap<String, String>,
}

impl Account {
    /// The accounts of both providers of the tests of the server. KaiCalls, which sends webhooks, is
    /// asked first.
    pub fn of(sims: &Sims) -> [Self; 2] {
        let account = |kind, url: &str, agent: Option<&str>| Self {
            kind,
            url: url.to_owned(),
            agent: agent.map(str::to_owned),
            more: BTreeMap::new(),
        };
        let agent = sims.kaicalls.agent_id();
        [
            account(SimKind::KaiCalls, sims.kaicalls.url(), Some(agent)),
            account(SimKind::KallyAi, sims.kallyai.url(), None),
        ]
    }
}

/// True if the limits of this provider are so low that a loop would wait for them.
pub const fn has_low_limits(kind: SimKind) -> bool {
    match kind {
        SimKind::KallyAi | SimKind::KaiCalls => false,
        SimKind::Retell | SimKind::CallE | SimKind::Telnyx | SimKind::Vapi => true,
    }
}

/// Both accounts, an agent at each, and a route to each by its tag.
pub fn accounts(accounts: &[Account; 2]) -> String {
    let mut text = String::new();
    let mut at = Vec::new();
    for (account, credential) in accounts.iter().zip(CREDENTIALS) {
        let (id, url) = (account.kind.id(), &account.url);
        let _ = write!(
            text,
            r#"
[providers.{id}]
kind = "{id}"
api_key_env = "{credential}"
base_url = "{url}"
breaker = {{ failures = 5, cooldown_seconds = 1, longest_cooldown_seconds = 1 }}
"#
        );
        if has_low_limits(account.kind) {
            let _ = writeln!(
                text,
                "countries = {COUNTRIES:?}\nlimits = {{ place_requests = {MANY_CALLS}, concurrent_calls = {MANY_LINES} }}"
            );
        }
        for (setting, value) in &account.more {
            let _ = writeln!(text, "{setting} = \"{value}\"");
        }
        let _ = write!(
            text,
            r#"
[[routes]]
name = "{id} alone"
tags = ["{id}"]
providers = ["{id}"]
"#
        );
        at.push(format!("{id} = {}", account.kind.in_profile(account.agent.as_deref())));
    }
    let at = at.join(", ");
    text + &format!(
        r#"
[agents.assistant]
purpose = "reservation"
published_number = "https://example.com/contact"
on_behalf_of = "Ada Lovelace"
at = {{ {at} }}
"#
    )
}
