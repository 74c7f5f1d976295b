//! The facts that lift rows, and when each of them holds.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Consent, ConsentKind, Purpose};

use super::clock::{self, Local};
use super::scope::Scope;
use crate::Asked;
use crate::rule::{Week, plain_hours};
use crate::tables::word::Unless;

/// For how long a request to be called counts.
const REQUESTED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A consent that fits the purpose.
#[derive(Debug)]
pub(crate) struct Consented {
    pub(crate) is_written: bool,
    pub(crate) given: Option<Timestamp>,
    holds: Range<Timestamp>,
    hours: Option<Week>,
    /// True if it comes from the request, false if it is on record.
    pub(crate) is_asked: bool,
}

impl Consented {
    /// True if it holds, and is as the rule asks.
    pub(crate) fn satisfies(
        &self,
        written: bool,
        within: Option<SignedDuration>,
        at: Timestamp,
    ) -> bool {
        let is_fresh = within.is_none_or(|within| {
            self.given.is_some_and(|given| at.duration_since(given) <= within)
        });
        self.holds.contains(&at) && (self.is_written || !written) && is_fresh
    }

    fn names(&self, locals: &[Local]) -> bool {
        self.hours.as_ref().is_some_and(|week| {
            locals.iter().all(|local| week.is_open(local.day, local.minute, |_, _| false))
        })
    }
}

/// The facts that lift rows.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) consents: Vec<Consented>,
    requested: Option<Range<Timestamp>>,
    agreed: Option<Range<Timestamp>>,
    /// Facts that hold at any time, as bits.
    always: u8,
}

impl Known {
    pub(crate) fn new(asked: &Asked<'_>, purpose: Purpose) -> Self {
        let facts = asked.facts;
        let requested = facts.requested_at.and_then(|at| {
            // The last instant counts.
            let end = at.checked_add(REQUESTED + SignedDuration::from_nanos(1)).ok()?;
            Some(at..end)
        });
        let is_given =
            |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let mut always = 0;
        if is_given(&facts.relationship) {
            always |= Unless::Ebr.bit();
        }
        if is_given(&facts.published_number) {
            always |= Unless::Published.bit();
        }
        let asked_for = facts.consent.iter().map(|one| (one, true));
        let on_record = asked.history.consents.iter().map(|one| (one, false));
        let consents = asked_for
            .chain(on_record)
            .filter(|(one, _)| one.purpose.is_none_or(|only| only == purpose))
            .map(|(one, is_asked)| consented(one, is_asked))
            .collect();
        let agreed = facts.agreed_time.map(|agreed| agreed.from..agreed.to);
        Self { consents, requested, agreed, always }
    }

    /// The facts that hold at this instant, as bits.
    pub(crate) fn holding(&self, at: Timestamp, locals: &[Local]) -> u8 {
        let mut held = self.always;
        for consent in self.consents.iter().filter(|one| one.holds.contains(&at)) {
            held |= Unless::Consent.bit();
            if consent.is_written {
                held |= Unless::Written.bit();
            }
            if consent.names(locals) {
                held |= Unless::ConsentHours.bit();
            }
        }
        if self.requested.as_ref().is_some_and(|range| range.contains(&at)) {
            held |= Unless::Requested.bit();
        }
        if self.agreed.as_ref().is_some_and(|range| range.contains(&at)) {
            held |= Unless::AgreedTime.bit();
        }
        held
    }

    /// The first instant after `at` at which one of these facts begins to hold. `also_consent` asks
    /// for consents whatever the bits say.
    pub(crate) fn next(
        &self,
        bits: u8,
        also_consent: bool,
        at: Timestamp,
        scope: &Scope<'_>,
    ) -> Option<Timestamp> {
        let wants = |one: Unless| bits & one.bit() != 0;
        let mut next: Option<Timestamp> = None;
        let mut add = |start: Timestamp| {
            if start > at {
                next = Some(next.map_or(start, |next| next.min(start)));
            }
        };
        if wants(Unless::Requested)
            && let Some(range) = &self.requested
        {
            add(range.start);
        }
        if wants(Unless::AgreedTime)
            && let Some(range) = &self.agreed
        {
            add(range.start);
        }
        let consent = also_consent || wants(Unless::Consent) || wants(Unless::Written);
        for one in &self.consents {
            if consent || wants(Unless::ConsentHours) {
                add(one.holds.start);
            }
            if wants(Unless::ConsentHours)
                && let Some(week) = &one.hours
            {
                let zones = scope.zones.iter();
                let opens = zones.map(|zone| clock::opens(&zone.zone, at, week, |_, _| false));
                // In one zone it may be open already; in all of them it is not before the last.
                if let Some(Some(last)) = opens.max() {
                    add(last);
                }
            }
        }
        next
    }
}

fn consented(consent: &Consent, is_asked: bool) -> Consented {
    let from = consent.at.unwrap_or(Timestamp::MIN);
    let until = consent.expires_at.unwrap_or(Timestamp::MAX);
    Consented {
        is_written: consent.kind == ConsentKind::ExpressWritten,
        given: consent.at,
        holds: from..until,
        hours: consent.hours.as_ref().and_then(|hours| plain_hours(hours).ok()),
        is_asked,
    }
}
