//! The quality table: all sums, updated with every call.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Call, Country, ProfileName, ProviderId};

use super::{
    BetaPosterior, Drift, Expected, Level, Measured, Measurements, QualitySettings, Row,
    counts::Counts, sample::Sample, window::Window,
};

/// The sums over a whole, and over each of its parts.
#[derive(Debug, Clone)]
struct Split<K, T> {
    all: Window,
    parts: HashMap<K, T>,
}

impl<K, T> Default for Split<K, T> {
    fn default() -> Self {
        Self { all: Window::default(), parts: HashMap::new() }
    }
}

/// One value for each agent profile, and one for calls that name none.
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

/// The sums over one provider's calls to one country.
#[derive(Debug, Clone, Default)]
struct ToCountry {
    all: Window,
    profiles: ByProfile<Window>,
}

/// The provider, country and profile of an attempt: the narrowest group that is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct GroupKey {
    provider: ProviderId,
    country: Country,
    profile: Option<ProfileName>,
}

/// The latest sample of an attempt.
#[derive(Debug, Clone)]
struct Entry {
    group: Arc<GroupKey>,
    sample: Sample,
    /// When the call's record was last changed, in microseconds since 1970.
    as_of: i64,
}

/// Orders attempts by the time when they were made, in milliseconds since 1970.
type AttemptOrder = (i64, AttemptId);

/// The measured quality of every provider, over a sliding time window.
///
/// Its memory is bounded by [`QualitySettings::most_attempts`]. A question about the present takes
/// a few look-ups, however long the window is.
#[derive(Debug, Clone)]
pub struct Quality {
    settings: QualitySettings,
    providers: HashMap<ProviderId, Split<Country, ToCountry>>,
    profiles: ByProfile<Split<Country, Window>>,
    groups: BTreeSet<Arc<GroupKey>>,
    entries: HashMap<AttemptId, Entry>,
    order: BTreeSet<AttemptOrder>,
    /// The latest attempt that was evicted. Attempts up to this one are not added again.
    evicted: Option<AttemptOrder>,
}

impl Quality {
    /// An empty table.
    pub fn new(settings: QualitySettings) -> Self {
        Self {
            settings,
            providers: HashMap::new(),
            profiles: ByProfile::default(),
            groups: BTreeSet::new(),
            entries: HashMap::new(),
            order: BTreeSet::new(),
            evicted: None,
        }
    }

    /// The settings.
    pub fn settings(&self) -> &QualitySettings {
        &self.settings
    }

    /// Recounts all attempts under other settings. Until the table is rebuilt from the calls,
    /// amounts stay unknown if the currency changed, and evicted attempts stay evicted.
    pub fn set(&mut self, settings: QualitySettings) {
        if self.settings == settings {
            return;
        }
        let other_money = self.settings.currency != settings.currency;
        let Quality { entries, order, evicted, .. } = std::mem::replace(self, Self::new(settings));
        self.evicted = evicted;
        for key in order {
            let Some(mut entry) = entries.get(&key.1).cloned() else {
                continue;
            };
            if other_money {
                (entry.sample.billed, entry.sample.estimated) = (None, None);
            }
            self.insert(key, entry);
        }
        self.evict_oldest();
    }

    /// Adds the attempts of a call. The earlier sample of an attempt is replaced; an older record
    /// of a call never replaces a newer one.
    pub fn observe(&mut self, call: &Call) {
        let as_of = call.updated_at.as_microsecond();
        for attempt in &call.attempts {
            let key = (attempt.created_at.as_millisecond(), attempt.id);
            let Some(sample) = Sample::of(call, attempt, self.settings.currency) else {
                continue;
            };
            if self.evicted.is_some_and(|last| key <= last) {
                continue;
            }
            match self.entries.get_mut(&attempt.id) {
                Some(entry) if entry.as_of > as_of => continue,
                Some(entry) if entry.sample == sample => {
                    entry.as_of = as_of;
                    continue;
                }
                Some(_) => self.remove(key),
                None => {}
            }
            let group = self.group(&attempt.provider, call.country, call.agent.as_ref());
            self.insert(key, Entry { group, sample, as_of });
        }
        self.evict_oldest();
    }

