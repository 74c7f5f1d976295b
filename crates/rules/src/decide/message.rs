//! What a row that objects says, in plain words.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use switchboard_core::{CalleeKind, ListState, Purpose, RuleEffect, RuleFinding};

use super::judge::{Judge, Moment};
use super::scope::{Applies, Lost};
use crate::Saying;
use crate::rule::{Cap, Event, Rule, Span, length};
use crate::tables::word::{Effect, Unless};

impl Judge<'_> {
    /// What a row that objects at this instant has to say. `later` is set for a row that does not
    /// object now, but would when the others no longer do.
    pub(super) fn finding(
        &self,
        row: &Applies<'_>,
        purpose: Purpose,
        moment: &Moment,
        later: bool,
    ) -> RuleFinding {
        let ready = row.ready;
        let effect = match ready.row.effect {
            Effect::Gate | Effect::Say => RuleEffect::Stops,
            Effect::Warn | Effect::Info => RuleEffect::Warns,
        };
        let until = self.next(row, moment).filter(|_| !later);
        let (why, needs) = self.why(row, purpose, moment);
        let mut message = format!("{} ({}, {})", ready.row.id, ready.row.cited(), ready.row.as_of);
        if later {
            let _ = write!(message, ", at {}, when it would be time to call", moment.at);
        }
        let _ = write!(message, ": {why}");
        if !matches!(ready.rule, Rule::Hours { .. } | Rule::Cap(_) | Rule::ZoneKnown) {
            self.add_fixes(row, &mut message);
        }
        RuleFinding::new(ready.row.id.clone(), effect, message, ready.row.as_of).with(|one| {
            one.needs = needs.map(str::to_owned);
            one.until = until;
        })
    }

    /// For a call that no time within reach suits: where zones disagree, one of them would.
    pub(super) fn ask_for_zone(&self, findings: &mut [RuleFinding]) {
        let zones = self.scope.zones.len();
        if zones < 2 || self.asked.facts.callee_timezone.is_some() {
            return;
        }
        for finding in findings.iter_mut().filter(|one| one.effect == RuleEffect::Stops) {
            let _ = write!(
                finding.message,
                " No time suits all {zones} zones in which the callee may be: give callee_timezone."
            );
            finding.needs.get_or_insert_with(|| "callee_timezone".to_owned());
        }
    }

    fn add_fixes(&self, row: &Applies<'_>, message: &mut String) {
        let fixes = row.ready.row.unless.iter().filter(|one| {
            // Only businesses publish numbers.
            **one != Unless::Published || self.scope.callee == CalleeKind::Business
        });
        for (at, one) in fixes.enumerate() {
            let _ =
                write!(message, "{}{}", if at == 0 { " To lift it, " } else { ", or " }, one.fix());
        }
        if message.contains(" To lift it, ") {
            message.push('.');
        }
    }

    fn why(
        &self,
        row: &Applies<'_>,
        purpose: Purpose,
        moment: &Moment,
    ) -> (String, Option<&'static str>) {
        let ready = row.ready;
        match &ready.rule {
            Rule::Hours { week, emergencies } => {
                let closed = self.scope.zones.iter().zip(&moment.locals).filter(|(_, local)| {
                    let in_force = ready.days.contains(&local.day);
                    in_force
                        && !week
                            .is_open(local.day, local.minute, |one, day| self.is_holiday(one, day))
                });
                let names: Vec<_> =
                    closed.map(|(zone, _)| wall(moment.at, &zone.name, &zone.zone)).collect();
                if names.is_empty() && !emergencies.is_empty() {
                    return ("an emergency is declared there, and no such calls are allowed until it ends.".to_owned(), None);
                }
                let some_open = names.len() < self.scope.zones.len();
                let told = self.asked.facts.callee_timezone.is_some();
                let needs = (some_open && !told).then_some("callee_timezone");
                (hours(&ready.row.rule, &names), needs)
            }
            Rule::ZoneKnown => self.lost(),
            Rule::Need { written, within } => {
                let how = if *written { "in writing" } else { "expressly" };
                let age = within.map_or(String::new(), |age| {
                    format!(", at most {} days ago", age.as_hours() / 24)
                });
                let needs = if ready.unless & Unless::Published.bit() != 0
                    && self.scope.callee == CalleeKind::Business
                {
                    "published_number"
                } else if purpose == Purpose::Requested
                    && ready.unless & Unless::Requested.bit() != 0
                {
                    "requested_at"
                } else {
                    "consent"
                };
                let has = if self.known.consents.is_empty() { "none" } else { "none such" };
                (
                    format!("the callee must have consented {how}{age}, and {has} is on record."),
                    Some(needs),
                )
            }
            Rule::Never => {
                let needs = ready.row.unless.first().map(|one| one.field());
                ("no such calls are allowed.".to_owned(), needs)
            }
            Rule::List { name, max_age } => {
                (list(name, self.list(row, name), *max_age, moment.at), None)
            }
            Rule::Cap(cap) => (self.cap(*cap), None),
            Rule::Say(said) => {
                let missing = said.minus(self.asked.said);
                let needs = missing.iter().find_map(|one| match one {
                    Saying::OnBehalfOf => Some("on_behalf_of"),
                    Saying::Number => Some("callback_number"),
                    _ => None,
                });
                let missing: Vec<_> = missing.iter().map(|one| one.meaning()).collect();
                (format!("the first words must also say {}.", missing.join(", ")), needs)
            }
            Rule::Told => (String::new(), None),
        }
    }

    fn lost(&self) -> (String, Option<&'static str>) {
        let (why, field) = match self.scope.lost {
            Some(Lost::NoZone(field)) => {
                return (
                    format!("{field} is not an IANA time zone: write one as America/New_York."),
                    Some(field),
                );
            }
            Some(Lost::Elsewhere(region)) => (
                format!(
                    "the callee is in {region}, and the number of another country does not show the time there"
                ),
                "callee_timezone",
            ),
            Some(Lost::NoPlace) | None => {
                ("the number does not show where the callee is".to_owned(), "callee_timezone")
            }
        };
        (format!("{why}: give {field}."), Some(field))
    }

    fn cap(&self, cap: Cap) -> String {
        match cap {
            Cap::Max { count, span } => {
                let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
                let span = match span {
                    Span::Rolling(span) => length(span),
                    Span::CalendarDays(1) => "one calendar day".to_owned(),
                    Span::CalendarDays(days) => format!("{days} calendar days"),
                };
                format!("the callee's phone may ring {times} in {span}, and it did.")
            }
            Cap::Gap(gap) => {
                let last = self
                    .rings
                    .last()
                    .map_or(String::new(), |ring| format!(": it last rang at {ring}"));
                format!("there must be {} between two rings{last}.", length(gap))
            }
            Cap::Stop { event, span, .. } => {
                let what = match event {
                    Event::OptOut => "asked not to be called again",
                    Event::Refused => "declined",
                    Event::Conversation => "were spoken with",
                    Event::Abandoned => "answered and nobody spoke",
                };
                let when = self.event(event).map_or(String::new(), |at| format!(" at {at}"));
                let span = match span {
                    None => "they may not be called again".to_owned(),
                    Some(Span::Rolling(span)) => {
                        format!("they may not be called for {}", length(span))
                    }
                    Some(Span::CalendarDays(days)) => {
                        format!("they may not be called for {days} calendar days")
                    }
                };
                format!("the callee {what}{when}: {span}.")
            }
        }
    }
}

