//! The facts that a decision relied on, and where they come from.

use std::borrow::Cow;

use jiff::Timestamp;
use switchboard_core::{FactUsed, ListState};

use super::judge::Judge;
use crate::rule::{Event, Rule};
use crate::tables::word::Unless;

/// Where facts come from that the journal remembers.
const LEDGER: Cow<'static, str> = Cow::Borrowed("ledger");

impl Judge<'_> {
    /// The facts that were read.
    pub(super) fn facts(&self) -> Vec<FactUsed> {
        let facts = self.asked.facts;
        let history = self.asked.history;
        let mut all = Vec::with_capacity(8);
        let mut add = |name: &'static str, origin: Cow<'static, str>, at: Option<Timestamp>| {
            all.push(FactUsed { name: name.into(), origin, at });
        };
        let told = |name| self.origin(name);
        add("purpose", told("purpose"), None);
        for (name, is_told) in [
            ("callee_kind", facts.callee_kind.is_some()),
            ("callee_line", facts.callee_line.is_some()),
            ("callee_timezone", facts.callee_timezone.is_some()),
            ("callee_timezone_guess", facts.callee_timezone_guess.is_some()),
            ("callee_region", facts.callee_region.is_some()),
            ("recording", facts.recording.is_some()),
        ] {
            if is_told {
                add(name, told(name), None);
            }
        }
        if facts.callee_timezone.is_none() && self.scope.has_zones {
            add("callee_timezone", "number".into(), None);
        }
        let lifting = self.used.lifting.get();
        let lifted_by = |one: Unless| lifting & one.bit() != 0;
        let needs = |row: &super::scope::Applies<'_>| matches!(row.ready.rule, Rule::Need { .. });
        let consent = [Unless::Consent, Unless::Written, Unless::ConsentHours];
        if self.scope.rows.iter().any(needs) || consent.into_iter().any(lifted_by) {
            for one in &self.known.consents {
                let origin = if one.is_asked { told("consent") } else { LEDGER };
                add("consent", origin, one.given);
            }
        }
        if lifted_by(Unless::Requested) {
            add("requested_at", told("requested_at"), facts.requested_at);
        }
        for one in [Unless::Ebr, Unless::Published, Unless::AgreedTime] {
            if lifted_by(one) {
                add(one.field(), told(one.field()), None);
            }
        }
        if self.used.overrides.get() {
            add("overrides", told("overrides"), None);
        }
        for (event, at) in [
            (Event::OptOut, history.opted_out),
            (Event::Refused, history.refused),
            (Event::Conversation, history.conversation),
            (Event::Abandoned, history.abandoned),
        ] {
            if self.used.events.get() & 1 << event as u8 != 0 && at.is_some() {
                add(event.as_str(), LEDGER, at);
            }
        }
        if self.used.rings.get() && !self.rings.is_empty() {
            add("rings", LEDGER, self.rings.last().copied());
        }
        for row in &self.scope.rows {
            if let (Rule::List { name, .. }, Some(state)) = (&row.ready.rule, row.list.get()) {
                let at = match state {
                    ListState::Missing => continue,
                    ListState::NotCovered { as_of }
                    | ListState::Absent { as_of }
                    | ListState::Listed { as_of } => *as_of,
                };
                let name = format!("list {name}").into();
                all.push(FactUsed { name, origin: LEDGER, at: Some(at) });
            }
        }
        all
    }

    fn origin(&self, field: &str) -> Cow<'static, str> {
        let known = self.asked.origins.iter().find(|(name, _)| *name == field);
        known.map_or(Cow::Borrowed("request"), |(_, origin)| Cow::Owned((*origin).to_owned()))
    }
}
