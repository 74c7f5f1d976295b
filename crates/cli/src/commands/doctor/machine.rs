//! The configuration, the calling rules and the time zones.

use switchboard::{
    core::{Finding, Severity},
    jiff::{Timestamp, ToSpan, civil, tz::TimeZone},
    rules::Tables,
};

use super::{report::Section, subject::Setup};
use crate::commands::policy::warnings;

pub(super) fn configuration(setup: &Setup) -> Section {
    let warnings = warnings::of(&setup.config, &setup.policy).into_iter();
    // The rules have a section of their own.
    let mut findings: Vec<Finding> = warnings
        .filter(|warning| warning.key != "rules.off")
        .map(|warning| {
            let message = format!("{} {}", warning.key, warning.message);
            let mut finding = Finding::ok("configuration", message);
            finding.severity = Severity::Warning;
            finding
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok("configuration", "no likely mistakes"));
    }
    Section::new("configuration", findings)
}

pub(super) fn rules(setup: &Setup) -> Section {
    let (now, tables) = (setup.clock.now(), &setup.tables);
    let gate = match &setup.policy.rules.off {
        Some(reason) => Finding::warning(
            "rules",
            format!("they are off ({reason}), so only opt-outs are checked before a call"),
            "take off out of [rules] before people are called",
        ),
        None => Finding::ok("rules", "they are asked before every call"),
    };
    let age = match tables.age_if_old(now) {
        Some(days) => Finding::warning(
            "tables",
            format!("the built-in ones are of {}, {days} days ago", tables.as_of()),
            "update Switchboard",
        ),
        None => Finding::ok(
            "tables",
            format!("the built-in ones are of {}, which is new enough", tables.as_of()),
        ),
    };
    Section::new("rules", vec![gate, age, zones(Tables::time_zones(), now)])
}

/// The database has the year of its release in its name, and several releases follow in a year.
fn zones(version: &str, now: Timestamp) -> Finding {
    let name = format!("the database {version}");
    let year = version.get(..4).and_then(|year| year.parse::<i16>().ok());
    let ends = year.and_then(|year| civil::Date::new(year, 12, 31).ok());
    let old = ends.and_then(|ends| ends.checked_add(6.months()).ok());
    match old {
        None => Finding::note("time zones", format!("{name} does not say how old it is")),
        Some(old) if TimeZone::UTC.to_datetime(now).date() > old => Finding::warning(
            "time zones",
            format!("{name} is more than half a year old, and governments change their clocks"),
            "update Switchboard",
        ),
        Some(_) => Finding::ok("time zones", format!("{name} is new enough")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use switchboard::core::Severity;

    use super::zones;

    #[test]
    fn a_database_is_old_half_a_year_after_its_year() {
        let severity = |version, now: &str| zones(version, now.parse().unwrap()).severity;
        assert_eq!(severity("2026a", "2027-06-30T23:59:59Z"), Severity::Ok);
        assert_eq!(severity("2026a", "2027-07-01T00:00:00Z"), Severity::Warning);
        assert_eq!(severity("unknown", "2027-07-01T00:00:00Z"), Severity::Note);
    }
}