fn hours(rule: &str, closed: &[String]) -> String {
    const MOST: usize = 3;
    let shown: Vec<&str> = closed.iter().take(MOST).map(String::as_str).collect();
    let more = match closed.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more zones"),
    };
    let allows = if rule.starts_with("closed") {
        "no calls are allowed when it is"
    } else {
        "calls are allowed at"
    };
    format!("{allows} {rule}, and it is {}{more}.", shown.join(", "))
}

/// A time as a clock on the wall shows it, for example `Wed 2026-12-09 20:30 in America/New_York`.
fn wall(at: Timestamp, name: &str, zone: &TimeZone) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let time = zone.to_datetime(at);
    let day = DAYS[time.weekday().to_monday_zero_offset() as usize];
    format!("{day} {} {:02}:{:02} in {name}", time.date(), time.hour(), time.minute())
}

fn list(name: &str, state: ListState, max_age: Option<SignedDuration>, now: Timestamp) -> String {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let most = max_age.map_or(0, |age| age.as_hours() / 24);
    match state {
        ListState::Missing => format!(
            "the number must be looked up in the list {name}, at most {most} days old, and none was imported: import it."
        ),
        ListState::NotCovered { as_of } => format!(
            "the list {name} of {} does not cover the number's area, so it says nothing about it: import one that does.",
            day(as_of)
        ),
        ListState::Absent { as_of } => format!(
            "the list {name} of {} is {} days old, and at most {most} are allowed: import a newer one.",
            day(as_of),
            days_begun(now.duration_since(as_of))
        ),
        ListState::Listed { as_of } if name == "OWN" => {
            format!(
                "the number is on your own list of numbers that are not called, of {}.",
                day(as_of)
            )
        }
        ListState::Listed { as_of } => {
            format!("the number is on the list {name} of {}.", day(as_of))
        }
    }
}

/// The days of an age, the last of which may have only begun.
fn days_begun(age: SignedDuration) -> i128 {
    let day = SignedDuration::from_hours(24).as_nanos();
    (age.as_nanos() + day - 1) / day
}
