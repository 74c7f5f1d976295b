//! The table against a recount of every call, whatever was observed, in whatever order and however
//! often.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use proptest::{collection::vec, option, prelude::*, sample::select};
use switchboard_core::{
    Attempt, Call, CallStatus, Country, Money, Outcome, ProfileName, ProviderId,
};
use switchboard_router::quality::{Drift, Level, Measured, Measurements, Quality, QualitySettings};

use super::made::{after, attempt, call, provider, usd};

const PROVIDERS: [&str; 3] = ["alpha", "beta", "gamma"];
const COUNTRIES: [Country; 2] = [Country::US, Country::GB];
const PROFILES: [Option<&str>; 3] = [None, Some("desk"), Some("night")];
const HOUR: i64 = 3_600;
const PARTS: i64 = 168;

/// What never changes of a call.
#[derive(Debug, Clone)]
struct Made {
    country: Country,
    profile: Option<&'static str>,
    attempts: Vec<(&'static str, i64, bool)>,
}

/// One record of it.
#[derive(Debug, Clone)]
struct Said {
    which: usize,
    updated: i64,
    outcomes: Vec<Option<Outcome>>,
    bills: Vec<Option<i64>>,
    duration: Option<u64>,
}

fn made() -> impl Strategy<Value = Made> {
    let attempts =
        vec((select(PROVIDERS.to_vec()), 0..400 * HOUR, prop::bool::weighted(0.9)), 1..4);
    (select(COUNTRIES.to_vec()), select(PROFILES.to_vec()), attempts)
        .prop_map(|(country, profile, attempts)| Made { country, profile, attempts })
}

fn said() -> impl Strategy<Value = Said> {
    let outcome = option::of(select(vec![
        Outcome::Completed,
        Outcome::Completed,
        Outcome::Voicemail,
        Outcome::NoAnswer,
        Outcome::Failed,
        Outcome::Cancelled,
    ]));
    let numbers = (0..12_usize, 0..50_i64, option::of(0..900_u64));
    (numbers, vec(outcome, 3), vec(option::of(0..2_000_000_i64), 3)).prop_map(
        |((which, updated, duration), outcomes, bills)| Said {
            which,
            updated,
            outcomes,
            bills,
            duration,
        },
    )
}

fn record(made: &[Made], said: &Said) -> Call {
    let which = said.which % made.len();
    let one = &made[which];
    let attempts = one.attempts.iter().enumerate().map(|(n, (name, at, sent))| {
        attempt((which * 10 + n) as u128, name, *at).with(|attempt| {
            attempt.sent_at = attempt.sent_at.filter(|_| *sent);
            attempt.outcome = said.outcomes[n];
            attempt.billed =
                said.bills[n].map(|micros| Money::from_micros(micros, usd("1").currency()));
            attempt.estimated_cost = (n != 1).then(|| usd("0.12"));
        })
    });
    call(which as u128, CallStatus::Closed, attempts.collect()).with(|call| {
        call.country = one.country;
        call.agent = one.profile.map(ProfileName::from);
        call.duration = said.duration.map(Duration::from_secs);
        call.updated_at = after(said.updated);
    })
}

/// Attempts that count, with their call, recounted from the latest record of each call.
struct Recount {
    counted: Vec<(Call, Attempt)>,
    now: Timestamp,
}

impl Recount {
    fn new(records: &[Call], most: usize, now: Timestamp) -> Self {
        let mut latest: BTreeMap<_, &Call> = BTreeMap::new();
        for record in records {
            let kept = latest.entry(record.id).or_insert(record);
            if record.updated_at >= kept.updated_at {
                *kept = record;
            }
        }
        let mut counted: Vec<_> = latest
            .values()
            .flat_map(|call| {
                call.attempts.iter().map(|attempt| (Call::clone(call), attempt.clone()))
            })
            .filter(|(_, attempt)| attempt.sent_at.is_some())
            .collect();
        counted.sort_by_key(|(_, attempt)| (attempt.created_at, attempt.id));
        let counted = counted.split_off(counted.len().saturating_sub(most));
        Self { counted, now }
    }

