//! The results: what was measured of a provider.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Country, Currency, Money, ProfileName, ProviderId};

use super::{BetaPosterior, counts::Counts};

/// The level at which something was measured, from widest to narrowest.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// There is no data on the provider.
    #[default]
    Nothing,
    /// Over all of the provider's calls.
    Provider,
    /// Over its calls to the country.
    Country,
    /// Over its calls to the country with the agent profile.
    Profile,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Nothing => "not measured",
            Level::Provider => "in all countries",
            Level::Country => "to this country",
            Level::Profile => "to this country with this profile",
        })
    }
}

/// The measured quality of a provider. Counts and means are those of the narrowest level with at
/// least [`QualitySettings::minimum`] tried calls, or of the whole provider if there is none;
/// `success` combines all levels.
///
/// [`QualitySettings::minimum`]: super::QualitySettings::minimum
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The level that the counts and means belong to.
    pub level: Level,
    /// The number of attempts that were sent.
    pub sent: u32,
    /// Of those, the number that the provider accepted.
    pub accepted: u32,
    /// The number of attempts after which no other provider was asked: they ended, or their end was
    /// never learned.
    pub tried: u32,
    /// Of the tried ones, the number that a person or a machine answered.
    pub answered: u32,
    /// Of the tried ones, the number in which somebody talked.
    pub succeeded: u32,
    /// Of the sent ones, the number that failed because of the provider.
    pub failed: u32,
    /// The mean duration of calls, if the provider reports durations.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub mean_duration: Option<Duration>,
    /// The mean time from sending to ringing, if the provider reports ringing.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub post_dial_delay: Option<Duration>,
    /// The mean time from sending to the provider's confirmation that it has the call, over calls
    /// whose confirmation came before their end.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub time_to_accept: Option<Duration>,
    /// The mean bill over billed calls, rounded up to a millionth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_cost: Option<Money>,
    /// The posterior of the success rate, over all levels.
    pub success: BetaPosterior,
}

impl Measured {
    pub(super) fn new(
        level: Level,
        counts: &Counts,
        success: BetaPosterior,
        currency: Currency,
    ) -> Self {
        Self {
            level,
            sent: counts.sent,
            accepted: counts.accepted,
            tried: counts.tried,
            answered: counts.answered,
            succeeded: counts.succeeded,
            failed: counts.failed,
            mean_duration: counts.duration.mean_duration(),
            post_dial_delay: counts.post_dial.mean_duration(),
            time_to_accept: counts.to_accept.mean_duration(),
            mean_cost: counts.billed.mean().map(|micros| Money::from_micros(micros, currency)),
            success,
        }
    }

    /// The share of tried calls in which somebody talked, in millionths; `None` without any.
    pub fn success_rate(&self) -> Option<u32> {
        share(self.succeeded, self.tried)
    }

    /// The share of tried calls that a person or a machine answered, in millionths; `None` without
    /// any.
    pub fn answer_rate(&self) -> Option<u32> {
        share(self.answered, self.tried)
    }

    /// The share of sent attempts that failed because of the provider, in millionths; `None`
    /// without any.
    pub fn error_rate(&self) -> Option<u32> {
        share(self.failed, self.sent)
    }

    /// The cost per successful call: the mean bill of a tried call divided by the success rate,
    /// rounded up to a millionth. A bill that is not known yet counts as the mean of the others.
    pub fn cost_per_success(&self) -> Option<Money> {
        let cost = self.mean_cost?;
        let (tried, succeeded) = (i128::from(self.tried), i128::from(self.succeeded));
        if succeeded == 0 {
            return None;
        }
        let all = i128::from(cost.micros()) * tried;
        let each = all.div_euclid(succeeded) + i128::from(all.rem_euclid(succeeded) != 0);
        Some(Money::from_micros(i64::try_from(each).ok()?, cost.currency()))
    }
}

fn share(part: u32, of: u32) -> Option<u32> {
    let share = u64::from(part) * 1_000_000 / u64::from((of > 0).then_some(of)?);
    u32::try_from(share).ok()
}

/// The expected duration of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The expected duration.
    pub duration: Duration,
    /// The number of calls from which it was learned; zero if it is the configured one.
    pub learned_from: u32,
}

/// Billed compared with estimated costs, over the attempts that have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The number of those attempts.
    pub calls: u32,
    /// The sum of the costs that plans had estimated.
    pub estimated: Money,
    /// The sum of the bills.
    pub billed: Money,
}

impl Drift {
    pub(super) fn new(counts: &Counts, currency: Currency) -> Self {
        Self {
            calls: counts.estimated.of,
            estimated: Money::from_micros(counts.estimated.sum, currency),
            billed: Money::from_micros(counts.billed_of_estimated.sum, currency),
        }
    }

    /// How far the bills exceed the estimates, in millionths of the estimates; negative if they are
    /// lower. `None` if the estimates are zero.
    pub fn ratio(&self) -> Option<i64> {
        let (estimated, billed) =
            (i128::from(self.estimated.micros()), i128::from(self.billed.micros()));
        if estimated <= 0 {
            return None;
        }
        i64::try_from((billed - estimated) * 1_000_000 / estimated).ok()
    }
}

/// One row of the quality table: a provider's calls to one country with one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The provider's id.
    pub provider: ProviderId,
    /// The callee's country.
    pub country: Country,
    /// The agent profile that the calls named; `None` for calls that named none.
    pub profile: Option<ProfileName>,
    /// The measured quality. Its counts are those of these calls alone, however few.
    pub measured: Measured,
    /// Billed compared with estimated costs.
    pub drift: Drift,
}

/// The source of measurements for planning: the live table, or those stored with a plan.
pub trait Measurements: fmt::Debug {
    /// The measured quality of a provider, for calls to this country that name this profile.
    fn measured(
        &self,
        provider: &ProviderId,
        country: Country,
        profile: Option<&ProfileName>,
        now: Timestamp,
    ) -> Measured;

    /// The expected duration of a call to this country with this profile, where `usual` is the
    /// configured one.
    fn expected_duration(
        &self,
        profile: Option<&ProfileName>,
        country: Country,
        usual: Duration,
        now: Timestamp,
    ) -> Expected;
}
