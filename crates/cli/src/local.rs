//! Times in the time zone of this machine.

use jiff::{Timestamp, tz::TimeZone};

/// The time zone of this machine, and the time that counts as now.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
}

impl Local {
    /// As the operating system and `TZ` say; UTC if they say nothing.
    #[allow(
        clippy::disallowed_methods,
        reason = "a list is read where it is printed; what programs read has the offset, or is in UTC"
    )]
    pub(crate) fn read() -> Self {
        Self { zone: TimeZone::system(), now: Timestamp::now() }
    }

    /// In few columns: `14:03` for today, `11-29 14:03` for another day, and the date alone for
    /// another year.
    pub(crate) fn short(&self, at: Timestamp) -> String {
        let (at, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let format = if at.date() == now.date() {
            "%H:%M"
        } else if at.year() == now.year() {
            "%m-%d %H:%M"
        } else {
            "%Y-%m-%d"
        };
        at.strftime(format).to_string()
    }

    /// With seconds: `14:03:07`, or `11-29 14:03` for another day.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        if then.date() == now.date() {
            return then.strftime("%H:%M:%S").to_string();
        }
        self.short(at)
    }

    /// With milliseconds: `14:03:07.123`, and with the date on another day.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let format =
            if then.date() == now.date() { "%H:%M:%S.%3f" } else { "%Y-%m-%d %H:%M:%S.%3f" };
        then.strftime(format).to_string()
    }

    /// When this day began here.
    pub(crate) fn midnight(&self) -> Timestamp {
        let today = self.now.to_zoned(self.zone.clone());
        today.start_of_day().map_or(self.now, |midnight| midnight.timestamp())
    }

    /// With its offset: `2026-11-29T14:03:07+01:00`.
    pub(crate) fn whole(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