    fn part(at: Timestamp) -> i64 {
        at.as_second().div_euclid(HOUR)
    }

    fn some(&self, holds: impl Fn(&Call, &Attempt) -> bool) -> Vec<&(Call, Attempt)> {
        let present = Self::part(self.now);
        let in_window = |attempt: &Attempt| {
            let part = Self::part(attempt.created_at);
            part <= present && part > present - PARTS
        };
        let counted = self.counted.iter();
        counted.filter(|(call, attempt)| in_window(attempt) && holds(call, attempt)).collect()
    }

    fn check(&self, measured: &Measured, holds: impl Fn(&Call, &Attempt) -> bool) {
        let some = self.some(holds);
        let count = |holds: &dyn Fn(&Attempt) -> bool| {
            some.iter().filter(|(_, attempt)| holds(attempt)).count() as u32
        };
        let is = |wanted: &'static [Outcome]| {
            move |attempt: &Attempt| {
                attempt.outcome.is_some_and(|outcome| wanted.contains(&outcome))
            }
        };
        assert_eq!(measured.sent, count(&|_| true));
        assert_eq!(
            measured.tried,
            count(&|attempt| attempt.outcome.is_some_and(|outcome| outcome != Outcome::Cancelled))
        );
        assert_eq!(measured.answered, count(&is(&[Outcome::Completed, Outcome::Voicemail])));
        assert_eq!(measured.succeeded, count(&is(&[Outcome::Completed])));
        assert_eq!(measured.failed, count(&is(&[Outcome::Failed])));
        let bills: Vec<i64> =
            some.iter().filter_map(|(_, attempt)| attempt.billed).map(Money::micros).collect();
        assert_eq!(measured.mean_cost.map(Money::micros), mean(&bills));
        let lasted: Vec<i64> =
            some.iter().filter_map(|(call, attempt)| duration(call, attempt)).collect();
        assert_eq!(
            measured.mean_duration.map(|duration| duration.as_millis() as i64),
            mean(&lasted)
        );
    }

    fn rate(&self, holds: impl Fn(&Call, &Attempt) -> bool) -> (u32, u32) {
        let tried = |attempt: &Attempt| {
            attempt.outcome.is_some_and(|outcome| outcome != Outcome::Cancelled)
        };
        self.some(holds).into_iter().filter(|(_, attempt)| tried(attempt)).fold(
            (0, 0),
            |(succeeded, of), (_, attempt)| {
                (succeeded + u32::from(attempt.outcome == Some(Outcome::Completed)), of + 1)
            },
        )
    }
}

fn duration(call: &Call, attempt: &Attempt) -> Option<i64> {
    let is_last = call.attempts.last().unwrap().id == attempt.id;
    call.duration
        .filter(|_| is_last && attempt.outcome.is_some())
        .map(|duration| duration.as_millis() as i64)
}

/// Rounded up.
fn mean(values: &[i64]) -> Option<i64> {
    let (sum, of) = (values.iter().sum::<i64>(), values.len() as i64);
    (of > 0).then(|| (sum + of - 1) / of)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_count_is_that_of_a_naive_recount(
        made in vec(made(), 1..12),
        said in vec(said(), 0..60),
        moments in vec(-100..800 * HOUR, 1..4),
        most in prop_oneof![Just(usize::MAX), 1..20_usize],
        minimum in 1..4_u32,
    ) {
        let settings = QualitySettings { most_attempts: most, minimum, ..QualitySettings::default() };
        let mut quality = Quality::new(settings);
        let mut records = Vec::new();
        for said in &said {
            let record = record(&made, said);
            quality.observe(&record);
            quality.observe(&record);
            records.push(record);
        }
        for moment in moments {
            check(&quality, &Recount::new(&records, most, after(moment)), minimum);
        }
    }

    #[test]
    fn the_order_of_observing_does_not_matter(made in vec(made(), 1..12), said in vec(said(), 0..60), most in 1..30_usize) {
        // Of two records of one moment the later observed would count: here each call has one
        // record for each moment.
        let said: Vec<Said> = said.into_iter().enumerate().map(|(n, said)| Said { updated: n as i64, ..said }).collect();
        let observed = |records: &mut dyn Iterator<Item = &Said>| {
            let mut quality = Quality::new(QualitySettings { most_attempts: most, ..QualitySettings::default() });
            records.for_each(|said| quality.observe(&record(&made, said)));
            quality.table(after(400 * HOUR))
        };
        prop_assert_eq!(observed(&mut said.iter()), observed(&mut said.iter().rev()));
    }
}