    /// The billed compared with the estimated costs of this provider.
    pub fn drift(&self, provider: &ProviderId, now: Timestamp) -> Drift {
        let counts = self
            .providers
            .get(provider)
            .map_or_else(Counts::default, |split| split.all.sum(self.bucket(now)));
        Drift::new(&counts, self.settings.currency)
    }

    /// A row for each provider, country and profile that has data, in order.
    pub fn table(&self, now: Timestamp) -> Vec<Row> {
        let rows = self.groups.iter().filter_map(|group| {
            let counts = self.leaf(group)?.sum(self.bucket(now));
            let success =
                self.measured(&group.provider, group.country, group.profile.as_ref(), now).success;
            (counts.sent > 0).then(|| Row {
                provider: group.provider.clone(),
                country: group.country,
                profile: group.profile.clone(),
                measured: Measured::new(Level::Profile, &counts, success, self.settings.currency),
                drift: Drift::new(&counts, self.settings.currency),
            })
        });
        rows.collect()
    }

    /// The quality over all of a provider's calls.
    pub fn overall(&self, provider: &ProviderId, now: Timestamp) -> Measured {
        let Some(split) = self.providers.get(provider) else {
            return Measured::default();
        };
        let counts = split.all.sum(self.bucket(now));
        let success = BetaPosterior::counted(counts.succeeded, counts.tried);
        Measured::new(Level::Provider, &counts, success, self.settings.currency)
    }

    fn bucket(&self, at: Timestamp) -> i64 {
        at.as_millisecond().div_euclid(self.settings.bucket())
    }

    fn group(
        &self,
        provider: &ProviderId,
        country: Country,
        profile: Option<&ProfileName>,
    ) -> Arc<GroupKey> {
        let group = GroupKey { provider: provider.clone(), country, profile: profile.cloned() };
        self.groups.get(&group).cloned().unwrap_or_else(|| Arc::new(group))
    }

    fn leaf(&self, group: &GroupKey) -> Option<&Window> {
        let country = self.providers.get(&group.provider)?.parts.get(&group.country)?;
        country.profiles.get(group.profile.as_ref())
    }

    fn insert(&mut self, key: AttemptOrder, entry: Entry) {
        self.count(key, &entry, Window::add);
        self.groups.insert(Arc::clone(&entry.group));
        self.entries.insert(key.1, entry);
        self.order.insert(key);
    }

    fn remove(&mut self, key: AttemptOrder) {
        self.order.remove(&key);
        if let Some(entry) = self.entries.remove(&key.1) {
            self.count(key, &entry, Window::remove);
            self.remove_if_empty(&entry.group);
        }
    }

    fn evict_oldest(&mut self) {
        while self.entries.len() > self.settings.most_attempts {
            let Some(oldest) = self.order.first().copied() else {
                return;
            };
            self.remove(oldest);
            self.evicted = self.evicted.max(Some(oldest));
        }
    }

    /// Adds the attempt to, or subtracts it from, every sum that it belongs to.
    fn count(&mut self, key: AttemptOrder, entry: &Entry, change: fn(&mut Window, i64, &Counts)) {
        let bucket = key.0.div_euclid(self.settings.bucket());
        let counts = Counts::from(&entry.sample);
        let GroupKey { provider, country, profile } = &*entry.group;
        let by_provider = match self.providers.get_mut(provider) {
            Some(known) => known,
            None => self.providers.entry(provider.clone()).or_default(),
        };
        change(&mut by_provider.all, bucket, &counts);
        let to_country = by_provider.parts.entry(*country).or_default();
        change(&mut to_country.all, bucket, &counts);
        change(to_country.profiles.entry(profile.as_ref()), bucket, &counts);
        let by_profile = self.profiles.entry(profile.as_ref());
        change(&mut by_profile.all, bucket, &counts);
        change(by_profile.parts.entry(*country).or_default(), bucket, &counts);
    }

