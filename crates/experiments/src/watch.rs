//! Which arms certainly break a guardrail.
//!
//! Looked at again and again, every rule is broken by chance once. So an arm is stopped only where
//! the whole interval of what it may truly be lies on the wrong side, and the intervals hold at all
//! looks at once: the chance that any arm which keeps all its guardrails is ever stopped is at most
//! five in a hundred, shared between arms and guardrails. For costs and durations that is so in the
//! limit of many people.

use jiff::Timestamp;
use switchboard_core::{Call, Currency};
use switchboard_router::{
    Decision, Policy,
    experiment::{Bound, Change, Experiment, GuardMetric, Guardrail, Lives, Stage},
};

use crate::{
    People, Person,
    analysis::{Interval, Means, Rate, interval},
};

/// The chance of ever stopping any arm that keeps its guardrails.
const ALPHA: f64 = 0.05;
const MICROS: f64 = 1e6;
/// Who decides, in the journal.
const BY: &str = "guardrail";

/// An arm that certainly breaks a guardrail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The arm.
    pub arm: String,
    /// What it breaks.
    pub guardrail: Guardrail,
    /// On what grounds, in words.
    pub why: String,
}

/// The arms that certainly break a guardrail, each with the first that it breaks. The holdout
/// breaks none.
pub fn breaches(experiment: &Experiment, people: &[Person], currency: Currency) -> Vec<Breach> {
    let alpha = ALPHA / (experiment.arms.len() * experiment.guardrails.len()).max(1) as f64;
    let arms = experiment.arms.iter().enumerate().filter_map(|(index, arm)| {
        let mut sums = Sums::default();
        people
            .iter()
            .filter(|person| person.subject == index)
            .for_each(|person| sums.add(person, currency));
        let broken =
            |guardrail: &Guardrail| sums.breaks(guardrail, alpha).map(|why| (*guardrail, why));
        let (guardrail, why) = experiment.guardrails.iter().find_map(broken)?;
        Some(Breach { arm: arm.name.clone(), guardrail, why: format!("{guardrail}: {why}") })
    });
    arms.collect()
}

/// What the guardrails look at.
#[derive(Debug, Default)]
struct Sums {
    people: u64,
    successes: u64,
    errors: u64,
    cost: Means,
    duration: Means,
}

impl Sums {
    fn add(&mut self, person: &Person, currency: Currency) {
        self.people += 1;
        self.successes += u64::from(person.seen.success);
        self.errors += u64::from(person.erred);
        if let Some(cost) = person.seen.cost.filter(|cost| cost.currency() == currency) {
            self.cost.add(cost.micros() as f64 / MICROS, 1.0);
        }
        if let Some(duration) = person.seen.duration {
            self.duration.add(duration.as_secs_f64(), 1.0);
        }
    }

    /// Why it is broken for certain; `None` where it may be kept.
    fn breaks(&self, guardrail: &Guardrail, alpha: f64) -> Option<String> {
        if self.people < u64::from(guardrail.minimum_calls) {
            return None;
        }
        // Statistics, not money: it is compared to an interval.
        let bound: f64 = guardrail.bound.value().to_string().parse().ok()?;
        let (seen, found) = match guardrail.metric {
            GuardMetric::SuccessRate => self.share(self.successes, alpha),
            GuardMetric::ErrorRate => self.share(self.errors, alpha),
            GuardMetric::Duration => {
                let mean = self.duration.estimate(alpha)?;
                (
                    format!("{:.1} s in the mean of {}", mean.value, self.duration.count()),
                    mean.interval?,
                )
            }
            GuardMetric::CostPerSuccess => self.cost_per_success(alpha)?,
        };
        let (broken, at) = match guardrail.bound {
            Bound::AtLeast(_) => (found.high < bound, format!("at most {:.4}", found.high)),
            Bound::AtMost(_) => (found.low > bound, format!("at least {:.4}", found.low)),
        };
        broken.then(|| format!("{seen}, {at} for certain"))
    }

    fn share(&self, count: u64, alpha: f64) -> (String, Interval) {
        let of = self.people;
        (format!("{count} of {of} people"), interval(Rate { successes: count, of }, alpha))
    }

    /// From the least that a call costs and the most that succeed: it has an answer where nobody
    /// ever succeeded.
    fn cost_per_success(&self, alpha: f64) -> Option<(String, Interval)> {
        let (seen, rate) = self.share(self.successes, alpha / 2.0);
        let cost = self.cost.estimate(alpha / 2.0)?;
        let paid = cost.interval?;
        let found = Interval {
            low: paid.low.max(0.0) / rate.high.max(f64::MIN_POSITIVE),
            high: f64::INFINITY,
        };
        Some((format!("{seen} succeeded at {:.4} a call", cost.value), found))
    }
}

/// Follows the experiments that have guardrails, and says what has to be decided.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    watched: Vec<People>,
    changed: bool,
}

impl Watch {
    /// Nobody was called yet.
    pub fn new(policy: &Policy) -> Self {
        let mut watch = Self::default();
        watch.set(policy);
        watch
    }

    /// Other experiments. What is known of those that stay is kept; true where one is new, whose
    /// calls so far have to be told again.
    pub fn set(&mut self, policy: &Policy) -> bool {
        let mut former = std::mem::take(&mut self.watched);
        let guarded =
            policy.experiments.iter().filter(|experiment| !experiment.guardrails.is_empty());
        let mut is_new = false;
        for experiment in guarded {
            let known = former.iter().position(|people| people.is_of(experiment));
            is_new |= known.is_none();
            self.watched.push(match known {
                Some(at) => former.swap_remove(at),
                None => People::new(experiment, policy.currency),
            });
        }
        self.changed = true;
        is_new
    }

    /// Takes a call as it stands, as often as it changes.
    pub fn observe(&mut self, call: &Call) {
        if call.experiment.is_some() {
            for people in &mut self.watched {
                self.changed |= people.observe(call);
            }
        }
    }

    /// The arms that have to be stopped now, as decisions for the journal. Empty where nothing was
    /// observed since the last time.
    pub fn decisions(&mut self, policy: &Policy, lives: &Lives, now: Timestamp) -> Vec<Decision> {
        if !std::mem::take(&mut self.changed) {
            return Vec::new();
        }
        let mut decisions = Vec::new();
        for people in &self.watched {
            let Some(experiment) =
                policy.experiments.iter().find(|experiment| people.is_of(experiment))
            else {
                continue;
            };
            let life = lives.life(&experiment.name, experiment.version);
            if experiment.stage(life) == Stage::Stopped {
                continue;
            }
            let broken = breaches(experiment, &people.known(now).people, policy.currency);
            let new = broken
                .into_iter()
                .filter(|breach| life.is_none_or(|life| !life.has_stopped(&breach.arm)));
            decisions.extend(new.map(|breach| {
                let change = Change {
                    to: Some(Stage::Stopped),
                    arm: Some(breach.arm),
                    why: Some(breach.why),
                    ..Change::of(experiment.version)
                };
                change.decision(&experiment.name, BY, now)
            }));
        }
        decisions
    }
}