fn check(quality: &Quality, recount: &Recount, minimum: u32) {
    let now = recount.now;
    for name in PROVIDERS {
        let id = provider(name);
        for country in COUNTRIES {
            for profile in PROFILES {
                let measured =
                    quality.measured(&id, country, profile.map(ProfileName::from).as_ref(), now);
                check_one(&measured, recount, &id, country, profile, minimum);
            }
        }
        let both: Vec<_> = recount
            .some(|_, attempt| attempt.provider == id)
            .into_iter()
            .filter_map(|(_, attempt)| attempt.estimated_cost.zip(attempt.billed))
            .collect();
        let sum = |of: fn(&(Money, Money)) -> Money| {
            both.iter().map(|both| of(both).micros()).sum::<i64>()
        };
        let Drift { calls, estimated, billed } = quality.drift(&id, now);
        assert_eq!(calls as usize, both.len());
        assert_eq!(
            (estimated.micros(), billed.micros()),
            (sum(|both| both.0), sum(|both| both.1)),
            "drift of {name}"
        );
    }
    let table = quality.table(now);
    let rows: BTreeSet<_> = recount
        .some(|_, _| true)
        .into_iter()
        .map(|(call, attempt)| (attempt.provider.clone(), call.country, call.agent.clone()))
        .collect();
    let shown: Vec<_> =
        table.iter().map(|row| (row.provider.clone(), row.country, row.profile.clone())).collect();
    assert_eq!(shown, rows.into_iter().collect::<Vec<_>>());
    for row in &table {
        recount.check(&row.measured, |call, attempt| {
            attempt.provider == row.provider
                && call.country == row.country
                && call.agent == row.profile
        });
    }
}

fn check_one(
    measured: &Measured,
    recount: &Recount,
    id: &ProviderId,
    country: Country,
    profile: Option<&str>,
    minimum: u32,
) {
    let at = |_: &Call, attempt: &Attempt| attempt.provider == *id;
    let here = |call: &Call, attempt: &Attempt| at(call, attempt) && call.country == country;
    let exactly = |call: &Call, attempt: &Attempt| {
        here(call, attempt) && call.agent.as_ref().map(ProfileName::as_str) == profile
    };
    let (narrow, middle, wide) = (recount.rate(exactly), recount.rate(here), recount.rate(at));
    if narrow.1 >= minimum {
        assert_eq!(measured.level, Level::Profile);
        recount.check(measured, exactly);
    } else if middle.1 >= minimum {
        assert_eq!(measured.level, Level::Country);
        recount.check(measured, here);
    } else {
        let known = !recount.some(at).is_empty();
        assert_eq!(measured.level, if known { Level::Provider } else { Level::Nothing });
        recount.check(measured, at);
    }
    // The belief, in floating point: the provider elsewhere, then here otherwise, then exactly.
    let cap = |(successes, tries): (f64, f64)| {
        let most = f64::from(minimum).max(2.0);
        if tries > most { (successes * most / tries, most) } else { (successes, tries) }
    };
    let less = |wide: (u32, u32), narrow: (u32, u32)| {
        (f64::from(wide.0 - narrow.0), f64::from(wide.1 - narrow.1))
    };
    let and = |one: (f64, f64), more: (f64, f64)| (one.0 + more.0, one.1 + more.1);
    let elsewhere = cap(and((1.0, 2.0), less(wide, middle)));
    let others = cap(and(elsewhere, less(middle, narrow)));
    let believed = and(others, less(narrow, (0, 0)));
    let mean = f64::from(measured.success.mean()) / 1e6;
    assert!((mean - believed.0 / believed.1).abs() < 0.003, "{mean} for {believed:?}");
    assert!((measured.success.tries_milli as f64 / 1e3 - believed.1).abs() < 0.01);
}
