//! Calendars of holidays.

use std::collections::HashMap;

use jiff::civil;
use switchboard_core::Region;

use super::lines::lines;
use crate::tables::day;

/// The calendars of holidays, by name.
#[derive(Debug, Default)]
pub(crate) struct Calendars {
    by_name: HashMap<String, u16>,
    /// The days since 1970-01-01, in order.
    days: Vec<Vec<i64>>,
}

impl Calendars {
    pub(super) fn read(text: &str) -> Self {
        let mut calendars = Self::default();
        for fields in lines(text) {
            let [name, date, ..] = fields.as_slice() else { continue };
            let Ok(date) = date.parse::<civil::Date>() else { continue };
            let next = calendars.days.len() as u16;
            let at = *calendars.by_name.entry((*name).to_owned()).or_insert(next);
            if at == next {
                calendars.days.push(Vec::new());
            }
            if let Some(days) = calendars.days.get_mut(usize::from(at)) {
                days.push(day(date));
            }
        }
        for days in &mut calendars.days {
            days.sort_unstable();
            days.dedup();
        }
        calendars
    }

    /// The calendar of this name.
    pub(crate) fn named(&self, name: &str) -> Option<u16> {
        self.by_name.get(name).copied()
    }

    /// The calendar of a country or a subdivision.
    pub(crate) fn of(&self, region: Region) -> Option<u16> {
        // Written to a buffer on the stack: this is asked for every call.
        let mut name = [0_u8; 6];
        let country = region.country();
        let mut length = 2;
        name[..2].copy_from_slice(country.as_str().as_bytes().get(..2)?);
        if let Some(subdivision) = region.subdivision() {
            name[2] = b'-';
            name.get_mut(3..3 + subdivision.len())?.copy_from_slice(subdivision.as_bytes());
            length = 3 + subdivision.len();
        }
        self.named(str::from_utf8(name.get(..length)?).ok()?)
    }

    /// True if the day is a holiday of this calendar.
    pub(crate) fn is_holiday(&self, calendar: u16, day: i64) -> bool {
        self.days.get(usize::from(calendar)).is_some_and(|days| days.binary_search(&day).is_ok())
    }
}
