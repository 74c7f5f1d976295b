//! What comes out of a replay. All of it serialises; sums of money are exact, and what is only
//! estimated is never added to a bill unsaid.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Country, Money, ProviderId};
use switchboard_experiments::sequential::{Estimate, Interval, Rate};

/// What became of calls then, or would have become of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Rings that a provider took; a redial counts with its ring.
    pub rings: u64,
    /// Of these, rings of which it is known that somebody talked.
    pub completed: u64,
    /// What providers billed.
    pub billed: Money,
    /// What is expected of rings that nobody billed, because they went elsewhere then.
    pub estimated: Money,
    /// Rings whose cost nobody knows. They are in no sum.
    pub unknown: u64,
}

impl Side {
    pub(super) fn none(currency: switchboard_core::Currency) -> Self {
        let zero = Money::from_micros(0, currency);
        Self { rings: 0, completed: 0, billed: zero, estimated: zero, unknown: 0 }
    }

    /// Bills and estimates.
    pub fn cost(&self) -> Money {
        self.billed.checked_add(self.estimated).unwrap_or(self.billed)
    }
}

/// Then beside now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sides {
    /// As the ledger has it.
    pub then: Side,
    /// As it would have been.
    pub now: Side,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line<T> {
    /// Of what.
    pub of: T,
    /// The numbers.
    #[serde(flatten)]
    pub sides: Sides,
}

/// Rings that would have gone elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The callee's country.
    pub country: Country,
    /// Who took them; `None`: nobody did.
    pub from: Option<ProviderId>,
    /// Who would have been asked; `None`: nobody.
    pub to: Option<ProviderId>,
    /// How many.
    pub rings: u64,
    /// What they were billed.
    pub then: Money,
    /// What they would have cost: real bills where the provider took them after all, else
    /// estimates.
    pub now: Money,
    /// How many of them have an unknown cost on either side.
    pub unknown: u64,
}

/// What stood in the way of an attempt that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Barrier {
    /// A limit of requests in a window.
    Limit,
    /// A limit of calls under way.
    Room,
    /// A budget that does not hold it.
    Budget,
    /// A budget that covers it, at a cost that nobody knows.
    UnknownCost,
}

/// A limit or a budget of the other policy that was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Met {
    /// What sort.
    pub barrier: Barrier,
    /// Its name: `kaicalls/place`, `tenant/acme`, or the budget's.
    pub name: String,
    /// The provider that was to be asked.
    pub provider: ProviderId,
    /// How often.
    pub times: u64,
}

/// Why plans left a provider out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// Which provider.
    pub provider: ProviderId,
    /// The reason's word, as plans have it.
    pub reason: String,
    /// In how many plans of then.
    pub then: u64,
    /// In how many of the other policy.
    pub now: u64,
}

/// Rings that nobody took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// The word of the fault.
    pub why: String,
    /// Then.
    pub then: u64,
    /// By the other policy.
    pub now: u64,
}

/// Rings that would have had to wait, where they did not then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// How many.
    pub rings: u64,
    /// The longest, in seconds.
    pub longest_seconds: u64,
}

/// What is counted apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Apart {
    /// Calls that are not over, and that no provider has: not replayed.
    pub open: u64,
    /// Rings that ended for a reason that no policy changes: cancelled, the callee busy, the phone
    /// rung often enough. They end so again.
    pub stopped: u64,
    /// Rings of whose plan nothing was kept: replayed with every provider well and its limit free.
    pub unrecorded: u64,
    /// Calls that nobody took, and of which nothing was kept of what kept the providers from them.
    /// They count as refused again; so many of them would have found a provider with every one
    /// well.
    pub perhaps: u64,
    /// Steps of the policy that ran, known by its name, which nothing that was kept explains: how
    /// calls queue for a limit is not written down. They went as they went.
    pub unexplained: u64,
    /// Redials of then that would not have come about, because an earlier ring of their call would
    /// have been refused.
    pub not_rung: u64,
    /// Redials behind a ring that would have gone elsewhere: they ring again only where nobody was
    /// reached.
    pub behind: u64,
    /// Rings that a provider refused for the person or the content, and that would have gone to
    /// another provider first.
    pub shopped: u64,
}

