//! Parses a point in time. Ambiguous times are rejected: a call that is an hour early wakes
//! somebody up.

use jiff::{
    Timestamp, civil,
    fmt::temporal::DateTimeParser,
    tz::{Disambiguation, OffsetConflict},
};

use crate::{Error, Result, time_zone};

/// Parses a point in time as requests write it: `2026-02-14T20:00:00Z`, `2026-02-14T20:00+01:00`,
/// `2026-02-14T20:00[Europe/Berlin]`, or with the IANA name of a time zone `2026-02-14T20:00`.
///
/// # Errors
/// Names the field, what is wrong and how to fix it.
pub fn moment(field: &'static str, text: &str, zone: Option<&str>) -> Result<Timestamp> {
    let text = text.trim();
    if text.contains('[') {
        return in_its_zone(field, text);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: civil::DateTime = match text.parse() {
        Ok(local) if text.parse::<civil::Date>().is_err() || text.contains(':') => local,
        Ok(_) => {
            return Err(Error::invalid(
                field,
                format!("{text:?} is a day without a time: add one, as {text}T09:00:00Z"),
            ));
        }
        Err(source) => {
            let told = format!(
                "{text:?} is not a date and time: write it with its offset, as 2026-02-14T20:00:00Z"
            );
            return Err(Error::invalid(field, told).with_source(source));
        }
    };
    let Some(name) = zone else {
        return Err(Error::invalid(
            field,
            format!(
                "{text:?} has no time zone: add its offset, as {text}Z, or give the call a timezone"
            ),
        ));
    };
    let moment =
        time_zone(name)?.to_ambiguous_timestamp(local).disambiguate(Disambiguation::Reject);
    moment.map_err(|source| Error::invalid(field, twice_or_never(text, name)).with_source(source))
}

/// A time with the name of its zone.
fn in_its_zone(field: &'static str, text: &str) -> Result<Timestamp> {
    let strict = DateTimeParser::new()
        .offset_conflict(OffsetConflict::Reject)
        .disambiguation(Disambiguation::Reject);
    let source = match strict.parse_zoned(text) {
        Ok(moment) => return Ok(moment.timestamp()),
        Err(source) => source,
    };
    // Try what the text would mean without its offset, to say what is wrong with it.
    let lenient = DateTimeParser::new().offset_conflict(OffsetConflict::AlwaysTimeZone);
    let message = match lenient.parse_zoned(text) {
        Err(_) => format!(
            "{text:?} is not a date and time in an IANA time zone: write it as 2026-02-14T20:00[Europe/Berlin]"
        ),
        Ok(there) => {
            let zone = there.time_zone().iana_name().unwrap_or("its zone").to_owned();
            match text.parse::<Timestamp>() {
                Ok(said) if said != there.timestamp() => format!(
                    "{text:?} contradicts itself, because {zone} is at {} then: leave out the offset or the zone",
                    there.offset()
                ),
                Ok(_) | Err(_) => twice_or_never(text, &zone),
            }
        }
    };
    Err(Error::invalid(field, message).with_source(source))
}

fn twice_or_never(text: &str, zone: &str) -> String {
    format!(
        "{text:?} happens twice or never in {zone}, because the clocks change: add its offset, as +01:00"
    )
}
