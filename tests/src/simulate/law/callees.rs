//! The people that simulated worlds call, and where they are.
//!
//! Places and clocks are written down by hand, so that a mistake in the product's tables of area
//! codes and time zones shows. They hold for 2026.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// When clocks are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Summer {
    Never,
    /// From the second Sunday of March to the first of November, at two on the wall.
    America,
    /// From the last Sunday of March to the last of October, at one in UTC.
    Europe,
}

const MARCH_8: i64 = 1_772_928_000;
const MARCH_29: i64 = 1_774_742_400;
const OCTOBER_25: i64 = 1_792_886_400;
const NOVEMBER_1: i64 = 1_793_491_200;
const HOUR: i64 = 3_600;

/// A time zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zone {
    pub(super) name: &'static str,
    /// Minutes ahead of UTC in winter.
    winter: i64,
    summer: Summer,
}

impl Zone {
    const fn new(name: &'static str, winter: i64, summer: Summer) -> Self {
        Self { name, winter, summer }
    }

    /// The time on the wall.
    pub(super) fn local(&self, at: Timestamp) -> DateTime {
        let (second, winter) = (at.as_second(), self.winter * 60);
        let is_summer = match self.summer {
            Summer::Never => false,
            Summer::America => {
                (MARCH_8 + 2 * HOUR - winter..NOVEMBER_1 + HOUR - winter).contains(&second)
            }
            Summer::Europe => (MARCH_29 + HOUR..OCTOBER_25 + HOUR).contains(&second),
        };
        let wall = second + winter + if is_summer { HOUR } else { 0 };
        TimeZone::UTC.to_datetime(Timestamp::from_second(wall).expect("a time in 2026"))
    }
}

const NEW_YORK: Zone = Zone::new("America/New_York", -300, Summer::America);
const CHICAGO: Zone = Zone::new("America/Chicago", -360, Summer::America);
const PHOENIX: Zone = Zone::new("America/Phoenix", -420, Summer::Never);
const HONOLULU: Zone = Zone::new("Pacific/Honolulu", -600, Summer::Never);
const TORONTO: Zone = Zone::new("America/Toronto", -300, Summer::America);
const HALIFAX: Zone = Zone::new("America/Halifax", -240, Summer::America);
const ST_JOHNS: Zone = Zone::new("America/St_Johns", -210, Summer::America);
const LONDON: Zone = Zone::new("Europe/London", 0, Summer::Europe);
const BERLIN: Zone = Zone::new("Europe/Berlin", 60, Summer::Europe);
const PARIS: Zone = Zone::new("Europe/Paris", 60, Summer::Europe);
const MADRID: Zone = Zone::new("Europe/Madrid", 60, Summer::Europe);
const CANARY: Zone = Zone::new("Atlantic/Canary", 0, Summer::Europe);
const ROME: Zone = Zone::new("Europe/Rome", 60, Summer::Europe);
const LISBON: Zone = Zone::new("Europe/Lisbon", 0, Summer::Europe);
const AZORES: Zone = Zone::new("Atlantic/Azores", -60, Summer::Europe);
const KOLKATA: Zone = Zone::new("Asia/Kolkata", 330, Summer::Never);
const TOKYO: Zone = Zone::new("Asia/Tokyo", 540, Summer::Never);
const KATHMANDU: Zone = Zone::new("Asia/Kathmandu", 345, Summer::Never);

const ZONES: [Zone; 18] = [
    NEW_YORK, CHICAGO, PHOENIX, HONOLULU, TORONTO, HALIFAX, ST_JOHNS, LONDON, BERLIN, PARIS,
    MADRID, CANARY, ROME, LISBON, AZORES, KOLKATA, TOKYO, KATHMANDU,
];

/// The names of all zones.
pub(super) fn zone_names() -> impl Iterator<Item = &'static str> {
    ZONES.iter().map(|zone| zone.name)
}

