//! What the new calls of a batch will need: which providers, how much money, how long.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::Serialize;
use switchboard::{
    Money, Plan, Policy, ProviderId, TenantId,
    router::{
        ProviderLimits, Scope,
        scopes::{allowance, scopes_of},
    },
};

use crate::output::Output;

/// No batch is planned further ahead than this, in seconds.
const LONGEST: u64 = 366 * 24 * 60 * 60;

/// What the new calls of a batch will need, if every provider is healthy and nobody else calls.
#[derive(Debug, Serialize)]
pub(super) struct Outlook {
    /// The new calls.
    pub(super) calls: usize,
    /// How many of them each provider is asked for first.
    providers: BTreeMap<ProviderId, usize>,
    /// Calls that no provider takes.
    no_provider: usize,
    /// Why the first of these has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_provider_reason: Option<String>,
    /// The cost if each call goes to the cheapest provider that takes it.
    lowest_cost: Money,
    /// The cost if each call goes to the dearest one.
    highest_cost: Money,
    /// Calls without a known price at some provider.
    unpriced: usize,
    /// How long it takes until the last call is placed, in seconds. `None` if that is longer than a
    /// year, or if no provider takes any.
    seconds: Option<u64>,
    /// The providers that take any of them.
    #[serde(skip)]
    able: BTreeSet<ProviderId>,
    /// How many of them are a caller's or an agent's that have a limit of their own.
    #[serde(skip)]
    scopes: BTreeMap<Scope, u64>,
}

impl Outlook {
    pub(super) fn new(policy: &Policy) -> Self {
        let nothing = Money::from_micros(0, policy.currency);
        Self {
            calls: 0,
            providers: BTreeMap::new(),
            no_provider: 0,
            no_provider_reason: None,
            lowest_cost: nothing,
            highest_cost: nothing,
            unpriced: 0,
            seconds: None,
            able: BTreeSet::new(),
            scopes: BTreeMap::new(),
        }
    }

    /// A new call of this tenant, and who would take it.
    pub(super) fn add(&mut self, policy: &Policy, plan: &Plan, tenant: &TenantId) {
        self.calls += 1;
        let Some(first) = plan.candidates.first() else {
            self.no_provider += 1;
            self.no_provider_reason.get_or_insert_with(|| {
                let why = plan.rejected.iter();
                let why = why.map(|one| format!("{}: {}", one.provider, one.rejection));
                why.collect::<Vec<_>>().join("; ")
            });
            return;
        };
        for scope in scopes_of(policy, plan.parties(tenant)) {
            *self.scopes.entry(scope).or_default() += 1;
        }
        *self.providers.entry(first.provider.clone()).or_default() += 1;
        self.able.extend(plan.candidates.iter().map(|one| one.provider.clone()));
        let costs = plan.candidates.iter().filter_map(|one| one.estimated_cost);
        let costs: Vec<Money> = costs.collect();
        let by_amount = |cost: &&Money| cost.micros();
        let ends = costs.iter().min_by_key(by_amount).zip(costs.iter().max_by_key(by_amount));
        if let Some((low, high)) = ends
            && let Some(lowest) = self.lowest_cost.checked_add(*low)
            && let Some(highest) = self.highest_cost.checked_add(*high)
        {
            (self.lowest_cost, self.highest_cost) = (lowest, highest);
        }
        self.unpriced += usize::from(costs.len() < plan.candidates.len());
    }

    /// Every call was added: estimates the time. `pace` is the most calls in a minute.
    pub(super) fn finish(&mut self, policy: &Policy, pace: Option<u32>) {
        let placed = (self.calls - self.no_provider) as u64;
        if placed == 0 {
            return;
        }
        let expected = policy.expected_duration;
        let limits: Vec<&ProviderLimits> = policy
            .providers
            .iter()
            .filter(|one| self.able.contains(&one.info.id))
            .map(|one| &one.limits)
            .collect();
        let is_enough = |seconds: u64| {
            let mut all = Some(0_u64);
            for limits in &limits {
                all = all.zip(capacity(limits, expected, seconds)).map(|(sum, more)| sum + more);
            }
            let callers = self.scopes.iter().all(|(scope, calls)| {
                let theirs = of_callers(policy, scope);
                theirs
                    .and_then(|limits| capacity(&limits, expected, seconds))
                    .is_none_or(|all| all >= *calls)
            });
            let paced = pace.map(|calls| 1 + seconds * u64::from(calls) / 60);
            callers
                && all.is_none_or(|all| all >= placed)
                && paced.is_none_or(|paced| paced >= placed)
        };
        let (mut least, mut most) = (0, LONGEST);
        if !is_enough(most) {
            return;
        }
        while least < most {
            let middle = least + (most - least) / 2;
            if is_enough(middle) { most = middle } else { least = middle + 1 }
        }
        self.seconds = Some(least);
    }