    /// Removes groups without attempts, so that names that are no longer used take no memory.
    fn remove_if_empty(&mut self, group: &GroupKey) {
        if self.leaf(group).is_none_or(|leaf| !leaf.is_empty()) {
            return;
        }
        self.groups.remove(group);
        if let Some(by_provider) = self.providers.get_mut(&group.provider) {
            if let (Some(name), Some(country)) =
                (&group.profile, by_provider.parts.get_mut(&group.country))
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
        let bucket = self.bucket(now);
        let anywhere = split.all.sum(bucket);
        let to_country = split.parts.get(&country);
        let in_country = to_country.map_or_else(Counts::default, |country| country.all.sum(bucket));
        let leaf = to_country.and_then(|country| country.profiles.get(profile));
        let at_profile = leaf.map_or_else(Counts::default, |leaf| leaf.sum(bucket));

        // Each level gets only the calls that the narrower one lacks, so that none is counted
        // twice.
        let less = |wide: &Counts, narrow: &Counts| {
            (wide.succeeded - narrow.succeeded, wide.tried - narrow.tried)
        };
        let minimum = self.settings.minimum;
        let (elsewhere, others) = (less(&anywhere, &in_country), less(&in_country, &at_profile));
        let success = BetaPosterior::default()
            .and(elsewhere.0, elsewhere.1)
            .cap_weight(minimum)
            .and(others.0, others.1)
            .cap_weight(minimum)
            .and(at_profile.succeeded, at_profile.tried);

        let (level, counts) = if at_profile.tried >= minimum.max(1) {
            (Level::Profile, at_profile)
        } else if in_country.tried >= minimum.max(1) {
            (Level::Country, in_country)
        } else if anywhere.sent > 0 {
            (Level::Provider, anywhere)
        } else {
            (Level::Nothing, anywhere)
        };
        Measured::new(level, &counts, success, self.settings.currency)
    }

    /// The configured duration is worth as many calls as the minimum. With fewer calls than that to
    /// the country, those of the profile to all countries are used. Rounded up to a second.
    fn expected_duration(
        &self,
        profile: Option<&ProfileName>,
        country: Country,
        usual: Duration,
        now: Timestamp,
    ) -> Expected {
        let (bucket, minimum) = (self.bucket(now), self.settings.minimum);
        let enough = |of: u32| of >= minimum.max(1);
        let Some(split) = self.profiles.get(profile) else {
            return as_configured(usual);
        };
        let anywhere = split.all.sum(bucket).duration;
        let in_country = split
            .parts
            .get(&country)
            .map_or_else(Default::default, |series| series.sum(bucket).duration);
        let shrunk = |of: u32, sum: i64, prior: Duration| {
            let prior = prior.as_millis() * u128::from(minimum);
            let calls = u128::from(of) + u128::from(minimum);
            let milliseconds =
                (u128::try_from(sum).unwrap_or_default() + prior).div_ceil(calls.max(1));
            Duration::from_secs(u64::try_from(milliseconds.div_ceil(1_000)).unwrap_or(u64::MAX))
        };
        let elsewhere = anywhere.of - in_country.of;
        if enough(in_country.of) {
            let wider = if enough(elsewhere) {
                shrunk(elsewhere, anywhere.sum - in_country.sum, usual)
            } else {
                usual
            };
            return Expected {
                duration: shrunk(in_country.of, in_country.sum, wider),
                learned_from: in_country.of,
            };
        }
        if enough(anywhere.of) {
            return Expected {
                duration: shrunk(anywhere.of, anywhere.sum, usual),
                learned_from: anywhere.of,
            };
        }
        as_configured(usual)
    }
}

fn as_configured(usual: Duration) -> Expected {
    Expected { duration: usual, learned_from: 0 }
}
