//! Detects arms that break a guardrail.
//!
//! A metric that is checked again and again crosses any bound by chance sooner or later. So an arm
//! is stopped only if the whole confidence interval of its metric lies on the wrong side of the
//! bound, and the intervals hold at all looks at once. The chance that any arm that keeps its
//! guardrails is ever stopped is at most 5 %, divided over arms and guardrails. For costs and
//! durations that holds asymptotically, for many people.

use jiff::Timestamp;
use switchboard_core::{Call, Currency};
use switchboard_router::{
    AuditEntry, Policy,
    experiment::{Bound, Change, Experiment, ExperimentStates, GuardMetric, Guardrail, Stage},
};

use crate::{
    Cohort, Participant,
    sequential::{Interval, Means, Rate, interval},
};

/// The chance that any arm that keeps its guardrails is ever stopped.
const ALPHA: f64 = 0.05;
const MICROS: f64 = 1e6;
/// The author of these decisions in the audit log.
const BY: &str = "guardrail";

/// An arm that breaks a guardrail, beyond statistical doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The name of the arm.
    pub arm: String,
    /// The guardrail that it breaks.
    pub guardrail: Guardrail,
    /// The evidence, as a sentence.
    pub why: String,
}

/// The arms that break a guardrail, each with the first one that it breaks. The holdout has no
/// guardrails.
pub fn breaches(
    experiment: &Experiment,
    people: &[Participant],
    currency: Currency,
) -> Vec<Breach> {
    let alpha = ALPHA / (experiment.arms.len() * experiment.guardrails.len()).max(1) as f64;
    let arms = experiment.arms.iter().enumerate().filter_map(|(index, arm)| {
        let mut totals = Totals::default();
        people
            .iter()
            .filter(|person| person.subject == index)
            .for_each(|person| totals.add(person, currency));
        let broken =
            |guardrail: &Guardrail| totals.breaks(guardrail, alpha).map(|why| (*guardrail, why));
        let (guardrail, why) = experiment.guardrails.iter().find_map(broken)?;
        Some(Breach { arm: arm.name.clone(), guardrail, why: format!("{guardrail}: {why}") })
    });
    arms.collect()
}

/// The totals of one arm that guardrails are checked against.
#[derive(Debug, Default)]
struct Totals {
    people: u64,
    successes: u64,
    errors: u64,
    cost: Means,
    duration: Means,
}

impl Totals {
    fn add(&mut self, person: &Participant, currency: Currency) {
        self.people += 1;
        self.successes += u64::from(person.observation.success);
        self.errors += u64::from(person.failed);
        if let Some(cost) = person.observation.cost.filter(|cost| cost.currency() == currency) {
            self.cost.add(cost.micros() as f64 / MICROS, 1.0);
        }
        if let Some(duration) = person.observation.duration {
            self.duration.add(duration.as_secs_f64(), 1.0);
        }
    }

    /// The evidence that the guardrail is broken; `None` if it may still be kept.
    fn breaks(&self, guardrail: &Guardrail, alpha: f64) -> Option<String> {
        if self.people < u64::from(guardrail.minimum_calls) {
            return None;
        }
        // As a float: it is compared with an interval, not spent.
        let bound: f64 = guardrail.bound.value().to_string().parse().ok()?;
        let (measured, found) = match guardrail.metric {
            GuardMetric::SuccessRate => self.share(self.successes, alpha),
            GuardMetric::ErrorRate => self.share(self.errors, alpha),
            GuardMetric::Duration => {
                let mean = self.duration.estimate(alpha)?;
                (
                    format!("a mean of {:.1} s over {} calls", mean.value, self.duration.count()),
                    mean.interval?,
                )
            }
            GuardMetric::CostPerSuccess => self.cost_per_success(alpha)?,
        };
        let (broken, at) = match guardrail.bound {
            Bound::AtLeast(_) => (found.high < bound, format!("at most {:.4}", found.high)),
            Bound::AtMost(_) => (found.low > bound, format!("at least {:.4}", found.low)),
        };
        broken.then(|| format!("{measured}; {at}, with certainty"))
    }

    fn share(&self, count: u64, alpha: f64) -> (String, Interval) {
        let of = self.people;
        (format!("{count} of {of} people"), interval(Rate { successes: count, of }, alpha))
    }

    /// Divides the lower bound of the cost per call by the upper bound of the success rate, which
    /// gives an answer even for an arm without a single success.
    fn cost_per_success(&self, alpha: f64) -> Option<(String, Interval)> {
        let (successes, rate) = self.share(self.successes, alpha / 2.0);
        let cost = self.cost.estimate(alpha / 2.0)?;
        let paid = cost.interval?;
        let found = Interval {
            low: paid.low.max(0.0) / rate.high.max(f64::MIN_POSITIVE),
            high: f64::INFINITY,
        };
        Some((format!("{successes} succeeded at {:.4} a call", cost.value), found))
    }
}

/// Follows the experiments that have guardrails, and decides which arms to stop.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    watched: Vec<Cohort>,
    changed: bool,
}

impl Watch {
    /// Watches the experiments of this policy, without any calls yet.
    pub fn new(policy: &Policy) -> Self {
        let mut watch = Self::default();
        watch.set(policy);
        watch
    }

    /// Switches to the experiments of this policy, keeping what was observed of those that stay.
    /// True if one of them is new, so that its earlier calls have to be observed again.
    pub fn set(&mut self, policy: &Policy) -> bool {
        let mut former = std::mem::take(&mut self.watched);
        let guarded =
            policy.experiments.iter().filter(|experiment| !experiment.guardrails.is_empty());
        let mut is_new = false;
        for experiment in guarded {
            let position = former.iter().position(|people| people.is_of(experiment));
            is_new |= position.is_none();
            self.watched.push(match position {
                Some(at) => former.swap_remove(at),
                None => Cohort::new(experiment, policy.currency),
            });
        }
        self.changed = true;
        is_new
    }

    /// Records a call in its current state. To be called whenever a call changes.
    pub fn observe(&mut self, call: &Call) {
        if call.experiment.is_some() {
            for people in &mut self.watched {
                self.changed |= people.observe(call);
            }
        }
    }

    /// The arms that have to be stopped now, as entries for the audit log. Empty if nothing was
    /// observed since the last time.
    pub fn decisions(
        &mut self,
        policy: &Policy,
        states: &ExperimentStates,
        now: Timestamp,
    ) -> Vec<AuditEntry> {
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
            let state = states.state(&experiment.name, experiment.version);
            if experiment.stage(state) == Stage::Stopped {
                continue;
            }
            let broken = breaches(experiment, &people.completed(now).people, policy.currency);
            let new = broken
                .into_iter()
                .filter(|breach| state.is_none_or(|state| !state.has_stopped(&breach.arm)));
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
