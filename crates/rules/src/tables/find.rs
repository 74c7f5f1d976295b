//! Rows by their id and by where they hold, and what they ask for in words.

use switchboard_core::Region;

use super::{Jurisdiction, Ready, Row, Tables};
use crate::{
    places::is_in_eea,
    rule::{Cap, Event, Rule, Span, length},
};

/// The most ids that are suggested.
const NEAR: usize = 5;

impl Row {
    /// True if it may be about calls to this country, state or province: its own rows, those of its
    /// country, for a country those of its parts, and those that hold everywhere or in the European
    /// Union.
    pub fn may_hold_in(&self, region: Region) -> bool {
        match self.jurisdiction {
            Jurisdiction::Everywhere => true,
            Jurisdiction::Eu => is_in_eea(region.country()),
            Jurisdiction::Region(own) => {
                own.country() == region.country()
                    && (own.subdivision().is_none()
                        || region.subdivision().is_none()
                        || own == region)
            }
        }
    }
}

impl Tables {
    /// The ids that look most like a mistyped one, the nearest first. Empty if none does.
    pub fn near(&self, id: &str) -> Vec<&str> {
        let wanted = id.trim().to_ascii_uppercase();
        let mut near: Vec<(usize, &str)> = self
            .rows()
            .filter_map(|row| {
                let distance = strsim::damerau_levenshtein(&wanted, &row.id);
                let is_part = wanted.len() > 1 && row.id.contains(&wanted);
                (distance <= 1 + row.id.len() / 4 || is_part).then_some((distance, row.id.as_str()))
            })
            .collect();
        near.sort_unstable();
        near.into_iter().take(NEAR).map(|(_, id)| id).collect()
    }

    /// True if an operator may lift the rule of this id for a call.
    pub fn may_be_lifted(&self, id: &str) -> bool {
        self.0.rows.iter().any(|ready| ready.row.id == id && ready.may_be_lifted())
    }

    /// What a row asks for, in one sentence. `None` if there is no row of this id.
    pub fn in_words(&self, id: &str) -> Option<String> {
        self.0.rows.iter().find(|ready| ready.row.id == id).map(in_words)
    }
}

fn in_words(ready: &Ready) -> String {
    let written = ready.row.rule.as_str();
    match &ready.rule {
        Rule::Hours { .. } if written.starts_with("closed") => {
            format!("No calls on these days: {}.", spelt(written))
        }
        Rule::Hours { .. } => {
            format!("Calls at these times where the callee is: {}.", spelt(written))
        }
        Rule::ZoneKnown => "The time zone of the callee must be known.".to_owned(),
        Rule::Need { written, within } => {
            let how = if *written { "written" } else { "express" };
            let age = within.map_or_else(String::new, |age| {
                format!(", given at most {} days ago", age.as_hours() / 24)
            });
            format!("Calls with the callee's {how} consent alone{age}.")
        }
        Rule::Never => "No such calls.".to_owned(),
        Rule::List { name, max_age } => {
            let age = max_age.map_or_else(String::new, |age| {
                format!(", and the list must be at most {} days old", age.as_hours() / 24)
            });
            format!("No calls to numbers on the list {name}{age}.")
        }
        Rule::Cap(cap) => limit(*cap),
        Rule::Say(said) => {
            let all: Vec<_> = said.iter().map(|one| one.meaning()).collect();
            format!("The first words must say {}.", all.join(", "))
        }
        Rule::Told => format!("For people to read; it is not applied. In short: {written}."),
    }
}

fn limit(cap: Cap) -> String {
    let during = |span: Span| match span {
        Span::Rolling(span) => length(span),
        Span::CalendarDays(1) => "a calendar day".to_owned(),
        Span::CalendarDays(days) => format!("{days} calendar days"),
    };
    match cap {
        Cap::Max { count: 1, span } => {
            format!("The phone may ring at most once in {}.", during(span))
        }
        Cap::Max { count, span } => {
            format!("The phone may ring at most {count} times in {}.", during(span))
        }
        Cap::Gap(gap) => format!("At least {} between two rings.", length(gap)),
        Cap::Stop { event, span, .. } => {
            let what = match event {
                Event::OptOut => "asked not to be called again",
                Event::Refused => "declined",
                Event::Conversation => "was spoken with",
                Event::Abandoned => "answered and nobody spoke",
            };
            let how_long = span
                .map_or_else(|| "ever again".to_owned(), |span| format!("for {}", during(span)));
            format!("No call {how_long} after the callee {what}.")
        }
    }
}

/// Hours as people read them.
fn spelt(rule: &str) -> String {
    let parts = rule.split(';').map(|part| {
        let part = part.trim().trim_start_matches("closed ");
        let (days, hours) = part.split_once(' ').unwrap_or((part, ""));
        let (word, place) = days.split_once('(').unwrap_or((days, ""));
        let place = match place.trim_end_matches(')') {
            "@" => "the callee's country and region",
            place => place,
        };
        let days = match word {
            "hol" => format!("holidays of {place}"),
            "eve" => format!("days before holidays of {place}"),
            "emergency" => format!("days of a declared emergency in {place}"),
            _ => days.to_owned(),
        };
        match hours {
            "" => days,
            hours => format!("{days} {}", hours.replace('+', " and ")),
        }
    });
    parts.collect::<Vec<_>>().join("; ")
}
