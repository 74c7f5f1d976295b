//! Limits on rings, in a form that the ledger can check when it lets a call be sent.

use jiff::{SignedDuration, Timestamp};
use switchboard_core::RingCap;

use super::clock;
use super::judge::Judge;
use crate::rule::{Cap, Rule, Span};
use crate::{Asked, Tables};

impl Tables {
    /// How often the person's phone may ring by the rules that apply to this call at `now` and stop
    /// calls. Calendar days count from the earliest midnight of all zones in which the callee may
    /// be. Empty for a call without a purpose, which is refused.
    pub fn caps(&self, asked: &Asked<'_>, now: Timestamp) -> Vec<RingCap> {
        let Some(purpose) = asked.facts.purpose else {
            return Vec::new();
        };
        let judge = Judge::new(asked, self, purpose);
        let moment = judge.moment(now);
        judge
            .binding(&moment)
            .filter_map(|row| {
                let Rule::Cap(cap) = row.ready.rule else {
                    return None;
                };
                let (since, fewer_than) = match cap {
                    Cap::Max { count, span: Span::Rolling(span) } => {
                        (now.checked_sub(span).ok()?, count)
                    }
                    Cap::Max { count, span: Span::CalendarDays(days) } => {
                        let zones = judge.scope.zones.iter().zip(&moment.locals);
                        let began = zones.filter_map(|(zone, local)| {
                            clock::begins(&zone.zone, local.day - days + 1)
                        });
                        // A ring at midnight itself counts.
                        let before = SignedDuration::from_nanos(1);
                        (began.min()?.checked_sub(before).ok()?, count)
                    }
                    Cap::Gap(gap) => (now.checked_sub(gap).ok()?, 1),
                    Cap::Stop { .. } => return None,
                };
                Some(RingCap { rule: row.ready.row.id.clone(), since, fewer_than })
            })
            .collect()
    }
}
