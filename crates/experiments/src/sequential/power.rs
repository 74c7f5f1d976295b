//! Statistical power: which effects an experiment can find, computed before it starts.
//!
//! These are normal approximations: of the z-test for a single look at the end, and of the betting
//! test of [`SequentialComparison`](super::SequentialComparison). The log capital of that bet, for
//! a measured difference of `z` standard errors, is about `z²/2 · x/(1+x) - ln(1+x)/2`, where `x`
//! is the weight of the people relative to that of the prior.

use serde::Serialize;

use super::betting::SHRINKAGE;

/// The plan of an experiment with two arms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Design {
    /// The success rate of the control, from 0 to 1.
    pub baseline: f64,
    /// The weights of control and treatment.
    pub weights: [u32; 2],
    /// The probability of detecting a difference that does not exist.
    pub alpha: f64,
    /// The probability of detecting the difference if it exists.
    pub power: f64,
}

/// The smallest improvement that an experiment of a given size can detect, as a difference of
/// success rates: 0.05 is five percentage points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Detectable {
    /// With a test that is evaluated once, at the end.
    pub fixed: f64,
    /// With the test that may be evaluated at any time.
    pub anytime: f64,
}

/// The number of people, in both arms together, that an experiment needs to detect an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// With a test that is evaluated once, at the end.
    pub fixed: u64,
    /// With the test that may be evaluated at any time. If the effect exists, half of such
    /// experiments detect it much sooner.
    pub anytime: u64,
}

/// The smallest improvement over the baseline that this many people, in both arms together, can
/// show. `None` if no improvement would be large enough, or the design is invalid.
pub fn detectable(design: &Design, people: u64) -> Option<Detectable> {
    let arms = design.arms()?;
    let smallest = |test: Test| {
        let finds = |effect: f64| design.finds(test, arms, people as f64, effect);
        let largest = 1.0 - design.baseline;
        finds(largest).then(|| least(0.0, largest, finds))
    };
    Some(Detectable { fixed: smallest(Test::Once)?, anytime: smallest(Test::Always)? })
}

/// The number of people needed to detect this difference from the baseline. `None` if the baseline
/// plus the effect is no rate, or the design is invalid.
pub fn people_needed(design: &Design, effect: f64) -> Option<Needed> {
    const MAX: f64 = 1e15;
    let arms = design.arms()?;
    let fewest = |test: Test| {
        let finds = |people: f64| design.finds(test, arms, people, effect);
        finds(MAX).then(|| least(2.0, MAX, finds).ceil() as u64)
    };
    if effect == 0.0 || !(0.0..=1.0).contains(&(design.baseline + effect)) {
        return None;
    }
    Some(Needed { fixed: fewest(Test::Once)?, anytime: fewest(Test::Always)? })
}

#[derive(Clone, Copy)]
enum Test {
    Once,
    Always,
}

impl Design {
    /// Each arm's share of the people; `None` if the design is invalid.
    fn arms(&self) -> Option<[f64; 2]> {
        let [control, treatment] = self.weights.map(f64::from);
        let chance = |value: f64| value > 0.0 && value < 1.0;
        let sound = control > 0.0
            && treatment > 0.0
            && (0.0..1.0).contains(&self.baseline)
            && chance(self.alpha)
            && chance(self.power);
        sound.then(|| [control / (control + treatment), treatment / (control + treatment)])
    }

    fn finds(&self, test: Test, arms: [f64; 2], people: f64, effect: f64) -> bool {
        let [control, treatment] = arms.map(|share| share * people);
        let treated = self.baseline + effect;
        let spread = |rate: f64| rate * (1.0 - rate);
        let pooled = spread(arms[0] * self.baseline + arms[1] * treated)
            * (control.recip() + treatment.recip());
        let own = spread(self.baseline) / control + spread(treated) / treatment;
        let errors = match test {
            Test::Once => normal_quantile(1.0 - self.alpha / 2.0),
            Test::Always => {
                let relative = 2.0 / SHRINKAGE / (control.recip() + treatment.recip());
                (2.0 * (1.0 + relative.recip()) * (0.5 * relative.ln_1p() - self.alpha.ln())).sqrt()
            }
        };
        effect.abs() >= errors * pooled.sqrt() + normal_quantile(self.power) * own.sqrt()
    }
}

/// The smallest value between the two that is enough, by bisection: every higher one is, too.
fn least(mut low: f64, mut high: f64, enough: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The quantile of the standard normal distribution.
fn normal_quantile(chance: f64) -> f64 {
    least(-10.0, 10.0, |value| 0.5 * libm::erfc(-value / std::f64::consts::SQRT_2) >= chance)
}
