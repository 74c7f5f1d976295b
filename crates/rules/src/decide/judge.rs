//! Whether a row objects to a call at an instant, and the first instant at which it no longer may.

use std::borrow::Cow;
use std::cell::Cell;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use switchboard_core::{ListState, Purpose};

use super::clock::{self, Local};
use super::known::Known;
use super::scope::{Applies, Scope};
use crate::rule::{CalendarId, Cap, Event, Rule, Span, Week};
use crate::{Asked, Tables};

/// A call, and everything that is known about it.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) tables: &'a Tables,
    pub(crate) scope: Scope<'a>,
    pub(crate) known: Known,
    /// Oldest first.
    pub(crate) rings: Cow<'a, [Timestamp]>,
    pub(crate) used: Used,
}

/// The facts that a decision relied on.
#[derive(Debug, Default)]
pub(crate) struct Used {
    /// Facts that lifted a row, as bits.
    pub(crate) lifting: Cell<u8>,
    /// True if a rule read the rings.
    pub(crate) rings: Cell<bool>,
    /// The events that a rule read, as bits.
    pub(crate) events: Cell<u8>,
    /// True if a row was lifted by an operator.
    pub(crate) overrides: Cell<bool>,
}

/// An instant, and the local times in all zones.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) locals: Vec<Local>,
    /// The facts that hold, as bits.
    pub(crate) held: u8,
}

impl Applies<'_> {
    /// The first instant, not before `at`, at which the row is no longer in force in a zone.
    fn ends(&self, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        let end = *self.ready.days.end();
        if end == i64::MAX { None } else { clock::reaches(zone, at, end + 1) }
    }
}