    /// Prints it on stderr.
    pub(super) fn show(&self, policy: &Policy, output: Output) {
        output.note(format!("new calls: {}", self.calls));
        if self.calls == 0 {
            return;
        }
        let named: Vec<String> =
            self.providers.iter().map(|(provider, calls)| format!("{provider} {calls}")).collect();
        if !named.is_empty() {
            output.note(format!("  first asked: {}", named.join(", ")));
        }
        if self.no_provider > 0 {
            let why = self.no_provider_reason.as_deref().unwrap_or_default();
            output.note(format!("  no provider takes {}: {why}", self.no_provider));
        }
        output.note(format!("  expected cost: {}", self.cost()));
        let limits = policy.providers.iter().filter(|one| self.able.contains(&one.info.id));
        let mut limits: Vec<String> =
            limits.map(|one| format!("{} {}", one.info.id, in_words(&one.limits))).collect();
        limits.extend(self.scopes.keys().filter_map(|scope| {
            let theirs = of_callers(policy, scope)?;
            Some(format!("{scope} {}", in_words(&theirs)))
        }));
        let time = self.seconds.map_or_else(|| "more than a year".to_owned(), in_time);
        if !limits.is_empty() {
            output.note(format!("  until the last is placed: {time} ({})", limits.join(", ")));
        }
    }

    fn cost(&self) -> String {
        let known = if self.lowest_cost == self.highest_cost {
            self.lowest_cost.to_string()
        } else {
            format!("{} to {}", self.lowest_cost.amount(), self.highest_cost)
        };
        match self.unpriced {
            0 => known,
            calls if self.highest_cost.micros() == 0 => {
                format!("unknown, {calls} calls have no price")
            }
            calls => format!("{known}, and {calls} calls have no price at some provider"),
        }
    }
}

/// The limits of a caller or an agent, in the words of a provider's. `None` without any.
fn of_callers(policy: &Policy, scope: &Scope) -> Option<ProviderLimits> {
    let theirs = allowance(policy, scope)?;
    let limited = theirs.requests.is_some() || theirs.concurrent.is_some();
    limited.then(|| ProviderLimits {
        placing: theirs.requests,
        concurrent: theirs.concurrent,
        ..ProviderLimits::default()
    })
}

/// How many calls a provider takes in so many seconds. `None`: any number.
fn capacity(limits: &ProviderLimits, expected: Duration, seconds: u64) -> Option<u64> {
    let windows = limits
        .placing
        .iter()
        .chain(&limits.placing_in)
        .map(|limit| u64::from(limit.requests) * (1 + seconds / limit.window.as_secs().max(1)));
    let concurrent =
        limits.concurrent.map(|calls| u64::from(calls) * (1 + seconds / expected.as_secs().max(1)));
    let pace = limits.calls_per_second.map(|calls| 1 + u64::from(calls.get()) * seconds);
    windows.chain(concurrent).chain(pace).min()
}

fn in_words(limits: &ProviderLimits) -> String {
    let windows = limits.placing.iter().chain(&limits.placing_in);
    let windows = windows.map(|limit| match limit.window.as_secs() {
        60 => format!("{} a minute", limit.requests),
        86_400 => format!("{} a day", limit.requests),
        seconds => format!("{} in {}", limit.requests, in_time(seconds)),
    });
    let at_once = limits.concurrent.map(|calls| format!("{calls} at once"));
    let pace = limits.calls_per_second.map(|calls| format!("{calls} a second"));
    let words: Vec<String> = windows.chain(at_once).chain(pace).collect();
    if words.is_empty() { "without a limit".to_owned() } else { words.join(" and ") }
}

/// A length of time in at most two units: `45 s`, `1 h 20 min`.
pub(super) fn in_time(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (length, unit) in UNITS {
        let count = left / length;
        left %= length;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use switchboard::core::RequestLimit;

    use super::*;

    #[test]
    fn lengths_have_two_units() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (4_805, "1 h 20 min"),
            (3_605, "1 h"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(in_time(seconds), shown);
        }
    }

    #[test]
    fn capacity_is_that_of_the_narrowest_limit() {
        let minute = |requests| RequestLimit { requests, window: Duration::from_secs(60) };
        let day = |requests| RequestLimit { requests, window: Duration::from_secs(86_400) };
        let expected = Duration::from_secs(120);
        let limits = |set: fn(&mut ProviderLimits)| {
            let mut limits = ProviderLimits::default();
            set(&mut limits);
            limits
        };
        assert_eq!(capacity(&limits(|_| {}), expected, 60), None);
        let mut both = limits(|limits| limits.concurrent = Some(50));
        both.placing = Some(minute(10));
        assert_eq!(capacity(&both, expected, 0), Some(10));
        assert_eq!(capacity(&both, expected, 60), Some(20));
        both.placing_in = vec![day(15)];
        assert_eq!(capacity(&both, expected, 600), Some(15));
        both.concurrent = Some(4);
        assert_eq!(capacity(&both, expected, 120), Some(8));
    }
}
