//! What an experiment can find at all, asked before its start.
//!
//! Normal approximations: of the z-test for a look at the end, and of the capital of
//! [`Course`](super::Course)'s bet, whose logarithm after people whose difference is `z` standard
//! errors is about `z²/2 · x/(1+x) - ln(1+x)/2`, where `x` is the people's part against the belief
//! that it begins with.

use serde::Serialize;

use super::bet::SHRINKAGE;

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Design {
    /// The control's share of successes.
    pub baseline: f64,
    /// The weights of control and treatment.
    pub weights: [u32; 2],
    /// The chance of telling a difference where there is none.
    pub alpha: f64,
    /// The chance of telling the difference that there is.
    pub power: f64,
}

/// The smallest improvement that an experiment of a size finds, as a difference of shares: 0.05 is
/// five points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Detectable {
    /// With a test that is looked at once, at the end.
    pub fixed: f64,
    /// With the one that may be looked at always.
    pub anytime: f64,
}

/// How many people, in both arms together, an experiment needs to find an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// With a test that is looked at once, at the end.
    pub fixed: u64,
    /// With the one that may be looked at always. Where the effect is there, half of such
    /// experiments find it much sooner.
    pub anytime: u64,
}

/// The smallest improvement over the baseline that so many people, in both arms together, show.
/// `None` where no improvement would be enough, or the design makes no sense.
pub fn detectable(design: &Design, people: u64) -> Option<Detectable> {
    let arms = design.arms()?;
    let smallest = |test: Test| {
        let finds = |effect: f64| design.finds(test, arms, people as f64, effect);
        let room = 1.0 - design.baseline;
        finds(room).then(|| least(0.0, room, finds))
    };
    Some(Detectable { fixed: smallest(Test::Once)?, anytime: smallest(Test::Always)? })
}

/// How many people show a difference from the baseline by this much, as a difference of shares.
/// `None` where there is no such rate, or the design makes no sense.
pub fn people_needed(design: &Design, effect: f64) -> Option<Needed> {
    const MOST: f64 = 1e15;
    let arms = design.arms()?;
    let fewest = |test: Test| {
        let finds = |people: f64| design.finds(test, arms, people, effect);
        finds(MOST).then(|| least(2.0, MOST, finds).ceil() as u64)
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
    /// Each arm's part of the people.
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
        let [control, treatment] = arms.map(|part| part * people);
        let treated = self.baseline + effect;
        let spread = |rate: f64| rate * (1.0 - rate);
        let pooled = spread(arms[0] * self.baseline + arms[1] * treated)
            * (control.recip() + treatment.recip());
        let own = spread(self.baseline) / control + spread(treated) / treatment;
        let errors = match test {
            Test::Once => normal_quantile(1.0 - self.alpha / 2.0),
            Test::Always => {
                let part = 2.0 / SHRINKAGE / (control.recip() + treatment.recip());
                (2.0 * (1.0 + part.recip()) * (0.5 * part.ln_1p() - self.alpha.ln())).sqrt()
            }
        };
        effect.abs() >= errors * pooled.sqrt() + normal_quantile(self.power) * own.sqrt()
    }
}

/// The least value between the two that is enough, where every higher one is.
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

/// The value that a normal variable stays below with this chance.
fn normal_quantile(chance: f64) -> f64 {
    least(-10.0, 10.0, |value| 0.5 * libm::erfc(-value / std::f64::consts::SQRT_2) >= chance)
}
