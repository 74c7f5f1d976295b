//! Reads the column `rule`. Errors say what is wrong and what to write.

use jiff::SignedDuration;
use switchboard_core::Region;

use super::asks::Rule;
use super::cap::{Cap, Event, Span};
use super::week::{CalendarId, Narrowed, Week, Windows};
use crate::Said;
use crate::tables::word::Kind;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The longest span of days that a rule may name: a hundred years.
const MOST_DAYS: i64 = 36_525;

/// Reads what a row of this kind asks for. `calendar` finds a calendar of holidays by its name, and
/// `region` a country or a subdivision.
pub(crate) fn parse(
    kind: Kind,
    text: &str,
    calendar: &dyn Fn(&str) -> Option<u16>,
    region: &dyn Fn(&str) -> Result<Region, String>,
) -> Result<Rule, String> {
    let read = Reader { calendar, region };
    match kind {
        Kind::QuietHours if text == "zone known" => Ok(Rule::ZoneKnown),
        Kind::QuietHours => read.hours(text),
        Kind::Days | Kind::Holidays => read.closed(kind, text),
        Kind::Consent => need(text),
        Kind::Dnc => list(text),
        Kind::Cap => cap(text).map(Rule::Cap),
        Kind::Identity | Kind::AiDisclosure | Kind::Recording => say(text),
    }
}

/// Reads the hours that a consent names: weekdays and times only.
pub(crate) fn plain_hours(text: &str) -> Result<Week, String> {
    let read =
        Reader { calendar: &|_| None, region: &|_| Err("regions are not allowed here".to_owned()) };
    let mut week = Week { days: Default::default(), narrowed: Vec::new() };
    for item in items(text)? {
        read.weekday_item(item, &mut week)?;
    }
    Ok(week)
}

struct Reader<'a> {
    calendar: &'a dyn Fn(&str) -> Option<u16>,
    region: &'a dyn Fn(&str) -> Result<Region, String>,
}

impl Reader<'_> {
    fn hours(&self, text: &str) -> Result<Rule, String> {
        let mut week = Week { days: Default::default(), narrowed: Vec::new() };
        for item in items(text)? {
            if item.starts_with("hol(") || item.starts_with("eve(") {
                let (when, hours) = item.split_once(' ').ok_or_else(|| {
                    format!("{item:?} names no hours: write them after it, as `hol(FR) closed`")
                })?;
                let eve = when.starts_with("eve(");
                let calendar = self.calendar(when)?;
                week.narrowed.push(Narrowed { calendar, eve, windows: windows(hours)? });
            } else {
                self.weekday_item(item, &mut week)?;
            }
        }
        if week.days.iter().all(Windows::is_closed) {
            return Err(
                "it is closed on all weekdays: name the weekdays that are open, or write a row of kind consent with `never`"
                    .to_owned(),
            );
        }
        if week.days.iter().all(Windows::is_all_day) && week.narrowed.is_empty() {
            return Err("it is open all week and never objects: remove the row".to_owned());
        }
        Ok(Rule::Hours { week, emergencies: Vec::new() })
    }

    fn weekday_item(&self, item: &str, week: &mut Week) -> Result<(), String> {
        let (days, hours) = item.split_once(' ').ok_or_else(|| {
            format!("{item:?} names no hours: write weekdays and hours, as `mon-fri 09:00-21:00`")
        })?;
        let hours = windows(hours)?;
        for day in weekdays(days)? {
            if !week.days[day].is_closed() {
                return Err(format!("{} is named twice: name it once", WEEKDAYS[day]));
            }
            week.days[day] = hours.clone();
        }
        Ok(())
    }

    fn closed(&self, kind: Kind, text: &str) -> Result<Rule, String> {
        let mut week =
            Week { days: std::array::from_fn(|_| Windows::all_day()), narrowed: Vec::new() };
        let mut emergencies = Vec::new();
        for item in items(text)? {
            let what = item.strip_prefix("closed ").ok_or_else(|| {
                format!("{item:?} does not begin with `closed`: write it as `closed hol(US)`")
            })?;
            if let Some(region) = inside(what, "emergency") {
                emergencies.push((self.region)(region)?);
            } else if what.starts_with("hol(") {
                let calendar = self.calendar(what)?;
                week.narrowed.push(Narrowed { calendar, eve: false, windows: Windows::default() });
            } else if kind == Kind::Holidays {
                return Err(format!(
                    "{what:?} is no calendar of holidays: write `closed hol(US)`, or use the kind days"
                ));
            } else {
                for day in weekdays(what)? {
                    week.days[day] = Windows::default();
                }
            }
        }
        if week.days.iter().all(Windows::is_closed) {
            return Err(
                "it is closed on all weekdays: write a row of kind consent with `never` instead"
                    .to_owned(),
            );
        }
        Ok(Rule::Hours { week, emergencies })
    }

    fn calendar(&self, text: &str) -> Result<CalendarId, String> {
        let name = inside(text, "hol").or_else(|| inside(text, "eve")).ok_or_else(|| {
            format!("{text:?} names no calendar: write it as `hol(FR)` or `eve(FR)`")
        })?;
        if name == "@" {
            return Ok(CalendarId::Own);
        }
        (self.calendar)(name).map(CalendarId::Named).ok_or_else(|| {
            format!(
                "there is no calendar {name:?}: write one of holidays.tsv, as FR or US-PA, or @ for those of the number"
            )
        })
    }
}