/// The zone of this name.
pub(super) fn zone(name: &str) -> &'static Zone {
    ZONES.iter().find(|zone| zone.name == name).expect("only zones of this list are named")
}

/// A person.
#[derive(Debug)]
pub(super) struct Callee {
    pub(super) number: &'static str,
    /// The jurisdictions in which they are.
    pub(super) places: &'static [&'static str],
    /// Every zone in which they may be.
    pub(super) zones: &'static [Zone],
    /// True for a line that may be a mobile phone.
    pub(super) mobile: bool,
}

const fn person(
    number: &'static str,
    places: &'static [&'static str],
    zones: &'static [Zone],
    mobile: bool,
) -> Callee {
    Callee { number, places, zones, mobile }
}

/// From ranges for fiction where the plan has them, else the examples of the numbering plans.
static CALLEES: [Callee; 24] = [
    person("+12125550101", &["US", "US-NY"], &[NEW_YORK], true),
    person("+442079460101", &["GB"], &[LONDON], false),
    person("+18505550102", &["US", "US-FL"], &[NEW_YORK, CHICAGO], true),
    person("+14165550103", &["CA", "CA-ON"], &[TORONTO], true),
    person("+493023125104", &["DE", "EU"], &[BERLIN], false),
    person("+13125550105", &["US", "US-IL"], &[CHICAGO], true),
    person("+33612345678", &["FR", "EU"], &[PARIS], true),
    person("+16025550106", &["US", "US-AZ"], &[PHOENIX], true),
    person("+442079460107", &["GB"], &[LONDON], false),
    person("+13055550108", &["US", "US-FL"], &[NEW_YORK], true),
    person("+919876543210", &["IN"], &[KOLKATA], true),
    person("+17095550109", &["CA", "CA-NL"], &[HALIFAX, ST_JOHNS], true),
    person("+34612345678", &["ES", "EU"], &[MADRID, CANARY], true),
    person("+18085550110", &["US", "US-HI"], &[HONOLULU], true),
    person("+351912345678", &["PT", "EU"], &[LISBON, AZORES], true),
    person("+12195550111", &["US", "US-IN"], &[CHICAGO, NEW_YORK], true),
    person("+819012345678", &["JP"], &[TOKYO], true),
    person("+12125550112", &["US", "US-NY"], &[NEW_YORK], true),
    person("+393123456789", &["IT", "EU"], &[ROME], true),
    person("+14165550113", &["CA", "CA-ON"], &[TORONTO], true),
    person("+442079460114", &["GB"], &[LONDON], false),
    person("+9779841234567", &["NP"], &[KATHMANDU], true),
    person("+493023125115", &["DE", "EU"], &[BERLIN], false),
    person("+16025550116", &["US", "US-AZ"], &[PHOENIX], true),
];

/// The number of the `nth` person of a world, which differ as far as there are people.
pub(in crate::simulate) fn number(nth: usize) -> &'static str {
    CALLEES[nth % CALLEES.len()].number
}

/// The person with this number.
pub(super) fn callee(number: &str) -> &'static Callee {
    CALLEES.iter().find(|one| one.number == number).expect("worlds call nobody else")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::SignedDuration;
    use switchboard::{PhoneNumber, core::time_zone};

    use super::*;

    #[test]
    fn numbers_are_valid_and_differ() {
        let numbers: BTreeSet<_> = (0..CALLEES.len()).map(number).collect();
        assert_eq!(numbers.len(), CALLEES.len());
        for number in numbers {
            assert!(PhoneNumber::parse(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn clocks_agree_with_the_time_zone_database() {
        let begin: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        for zone in &ZONES {
            let known = time_zone(zone.name).unwrap();
            for half in 0..364 * 48 {
                let at = begin + SignedDuration::from_mins(30 * half);
                assert_eq!(zone.local(at), known.to_datetime(at), "{} at {at}", zone.name);
            }
        }
    }
}
