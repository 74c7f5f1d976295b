//! The numbers that an account's calls are made from.

use std::{collections::BTreeSet, time::Duration};

use switchboard_core::{CallerNumber, Country, PhoneNumber, ProfileName, ProviderId, RequestLimit};

use crate::{
    hash::digest,
    reservation::{RateSlot, Scope},
};

/// One number of an account: for whose calls it is, and how many may be made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPolicy {
    /// The number and its name.
    pub number: CallerNumber,
    /// Only calls to these countries are made from it; empty: to any for which no other number is.
    pub countries: BTreeSet<Country>,
    /// Only calls of these agent profiles are made from it; empty: of any.
    pub profiles: BTreeSet<ProfileName>,
    /// How many calls in any window, for each window.
    pub limits: Vec<RequestLimit>,
}

impl NumberPolicy {
    /// A number for all calls, without limits.
    pub fn new(number: CallerNumber) -> Self {
        Self { number, countries: BTreeSet::new(), profiles: BTreeSet::new(), limits: Vec::new() }
    }

    /// What a call from this number takes of its limits.
    pub fn rate_slots<'a>(
        &'a self,
        provider: &'a ProviderId,
    ) -> impl Iterator<Item = RateSlot> + 'a {
        self.limits.iter().map(|limit| {
            let name = self.number.name.clone();
            let scope = Scope::Number(provider.clone(), name, window_seconds(limit.window));
            RateSlot::new(scope, *limit)
        })
    }

    fn is_of(&self, profile: Option<&ProfileName>) -> bool {
        self.profiles.is_empty() || profile.is_some_and(|profile| self.profiles.contains(profile))
    }
}

/// The whole seconds of a window, by which scopes of one owner differ.
pub(crate) fn window_seconds(window: Duration) -> u64 {
    window.as_secs()
}

/// The numbers that a call to this person may be made from, the one that they are used to first: the
/// order depends on the person and the numbers alone, so a person keeps their number for as long as
/// it is free, and a number that is taken out changes nothing for the people of the others.
///
/// Numbers that name the country come before those that name none, which are for the other countries.
pub fn numbers_for<'a>(
    numbers: &'a [NumberPolicy],
    to: &PhoneNumber,
    profile: Option<&ProfileName>,
) -> Vec<&'a NumberPolicy> {
    let country = to.country();
    let of_profile = || numbers.iter().filter(|one| one.is_of(profile));
    let mut found: Vec<&NumberPolicy> =
        of_profile().filter(|one| one.countries.contains(&country)).collect();
    if found.is_empty() {
        found = of_profile().filter(|one| one.countries.is_empty()).collect();
    }
    found.sort_by_cached_key(|one| {
        std::cmp::Reverse(digest(&[one.number.name.as_bytes(), to.e164().as_bytes()]))
    });
    found
}
