//! All sums, and what they follow.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Call, Country, ProfileName, ProviderId};

use super::{
    BetaPosterior, Drift, Expected, Level, Measured, Measurements, QualitySettings, Row,
    counts::Counts, series::Series, told::Told,
};

/// What is measured of one kind of thing: of all of it, and of each part.
#[derive(Debug, Clone)]
struct Split<K, T> {
    all: Series,
    parts: HashMap<K, T>,
}

impl<K, T> Default for Split<K, T> {
    fn default() -> Self {
        Self { all: Series::default(), parts: HashMap::new() }
    }
}

/// By profile, and of calls that name none.
#[derive(Debug, Clone)]
struct ByProfile<T> {
    unnamed: T,
    named: HashMap<ProfileName, T>,
}

impl<T: Default> Default for ByProfile<T> {
    fn default() -> Self {
        Self { unnamed: T::default(), named: HashMap::new() }
    }
}

impl<T: Default> ByProfile<T> {
    fn get(&self, profile: Option<&ProfileName>) -> Option<&T> {
        match profile {
            None => Some(&self.unnamed),
            Some(name) => self.named.get(name),
        }
    }

    fn entry(&mut self, profile: Option<&ProfileName>) -> &mut T {
        match profile {
            None => &mut self.unnamed,
            Some(name) => self.named.entry(name.clone()).or_default(),
        }
    }
}

/// A provider's calls to one country.
#[derive(Debug, Clone, Default)]
struct ToCountry {
    all: Series,
    profiles: ByProfile<Series>,
}

/// What an attempt was about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    provider: ProviderId,
    country: Country,
    profile: Option<ProfileName>,
}

/// What an attempt said last.
#[derive(Debug, Clone)]
struct Kept {
    place: Arc<Place>,
    told: Told,
    /// When the call's record last changed.
    as_of: i64,
}

/// The order in which attempts were made, in milliseconds.
type Turn = (i64, AttemptId);

/// The table: what was measured of every provider, over a sliding window.
///
/// Its memory is bounded by [`QualitySettings::most_attempts`]; what is asked of the present costs
/// a few look-ups, whatever the window.
#[derive(Debug, Clone)]
pub struct Quality {
    settings: QualitySettings,
    providers: HashMap<ProviderId, Split<Country, ToCountry>>,
    profiles: ByProfile<Split<Country, Series>>,
    places: BTreeSet<Arc<Place>>,
    kept: HashMap<AttemptId, Kept>,
    turns: BTreeSet<Turn>,
    /// The latest attempt that was let go: what is no later is not taken in again.
    let_go: Option<Turn>,
}

impl Quality {
    /// An empty one.
    pub fn new(settings: QualitySettings) -> Self {
        Self {
            settings,
            providers: HashMap::new(),
            profiles: ByProfile::default(),
            places: BTreeSet::new(),
            kept: HashMap::new(),
            turns: BTreeSet::new(),
            let_go: None,
        }
    }

    /// What is measured, and when it is trusted.
    pub fn settings(&self) -> &QualitySettings {
        &self.settings
    }

    /// Counts what is kept anew by other settings. Amounts in a currency that was another one
    /// before stay unknown, and what was let go stays so, until the table is made anew from the
    /// calls.
    pub fn set(&mut self, settings: QualitySettings) {
        if self.settings == settings {
            return;
        }
        let other_money = self.settings.currency != settings.currency;
        let Quality { kept, turns, let_go, .. } = std::mem::replace(self, Self::new(settings));
        self.let_go = let_go;
        for turn in turns {
            let Some(mut one) = kept.get(&turn.1).cloned() else {
                continue;
            };
            if other_money {
                (one.told.billed, one.told.estimated) = (None, None);
            }
            self.take(turn, one);
        }
        self.let_the_oldest_go();
    }

