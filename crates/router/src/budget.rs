//! How much may be spent, by whom and where.
//!
//! Before an attempt is sent, the most that it can cost is held back from every budget that covers
//! it; the bill settles the hold. A budget is therefore never overshot by a call whose longest
//! duration is known, however many are placed at once.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};
use switchboard_core::{Error, ErrorKind, Money, PhoneNumber, ProviderId, Result, TenantId};

use crate::{
    parties::Parties,
    rates::RateDeck,
    reservation::{BudgetHold, Budgeted},
};

/// When a new period of a budget begins, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// At midnight.
    Day,
    /// On the first of the month.
    Month,
    /// Never.
    Total,
}

/// An amount that may be spent on calls. Every condition that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its name; one of a kind.
    pub name: String,
    /// How much, in the policy's currency.
    pub limit: Money,
    /// In which time.
    pub per: Period,
    /// Calls of this tenant.
    pub tenant: Option<TenantId>,
    /// Calls at this provider.
    pub provider: Option<ProviderId>,
    /// Calls in this experiment.
    pub experiment: Option<String>,
}

impl Budget {
    /// True where a call counts against it.
    pub fn covers(&self, provider: &ProviderId, parties: Parties<'_>) -> bool {
        self.tenant.as_ref().is_none_or(|only| only == parties.tenant)
            && self.provider.as_ref().is_none_or(|only| only == provider)
            && self.experiment.as_deref().is_none_or(|only| Some(only) == parties.experiment)
    }

    /// When the period of this moment began.
    pub fn began(&self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(TimeZone::UTC).date();
        let first = match self.per {
            Period::Day => today,
            Period::Month => today.first_of_month(),
            Period::Total => civil::Date::constant(1970, 1, 1),
        };
        first.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
    }
}

/// What an attempt has to hold back: the price of its longest duration, against every budget that
/// covers it.
///
/// # Errors
/// `QuotaExceeded` where a budget covers it and nobody knows what it costs.
pub fn hold(
    budgets: &[Budget],
    deck: &RateDeck,
    to: &PhoneNumber,
    longest: Duration,
    provider: &ProviderId,
    parties: Parties<'_>,
    now: Timestamp,
) -> Result<Option<BudgetHold>> {
    let covering: Vec<&Budget> =
        budgets.iter().filter(|budget| budget.covers(provider, parties)).collect();
    let Some(first) = covering.first() else {
        return Ok(None);
    };
    let amount = deck.estimate(to, longest, now).ok_or_else(|| {
        Error::new(
            ErrorKind::QuotaExceeded,
            format!(
                "the budget {} covers the call, and no tariff row says what it costs at {provider}",
                first.name
            ),
        )
        .with_code("cost_unknown")
    })?;
    Ok(Some(BudgetHold {
        amount,
        budgets: covering
            .into_iter()
            .map(|budget| Budgeted {
                name: budget.name.clone(),
                period: budget.began(now),
                limit: budget.limit,
            })
            .collect(),
    }))
}
