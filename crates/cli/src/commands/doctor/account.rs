//! One account, from its own answers.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use switchboard::{
    Error, Provider,
    config::ProviderConfig,
    core::{Difference, Finding, Inspection},
    jiff::SignedDuration,
    process_environment,
    router::ProviderPolicy,
};

use super::{login, report::Section, subject::Setup};
use crate::credential::Refused;

/// How long an account may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// From here on, a clock that is wrong is a warning.
const CLOCK_WARNS: SignedDuration = SignedDuration::from_secs(5);
/// From here on, it is a problem.
const CLOCK_FAILS: SignedDuration = SignedDuration::from_secs(60);

/// Checks an account. One that is switched off is only looked at if it was `named`.
pub(super) async fn check(setup: &Setup, name: &str, named: bool) -> Section {
    let mut section = Section::new(name, Vec::new());
    let Some(account) = setup.config.providers.get(name) else {
        return section;
    };
    section.kind = Some(account.kind.clone());
    if !account.enabled && !named {
        section.findings.push(Finding::note("account", "it is switched off, and was not asked"));
        return section;
    }
    let provider = match setup.config.provider(name, process_environment, &setup.clock) {
        Ok(provider) => provider,
        Err(error) => {
            section.findings.push(Finding::problem(
                "credential",
                error.message().to_owned(),
                format!("no call can go to {name} before that"),
            ));
            return section;
        }
    };
    let policy = setup.policy.providers.iter().find(|one| one.info.id.as_str() == name);
    section.findings.extend(kept(account));
    let inspection = match tokio::time::timeout(PATIENCE, inspect(setup, &provider)).await {
        Ok(inspection) => inspection,
        Err(_) => {
            section.findings.push(Finding::problem(
                "answers",
                format!("it did not answer everything within {} s", PATIENCE.as_secs()),
                "try again later; calls to it may be slow too",
            ));
            return section;
        }
    };
    section.findings.extend(access(setup, name, account, &inspection));
    // Read after the account, because reading it may renew the token.
    section.findings.extend(login::check(&setup.config, name, setup.clock.now()).await);
    section.findings.extend(clock(inspection.clock_ahead, inspection.failure.is_none()));
    if let Some(policy) = policy {
        section.findings.extend(numbers(name, policy, &inspection));
        section.findings.extend(agents(setup, name, &inspection));
    }
    section.findings.extend(shapes(&inspection));
    section.findings.extend(inspection.findings);
    section.shapes = inspection.shapes;
    section
}

async fn inspect(setup: &Setup, provider: &Arc<dyn Provider>) -> Inspection {
    if let Some(inspects) = provider.inspects() {
        return inspects.inspect(&*setup.clock).await;
    }
    let mut inspection = Inspection::default();
    inspection.findings.push(Finding::note(
        "account",
        "this kind of provider cannot say how it is set up: it was only asked whether it answers",
    ));
    inspection.failure = provider.look().await.err();
    inspection
}

/// Where the credential comes from.
fn kept(account: &ProviderConfig) -> Option<Finding> {
    let place = match (&account.api_key_env, &account.api_key_file) {
        (Some(variable), _) => format!("the environment variable {variable}"),
        (None, Some(file)) => format!("the file {}", file.display()),
        (None, None) => return None,
    };
    Some(Finding::ok("credential", format!("it comes from {place}")))
}

fn access(
    setup: &Setup,
    name: &str,
    account: &ProviderConfig,
    inspection: &Inspection,
) -> Option<Finding> {
    let Some(error) = &inspection.failure else {
        return Some(Finding::ok("account", "it answers, and accepts the credential"));
    };
    Some(match Refused::of(error.kind(), error.status(), None) {
        Some(how) => Finding::problem(
            "credential",
            format!("it was refused ({})", said(error)),
            how.fix(name, setup.config.providers.get(name)),
        ),
        None => Finding::problem(
            "account",
            format!("it cannot be read ({})", said(error)),
            match &account.base_url {
                Some(url) => format!(
                    "check the network, and that {} is its API",
                    url.origin().ascii_serialization()
                ),
                None => "check the network, and the provider's status page".to_owned(),
            },
        ),
    })
}

