//! A second reading of the tables of rules, for one instant. It takes the words of a row as they are
//! written, and shares nothing with the product but these.
//!
//! It is the more lenient of the two: it knows no holidays and no first words, and of events only
//! opt-outs, which the judge has in its notes.

use jiff::{SignedDuration, Timestamp, civil::DateTime};
use switchboard::{
    ValidCall,
    core::{CalleeKind, ConsentKind, Purpose},
    rules::{Effect, Kind, Line, Row, Tables, Unless},
};

use super::callees::{Callee, Zone, zone};

/// The rows that can stop a call.
pub(super) struct Reading(Vec<(String, Row)>);

/// A call at an instant.
#[derive(Clone, Copy)]
pub(super) struct Instant<'a> {
    pub(super) callee: &'a Callee,
    pub(super) call: &'a ValidCall,
    pub(super) at: Timestamp,
}

impl Reading {
    pub(super) fn of(tables: &Tables) -> Self {
        let rows = tables.rows().filter(|row| row.effect == Effect::Gate);
        Self(rows.map(|row| (row.jurisdiction.to_string(), row.clone())).collect())
    }

    /// The rows that say that the phone must not ring at this instant, apart from limits.
    pub(super) fn objections(&self, now: Instant<'_>) -> Vec<&str> {
        let rows = self.about(now).filter(|row| now.is_stopped_by(row));
        rows.map(|row| row.id.as_str()).collect()
    }

    /// The limits that one ring more at this instant breaks, after the phone rang at these times.
    pub(super) fn broken_limits(&self, now: Instant<'_>, rings: &[Timestamp]) -> Vec<&str> {
        let limits = self.about(now).filter(|row| row.kind == Kind::Cap);
        limits.filter(|row| now.is_too_often(&row.rule, rings)).map(|row| row.id.as_str()).collect()
    }

    fn about(&self, now: Instant<'_>) -> impl Iterator<Item = &Row> {
        let rows = self.0.iter().filter(move |(place, row)| now.is_about(place, row));
        rows.map(|(_, row)| row)
    }
}