    /// Takes in what the attempts of a call say. What an attempt said before is replaced; an older
    /// record of a call never replaces a newer one.
    pub fn observe(&mut self, call: &Call) {
        let as_of = call.updated_at.as_microsecond();
        for attempt in &call.attempts {
            let turn = (attempt.created_at.as_millisecond(), attempt.id);
            let Some(told) = Told::of(call, attempt, self.settings.currency) else {
                continue;
            };
            if self.let_go.is_some_and(|last| turn <= last) {
                continue;
            }
            match self.kept.get_mut(&attempt.id) {
                Some(kept) if kept.as_of > as_of => continue,
                Some(kept) if kept.told == told => {
                    kept.as_of = as_of;
                    continue;
                }
                Some(_) => self.drop(turn),
                None => {}
            }
            let place = self.place(&attempt.provider, call.country, call.agent.as_ref());
            self.take(turn, Kept { place, told, as_of });
        }
        self.let_the_oldest_go();
    }

    /// What was billed against what plans expected of this provider.
    pub fn drift(&self, provider: &ProviderId, now: Timestamp) -> Drift {
        let counts = self
            .providers
            .get(provider)
            .map_or_else(Counts::default, |split| split.all.sum(self.part(now)));
        Drift::new(&counts, self.settings.currency)
    }

    /// Every provider, country and profile of which anything was measured, in order.
    pub fn table(&self, now: Timestamp) -> Vec<Row> {
        let rows = self.places.iter().filter_map(|place| {
            let counts = self.leaf(place)?.sum(self.part(now));
            let believed =
                self.measured(&place.provider, place.country, place.profile.as_ref(), now).success;
            (counts.sent > 0).then(|| Row {
                provider: place.provider.clone(),
                country: place.country,
                profile: place.profile.clone(),
                measured: Measured::new(Level::Profile, &counts, believed, self.settings.currency),
                drift: Drift::new(&counts, self.settings.currency),
            })
        });
        rows.collect()
    }

    /// What was measured of all of a provider's calls.
    pub fn overall(&self, provider: &ProviderId, now: Timestamp) -> Measured {
        let Some(split) = self.providers.get(provider) else {
            return Measured::default();
        };
        let counts = split.all.sum(self.part(now));
        let believed = BetaPosterior::counted(counts.succeeded, counts.tried);
        Measured::new(Level::Provider, &counts, believed, self.settings.currency)
    }

    fn part(&self, at: Timestamp) -> i64 {
        at.as_millisecond().div_euclid(self.settings.part())
    }

    fn place(
        &self,
        provider: &ProviderId,
        country: Country,
        profile: Option<&ProfileName>,
    ) -> Arc<Place> {
        let place = Place { provider: provider.clone(), country, profile: profile.cloned() };
        self.places.get(&place).cloned().unwrap_or_else(|| Arc::new(place))
    }

    fn leaf(&self, place: &Place) -> Option<&Series> {
        let country = self.providers.get(&place.provider)?.parts.get(&place.country)?;
        country.profiles.get(place.profile.as_ref())
    }

    fn take(&mut self, turn: Turn, one: Kept) {
        self.count(turn, &one, Series::add);
        self.places.insert(Arc::clone(&one.place));
        self.kept.insert(turn.1, one);
        self.turns.insert(turn);
    }

    fn drop(&mut self, turn: Turn) {
        self.turns.remove(&turn);
        if let Some(one) = self.kept.remove(&turn.1) {
            self.count(turn, &one, Series::remove);
            self.forget_if_empty(&one.place);
        }
    }

    fn let_the_oldest_go(&mut self) {
        while self.kept.len() > self.settings.most_attempts {
            let Some(oldest) = self.turns.first().copied() else {
                return;
            };
            self.drop(oldest);
            self.let_go = self.let_go.max(Some(oldest));
        }
    }

    /// Adds to, or takes from, every sum that the attempt is part of.
    fn count(&mut self, turn: Turn, one: &Kept, change: fn(&mut Series, i64, &Counts)) {
        let part = turn.0.div_euclid(self.settings.part());
        let counts = Counts::from(&one.told);
        let Place { provider, country, profile } = &*one.place;
        let by_provider = match self.providers.get_mut(provider) {
            Some(known) => known,
            None => self.providers.entry(provider.clone()).or_default(),
        };
        change(&mut by_provider.all, part, &counts);
        let to_country = by_provider.parts.entry(*country).or_default();
        change(&mut to_country.all, part, &counts);
        change(to_country.profiles.entry(profile.as_ref()), part, &counts);
        let by_profile = self.profiles.entry(profile.as_ref());
        change(&mut by_profile.all, part, &counts);
        change(by_profile.parts.entry(*country).or_default(), part, &counts);
    }

