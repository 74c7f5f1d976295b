//! Sums of the past and of the replay.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{Country, Currency, ErrorKind, Money, Outcome, ProviderId};
use switchboard_experiments::sequential::{Means, Rate};
use switchboard_router::{Plan, PlanRecord, Policy, failover::NotPlaced, hash::digest};

use crate::{
    agenda::micros_in,
    past::{PastCall, PastRing},
    report::{LimitKind, Move, Side, Sides, SpecialCases, Waits},
};

/// The cost of a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Price {
    /// The bill in millionths; zero if no provider took the call.
    Billed(i64),
    /// An estimate, and what attempts were billed that reached no phone; both in millionths.
    Estimated { micros: i64, billed: i64 },
    /// The cost is not known.
    Unknown,
}

/// How a ring ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// The provider that took it; `None` if none did.
    pub(super) provider: Option<ProviderId>,
    /// Why no provider took it.
    pub(super) why: Option<ErrorKind>,
    /// Whether somebody talked; `None` if unknown.
    pub(super) completed: Option<bool>,
    pub(super) price: Price,
}

impl Ended {
    /// How the ring ended in the past.
    pub(super) fn then(call: &PastCall, ring: &PastRing, currency: Currency) -> Self {
        let unplaced: i64 = ring
            .attempts
            .iter()
            .filter(|one| one.not_placed.is_some())
            .filter_map(|one| micros_in(one.billed, currency))
            .sum();
        match ring.taken() {
            Some(taken) => Self {
                provider: Some(taken.provider.clone()),
                why: None,
                completed: taken.outcome.map(|outcome| outcome == Outcome::Completed),
                price: micros_in(taken.billed, currency).map_or(Price::Unknown, |micros| {
                    Price::Billed(micros.saturating_add(unplaced))
                }),
            },
            None => Self::refused(call.fault.unwrap_or(ErrorKind::NoProvider), unplaced),
        }
    }

    pub(super) fn refused(why: ErrorKind, spent: i64) -> Self {
        Self { provider: None, why: Some(why), completed: None, price: Price::Billed(spent) }
    }
}

/// Bills compared with estimates, at one provider.
#[derive(Debug, Default)]
pub(super) struct Bills {
    pub(super) means: Means,
    pub(super) rings: u64,
    pub(super) estimated: i64,
}