fn said(error: &Error) -> String {
    match error.status() {
        Some(status) => format!("{status}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

fn clock(ahead: Option<SignedDuration>, answered: bool) -> Option<Finding> {
    const CHECK: &str = "clock";
    let Some(ahead) = ahead else {
        let message = "no answer had the provider's time, so the clock was not compared";
        return answered.then(|| Finding::note(CHECK, message));
    };
    let apart = SignedDuration::try_from(ahead.unsigned_abs()).unwrap_or(SignedDuration::MAX);
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let text = format!("this machine's clock is {} s {side} the provider's", apart.as_secs());
    let fix = "set it by NTP: times of calls, calling hours and signatures depend on it";
    Some(if apart >= CLOCK_FAILS {
        Finding::problem(CHECK, text, fix)
    } else if apart >= CLOCK_WARNS {
        Finding::warning(CHECK, text, fix)
    } else {
        Finding::ok(CHECK, format!("{} s from the provider's", apart.as_secs()))
    })
}

/// Its numbers and their carriers, beside what is configured.
fn numbers(name: &str, policy: &ProviderPolicy, inspection: &Inspection) -> Vec<Finding> {
    const CHECK: &str = "numbers";
    let Some(numbers) = &inspection.numbers else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let carriers: Vec<String> = inspection
        .carriers
        .iter()
        .map(|(carrier, count)| format!("{count} by {carrier}"))
        .collect();
    let by = if carriers.is_empty() {
        "their carriers are not shown".to_owned()
    } else {
        carriers.join(", ")
    };
    let count = numbers.len();
    findings.push(match count {
        0 => Finding::note(CHECK, "the account has none"),
        1 => Finding::ok(CHECK, format!("1 number ({by})")),
        _ => Finding::ok(CHECK, format!("{count} numbers ({by})")),
    });
    for own in &policy.numbers {
        let is_it = |one: &switchboard::core::OwnedNumber| match &own.number.id {
            Some(id) => one.id.as_ref() == Some(id),
            None => one.number == Some(own.number.number),
        };
        if !numbers.iter().any(is_it) {
            findings.push(Finding::problem(
                CHECK,
                format!("the configured number {} is not in the account", own.number.name),
                format!("correct providers.{name}.numbers: switchboard numbers list shows them"),
            ));
        }
    }
    let domains: BTreeSet<&str> = policy.info.failure_domains.iter().collect();
    for carrier in inspection.carriers.keys().filter(|one| !domains.contains(one.as_str())) {
        findings.push(Finding::warning(
            CHECK,
            format!(
                "{carrier} carries some, and failure_domains names only {}",
                policy.info.failure_domains
            ),
            format!("add \"{carrier}\" to providers.{name}.failure_domains"),
        ));
    }
    findings
}

/// Whether the answers are as the types of this version expect.
fn shapes(inspection: &Inspection) -> Vec<Finding> {
    const CHECK: &str = "answers";
    let shapes = &inspection.shapes;
    let words: Vec<&str> = shapes
        .iter()
        .filter_map(|one| match &one.difference {
            Difference::UnknownWord { word } => Some(word.as_deref().unwrap_or("one not shown")),
            _ => None,
        })
        .collect();
    let mut findings = Vec::new();
    if !words.is_empty() {
        findings.push(Finding::warning(
            CHECK,
            format!(
                "they have words for the state of calls that no document lists: {}",
                words.join(", ")
            ),
            "update Switchboard, or send switchboard doctor --shapes to its maintainers",
        ));
    }
    match (shapes.len() - words.len(), inspection.compared.len()) {
        (_, 0) => {}
        (0, count) => {
            findings.push(Finding::ok(CHECK, format!("{count} kinds of them are as they are known")));
        }
        (differ, _) => findings.push(Finding::note(
            CHECK,
            format!("{differ} fields of them are not as they are known: switchboard doctor --shapes lists them"),
        )),
    }
    findings
}

/// The agents that profiles name there.
fn agents(setup: &Setup, name: &str, inspection: &Inspection) -> Vec<Finding> {
    const CHECK: &str = "agents";
    let Some(known) = &inspection.agents else {
        return Vec::new();
    };
    let named = setup
        .config
        .agents
        .iter()
        .filter_map(|(profile, agent)| agent.at.get(name).map(|agent| (profile, agent)));
    let missing: Vec<Finding> = named
        .filter(|(_, agent)| !known.contains(&agent.id))
        .map(|(profile, agent)| {
            Finding::problem(
                CHECK,
                format!(
                    "the profile {profile} names {}, which the account does not have",
                    agent.id
                ),
                format!("correct agents.{profile}.at: switchboard agents list shows them"),
            )
        })
        .collect();
    if missing.is_empty() {
        let count = known.len();
        return vec![Finding::ok(CHECK, format!("{count} in the account, all that are named"))];
    }
    missing
}