/// How estimates compare with bills, where a provider billed calls that the other policy's deck
/// prices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// Which provider.
    pub provider: ProviderId,
    /// How many of its rings have a bill, a duration and a price.
    pub bills: u64,
    /// What was billed for each unit that the deck estimates.
    pub ratio: Option<Estimate>,
    /// How many rings of the replay are estimated there.
    pub rings: u64,
    /// Their estimates.
    pub estimated: Money,
    /// The same as bills, where the ratio's interval is known: the least and the most.
    pub between: Option<(Money, Money)>,
}

/// What the other policy would have cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostChange {
    /// Rings whose cost is known, or estimated, on both sides. The others are in none of these
    /// numbers.
    pub compared: u64,
    /// Rings that are not compared, because nobody knows one of the two costs.
    pub not_compared: u64,
    /// What the compared ones were billed.
    pub then: Money,
    /// What they would have cost.
    pub now: Money,
    /// The difference: less than zero is cheaper.
    pub difference: Money,
    /// The least and the most of the difference, as far as estimates were checked against bills;
    /// `None` where a provider's were not.
    pub between: Option<(Money, Money)>,
    /// Estimates for which no duration was known: the expected one was taken.
    pub assumed_durations: u64,
    /// Bills in another currency than the policy's. They are in no sum.
    pub other_currency: u64,
    /// How far estimates can be believed, provider by provider.
    pub fits: Vec<Fit>,
}

/// Where a rate was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// At the provider, in the country.
    Country,
    /// At the provider, over all countries.
    Provider,
    /// Nowhere: the provider took no call.
    Nothing,
}

/// What may be expected of rings that went elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expectation {
    /// Where they would have gone.
    pub provider: ProviderId,
    /// The callees' country.
    pub country: Country,
    /// How many.
    pub rings: u64,
    /// Where the rate was measured.
    pub level: Level,
    /// People who were reached there, each counted once.
    pub measured: Rate,
    /// Where the true rate is; all of these intervals hold together.
    pub rate: Interval,
    /// How many of the rings may be expected to reach somebody.
    pub completed: Interval,
}

/// How many rings reached somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcomes {
    /// Then.
    pub then: u64,
    /// Of the replay's rings, those that went as they went, and whose outcome is therefore known.
    pub known: u64,
    /// Of the replay's rings that went elsewhere, by provider and country.
    pub expected: Vec<Expectation>,
    /// All of the replay's: known, and expected at least and at most.
    pub now: Interval,
}

/// What another policy would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The first ring that was replayed.
    pub first: Option<Timestamp>,
    /// The last.
    pub last: Option<Timestamp>,
    /// How many calls.
    pub calls: u64,
    /// How many rings of them.
    pub rings: u64,
    /// Rings whose plan came out as it was: the same providers in the same order.
    pub same_plans: u64,
    /// What is counted apart.
    pub apart: Apart,
    /// All of it.
    pub total: Sides,
    /// Provider by provider.
    pub providers: Vec<Line<ProviderId>>,
    /// Country by country.
    pub countries: Vec<Line<Country>>,
    /// Rings that would have gone elsewhere, the most first.
    pub moves: Vec<Move>,
    /// Rings that nobody took.
    pub refusals: Vec<Refusals>,
    /// Limits and budgets that were met.
    pub met: Vec<Met>,
    /// Why plans left providers out.
    pub obstacles: Vec<Obstacle>,
    /// Rings that would have had to wait.
    pub waits: Waits,
    /// What it would have cost.
    pub cost: CostChange,
    /// How many would have been reached.
    pub outcomes: Outcomes,
    /// What a replay cannot know, in words.
    pub cannot_know: Vec<String>,
}
