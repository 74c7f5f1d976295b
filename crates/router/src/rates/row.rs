//! One price of one destination.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{Destination, Money, TariffRow};

/// When a price holds: from the first moment, until before the second; microseconds since 1970.
pub(super) type Window = (i64, i64);

/// A row of a rate deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRow {
    /// Where it holds.
    pub destination: Destination,
    /// What the trade calls it, as `United Kingdom, London`.
    pub name: Option<String>,
    /// For each minute.
    pub per_minute: Option<Money>,
    /// For each call that is connected.
    pub connection_fee: Option<Money>,
    /// What is billed of a call that lasts at all: a second costs as much; `None`: a second.
    pub first_increment: Option<Duration>,
    /// In which steps it goes on after that; `None`: seconds.
    pub next_increment: Option<Duration>,
    /// The least that is billed in all, even of a call without a second.
    pub minimum: Option<Duration>,
    /// From then on; `None`: always so far.
    pub effective_from: Option<Timestamp>,
    /// Until before then, so that the next row may begin at the same moment; `None`: for good.
    pub effective_until: Option<Timestamp>,
}

impl From<TariffRow> for RateRow {
    fn from(row: TariffRow) -> Self {
        // An increment of nothing has always meant billing by the second.
        let increment = row.increment.filter(|step| !step.is_zero());
        Self {
            destination: row.destination,
            name: None,
            per_minute: row.per_minute,
            connection_fee: row.per_call,
            first_increment: increment,
            next_increment: increment,
            minimum: row.minimum,
            effective_from: None,
            effective_until: None,
        }
    }
}

impl RateRow {
    pub(super) fn window(&self) -> Result<Window, String> {
        let from = self.effective_from.map_or(i64::MIN, Timestamp::as_microsecond);
        let until = self.effective_until.map_or(i64::MAX, Timestamp::as_microsecond);
        if from < until {
            return Ok((from, until));
        }
        Err(match from == until {
            true => "is the moment at which the price begins to hold, so that it never does: the price holds until before then".to_owned(),
            false => "is before the price begins to hold: swap the two dates".to_owned(),
        })
    }
}
