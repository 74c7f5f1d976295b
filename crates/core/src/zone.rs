//! Time zones by name.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{Error, Result};

static BUILT_IN: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name, from the database that is built into the program. The one of the
/// system is not asked: it may be older than what a government decided since, and then a call goes
/// out an hour too early.
///
/// # Errors
/// A name that is none, in words that follow the field's name.
///
/// ```
/// assert!(switchboard_core::time_zone("America/Vancouver").is_ok());
/// assert!(switchboard_core::time_zone("Mars/Olympus").is_err());
/// ```
pub fn time_zone(name: &str) -> Result<TimeZone> {
    BUILT_IN.get(name).map_err(|source| {
        Error::invalid(
            "timezone",
            format!("{name:?} is no IANA time zone: write one as America/New_York"),
        )
        .with_source(source)
    })
}