/// All sums of a replay.
pub(super) struct Tally<'a> {
    pub(super) policy: &'a Policy,
    pub(super) alpha: f64,
    pub(super) special_cases: SpecialCases,
    pub(super) waits: Waits,
    pub(super) assumed: u64,
    pub(super) calls: HashSet<usize>,
    /// The people whom a provider has called, as hashes together with it and the tenant.
    people: HashSet<u64>,
    pub(super) rings: u64,
    pub(super) same: u64,
    pub(super) span: Option<(Timestamp, Timestamp)>,
    pub(super) total: Sides,
    pub(super) providers: BTreeMap<ProviderId, Sides>,
    pub(super) countries: BTreeMap<Country, Sides>,
    pub(super) moves: BTreeMap<(Country, Option<ProviderId>, Option<ProviderId>), Move>,
    pub(super) refusals: BTreeMap<&'static str, (u64, u64)>,
    pub(super) limits_reached: BTreeMap<(LimitKind, String, ProviderId), u64>,
    pub(super) rejections: BTreeMap<(ProviderId, String), (u64, u64)>,
    pub(super) elsewhere: BTreeMap<(ProviderId, Country), u64>,
    pub(super) rates: BTreeMap<(ProviderId, Option<Country>), Rate>,
    pub(super) bills: BTreeMap<ProviderId, Bills>,
    pub(super) compared: (u64, i64, i64),
    pub(super) not_compared: u64,
    pub(super) other_currency: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(policy: &'a Policy, alpha: f64) -> Self {
        let none = Side::none(policy.currency);
        Self {
            policy,
            alpha,
            special_cases: SpecialCases::default(),
            waits: Waits::default(),
            assumed: 0,
            calls: HashSet::new(),
            people: HashSet::new(),
            rings: 0,
            same: 0,
            span: None,
            total: Sides { then: none.clone(), now: none },
            providers: BTreeMap::new(),
            countries: BTreeMap::new(),
            moves: BTreeMap::new(),
            refusals: BTreeMap::new(),
            limits_reached: BTreeMap::new(),
            rejections: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            rates: BTreeMap::new(),
            bills: BTreeMap::new(),
            compared: (0, 0, 0),
            not_compared: 0,
            other_currency: 0,
        }
    }

    /// Measures the providers from a past call: how many people they reached, and how their bills
    /// compare with estimates.
    pub(super) fn learn(&mut self, call: &PastCall) {
        let country = call.request.country();
        for taken in call.rings.iter().filter_map(PastRing::taken) {
            let person = digest(&[
                taken.provider.as_str().as_bytes(),
                call.request.tenant.as_str().as_bytes(),
                call.request.to.e164().as_bytes(),
            ]);
            if let Some(outcome) = taken.outcome
                && self.people.insert(person)
            {
                for country in [None, Some(country)] {
                    let rate = self.rates.entry((taken.provider.clone(), country)).or_default();
                    rate.of += 1;
                    rate.successes += u64::from(outcome == Outcome::Completed);
                }
            }
            let deck = self
                .policy
                .index_of(&taken.provider)
                .and_then(|index| self.policy.providers.get(index));
            let estimate = deck.zip(taken.duration);
            let estimate = estimate.and_then(|(one, duration)| {
                one.deck.estimate(&call.request.to, duration, taken.sent_at)
            });
            if let (Some(estimate), Some(bill)) =
                (estimate, micros_in(taken.billed, self.policy.currency))
            {
                let bills = self.bills.entry(taken.provider.clone()).or_default();
                bills.means.add(units(bill), units(estimate.micros()));
            }
        }
    }

    pub(super) fn plans(&mut self, record: Option<&PlanRecord>, plan: &Plan, same: bool) {
        self.same += u64::from(same);
        for one in record.iter().flat_map(|record| &record.rejected) {
            self.rejections.entry((one.provider.clone(), one.reason.clone())).or_default().0 += 1;
        }
        for one in &plan.rejected {
            let key = (one.provider.clone(), one.rejection.code().to_owned());
            self.rejections.entry(key).or_default().1 += 1;
        }
    }

    pub(super) fn reached(&mut self, kind: LimitKind, name: &str, provider: &ProviderId) {
        *self.limits_reached.entry((kind, name.to_owned(), provider.clone())).or_default() += 1;
    }

    /// Counts one ring, in the past and in the replay. `now` is `None` if it does not take place.
    pub(super) fn ring(
        &mut self,
        (index, call, ring): (usize, &PastCall, &PastRing),
        began: Timestamp,
        now: Option<Ended>,
    ) {
        let country = call.request.country();
        let then = Ended::then(call, ring, self.policy.currency);
        self.calls.insert(index);
        self.rings += 1;
        self.span = Some(
            self.span.map_or((began, began), |(first, last)| (first.min(began), last.max(began))),
        );
        let foreign = |attempt: &&super::past::PastAttempt| {
            attempt.billed.is_some_and(|bill| bill.currency() != self.policy.currency)
        };
        self.other_currency += ring.attempts.iter().filter(foreign).count() as u64;
        self.count(country, &then, |sides| &mut sides.then);
        if let Some(why) = then.why {
            self.refusals.entry(why.as_str()).or_default().0 += 1;
        }
        let Some(now) = now else {
            // A ring that does not take place costs nothing.
            self.compare(&then.price, &Price::Billed(0));
            self.note_move(country, &then, &Ended::refused(ErrorKind::NoProvider, 0));
            return;
        };
        self.count(country, &now, |sides| &mut sides.now);
        if let Some(why) = now.why {
            self.refusals.entry(why.as_str()).or_default().1 += 1;
        }
        if let Price::Estimated { micros, .. } = now.price
            && let Some(provider) = &now.provider
        {
            let bills = self.bills.entry(provider.clone()).or_default();
            bills.rings += 1;
            bills.estimated = bills.estimated.saturating_add(micros);
        }
        self.compare(&then.price, &now.price);
        if then.provider != now.provider {
            self.note_move(country, &then, &now);
            let everyone = ring
                .attempts
                .iter()
                .any(|one| one.not_placed.is_some_and(NotPlaced::binds_everyone));
            if then.provider.is_none() && everyone {
                self.special_cases.refusals_asked_elsewhere += 1;
            }
        }
    }

    /// Counts a ring that goes to a provider that was not asked in the past. Its outcome can only
    /// be expected, by the provider's rates.
    pub(super) fn elsewhere(&mut self, provider: &ProviderId, country: Country) {
        *self.elsewhere.entry((provider.clone(), country)).or_default() += 1;
    }

    fn count(&mut self, country: Country, ended: &Ended, side: impl Fn(&mut Sides) -> &mut Side) {
        let none = Side::none(self.policy.currency);
        let none = || Sides { then: none.clone(), now: none.clone() };
        add(side(&mut self.total), ended);
        add(side(self.countries.entry(country).or_insert_with(none)), ended);
        if let Some(provider) = &ended.provider {
            add(side(self.providers.entry(provider.clone()).or_insert_with(none)), ended);
        }
    }

    fn compare(&mut self, then: &Price, now: &Price) {
        let (Some(then), Some(now)) = (then.micros(), now.micros()) else {
            self.not_compared += 1;
            return;
        };
        let (rings, before, after) = &mut self.compared;
        *rings += 1;
        *before = before.saturating_add(then);
        *after = after.saturating_add(now);
    }

    fn note_move(&mut self, country: Country, then: &Ended, now: &Ended) {
        let zero = Money::from_micros(0, self.policy.currency);
        let key = (country, then.provider.clone(), now.provider.clone());
        let one = self.moves.entry(key).or_insert_with(|| Move {
            country,
            from: then.provider.clone(),
            to: now.provider.clone(),
            rings: 0,
            then: zero,
            now: zero,
            unknown: 0,
        });
        one.rings += 1;
        one.unknown += u64::from(then.price.micros().is_none() || now.price.micros().is_none());
        one.then = plus(one.then, then.price.micros().unwrap_or(0));
        one.now = plus(one.now, now.price.micros().unwrap_or(0));
    }
}

