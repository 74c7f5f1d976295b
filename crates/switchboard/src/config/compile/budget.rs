//! `[[budgets]]` as the router's budgets.

use switchboard_core::{Money, ProviderId, TenantId};
use switchboard_router::{Budget, Period, Policy};

use crate::config::{
    BudgetConfig, PeriodName,
    file::Config,
    problem::{KeyPath, Problems},
    suggest::did_you_mean,
};

/// The router's budgets.
pub(crate) fn compile(config: &Config, policy: &Policy, problems: &mut Problems) -> Vec<Budget> {
    let mut budgets = Vec::with_capacity(config.budgets.len());
    for (index, budget) in config.budgets.iter().enumerate() {
        let at = KeyPath::of("budgets").index(index);
        name(config, index, budget, &at, problems);
        if let Some(provider) = &budget.provider
            && !config.providers.contains_key(provider)
        {
            let fix = did_you_mean(provider, config.providers.keys().map(String::as_str));
            problems.push(
                &at.key("provider"),
                format!("{provider:?} is no provider of this file: {fix}"),
            );
        }
        if let Some(experiment) = &budget.experiment
            && config.experiments.iter().all(|one| one.name != *experiment)
        {
            let fix =
                did_you_mean(experiment, config.experiments.iter().map(|one| one.name.as_str()));
            problems.push(
                &at.key("experiment"),
                format!("{experiment:?} is no experiment of this file: {fix}"),
            );
        }
        if budget.tenant.as_deref().is_some_and(|tenant| tenant.trim().is_empty()) {
            problems.push(
                &at.key("tenant"),
                "is empty: name a tenant, or take it out for every tenant",
            );
        }
        priced(policy, budget, &at, problems);
        match budget.limit.money(policy.currency) {
            Ok(limit) if limit.micros() > 0 => budgets.push(ready(budget, limit)),
            Ok(_) => problems.push(
                &at.key("limit"),
                "is nothing, and no call would ever be placed: raise it, or switch the provider off",
            ),
            Err(error) => problems.push(&at.key("limit"), error.message()),
        }
    }
    budgets
}

fn name(
    config: &Config,
    index: usize,
    budget: &BudgetConfig,
    at: &KeyPath,
    problems: &mut Problems,
) {
    if budget.name.trim().is_empty() {
        problems.push(&at.key("name"), "is empty: name the budget, for refusals to name it");
        return;
    }
    let earlier = config.budgets.iter().take(index).position(|one| one.name == budget.name);
    if let Some(earlier) = earlier {
        problems.push(
            &at.key("name"),
            format!("{:?} is the name of budgets[{earlier}] too: give each its own", budget.name),
        );
    }
}

/// What a call may cost is held back before it is sent: without a known price, no call is placed.
fn priced(policy: &Policy, budget: &BudgetConfig, at: &KeyPath, problems: &mut Problems) {
    let covered = policy.providers.iter().filter(|one| one.enabled);
    let mut covered = covered
        .filter(|one| budget.provider.as_deref().is_none_or(|only| only == one.info.id.as_str()));
    if let Some(unpriced) = covered.find(|one| one.info.tariff.is_none()) {
        let id = &unpriced.info.id;
        problems.push(
            at,
            format!("covers calls at {id}, whose prices are unknown, so that no call would ever go there: add [providers.{id}.tariff]"),
        );
    }
}

fn ready(budget: &BudgetConfig, limit: Money) -> Budget {
    Budget {
        name: budget.name.clone(),
        limit,
        per: match budget.per {
            PeriodName::Day => Period::Day,
            PeriodName::Month => Period::Month,
            PeriodName::Total => Period::Total,
        },
        tenant: budget.tenant.clone().map(TenantId::from),
        provider: budget.provider.clone().map(ProviderId::new),
        experiment: budget.experiment.clone(),
    }
}
