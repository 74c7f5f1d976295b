//! The contents of a report. All of it can be serialized. Sums of money are exact, and estimates
//! are kept apart from bills.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Country, Money, ProviderId};
use switchboard_experiments::sequential::{Estimate, Interval, Rate};

/// The results of calls: those of the past, or those of the replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The number of rings that a provider took; a redial is a ring of its own.
    pub rings: u64,
    /// Of those, the number in which somebody is known to have talked.
    pub completed: u64,
    /// The sum of the providers' bills.
    pub billed: Money,
    /// The estimated cost of rings that have no bill, because another provider took them in the
    /// past.
    pub estimated: Money,
    /// The number of rings with an unknown cost. They are in no sum.
    pub unknown: u64,
}

impl Side {
    pub(super) fn none(currency: switchboard_core::Currency) -> Self {
        let zero = Money::from_micros(0, currency);
        Self { rings: 0, completed: 0, billed: zero, estimated: zero, unknown: 0 }
    }

    /// The sum of bills and estimates.
    pub fn cost(&self) -> Money {
        self.billed.checked_add(self.estimated).unwrap_or(self.billed)
    }
}

/// The past compared with the replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sides {
    /// The past, from the ledger.
    pub then: Side,
    /// The replay: what the other policy would have done.
    pub now: Side,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line<T> {
    /// The provider or country that the row is about.
    pub group: T,
    /// The results, in the past and in the replay.
    #[serde(flatten)]
    pub sides: Sides,
}

/// Rings that would have gone to another provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The callee's country.
    pub country: Country,
    /// The provider that took them; `None` if none did.
    pub from: Option<ProviderId>,
    /// The provider that would have taken them; `None` if none would.
    pub to: Option<ProviderId>,
    /// The number of rings.
    pub rings: u64,
    /// What they were billed in the past.
    pub then: Money,
    /// What they would have cost: real bills if the provider took them in the past, or else
    /// estimates.
    pub now: Money,
    /// The number of those rings with an unknown cost on either side.
    pub unknown: u64,
}

/// The kind of a limit or budget that prevented an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// A rate limit.
    RateLimit,
    /// A limit on concurrent calls.
    Concurrency,
    /// A budget with too little left.
    Budget,
    /// A budget that covers the attempt, whose cost is unknown.
    UnknownCost,
}

/// A limit or a budget of the other policy that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitReached {
    /// The kind of limit.
    pub kind: LimitKind,
    /// Its name: `kaicalls/place`, `tenant/acme`, or the budget's.
    pub name: String,
    /// The provider that was to be asked.
    pub provider: ProviderId,
    /// The number of times.
    pub times: u64,
}

/// A reason for which plans rejected a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectionCount {
    /// The provider.
    pub provider: ProviderId,
    /// The code of the reason, as in plans.
    pub reason: String,
    /// The number of past plans with this reason.
    pub then: u64,
    /// The number of plans of the other policy with this reason.
    pub now: u64,
}

/// Rings that no provider took, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// The kind of error.
    pub reason: String,
    /// The number in the past.
    pub then: u64,
    /// The number under the other policy.
    pub now: u64,
}

/// Rings that would have to wait although they did not in the past.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// The number of rings.
    pub rings: u64,
    /// The longest wait, in seconds.
    pub longest_seconds: u64,
}

/// Special cases, counted separately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SpecialCases {
    /// Calls that have not ended and that no provider has. They are not replayed.
    pub not_replayed: u64,
    /// Rings that ended for a reason that no routing policy changes: cancelled, the callee on
    /// another call, the limit of redials reached. They end in the same way again.
    pub ended_regardless: u64,
    /// Rings without a recorded plan. They are replayed as if every provider had been healthy and
    /// its limits free.
    pub without_recorded_plan: u64,
    /// Calls that no provider took, for reasons that were not recorded. They count as refused
    /// again; this many of them would have found a provider if all had been healthy.
    pub possibly_accepted: u64,
    /// Steps of the policy that ran (known by its version) that nothing on record explains, because
    /// how calls queue for a limit is not recorded. They are taken as they were.
    pub unexplained: u64,
    /// Past redials that would not have taken place, because an earlier ring of their call would
    /// have been refused.
    pub redials_not_made: u64,
    /// Redials after a ring that would have gone to another provider: they take place only if that
    /// one did not reach the person.
    pub redials_after_move: u64,
    /// Rings that a provider refused for the person or the content, and that would have gone to
    /// another provider first.
    pub refusals_asked_elsewhere: u64,
}

