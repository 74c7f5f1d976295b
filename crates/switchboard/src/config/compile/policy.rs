//! From the file's words to the router's policy. Everything that can be known without a credential
//! is checked here.

use std::collections::BTreeMap;
use std::time::Duration;

use indexmap::IndexMap;
use switchboard_core::{
    AgentProfile, Currency, ProfileName, ProviderId, ProviderInfo, parse_currency,
};
use switchboard_router::{
    BestValue, BusyCallee, Cheapest, FactDefaults, Fastest, MostHeadroom, OnUnknown, Policy,
    Priority, ProviderPolicy, Route, Strategy, Timings, Weighted,
};

use super::{
    budget, callers, deck, duplicates, experiment, facts, numbers::numbers, outliers, quality,
    rules, server,
};
use crate::config::{
    BusyCalleeName, OnUnknownName, RoutingConfig, StrategyName,
    account::{breaker, inspect, limits},
    conditions::{Conditions, shadows},
    file::Config,
    ledger, network, no_effect,
    problem::{KeyPath, Problems},
    suggest::did_you_mean,
    telemetry,
};

/// A day.
const LONGEST_SEARCH: u32 = 86_400;
const SHORTEST_CALL: u32 = 30;
const LONGEST_CALL: u32 = 3_600;
/// Providers list a call seconds after it was placed; a wait that is as short would ring twice as
/// a rule.
const SHORTEST_ASSUMPTION: u32 = 5;
const LONGEST_ASSUMPTION: u32 = 24 * 60;

/// The policy, where there is no problem.
pub(crate) fn policy(config: &Config, problems: &mut Problems) -> Option<Policy> {
    let currency = currency(config, problems);
    let providers = providers(config, currency, problems);
    routing(config, problems);
    let mut policy = Policy::new(providers, currency);
    policy.strategy = strategy(
        config,
        &KeyPath::of("routing"),
        Some(config.routing.strategy),
        (&config.routing.weights, config.routing.exploration_percent),
        &[],
        problems,
    )
    .unwrap_or_default();
    policy.profiles = profiles(config, problems);
    policy.profile_facts = profile_facts(config, problems);
    policy.default_profile = config.routing.default_agent.as_deref().map(ProfileName::from);
    policy.default_country = config.routing.default_country;
    policy.routes = routes(config, &policy, problems);
    policy.experiments = experiment::compile(config, problems);
    callers::compile(config, &mut policy, problems);
    policy.budgets = budget::compile(config, &policy, problems);
    policy.expected_duration = seconds(config.routing.expected_duration_seconds);
    policy.max_duration = seconds(config.routing.max_duration_seconds);
    policy.quality = quality::compile(&config.routing.quality, currency, problems);
    policy.timings = timings(config);
    policy.outliers = outliers::policy(&config.routing.outliers);
    policy.duplicates = duplicates::windows(&config.duplicates);
    policy.rules = rules::compile(config, problems);
    webhooks(config, problems);
    server::check(config.server.as_ref(), problems);
    telemetry::check(config.telemetry.as_ref(), config.server.is_some(), problems);
    network::check(config.network.as_ref(), config.directory(), problems);
    ledger::check(config.ledger.as_ref(), problems);
    if problems.is_empty() {
        no_effect::check(config, &policy, problems);
    }
    if problems.is_empty()
        && let Err(error) = policy.check()
    {
        problems
            .push(&KeyPath::default().dotted(error.field().unwrap_or_default()), error.message());
    }
    problems.is_empty().then_some(policy)
}

fn currency(config: &Config, problems: &mut Problems) -> Currency {
    parse_currency(&config.routing.currency).unwrap_or_else(|error| {
        problems.push(&KeyPath::of("routing").key("currency"), error.message());
        Currency::USD
    })
}