    /// Names that calls do not use any more leave nothing behind.
    fn forget_if_empty(&mut self, place: &Place) {
        if self.leaf(place).is_none_or(|leaf| !leaf.is_empty()) {
            return;
        }
        self.places.remove(place);
        if let Some(by_provider) = self.providers.get_mut(&place.provider) {
            if let (Some(name), Some(country)) =
                (&place.profile, by_provider.parts.get_mut(&place.country))
            {
                country.profiles.named.remove(name);
            }
            by_provider.parts.retain(|_, country| !country.all.is_empty());
        }
        self.providers.retain(|_, provider| !provider.all.is_empty());
        self.profiles.named.retain(|_, profile| !profile.all.is_empty());
    }
}

impl Measurements for Quality {
    fn measured(
        &self,
        provider: &ProviderId,
        country: Country,
        profile: Option<&ProfileName>,
        now: Timestamp,
    ) -> Measured {
        let Some(split) = self.providers.get(provider) else {
            return Measured::default();
        };
        let part = self.part(now);
        let everywhere = split.all.sum(part);
        let to_country = split.parts.get(&country);
        let here = to_country.map_or_else(Counts::default, |country| country.all.sum(part));
        let leaf = to_country.and_then(|country| country.profiles.get(profile));
        let exactly = leaf.map_or_else(Counts::default, |leaf| leaf.sum(part));

        // Each level is believed on what the wider one adds to it: nothing is counted twice.
        let less = |wide: &Counts, narrow: &Counts| {
            (wide.succeeded - narrow.succeeded, wide.tried - narrow.tried)
        };
        let minimum = self.settings.minimum;
        let (elsewhere, others) = (less(&everywhere, &here), less(&here, &exactly));
        let success = BetaPosterior::default()
            .and(elsewhere.0, elsewhere.1)
            .cap_weight(minimum)
            .and(others.0, others.1)
            .cap_weight(minimum)
            .and(exactly.succeeded, exactly.tried);

        let (level, counts) = if exactly.tried >= minimum.max(1) {
            (Level::Profile, exactly)
        } else if here.tried >= minimum.max(1) {
            (Level::Country, here)
        } else if everywhere.sent > 0 {
            (Level::Provider, everywhere)
        } else {
            (Level::Nothing, everywhere)
        };
        Measured::new(level, &counts, success, self.settings.currency)
    }

    /// The configured duration counts for as many calls as are the minimum; where there are fewer
    /// calls to the country, those of the profile to every country are asked. Rounded up to a
    /// second.
    fn expected_duration(
        &self,
        profile: Option<&ProfileName>,
        country: Country,
        usual: Duration,
        now: Timestamp,
    ) -> Expected {
        let (part, minimum) = (self.part(now), self.settings.minimum);
        let enough = |of: u32| of >= minimum.max(1);
        let Some(split) = self.profiles.get(profile) else {
            return as_configured(usual);
        };
        let everywhere = split.all.sum(part).duration;
        let here = split
            .parts
            .get(&country)
            .map_or_else(Default::default, |series| series.sum(part).duration);
        let pulled = |of: u32, sum: i64, toward: Duration| {
            let toward = toward.as_millis() * u128::from(minimum);
            let calls = u128::from(of) + u128::from(minimum);
            let milliseconds =
                (u128::try_from(sum).unwrap_or_default() + toward).div_ceil(calls.max(1));
            Duration::from_secs(u64::try_from(milliseconds.div_ceil(1_000)).unwrap_or(u64::MAX))
        };
        let elsewhere = everywhere.of - here.of;
        if enough(here.of) {
            let wider = if enough(elsewhere) {
                pulled(elsewhere, everywhere.sum - here.sum, usual)
            } else {
                usual
            };
            return Expected { duration: pulled(here.of, here.sum, wider), learned_from: here.of };
        }
        if enough(everywhere.of) {
            return Expected {
                duration: pulled(everywhere.of, everywhere.sum, usual),
                learned_from: everywhere.of,
            };
        }
        as_configured(usual)
    }
}

fn as_configured(usual: Duration) -> Expected {
    Expected { duration: usual, learned_from: 0 }
}
