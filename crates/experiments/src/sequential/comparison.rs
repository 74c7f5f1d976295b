//! How a treatment compares with its control, from the first person to the last.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::Currency;

use super::{
    Comparison, Estimate, Interval, Observation, Tally,
    betting::{BettingTest, Checkpoint},
};

/// The number of people at the first look that is kept for a plot.
const FIRST_LOOK: u64 = 10;
/// Each further look is kept after this many more people, as a share of those so far.
const NEXT_LOOK: f64 = 0.1;

/// Which of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The arm that the other one is compared with.
    Control,
    /// The arm that is being tried.
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

/// The metric that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The success rate.
    Success,
    /// The cost per success, in units of the currency.
    CostPerSuccess,
    /// The mean duration in seconds.
    Duration,
}

/// The treatment compared with the control, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// When the last person so far entered.
    pub at: Timestamp,
    /// The number of people in the control and in the treatment.
    pub people: [u64; 2],
    /// How much higher the metric is in the treatment.
    pub estimate: f64,
    /// The confidence interval of the true difference, valid at all times at once; `None` while
    /// there is too little data.
    pub interval: Option<Interval>,
}

/// The first moment at which equal success rates were ruled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// When the person entered who tipped the balance.
    pub at: Timestamp,
    /// The number of people in both arms together, at that moment.
    pub people: u64,
    /// True if the treatment had the higher success rate.
    pub treatment_better: bool,
}

/// Two arms of an experiment over time. People are added one by one in the order of admission, and
/// it is valid to act on every look.
///
/// Adding a person takes the same time however many came before. Each time that the number of
/// people has grown by a tenth, the sums are kept for a plot; its intervals are computed on
/// request. Memory grows with the logarithm of the number of people.
///
/// Success is judged by betting on the random draw of the arms, which is exact for every number of
/// people. It needs the weights by which each person was drawn: after a change,
/// [`set_weights`](Self::set_weights).
#[derive(Debug, Clone, PartialEq)]
pub struct SequentialComparison {
    alpha: f64,
    tallies: [Tally; 2],
    test: BettingTest,
    detected: Option<Detection>,
    looks: Vec<Look>,
    last: Option<Timestamp>,
    next: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    at: Timestamp,
    tallies: [Tally; 2],
    checkpoint: Checkpoint,
}

impl SequentialComparison {
    /// A comparison without any people yet. People are drawn into control and treatment by these
    /// weights, intervals have a confidence of `1 - alpha`, and costs are counted in this currency.
    /// `None` if an arm has no weight, or `alpha` is not between 0 and 1.
    pub fn new(weights: [u32; 2], alpha: f64, currency: Currency) -> Option<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return None;
        }
        Some(Self {
            alpha,
            tallies: [Tally::new(currency); 2],
            test: BettingTest::new(weights)?,
            detected: None,
            looks: Vec::new(),
            last: None,
            next: FIRST_LOOK,
        })
    }

    /// The weights by which the next people are drawn. False, without any change, if an arm has no
    /// weight.
    pub fn set_weights(&mut self, weights: [u32; 2]) -> bool {
        self.test.set_weights(weights)
    }

    /// Adds a person who entered at this time.
    pub fn observe(&mut self, side: Side, person: &Observation, at: Timestamp) {
        self.tallies[side.index()].add(person);
        self.test.push(side.index(), person.success);
        self.last = Some(at);
        let people = self.tallies.iter().map(|tally| tally.rate().of).sum();
        if self.detected.is_none() && self.test.max_capital() >= -self.alpha.ln() {
            let [control, treatment] = self.tallies.map(|tally| tally.rate().share());
            self.detected = Some(Detection { at, people, treatment_better: treatment > control });
        }
        if people >= self.next {
            self.next = people + (people as f64 * NEXT_LOOK).ceil() as u64;
            let look = self.look(at);
            self.looks.push(look);
        }
    }

    /// The treatment compared with the control, over everyone so far.
    pub fn comparison(&self) -> Comparison {
        let [control, treatment] = &self.tallies;
        Comparison {
            success: self.success(&self.tallies, self.test.checkpoint()),
            cost_per_success: control.cost_per_success_against(treatment, self.alpha),
            duration: control.duration_against(treatment, self.alpha),
        }
    }

    /// The smallest significance level at which the people so far rule out this difference in
    /// success; at most 1. For a non-inferiority test with a margin of two percentage points, this
    /// has to be small for -0.02 with the estimate above it.
    pub fn p_value_of(&self, difference: f64) -> f64 {
        let difference = difference.clamp(-0.999, 0.999);
        (-self.test.against(difference, self.test.checkpoint())).exp().min(1.0)
    }

    /// The smallest significance level at which any look so far detected a difference in success; 1
    /// if none did.
    pub fn p_value(&self) -> f64 {
        (-self.test.max_capital()).exp()
    }

    /// The first moment at which equal success rates were ruled out, checked after every person.
    pub fn detected(&self) -> Option<Detection> {
        self.detected
    }

    /// The points of a plot: the looks that were kept, and the present.
    pub fn points(&self, metric: Metric) -> Vec<Point> {
        let kept = self.looks.last().is_some_and(|look| look.tallies == self.tallies);
        let last = self.last.filter(|_| !kept).map(|at| self.look(at));
        self.looks.iter().chain(&last).filter_map(|look| self.point(look, metric)).collect()
    }

    /// The sums of one arm.
    pub fn tally(&self, side: Side) -> &Tally {
        &self.tallies[side.index()]
    }

    fn look(&self, at: Timestamp) -> Look {
        Look { at, tallies: self.tallies, checkpoint: self.test.checkpoint() }
    }

    fn point(&self, look: &Look, metric: Metric) -> Option<Point> {
        let [control, treatment] = &look.tallies;
        let Estimate { value, interval } = match metric {
            Metric::Success => self.success(&look.tallies, look.checkpoint),
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

    fn success(&self, tallies: &[Tally; 2], checkpoint: Checkpoint) -> Option<Estimate> {
        Some(Estimate {
            value: tallies[1].rate().share()? - tallies[0].rate().share()?,
            interval: Some(self.test.interval(self.alpha, checkpoint)),
        })
    }
}

/// The same points, with each interval intersected with all the intervals before it.
///
/// The result is as valid as the intervals themselves, and narrower. But it is not what the people
/// so far show: it may exclude the estimate, and once the intersection is empty it stays `None`,
/// which means that something is wrong with the data. A plot has to say that it shows this.
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