fn providers(config: &Config, currency: Currency, problems: &mut Problems) -> Vec<ProviderPolicy> {
    if config.providers.is_empty() {
        problems.push(
            &KeyPath::of("providers"),
            "is empty: add a table such as [providers.kaicalls] with its kind",
        );
    } else if config.providers.values().all(|provider| !provider.enabled) {
        problems.push(&KeyPath::of("providers"), "are all switched off: enable at least one");
    }
    let exchange = deck::exchange(&config.routing.currencies, currency, problems);
    let mut policies = Vec::with_capacity(config.providers.len());
    for (name, provider) in &config.providers {
        let Some(mut info) = inspect(config, name, provider, problems) else {
            continue;
        };
        let (deck, tariff) =
            deck::prices(config, name, provider, &info.countries, &exchange, problems);
        info.tariff = tariff;
        let mut policy = ProviderPolicy::new(info, deck);
        policy.enabled = provider.enabled;
        policy.limits = limits(provider, &policy.info);
        policy.numbers = numbers(config, name, provider, problems);
        policy.breaker = breaker(provider);
        policies.push(policy);
    }
    if problems.is_empty() {
        deck::unused_rates(config, &policies, problems);
    }
    policies
}

fn routing(config: &Config, problems: &mut Problems) {
    let at = KeyPath::of("routing");
    let routing = &config.routing;
    let (longest, expected) = (routing.max_duration_seconds, routing.expected_duration_seconds);
    if !(1..=LONGEST_SEARCH).contains(&routing.reconcile_seconds) {
        problems.push(
            &at.key("reconcile_seconds"),
            format!("{} is not between 1 and {LONGEST_SEARCH}", routing.reconcile_seconds),
        );
    }
    let usual = RoutingConfig::default().expected_duration_seconds;
    if !(SHORTEST_CALL..=LONGEST_CALL).contains(&longest) {
        problems.push(
            &at.key("max_duration_seconds"),
            format!("{longest} is not between {SHORTEST_CALL} and {LONGEST_CALL}"),
        );
    } else if expected == 0 || expected > longest && expected != usual {
        problems.push(
            &at.key("expected_duration_seconds"),
            format!("{expected} is not between 1 and max_duration_seconds, {longest}"),
        );
    }
    if let Some(agent) = &routing.default_agent
        && !config.agents.contains_key(agent)
    {
        let fix = did_you_mean(agent, config.agents.keys().map(String::as_str));
        problems.push(
            &at.key("default_agent"),
            format!("{agent:?} is no agent profile of this file: {fix}"),
        );
    }
    unknown(routing, &at, problems);
    outliers::check(config, problems);
    duplicates::check(config, problems);
}

fn timings(config: &Config) -> Timings {
    let routing = &config.routing;
    let assume_after = routing
        .assume_after_minutes
        .filter(|_| routing.on_unknown == OnUnknownName::AssumeNotPlaced);
    let usual = Timings::default();
    let lease = config.ledger.as_ref().and_then(|ledger| ledger.lease_seconds).map(seconds);
    Timings {
        max_wait: seconds(routing.max_wait_seconds),
        reconcile_for: seconds(routing.reconcile_seconds),
        sweep_every: lease.map_or(usual.sweep_every, |lease| usual.sweep_every.min(lease / 4)),
        on_unknown: assume_after.map_or(OnUnknown::Park, |minutes| OnUnknown::AssumeNotPlaced {
            after: seconds(minutes.get()) * 60,
        }),
        ..usual
    }
}

fn unknown(routing: &RoutingConfig, at: &KeyPath, problems: &mut Problems) {
    let key = at.key("assume_after_minutes");
    match (routing.on_unknown, routing.assume_after_minutes.map(std::num::NonZeroU32::get)) {
        (OnUnknownName::Park, None) => {}
        (OnUnknownName::Park, Some(_)) => problems.push(
            &key,
            "has no effect, because on_unknown is park: write on_unknown = \"assume_not_placed\", after which a phone may ring twice, or take this out",
        ),
        (OnUnknownName::AssumeNotPlaced, None) => problems.push(
            &key,
            "is missing: add assume_after_minutes = 30, after which a phone may ring twice, or take on_unknown out",
        ),
        (OnUnknownName::AssumeNotPlaced, Some(minutes)) if !(SHORTEST_ASSUMPTION..=LONGEST_ASSUMPTION).contains(&minutes) => {
            problems.push(&key, format!("{minutes} is not between {SHORTEST_ASSUMPTION} and {LONGEST_ASSUMPTION}"));
        }
        (OnUnknownName::AssumeNotPlaced, Some(_)) => {}
    }
}