impl Price {
    fn micros(&self) -> Option<i64> {
        match self {
            Price::Billed(micros) => Some(*micros),
            Price::Estimated { micros, billed } => Some(micros.saturating_add(*billed)),
            Price::Unknown => None,
        }
    }
}

fn add(side: &mut Side, ended: &Ended) {
    side.rings += u64::from(ended.provider.is_some());
    side.completed += u64::from(ended.completed == Some(true));
    match ended.price {
        Price::Billed(micros) => side.billed = plus(side.billed, micros),
        Price::Estimated { micros, billed } => {
            side.billed = plus(side.billed, billed);
            side.estimated = plus(side.estimated, micros);
        }
        Price::Unknown => side.unknown += 1,
    }
}

fn plus(money: Money, micros: i64) -> Money {
    Money::from_micros(money.micros().saturating_add(micros), money.currency())
}

/// Millionths as units of the currency, for ratios only.
fn units(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// The known duration, or zero for an outcome without a conversation.
pub(super) fn usual(outcome: Option<Outcome>, duration: Option<Duration>) -> Option<Duration> {
    duration.or(match outcome {
        Some(
            Outcome::NoAnswer
            | Outcome::Declined
            | Outcome::Busy
            | Outcome::InvalidNumber
            | Outcome::Blocked,
        ) => Some(Duration::ZERO),
        Some(
            Outcome::Completed
            | Outcome::Voicemail
            | Outcome::Menu
            | Outcome::Failed
            | Outcome::Cancelled,
        )
        | None => None,
    })
}
