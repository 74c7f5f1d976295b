//! What a configuration may say, and what is probably not meant: each with its key.

use std::fmt;

use switchboard_router::{Policy, ProviderPolicy, Route};

use crate::config::{Config, PriceConfig, ProviderConfig, problem::KeyPath};

/// What works and is probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigWarning {
    /// The key, as `providers.kallyai.tariff.default.per_minute`.
    pub key: String,
    /// What follows from it, and how to write what is probably meant.
    pub message: String,
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.message)
    }
}

impl Config {
    /// Warnings to show when the configuration is loaded. None of them prevents a call.
    ///
    /// ```
    /// # #[cfg(feature = "kallyai")] {
    /// use switchboard::Config;
    ///
    /// let config = Config::from_toml(r#"
    ///     [providers.kallyai]
    ///     kind = "kallyai"
    ///     price_per_minute = "0.12"
    /// "#)?;
    /// let warnings = config.warnings();
    /// assert_eq!(warnings[0].key, "providers.kallyai.price_per_minute");
    /// # }
    /// # Ok::<(), switchboard::ConfigError>(())
    /// ```
    pub fn warnings(&self) -> Vec<ConfigWarning> {
        let mut warnings = Vec::new();
        for (name, provider) in self.providers.iter().filter(|(_, provider)| provider.enabled) {
            let bills_credits = self
                .registry
                .kind(&provider.kind)
                .is_some_and(|kind| kind.credit_costs().is_some());
            if !bills_credits {
                continue;
            }
            if let Some(place) = price_in_money(provider, &KeyPath::of("providers").key(name)) {
                warnings.push(ConfigWarning {
                    key: place.to_string(),
                    message: format!(
                        "is a price in money, and {} bills credits: costs are estimated and held back by a price that no bill has; write \
                         credit_price in the tariff, with per_call_credits and per_minute_credits or with no price for the documented ones",
                        provider.kind
                    ),
                });
            }
        }
        warnings.extend(self.policy().into_iter().flat_map(|policy| no_backups(&policy)));
        warnings
    }
}

/// The routes of which no two providers are a backup for each other, although there are several: all
/// of them depend on one platform or carrier.
fn no_backups(policy: &Policy) -> Vec<ConfigWarning> {
    let of_route = |route: &Route| {
        let listed = |one: &&ProviderPolicy| {
            route.providers.is_empty() || route.providers.contains(&one.info.id)
        };
        policy.providers.iter().filter(|one| one.enabled).filter(listed).collect::<Vec<_>>()
    };
    let routes = policy.routes.iter().enumerate();
    let mut groups: Vec<(String, Vec<&ProviderPolicy>)> = routes
        .map(|(index, route)| (format!("routes[{index}].providers"), of_route(route)))
        .collect();
    if groups.is_empty() {
        let enabled = policy.providers.iter().filter(|one| one.enabled).collect();
        groups.push(("providers".to_owned(), enabled));
    }
    groups.into_iter().filter_map(|(key, providers)| no_backup(key, &providers)).collect()
}

fn no_backup(key: String, providers: &[&ProviderPolicy]) -> Option<ConfigWarning> {
    let (first, others) = providers.split_first()?;
    let shared = first.info.failure_domains.iter().find(|name| {
        !others.is_empty()
            && others.iter().all(|one| one.info.failure_domains.iter().any(|own| own == *name))
    })?;
    let names: Vec<&str> = providers.iter().map(|one| one.info.id.as_str()).collect();
    Some(ConfigWarning {
        key,
        message: format!(
            "are no backup for each other: {} all depend on {shared}, and fail with it; add a provider that does not",
            names.join(", ")
        ),
    })
}

/// The first key of an account that has a price in money. What a credit costs is none.
fn price_in_money(provider: &ProviderConfig, at: &KeyPath) -> Option<KeyPath> {
    if provider.price_per_minute.is_some() {
        return Some(at.key("price_per_minute"));
    }
    if !provider.decks.is_empty() {
        return Some(at.key("decks").index(0).key("file"));
    }
    let tariff = provider.tariff.as_ref()?;
    let at = at.key("tariff");
    let default = tariff.default.iter().map(|price| (at.key("default"), price.clone()));
    let rows = tariff
        .rows
        .iter()
        .enumerate()
        .map(|(index, row)| (at.key("rows").index(index), row.price()));
    default.chain(rows).find_map(|(at, price)| in_money(&price).map(|key| at.key(key)))
}

fn in_money(price: &PriceConfig) -> Option<&'static str> {
    let prices = [("per_call", price.per_call), ("per_minute", price.per_minute)];
    prices.into_iter().find_map(|(key, amount)| amount.map(|_| key))
}