/// `among`: the providers that the route names; weights for others have no effect.
fn strategy(
    config: &Config,
    at: &KeyPath,
    name: Option<StrategyName>,
    (weights, exploration): (&IndexMap<String, u32>, Option<u32>),
    among: &[String],
    problems: &mut Problems,
) -> Option<Strategy> {
    let key = at.key("weights");
    if name != Some(StrategyName::Weighted) && !weights.is_empty() {
        let now = name.map_or_else(|| "none here".to_owned(), |name| name.as_str().to_owned());
        problems.push(
            &key,
            format!("have no effect, because the strategy is {now}: write strategy = \"weighted\", or take them out"),
        );
    }
    let providers = if among.is_empty() {
        config.providers.values().filter(|provider| provider.enabled).count()
    } else {
        among.len()
    };
    let adaptive = quality::adaptive(at, name, exploration, providers, problems);
    match name? {
        StrategyName::Priority => Some(Strategy::Priority(Priority)),
        StrategyName::Cheapest => Some(Strategy::Cheapest(Cheapest)),
        StrategyName::Fastest => Some(Strategy::Fastest(Fastest)),
        StrategyName::MostHeadroom => Some(Strategy::MostHeadroom(MostHeadroom)),
        StrategyName::BestValue => Some(Strategy::BestValue(BestValue)),
        StrategyName::Adaptive => Some(Strategy::Adaptive(adaptive)),
        StrategyName::Weighted => {
            if weights.is_empty() {
                problems.push(
                    &at.key("strategy"),
                    "is weighted without weights: add weights = { NAME = 1, … }",
                );
            } else if weights.values().all(|weight| *weight == 0) {
                problems.push(&key, "are all zero: give at least one provider a weight above zero");
            }
            for provider in weights.keys() {
                known_provider(config, &key.key(provider), provider, problems);
                if !among.is_empty() && !among.contains(provider) {
                    problems.push(
                        &key.key(provider),
                        "has no effect: the route does not name this provider",
                    );
                }
            }
            let weights = weights
                .iter()
                .map(|(provider, weight)| (ProviderId::new(provider.clone()), *weight))
                .collect();
            Some(Strategy::Weighted(Weighted { weights }))
        }
    }
}

fn known_provider(config: &Config, at: &KeyPath, provider: &str, problems: &mut Problems) {
    if !config.providers.contains_key(provider) {
        let fix = did_you_mean(provider, config.providers.keys().map(String::as_str));
        problems.push(at, format!("{provider:?} is no provider of this file: {fix}"));
    }
}

fn profiles(config: &Config, problems: &mut Problems) -> BTreeMap<ProfileName, AgentProfile> {
    let mut profiles = BTreeMap::new();
    for (name, agent) in &config.agents {
        let at = KeyPath::of("agents").key(name);
        if agent.at.is_empty() {
            problems.push(
                &at.key("at"),
                "names no provider, so that no provider can serve it: add a line such as kaicalls = \"the agent's id\"",
            );
        }
        if agent.expected_duration_seconds == Some(0) {
            problems.push(
                &at.key("expected_duration_seconds"),
                "is 0: leave it out for routing.expected_duration_seconds",
            );
        }
        let mut agents = BTreeMap::new();
        for (provider, theirs) in &agent.at {
            let key = at.key("at").key(provider);
            known_provider(config, &key, provider, problems);
            if let Some(kind) =
                config.providers.get(provider).and_then(|one| config.registry.kind(&one.kind))
                && let Err(error) = kind.check_agent(theirs)
            {
                problems.push(&key, error.message());
            }
            agents.insert(ProviderId::new(provider.clone()), theirs.clone());
        }
        let name = ProfileName::new(name.as_str());
        let expected_duration = agent.expected_duration_seconds.map(seconds);
        profiles.insert(
            name.clone(),
            AgentProfile { name, agents, languages: agent.languages.clone(), expected_duration },
        );
    }
    profiles
}