/// How a provider's bills compare with the estimates of the other policy's deck.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// The provider.
    pub provider: ProviderId,
    /// The number of its rings with a bill, a duration and a price.
    pub bills: u64,
    /// The ratio of bills to estimates.
    pub ratio: Option<Estimate>,
    /// The number of rings of the replay that are estimated at this provider.
    pub rings: u64,
    /// The sum of those estimates.
    pub estimated: Money,
    /// The same sum corrected by the ratio, lowest and highest; `None` without an interval of the
    /// ratio.
    pub between: Option<(Money, Money)>,
}

/// What the other policy would have cost, compared with the past.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostChange {
    /// The number of rings whose cost is known or estimated on both sides. The others are in none
    /// of these sums.
    pub compared: u64,
    /// The number of rings that are not compared, because one of the two costs is unknown.
    pub not_compared: u64,
    /// What the compared rings were billed in the past.
    pub then: Money,
    /// What they would have cost.
    pub now: Money,
    /// The difference; negative if the other policy is cheaper.
    pub difference: Money,
    /// The lowest and the highest difference, with estimates corrected by bills; `None` if a
    /// provider's estimates could not be checked.
    pub between: Option<(Money, Money)>,
    /// The number of estimates for which the duration was unknown and the expected one was used.
    pub assumed_durations: u64,
    /// The number of bills in another currency than the policy's. They are in no sum.
    pub other_currency: u64,
    /// How reliable the estimates are, for each provider.
    pub fits: Vec<Fit>,
}

/// The level at which a rate was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// At the provider, in the callee's country.
    Country,
    /// At the provider, over all countries.
    Provider,
    /// Not measured: the provider took no call.
    Nothing,
}

/// The expected outcomes of rings that would have gone to another provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expectation {
    /// The provider that would have taken them.
    pub provider: ProviderId,
    /// The callees' country.
    pub country: Country,
    /// The number of rings.
    pub rings: u64,
    /// The level at which the rate was measured.
    pub level: Level,
    /// The people that this provider called and reached, each counted once.
    pub measured: Rate,
    /// The confidence interval of the true rate; all of these intervals hold together.
    pub rate: Interval,
    /// The expected number of rings that reach somebody.
    pub completed: Interval,
}

/// The number of rings that reached somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcomes {
    /// In the past.
    pub then: u64,
    /// In the replay, among rings that repeated the past, so that their outcome is known.
    pub known: u64,
    /// In the replay, among rings that went to another provider: by provider and country.
    pub expected: Vec<Expectation>,
    /// In the replay, in all: the known ones plus the lowest and highest expectation.
    pub now: Interval,
}

/// The report of a replay: what another policy would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// When the first replayed ring started.
    pub first: Option<Timestamp>,
    /// When the last replayed ring started.
    pub last: Option<Timestamp>,
    /// The number of replayed calls.
    pub calls: u64,
    /// The number of their rings.
    pub rings: u64,
    /// The number of rings whose new plan has the same providers in the same order as the recorded
    /// one.
    pub identical_plans: u64,
    /// Special cases, counted separately.
    pub special_cases: SpecialCases,
    /// The results over everything.
    pub total: Sides,
    /// The results for each provider.
    pub providers: Vec<Line<ProviderId>>,
    /// The results for each country.
    pub countries: Vec<Line<Country>>,
    /// Rings that would have gone to another provider, largest groups first.
    pub moves: Vec<Move>,
    /// Rings that no provider took, by reason.
    pub refusals: Vec<Refusals>,
    /// Limits and budgets that were reached.
    pub limits_reached: Vec<LimitReached>,
    /// Why plans rejected providers.
    pub rejections: Vec<RejectionCount>,
    /// Rings that would have to wait.
    pub waits: Waits,
    /// The costs.
    pub cost: CostChange,
    /// The outcomes.
    pub outcomes: Outcomes,
    /// What the replay cannot know, in sentences.
    pub caveats: Vec<String>,
}
