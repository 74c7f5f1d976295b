//! The first instant at which no row stops a call.

use jiff::{SignedDuration, Timestamp};

use super::clock::HORIZON_DAYS;
use super::judge::Judge;
use super::scope::Applies;

/// When a call may be made.
#[derive(Debug)]
pub(crate) enum When<'j> {
    /// At this instant, and not before.
    At(Timestamp),
    /// Not at all: the row would stop it at this instant, and no time would help.
    Never {
        /// The row.
        row: &'j Applies<'j>,
        /// The instant.
        at: Timestamp,
    },
    /// Not within the time that is looked ahead.
    TooFar,
}

impl<'a> Judge<'a> {
    /// Searches from `at`, before which some row stops the call. Each row says until when it goes on
    /// objecting, so nothing is open before the last of these instants, and the search goes on there.
    pub(crate) fn when(&self, now: Timestamp, mut at: Timestamp) -> When<'_> {
        let horizon = SignedDuration::from_hours(HORIZON_DAYS * 24);
        while at.duration_since(now) <= horizon {
            let moment = self.moment(at);
            let mut next: Option<Timestamp> = None;
            for row in self.scope.rows.iter().filter(|row| row.ready.stops()) {
                if self.objects(row, &moment) {
                    match self.next(row, &moment) {
                        Some(until) => next = next.max(Some(until)),
                        None => return When::Never { row, at },
                    }
                }
            }
            match next {
                None => return When::At(at),
                // A row that named no later instant would be asked without end.
                Some(until) if until <= at => return When::TooFar,
                Some(until) => at = until,
            }
        }
        When::TooFar
    }
}
