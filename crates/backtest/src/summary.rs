//! Turns the sums into a report: expected outcomes, costs, and how certain they are.

use switchboard_core::{Country, Money, ProviderId};
use switchboard_experiments::sequential::{Interval, Rate, interval};

use crate::{
    caveats,
    report::{
        CostChange, Expectation, Fit, Level, LimitReached, Line, Move, Outcomes, Refusals,
        RejectionCount, Report, Sides,
    },
    tally::Tally,
};

impl Tally<'_> {
    /// The complete report.
    pub(super) fn report(self) -> Report {
        let outcomes = self.outcomes();
        let cost = self.cost();
        let mut moves: Vec<Move> = self.moves.into_values().collect();
        moves.sort_by_key(|one| std::cmp::Reverse(one.rings));
        let line = |(group, sides): (ProviderId, Sides)| Line { group, sides };
        let mut report = Report {
            first: self.span.map(|(first, _)| first),
            last: self.span.map(|(_, last)| last),
            calls: self.calls.len() as u64,
            rings: self.rings,
            identical_plans: self.same,
            special_cases: self.special_cases,
            total: self.total,
            providers: self.providers.into_iter().map(line).collect(),
            countries: self
                .countries
                .into_iter()
                .map(|(group, sides)| Line { group, sides })
                .collect(),
            moves,
            refusals: self
                .refusals
                .into_iter()
                .map(|(reason, (then, now))| Refusals { reason: reason.to_owned(), then, now })
                .collect(),
            limits_reached: self
                .limits_reached
                .into_iter()
                .map(|((kind, name, provider), times)| LimitReached { kind, name, provider, times })
                .collect(),
            rejections: self
                .rejections
                .into_iter()
                .map(|((provider, reason), (then, now))| RejectionCount {
                    provider,
                    reason,
                    then,
                    now,
                })
                .collect(),
            waits: self.waits,
            cost,
            outcomes,
            caveats: Vec::new(),
        };
        report.caveats = caveats::sentences(&report);
        report
    }

    fn outcomes(&self) -> Outcomes {
        // Divided by the number of intervals, so that all of them hold together.
        let alpha = self.alpha / self.elsewhere.len().max(1) as f64;
        let expected: Vec<Expectation> = self
            .elsewhere
            .iter()
            .map(|((provider, country), rings)| {
                let at = |country: Option<Country>| {
                    self.rates.get(&(provider.clone(), country)).copied()
                };
                let (level, measured) = match (at(Some(*country)), at(None)) {
                    (Some(rate), _) => (Level::Country, rate),
                    (None, Some(rate)) => (Level::Provider, rate),
                    (None, None) => (Level::Nothing, Rate::default()),
                };
                let rate = interval(measured, alpha);
                Expectation {
                    provider: provider.clone(),
                    country: *country,
                    rings: *rings,
                    level,
                    measured,
                    rate,
                    completed: Interval {
                        low: rate.low * *rings as f64,
                        high: rate.high * *rings as f64,
                    },
                }
            })
            .collect();
        let known = self.total.now.completed;
        let sum = |end: fn(&Interval) -> f64| {
            known as f64 + expected.iter().map(|one| end(&one.completed)).sum::<f64>()
        };
        Outcomes {
            then: self.total.then.completed,
            known,
            now: Interval {
                low: sum(|interval| interval.low),
                high: sum(|interval| interval.high),
            },
            expected,
        }
    }

    fn cost(&self) -> CostChange {
        let currency = self.policy.currency;
        let money = |micros: i64| Money::from_micros(micros, currency);
        let estimated = self.bills.values().filter(|bills| bills.rings > 0).count();
        let alpha = self.alpha / estimated.max(1) as f64;
        let fits: Vec<Fit> = self
            .bills
            .iter()
            .filter(|(_, bills)| bills.rings > 0)
            .map(|(provider, bills)| {
                let ratio = bills.means.estimate(alpha);
                let limits = ratio.and_then(|ratio| ratio.interval);
                Fit {
                    provider: provider.clone(),
                    bills: bills.means.count(),
                    ratio,
                    rings: bills.rings,
                    estimated: money(bills.estimated),
                    between: limits.map(|limits| {
                        (
                            money(scaled(bills.estimated, limits.low, f64::floor)),
                            money(scaled(bills.estimated, limits.high, f64::ceil)),
                        )
                    }),
                }
            })
            .collect();
        let (compared, then, now) = self.compared;
        let difference = now.saturating_sub(then);
        let end = |pick: fn(&(Money, Money)) -> Money| {
            fits.iter().try_fold(difference, |sum, fit| {
                let limit = pick(fit.between.as_ref()?).micros();
                Some(sum.saturating_add(limit.saturating_sub(fit.estimated.micros())))
            })
        };
        let between = end(|(low, _)| *low).zip(end(|(_, high)| *high));
        CostChange {
            compared,
            not_compared: self.not_compared,
            then: money(then),
            now: money(now),
            difference: money(difference),
            between: between.map(|(low, high)| (money(low), money(high))),
            assumed_durations: self.assumed,
            other_currency: self.other_currency,
            fits,
        }
    }
}

/// An amount multiplied by a ratio, rounded outwards.
fn scaled(micros: i64, ratio: f64, round: fn(f64) -> f64) -> i64 {
    round(micros as f64 * ratio) as i64
}