/// What stands in `name(…)`.
fn inside<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

fn items(text: &str) -> Result<Vec<&str>, String> {
    let items: Vec<&str> = text.split(';').map(str::trim).collect();
    if items.iter().any(|item| item.is_empty()) {
        return Err("a part of it is empty: write something between two semicolons".to_owned());
    }
    Ok(items)
}

fn weekdays(text: &str) -> Result<std::ops::RangeInclusive<usize>, String> {
    let day = |word: &str| {
        WEEKDAYS
            .iter()
            .position(|known| *known == word)
            .ok_or_else(|| format!("{word:?} is no weekday: write one of {}", WEEKDAYS.join(", ")))
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (day(first)?, day(last)?);
    if first > last {
        return Err(format!("{text:?} runs over Sunday: write two parts, as `sat-sun …; mon …`"));
    }
    Ok(first..=last)
}

fn windows(text: &str) -> Result<Windows, String> {
    if text == "closed" {
        return Ok(Windows::default());
    }
    let parts = text.split('+').map(|part| {
        let (from, to) = part.split_once('-').ok_or_else(|| {
            format!("{part:?} is no span of hours: write it as 09:00-21:00, or closed")
        })?;
        Ok((minute(from)?, minute(to)?))
    });
    let parts = parts.collect::<Result<Vec<_>, String>>()?;
    Windows::new(parts).ok_or_else(|| {
        format!("the hours in {text:?} are not in order: write each from its beginning to its end, the earlier one first")
    })
}

fn minute(text: &str) -> Result<u16, String> {
    let wrong =
        || format!("{text:?} is no time of the day: write it as HH:MM, from 00:00 to 24:00");
    let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
    if hours.len() != 2 || minutes.len() != 2 {
        return Err(wrong());
    }
    let hours: u16 = hours.parse().map_err(|_| wrong())?;
    let minutes: u16 = minutes.parse().map_err(|_| wrong())?;
    let minute = hours * 60 + minutes;
    if minutes > 59 || minute > 1_440 { Err(wrong()) } else { Ok(minute) }
}

fn need(text: &str) -> Result<Rule, String> {
    const HOW: &str =
        "write need express, need express_written, need express within 730d, or never";
    let words: Vec<&str> = text.split_whitespace().collect();
    let (kind, within) = match words.as_slice() {
        ["never"] => return Ok(Rule::Never),
        ["need", kind] => (*kind, None),
        ["need", kind, "within", span] => match span_of(span)? {
            Span::Rolling(span) => (*kind, Some(span)),
            Span::CalendarDays(_) => {
                return Err("the age of consent is not counted in calendar days: write it as 730d"
                    .to_owned());
            }
        },
        _ => return Err(format!("{text:?} is not understood: {HOW}")),
    };
    let written = match kind {
        "express" => false,
        "express_written" => true,
        other => return Err(format!("{other:?} is no kind of consent: {HOW}")),
    };
    Ok(Rule::Need { written, within })
}

fn list(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["list", name, "max_age", age] = words.as_slice() else {
        return Err(format!("{text:?} is not understood: write `list NAME max_age 31d`"));
    };
    let max_age = if *age == "0d" {
        None
    } else {
        match span_of(age)? {
            Span::Rolling(age) => Some(age),
            Span::CalendarDays(_) => {
                return Err(
                    "the age of a list is not counted in calendar days: write it as 31d".to_owned()
                );
            }
        }
    };
    Ok(Rule::List { name: (*name).to_owned(), max_age })
}

fn cap(text: &str) -> Result<Cap, String> {
    const HOW: &str = "write `max 3 in 24h`, `max 4 in 30cd`, `gap 10m`, `stop 60cd after refused` or `stop forever after opt_out`";
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        // What a row counts by subject or by debt is counted over all calls: that is stricter.
        ["max", count, "in", span] | ["max", count, "in", span, "per", "subject" | "debt"] => {
            let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
                format!("{count:?} is no number of calls: write at least 1, or a row of kind consent with `never`")
            })?;
            Ok(Cap::Max { count, span: span_of(span)? })
        }
        ["gap", gap] => match span_of(gap)? {
            Span::Rolling(gap) => Ok(Cap::Gap(gap)),
            Span::CalendarDays(_) => {
                Err("a gap is not counted in calendar days: write it as 10m, 2h or 1d".to_owned())
            }
        },
        ["stop", span, "after", event, rest @ ..] => {
            let event = Event::ALL.into_iter().find(|one| one.as_str() == *event);
            let event = event.ok_or_else(|| {
                format!(
                    "{:?} is nothing that happens to a call: write opt_out, refused, conversation or abandoned",
                    words[3]
                )
            })?;
            let counting_first = match rest {
                [] => false,
                ["counting_first"] => true,
                _ => return Err(format!("{text:?} is not understood: {HOW}")),
            };
            let span = match *span {
                "forever" | "all" => None,
                span => Some(span_of(span)?),
            };
            if counting_first && !matches!(span, Some(Span::CalendarDays(_))) {
                return Err(
                    "only calendar days count from the first: write the span as 7cd".to_owned()
                );
            }
            Ok(Cap::Stop { event, span, counting_first })
        }
        _ => Err(format!("{text:?} is not understood: {HOW}")),
    }
}

