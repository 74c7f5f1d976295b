//! What comes out of the table.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Country, Currency, Money, ProfileName, ProviderId};

use super::{BetaPosterior, counts::Counts};

/// How narrowly something was measured.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing was measured of the provider.
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

/// What was measured of a provider. The counts and means are of the narrowest level that has
/// [`QualitySettings::minimum`] calls that were tried, or of the whole provider where none has;
/// `success` is of all levels together.
///
/// [`QualitySettings::minimum`]: super::QualitySettings::minimum
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Of what the counts are.
    pub level: Level,
    /// Attempts that were sent.
    pub sent: u32,
    /// Of these, those that the provider took.
    pub accepted: u32,
    /// Those after which nobody else was asked: they ended, or nothing ever proved what became of
    /// them.
    pub tried: u32,
    /// Of these, those that somebody or a machine answered.
    pub answered: u32,
    /// Of these, those in which somebody talked.
    pub succeeded: u32,
    /// Of those that were sent, the ones that failed by the provider's fault.
    pub failed: u32,
    /// How long calls lasted, where the provider says it.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub mean_duration: Option<Duration>,
    /// From sending to ringing, where the provider says that it rings.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub post_dial_delay: Option<Duration>,
    /// From sending to the provider's word that it has the call, where that came before the call
    /// was over.
    #[serde(
        with = "switchboard_core::seconds::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub time_to_accept: Option<Duration>,
    /// What was billed for a call that was billed, rounded up to a millionth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_cost: Option<Money>,
    /// What is believed of the success rate.
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

    /// The share of the tried calls in which somebody talked, in millionths.
    pub fn success_rate(&self) -> Option<u32> {
        share(self.succeeded, self.tried)
    }

    /// The share of the tried calls that somebody or a machine answered, in millionths.
    pub fn answer_rate(&self) -> Option<u32> {
        share(self.answered, self.tried)
    }

    /// The share of the sent attempts that failed by the provider's fault, in millionths.
    pub fn error_rate(&self) -> Option<u32> {
        share(self.failed, self.sent)
    }

    /// What was billed for each call in which somebody talked: the mean bill for each tried call,
    /// over the success rate. A bill that is not known yet counts as the mean of the others.
    /// Rounded up to a millionth.
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

/// How long a call is expected to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// So long.
    pub duration: Duration,
    /// Learnt from so many calls; zero: as configured.
    pub learned_from: u32,
}

/// What was billed against what was expected, over the attempts of which both is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// So many attempts.
    pub calls: u32,
    /// What plans expected.
    pub estimated: Money,
    /// What was billed.
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

    /// By how much more was billed than was expected, in millionths of what was expected; less than
    /// zero: less was billed. `None` where nothing was expected to cost anything.
    pub fn ratio(&self) -> Option<i64> {
        let (estimated, billed) =
            (i128::from(self.estimated.micros()), i128::from(self.billed.micros()));
        if estimated <= 0 {
            return None;
        }
        i64::try_from((billed - estimated) * 1_000_000 / estimated).ok()
    }
}

/// One row of the table: a provider's calls to a country with a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Who.
    pub provider: ProviderId,
    /// Where to.
    pub country: Country,
    /// As calls named it; `None`: calls that named none.
    pub profile: Option<ProfileName>,
    /// What was measured of these calls; the counts are theirs alone, however few.
    pub measured: Measured,
    /// Estimates against bills.
    pub drift: Drift,
}

/// What planning asks: the table, or what was kept of it with a plan.
pub trait Measurements: fmt::Debug {
    /// What was measured of a provider, for calls to this country that name this profile.
    fn measured(
        &self,
        provider: &ProviderId,
        country: Country,
        profile: Option<&ProfileName>,
        now: Timestamp,
    ) -> Measured;

    /// How long a call to this country with this profile lasts, where `usual` is what the
    /// configuration expects.
    fn expected_duration(
        &self,
        profile: Option<&ProfileName>,
        country: Country,
        usual: Duration,
        now: Timestamp,
    ) -> Expected;
}
