//! Time zones by name.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{Error, Result};

static BUILT_IN: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Returns the time zone with this IANA name, from the database that is built into the program. The
/// database of the system is not used: it may be out of date, and then a call would go out an hour
/// too early.
///
/// # Errors
/// The name is not an IANA time zone. The error names the field `timezone`.
///
/// ```
/// assert!(switchboard_core::time_zone("America/Vancouver").is_ok());
/// assert!(switchboard_core::time_zone("Mars/Olympus").is_err());
/// ```
pub fn time_zone(name: &str) -> Result<TimeZone> {
    BUILT_IN.get(name).map_err(|source| {
        // What was written there is not repeated: it may be anything.
        Error::invalid("timezone", "is not an IANA time zone: write one as America/New_York")
            .with_source(source)
    })
}