fn profile_facts(config: &Config, problems: &mut Problems) -> BTreeMap<ProfileName, FactDefaults> {
    let at = KeyPath::of("agents");
    let facts = config.agents.iter().map(|(name, agent)| {
        (ProfileName::new(name.as_str()), facts::of_agent(agent, &at.key(name), problems))
    });
    facts.filter(|(_, facts)| *facts != FactDefaults::default()).collect()
}

fn routes(config: &Config, policy: &Policy, problems: &mut Problems) -> Vec<Route> {
    let entries: Vec<_> =
        config.routes.iter().map(|route| (route.name.as_str(), Conditions::from(route))).collect();
    shadows("routes", &entries, problems);
    let mut routes = Vec::with_capacity(config.routes.len());
    for (index, route) in config.routes.iter().enumerate() {
        let at = KeyPath::of("routes").index(index);
        for (order, provider) in route.providers.iter().enumerate() {
            let key = at.key("providers").index(order);
            known_provider(config, &key, provider, problems);
            if route.providers.iter().take(order).any(|earlier| earlier == provider) {
                problems.push(&key, format!("{provider:?} is listed twice: keep the first"));
            }
        }
        if route.providers.len() == 1 && route.strategy.is_some() {
            problems.push(
                &at.key("strategy"),
                "has no effect on one provider: take it out, or name more providers",
            );
        }
        for (order, country) in route.countries.iter().enumerate() {
            let mut asked = policy
                .providers
                .iter()
                .filter(|one| route.providers.is_empty() || names(&route.providers, &one.info));
            if !asked.any(|one| one.info.countries.covers(country)) {
                let key = at.key("countries").index(order);
                problems.push(
                    &key,
                    format!("no provider of this route calls {country}: take it out, or add it to a provider's countries"),
                );
            }
        }
        routes.push(Route {
            name: route.name.clone(),
            when: Conditions::from(route).compile(&at, &config.agents, problems),
            providers: route.providers.iter().cloned().map(ProviderId::new).collect(),
            strategy: strategy(
                config,
                &at,
                route.strategy,
                (&route.weights, route.exploration_percent),
                &route.providers,
                problems,
            ),
            busy_callee: match route.busy_callee {
                BusyCalleeName::Wait => BusyCallee::Wait,
                BusyCalleeName::Refuse => BusyCallee::Refuse,
            },
            facts: facts::of_route(route, &at, problems),
            failover_on_quota: route.failover_on_quota,
        });
    }
    routes
}

fn names(providers: &[String], info: &ProviderInfo) -> bool {
    providers.iter().any(|named| named == info.id.as_str())
}

fn webhooks(config: &Config, problems: &mut Problems) {
    let Some(webhooks) = &config.webhooks else {
        return;
    };
    let at = KeyPath::of("webhooks");
    let from_server = config.server.as_ref().is_some_and(|server| server.public_url.is_some());
    match &webhooks.public_url {
        None if !from_server => problems.push(
            &at.key("public_url"),
            "is missing: write public_url = \"https://calls.example.com\" here, or in [server]",
        ),
        Some(url)
            if url.scheme() != "https"
                || url.query().is_some()
                || url.fragment().is_some()
                || !url.username().is_empty()
                || url.password().is_some() =>
        {
            problems.push(
                &at.key("public_url"),
                "has to begin with https:// and end with its path: write it as https://calls.example.com",
            );
        }
        Some(_) | None => {}
    }
    if let Some(problem) = crate::config::credential::wrong_variable(&webhooks.secret_env) {
        problems.push(&at.key("secret_env"), problem);
    }
}

fn seconds(count: u32) -> Duration {
    Duration::from_secs(count.into())
}
