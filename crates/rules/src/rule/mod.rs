//! What a row asks for: the grammar of the column `rule`.
//!
//! | kind | written as |
//! |---|---|
//! | `quiet_hours` | `mon-fri 09:00-21:00; sat 10:00-13:00+14:00-18:00; hol(FR) closed; eve(IT) 10:00-19:00`, or `zone known` |
//! | `days` | `closed sun; closed hol(US-UT); closed emergency(US-LA)` |
//! | `holidays` | `closed hol(US-PA)`; `@` means the calendars of the number's country and subdivisions |
//! | `consent` | `need express`, `need express_written`, `need express within 730d`, `never` |
//! | `dnc` | `list US-FTC max_age 31d` |
//! | `cap` | `max 3 in 24h`, `max 4 in 30cd`, `gap 10m`, `stop 60cd after refused`, `stop forever after opt_out` |
//! | `identity`, `ai_disclosure`, `recording` | `say ai,on_behalf_of start` |
//!
//! Weekdays that are not named are closed, hours are half-open, and what names a calendar narrows
//! the weekday and never widens it. `h` and `d` are rolling; `cd` are calendar days where the callee
//! is, today included.

mod asks;
mod cap;
mod parse;
mod week;

use switchboard_core::Error;

pub(crate) use asks::Rule;
pub(crate) use cap::{Cap, Event, Span, length};
pub(crate) use parse::{parse, plain_hours};
pub(crate) use week::{CalendarId, Week};

/// Checks the hours that a consent names, for example `mon-fri 08:00-22:00`.
///
/// # Errors
/// The text is not in that form. The error names the field `consent.hours`.
pub fn check_hours(text: &str) -> Result<(), Error> {
    plain_hours(text).map(drop).map_err(|message| Error::invalid("consent.hours", message))
}