impl<'a> Instant<'a> {
    fn zones(&self) -> &'a [Zone] {
        match &self.call.facts.callee_timezone {
            Some(name) => std::slice::from_ref(zone(name)),
            None => self.callee.zones,
        }
    }

    fn walls(&self) -> impl Iterator<Item = DateTime> {
        let at = self.at;
        self.zones().iter().map(move |zone| zone.local(at))
    }

    fn is_about(&self, place: &str, row: &Row) -> bool {
        let facts = &self.call.facts;
        let Some(purpose) = facts.purpose else {
            return false;
        };
        let kind = facts.callee_kind.unwrap_or(match purpose {
            Purpose::Reservation => CalleeKind::Business,
            _ => CalleeKind::Consumer,
        });
        let line = |line: &Line| match line {
            Line::Mobile | Line::Unknown => self.callee.mobile,
            Line::Landline => !self.callee.mobile,
            Line::TollFree | Line::Emergency => false,
        };
        (place == "*" || self.callee.places.contains(&place))
            && row.purposes.contains(&purpose)
            && row.callee.is_none_or(|whom| whom == kind)
            && (row.lines.is_empty() || row.lines.iter().any(line))
            && self.walls().any(|wall| is_in_force(row, wall))
            && !row.unless.iter().any(|fact| self.has(*fact))
    }

    /// True if this fact, which lifts a row, is given.
    fn has(&self, fact: Unless) -> bool {
        let facts = &self.call.facts;
        let month = SignedDuration::from_hours(30 * 24);
        match fact {
            Unless::Consent => facts.consent.is_some(),
            Unless::Written => {
                facts.consent.as_ref().is_some_and(|one| one.kind == ConsentKind::ExpressWritten)
            }
            Unless::Requested => {
                facts.requested_at.is_some_and(|at| self.at.duration_since(at) <= month)
            }
            Unless::Ebr => facts.relationship.is_some(),
            Unless::Published => facts.published_number.is_some(),
            Unless::AgreedTime => facts.agreed_time.is_some_and(|agreed| agreed.contains(self.at)),
            // No call of a world has a consent that names hours.
            Unless::ConsentHours => false,
        }
    }

    fn is_stopped_by(&self, row: &Row) -> bool {
        match row.kind {
            Kind::QuietHours if row.rule == "zone known" => false,
            Kind::QuietHours | Kind::Days => {
                self.walls().any(|wall| is_in_force(row, wall) && !is_open(&row.rule, wall))
            }
            Kind::Consent => match (row.rule.as_str(), &self.call.facts.consent) {
                ("never", _) | (_, None) => true,
                (rule, Some(consent)) => {
                    rule.starts_with("need express_written") && consent.kind == ConsentKind::Express
                }
            },
            // No world has lists of numbers, and a house's own list is empty.
            Kind::Dnc => row.rule.starts_with("list ") && !row.rule.starts_with("list OWN "),
            Kind::Holidays | Kind::Cap | Kind::AiDisclosure | Kind::Recording | Kind::Identity => {
                false
            }
        }
    }

    fn is_too_often(&self, rule: &str, rings: &[Timestamp]) -> bool {
        let words: Vec<&str> = rule.split(' ').collect();
        match words.as_slice() {
            ["max", most, "in", span, ..] => {
                let most: usize = most.parse().expect("a number of rings");
                match span.strip_suffix("cd") {
                    Some(days) => {
                        let days: i32 = days.parse().expect("a number of days");
                        self.zones().iter().any(|zone| self.days(zone, days, rings) >= most)
                    }
                    None => self.within(duration(span), rings) >= most,
                }
            }
            ["gap", span] => self.within(duration(span), rings) > 0,
            ["stop", ..] => false,
            _ => panic!("a limit that this reading does not know: {rule}"),
        }
    }

    /// How many rings are younger than this.
    fn within(&self, span: SignedDuration, rings: &[Timestamp]) -> usize {
        rings.iter().filter(|ring| self.at.duration_since(**ring) < span).count()
    }

    /// How many rings were on the last days of this zone, today included.
    fn days(&self, zone: &Zone, days: i32, rings: &[Timestamp]) -> usize {
        let today = zone.local(self.at).date();
        let since = |ring: &&Timestamp| (today - zone.local(**ring).date()).get_days() < days;
        rings.iter().filter(since).count()
    }
}

fn is_in_force(row: &Row, wall: DateTime) -> bool {
    let day = wall.date();
    row.from.is_none_or(|from| from <= day) && row.until.is_none_or(|until| day <= until)
}

fn duration(span: &str) -> SignedDuration {
    let (number, unit) = span.split_at(span.len() - 1);
    let number: i64 = number.parse().expect("a number");
    match unit {
        "m" => SignedDuration::from_mins(number),
        "h" => SignedDuration::from_hours(number),
        "d" => SignedDuration::from_hours(24 * number),
        _ => panic!("a unit that this reading does not know: {span}"),
    }
}

/// True if hours or days are open at this time on the wall.
fn is_open(rule: &str, wall: DateTime) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = usize::try_from(wall.date().weekday().to_monday_zero_offset()).unwrap_or(0);
    let day = |word: &str| DAYS.iter().position(|known| *known == word).expect("a weekday");
    let is_today = |days: &str| match days.split_once('-') {
        Some((first, last)) => (day(first)..=day(last)).contains(&today),
        None => day(days) == today,
    };
    let now = format!("{:02}:{:02}", wall.hour(), wall.minute());
    let is_within = |spans: &str| {
        let mut spans = spans.split('+').filter_map(|span| span.split_once('-'));
        spans.any(|(from, to)| from <= now.as_str() && now.as_str() < to)
    };
    let mut is_open = rule.starts_with("closed");
    for item in rule.split("; ") {
        if let Some(what) = item.strip_prefix("closed ") {
            let is_named = what.contains('(');
            is_open &= is_named || !is_today(what);
        } else if let Some((days, spans)) =
            item.split_once(' ').filter(|(when, _)| !when.contains('('))
            && is_today(days)
        {
            is_open = is_within(spans);
        }
    }
    is_open
}