impl<'a> Judge<'a> {
    pub(crate) fn new(asked: &'a Asked<'a>, tables: &'a Tables, purpose: Purpose) -> Self {
        let rings = &asked.history.rings;
        let rings = if rings.is_sorted() {
            Cow::Borrowed(rings.as_slice())
        } else {
            let mut sorted = rings.clone();
            sorted.sort_unstable();
            Cow::Owned(sorted)
        };
        let scope = Scope::new(asked, tables, purpose);
        let known = Known::new(asked, purpose);
        Self { asked, tables, scope, known, rings, used: Used::default() }
    }

    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        let zones = self.scope.zones.iter();
        let locals: Vec<Local> = zones.map(|zone| clock::local(&zone.zone, at)).collect();
        let held = self.known.holding(at, &locals);
        Moment { at, locals, held }
    }

    pub(crate) fn is_holiday(&self, calendar: CalendarId, day: i64) -> bool {
        let calendars = &self.tables.places().calendars;
        match calendar {
            CalendarId::Own => {
                self.scope.calendars.iter().any(|one| calendars.is_holiday(*one, day))
            }
            CalendarId::Named(one) => calendars.is_holiday(one, day),
        }
    }

    pub(crate) fn list(&self, row: &Applies<'_>, name: &str) -> ListState {
        *row.list.get_or_init(|| self.asked.lists.state(name, self.asked.to))
    }

    pub(crate) fn event(&self, event: Event) -> Option<Timestamp> {
        self.used.events.set(self.used.events.get() | 1 << event as u8);
        let history = self.asked.history;
        match event {
            Event::OptOut => history.opted_out,
            Event::Refused => history.refused,
            Event::Conversation => history.conversation,
            Event::Abandoned => history.abandoned,
        }
    }

    /// The rows that can stop the call, are in force at this instant somewhere that the callee may
    /// be, and are lifted by no fact and no operator.
    pub(crate) fn binding(&self, moment: &Moment) -> impl Iterator<Item = &Applies<'_>> {
        self.scope.rows.iter().filter(|row| {
            row.ready.stops()
                && row.ready.unless & moment.held == 0
                && row.lifted_until.is_none_or(|until| until <= moment.at)
                && moment.locals.iter().any(|local| row.ready.days.contains(&local.day))
        })
    }

    /// True if the row objects to the call at this instant.
    pub(crate) fn objects(&self, row: &Applies<'_>, moment: &Moment) -> bool {
        let ready = row.ready;
        if !moment.locals.iter().any(|local| ready.days.contains(&local.day)) {
            return false;
        }
        if row.lifted_until.is_some_and(|until| moment.at < until) {
            self.used.overrides.set(true);
            return false;
        }
        let lifting = ready.unless & moment.held;
        if lifting != 0 {
            self.used.lifting.set(self.used.lifting.get() | lifting);
            return false;
        }
        match &ready.rule {
            Rule::Hours { week, emergencies } => {
                let declared = self.asked.emergencies;
                let closed = |local: &Local| {
                    ready.days.contains(&local.day)
                        && !week
                            .is_open(local.day, local.minute, |one, day| self.is_holiday(one, day))
                };
                (self.scope.has_zones && moment.locals.iter().any(closed))
                    || emergencies.iter().any(|region| {
                        declared.contains(region) || declared.contains(&region.country().into())
                    })
            }
            Rule::ZoneKnown => self.scope.lost.is_some(),
            Rule::Need { written, within } => {
                let mut consents = self.known.consents.iter();
                !consents.any(|one| one.satisfies(*written, *within, moment.at))
            }
            Rule::Never => true,
            Rule::List { name, max_age } => {
                let state = self.list(row, name);
                match (state, max_age) {
                    (ListState::Listed { .. }, _) => true,
                    (_, None) => false,
                    (ListState::Missing | ListState::NotCovered { .. }, Some(_)) => true,
                    (ListState::Absent { as_of }, Some(age)) => {
                        moment.at.duration_since(as_of) > *age
                    }
                }
            }
            Rule::Cap(cap) => self.capped(*cap, moment),
            Rule::Say(said) => !said.minus(self.asked.said).is_empty(),
            Rule::Told => false,
        }
    }

    fn capped(&self, cap: Cap, moment: &Moment) -> bool {
        match cap {
            Cap::Max { count, span } => {
                self.used.rings.set(true);
                // With one ring more than allowed, the earliest of them must be out of the span.
                let Some(ring) = self.nth_last(count) else {
                    return false;
                };
                match span {
                    Span::Rolling(span) => moment.at.duration_since(ring) < span,
                    Span::CalendarDays(days) => self.any_zone(moment, |zone, today| {
                        today - clock::local_day(&zone.zone, ring) < days
                    }),
                }
            }
            Cap::Gap(gap) => {
                self.used.rings.set(true);
                self.rings.last().is_some_and(|ring| moment.at.duration_since(*ring) < gap)
            }
            Cap::Stop { event, span, counting_first } => {
                let Some(event) = self.event(event) else {
                    return false;
                };
                match span {
                    None => true,
                    Some(Span::Rolling(span)) => moment.at.duration_since(event) < span,
                    Some(Span::CalendarDays(days)) => self.any_zone(moment, |zone, today| {
                        let day = clock::local_day(&zone.zone, event);
                        today < day + days + i64::from(!counting_first)
                    }),
                }
            }
        }
    }

    fn any_zone(&self, moment: &Moment, is: impl Fn(&crate::places::Zone, i64) -> bool) -> bool {
        self.scope.zones.iter().zip(&moment.locals).any(|(zone, local)| is(zone, local.day))
    }

    /// The ring that must be out of the span before the phone may ring again, if at most `count`
    /// rings may be in it.
    fn nth_last(&self, count: u32) -> Option<Timestamp> {
        let before = self.rings.len().checked_sub(count as usize)?;
        self.rings.get(before).copied()
    }

    /// For a row that objects, an instant after this one before which it goes on objecting. `None`:
    /// no time would help.
    pub(crate) fn next(&self, row: &Applies<'_>, moment: &Moment) -> Option<Timestamp> {
        let ready = row.ready;
        let own = match &ready.rule {
            Rule::Hours { week, emergencies } => {
                let declared = self.asked.emergencies;
                let is_declared = emergencies.iter().any(|region| {
                    declared.contains(region) || declared.contains(&region.country().into())
                });
                if is_declared { None } else { self.opens(row, week, moment) }
            }
            Rule::Cap(cap) => self.frees(*cap, moment),
            Rule::ZoneKnown
            | Rule::Need { .. }
            | Rule::Never
            | Rule::List { .. }
            | Rule::Say(_)
            | Rule::Told => None,
        };
        let also_consent = matches!(ready.rule, Rule::Need { .. });
        let fact = self.known.next(ready.unless, also_consent, moment.at, &self.scope);
        let ends = self.ends(row, moment);
        [own, fact, ends].into_iter().flatten().min()
    }

    /// The first instant at which each zone that is closed now is open, or no longer under the row.
    fn opens(&self, row: &Applies<'_>, week: &Week, moment: &Moment) -> Option<Timestamp> {
        let mut last = None;
        for (zone, local) in self.scope.zones.iter().zip(&moment.locals) {
            if !row.ready.days.contains(&local.day) {
                continue;
            }
            let opens =
                clock::opens(&zone.zone, moment.at, week, |one, day| self.is_holiday(one, day));
            let first = [opens, row.ends(&zone.zone, moment.at)].into_iter().flatten().min()?;
            last = last.max(Some(first));
        }
        last
    }

    /// The first instant at which the row is no longer in force in any zone.
    fn ends(&self, row: &Applies<'_>, moment: &Moment) -> Option<Timestamp> {
        self.scope.zones.iter().filter_map(|zone| row.ends(&zone.zone, moment.at)).max()
    }

    fn frees(&self, cap: Cap, moment: &Moment) -> Option<Timestamp> {
        let later = |at: Timestamp, span: SignedDuration| at.checked_add(span).ok();
        let reaches = |event: Timestamp, days: i64| {
            let zones = self.scope.zones.iter();
            zones
                .filter_map(|zone| {
                    let day = clock::local_day(&zone.zone, event) + days;
                    clock::reaches(&zone.zone, moment.at, day)
                })
                .max()
        };
        match cap {
            Cap::Max { count, span } => {
                let ring = self.nth_last(count)?;
                match span {
                    Span::Rolling(span) => later(ring, span),
                    Span::CalendarDays(days) => reaches(ring, days),
                }
            }
            Cap::Gap(gap) => later(*self.rings.last()?, gap),
            Cap::Stop { event, span, counting_first } => {
                let event = self.event(event)?;
                match span? {
                    Span::Rolling(span) => later(event, span),
                    Span::CalendarDays(days) => reaches(event, days + i64::from(!counting_first)),
                }
            }
        }
    }
}
