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
    /// No time would help.
    Never {
        /// The row that would stop it at `at`, where it does not stop it now.
        later: Option<(&'j Applies<'j>, Timestamp)>,
    },
}

impl<'a> Judge<'a> {
    /// Searches from `now`, at which some row stops the call. Each row says until when it goes on
    /// objecting, so nothing is open before the last of these instants, and the search goes on there.
    pub(crate) fn when(&self, now: Timestamp) -> When<'_> {
        let stops = || self.scope.rows.iter().filter(|row| row.ready.stops());
        let horizon = SignedDuration::from_hours(HORIZON_DAYS * 24);
        let mut at = now;
        loop {
            let moment = self.moment(at);
            let mut next: Option<Timestamp> = None;
            for row in stops().filter(|row| self.objects(row, &moment)) {
                match self.next(row, &moment) {
                    Some(until) => next = next.max(Some(until)),
                    None => {
                        return When::Never { later: (at > now).then_some((row, at)) };
                    }
                }
            }
            match next {
                None => return When::At(at),
                // A row that names no later instant would be asked without end.
                Some(until) if until <= at || until.duration_since(now) > horizon => {
                    return When::Never { later: None };
                }
                Some(until) => at = until,
            }
        }
    }
}
