//! An account of the configuration.

use switchboard::{Policy, router::ProviderPolicy};

use crate::failure::{Failure, Outcome};

/// The account's policy, with its prices.
pub(super) fn account<'a>(policy: &'a Policy, name: &str) -> Outcome<&'a ProviderPolicy> {
    let found = policy.providers.iter().find(|one| one.info.id.as_str() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = policy.providers.iter().map(|one| one.info.id.as_str()).collect();
        Failure::input(
            "PROVIDER",
            format!("{name:?} is not in the configuration: name one of {}", known.join(", ")),
        )
    })
}
