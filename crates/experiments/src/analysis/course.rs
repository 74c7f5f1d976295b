//! How a treatment compares to its control, from the first person to the last.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::Currency;

use super::{
    Comparison, Estimate, Interval, Observation, Tally,
    bet::{Bet, Moment},
};

/// People at the first look that is kept.
const FIRST_LOOK: u64 = 10;
/// Each look that is kept comes after so many more people, as a share of those so far.
const NEXT_LOOK: f64 = 0.1;

/// Which of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What the other is compared to.
    Control,
    /// What is tried.
    Treatment,
}

impl Side {
    fn index(self) -> usize {
        match self {
            Side::Control => 0,
            Side::Treatment => 1,
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The share of successes.
    Success,
    /// What a success costs, in units of the currency.
    CostPerSuccess,
    /// The mean duration in seconds.
    Duration,
}

/// The treatment against the control after so many people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// When the last of them came in.
    pub at: Timestamp,
    /// How many in the control and in the treatment.
    pub people: [u64; 2],
    /// How much higher it is in the treatment.
    pub estimate: f64,
    /// Where the true difference is, at all times at once; `None` while too little is known.
    pub interval: Option<Interval>,
}

/// The first moment at which success could not be equal in both arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Told {
    /// When the person came in.
    pub at: Timestamp,
    /// How many people were in both arms.
    pub people: u64,
    /// True where the treatment had the greater share.
    pub treatment_better: bool,
}

/// Two arms of an experiment over time. Fed person by person in the order of admission; every look
/// may be acted on.
///
/// A person costs the same however many came before; from time to time, at one more tenth of people
/// each, the sums are kept for a plot, whose intervals are computed when it is asked for. Memory
/// grows with the logarithm of the people.
///
/// Success is judged by a bet on the arms' random draw, exactly at every count. That needs the
/// weights as they were when each person was drawn: after a change, [`reweigh`](Self::reweigh).
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    alpha: f64,
    tallies: [Tally; 2],
    bet: Bet,
    told: Option<Told>,
    looks: Vec<Look>,
    last: Option<Timestamp>,
    next: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    at: Timestamp,
    tallies: [Tally; 2],
    moment: Moment,
}

impl Course {
    /// Nobody yet. People are drawn into control and treatment by these weights; intervals have a
    /// confidence of `1 - alpha`; costs count in this currency. `None` where an arm would take
    /// nobody, or `alpha` is not between 0 and 1.
    pub fn new(weights: [u32; 2], alpha: f64, currency: Currency) -> Option<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return None;
        }
        Some(Self {
            alpha,
            tallies: [Tally::new(currency); 2],
            bet: Bet::new(weights)?,
            told: None,
            looks: Vec::new(),
            last: None,
            next: FIRST_LOOK,
        })
    }

    /// From the next person on, people are drawn by these weights. False, and without any effect,
    /// where an arm would take nobody.
    pub fn reweigh(&mut self, weights: [u32; 2]) -> bool {
        self.bet.reweigh(weights)
    }

    /// Adds a person who came in at this time.
    pub fn observe(&mut self, side: Side, person: &Observation, at: Timestamp) {
        self.tallies[side.index()].add(person);
        self.bet.push(side.index(), person.success);
        self.last = Some(at);
        let people = self.tallies.iter().map(|tally| tally.rate().of).sum();
        if self.told.is_none() && self.bet.most() >= -self.alpha.ln() {
            let [control, treatment] = self.tallies.map(|tally| tally.rate().share());
            self.told = Some(Told { at, people, treatment_better: treatment > control });
        }
        if people >= self.next {
            self.next = people + (people as f64 * NEXT_LOOK).ceil() as u64;
            let look = self.look(at);
            self.looks.push(look);
        }
    }

    /// The treatment against the control, as of now.
    pub fn comparison(&self) -> Comparison {
        let [control, treatment] = &self.tallies;
        Comparison {
            success: self.success(&self.tallies, self.bet.moment()),
            cost_per_success: control.cost_per_success_against(treatment, self.alpha),
            duration: control.duration_against(treatment, self.alpha),
        }
    }

    /// The smallest level at which the people so far leave this difference in success out;
    /// at most 1. A treatment that may lose two points at most is safe where this is small
    /// for -0.02 and the estimate is above it.
    pub fn p_value_of(&self, difference: f64) -> f64 {
        let difference = difference.clamp(-0.999, 0.999);
        (-self.bet.against(difference, self.bet.moment())).exp().min(1.0)
    }

    /// The smallest level at which any look so far told a difference in success; 1 where none did.
    pub fn p_value(&self) -> f64 {
        (-self.bet.most()).exp()
    }

    /// The first moment at which success could not be equal, looked for after every person.
    pub fn told(&self) -> Option<Told> {
        self.told
    }

    /// The points of a plot: the looks that were kept, and the last person.
    pub fn points(&self, metric: Metric) -> Vec<Point> {
        let kept = self.looks.last().is_some_and(|look| look.tallies == self.tallies);
        let last = self.last.filter(|_| !kept).map(|at| self.look(at));
        self.looks.iter().chain(&last).filter_map(|look| self.point(look, metric)).collect()
    }

    /// An arm's sums.
    pub fn tally(&self, side: Side) -> &Tally {
        &self.tallies[side.index()]
    }

    fn look(&self, at: Timestamp) -> Look {
        Look { at, tallies: self.tallies, moment: self.bet.moment() }
    }

    fn point(&self, look: &Look, metric: Metric) -> Option<Point> {
        let [control, treatment] = &look.tallies;
        let Estimate { value, interval } = match metric {
            Metric::Success => self.success(&look.tallies, look.moment),
            Metric::CostPerSuccess => control.cost_per_success_against(treatment, self.alpha),
            Metric::Duration => control.duration_against(treatment, self.alpha),
        }?;
        Some(Point {
            at: look.at,
            people: look.tallies.map(|tally| tally.rate().of),
            estimate: value,
            interval,
        })
    }

    fn success(&self, tallies: &[Tally; 2], moment: Moment) -> Option<Estimate> {
        Some(Estimate {
            value: tallies[1].rate().share()? - tallies[0].rate().share()?,
            interval: Some(self.bet.interval(self.alpha, moment)),
        })
    }
}

/// The same points with each interval narrowed to what all before it had in common.
///
/// As valid as the intervals themselves, and narrower; but it is another thing than what the people
/// so far show, may leave the estimate out, and becomes `None` for good where nothing is in common
/// any more, which says that something is wrong with the data. A plot has to name it.
pub fn running_intersection(points: &[Point]) -> Vec<Point> {
    let mut common = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    points
        .iter()
        .map(|point| {
            let narrowed = point.interval.and_then(|interval| {
                common.low = common.low.max(interval.low);
                common.high = common.high.min(interval.high);
                (common.low <= common.high).then_some(common)
            });
            Point { interval: narrowed, ..*point }
        })
        .collect()
}