fn span_of(text: &str) -> Result<Span, String> {
    let wrong = || {
        format!("{text:?} is no span of time: write it as 10m, 24h, 30d, or 30cd for calendar days")
    };
    let end = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end);
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let days = match unit {
        "m" => number / 1_440,
        "h" => number / 24,
        "d" | "cd" => number,
        _ => return Err(wrong()),
    };
    if number < 1 || days > MOST_DAYS {
        return Err(format!("{text:?} is out of range: write a span of up to a hundred years"));
    }
    Ok(match unit {
        "m" => Span::Rolling(SignedDuration::from_mins(number)),
        "h" => Span::Rolling(SignedDuration::from_hours(number)),
        "d" => Span::Rolling(SignedDuration::from_hours(number * 24)),
        _ => Span::CalendarDays(number),
    })
}

fn say(text: &str) -> Result<Rule, String> {
    const HOW: &str = "write `say ai,on_behalf_of start`, with a time such as 30s or if_asked in place of start if the rule has one";
    let (text, more) = text.split_once(';').map_or((text, None), |(a, b)| (a, Some(b.trim())));
    if !matches!(more, None | Some("consent all" | "continue is consent")) {
        return Err(
            "only `consent all` or `continue is consent` may follow the semicolon: remove it"
                .to_owned(),
        );
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["say", what, when] = words.as_slice() else {
        return Err(format!("{text:?} is not understood: {HOW}"));
    };
    let seconds = when.strip_suffix('s').is_some_and(|number| number.parse::<u16>().is_ok());
    if !seconds && !matches!(*when, "start" | "if_asked") {
        return Err(format!("{when:?} is no time: {HOW}"));
    }
    let said: Said =
        what.parse().map_err(|error: switchboard_core::Error| error.message().to_owned())?;
    if said.is_empty() { Err(format!("nothing is to be said: {HOW}")) } else { Ok(Rule::Say(said)) }
}
