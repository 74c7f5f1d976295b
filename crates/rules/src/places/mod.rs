//! Where a number is: its country and subdivisions, its time zones, and their holidays.

mod calendars;
mod lines;
mod numbers;
mod zones;

use std::sync::LazyLock;

use switchboard_core::{Country, PhoneNumber, Region};

pub(crate) use calendars::Calendars;
pub(crate) use numbers::Place;
use numbers::{Nanp, Prefixes};
pub(crate) use zones::Zone;
use zones::Zones;

/// The built-in tables of area codes, prefixes and holidays.
#[derive(Debug)]
pub(crate) struct Places {
    zones: Zones,
    pub(crate) calendars: Calendars,
    nanp: Nanp,
    prefixes: Prefixes,
}

static BUILTIN: LazyLock<Places> = LazyLock::new(|| {
    let mut zones = Zones::default();
    let nanp = Nanp::read(include_str!("../../data/nanp.tsv"), &mut zones);
    let prefixes = Prefixes::read(include_str!("../../data/zones.tsv"), &mut zones);
    let calendars = Calendars::read(include_str!("../../data/holidays.tsv"));
    Places { zones, calendars, nanp, prefixes }
});

impl Places {
    /// The built-in ones.
    pub(crate) fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// What the number says about where it is.
    pub(crate) fn place(&self, number: &PhoneNumber) -> Place<'_> {
        if number.country_code() == 1 {
            self.nanp.place(number)
        } else {
            Place { subdivisions: &[], zones: self.prefixes.zones(number) }
        }
    }

    /// The time zones of a subdivision whose area codes are known.
    pub(crate) fn zones_of(&self, region: Region) -> &[u16] {
        self.nanp.zones_of(region)
    }

    /// True if numbers of this country show their subdivision.
    pub(crate) fn knows_subdivisions(&self, country: Country) -> bool {
        matches!(country.as_str(), "US" | "CA")
    }

    pub(crate) fn zone(&self, at: u16) -> Option<&Zone> {
        self.zones.at(at)
    }

    /// The zone of this name, if the tables have it.
    pub(crate) fn zone_named(&self, name: &str) -> Option<&Zone> {
        self.zones.named(name)
    }
}

/// The members of the European Union, its outermost regions, and Iceland, Liechtenstein and Norway.
pub(crate) fn is_in_eea(country: Country) -> bool {
    const EEA: [&str; 37] = [
        "AT", "AX", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GF", "GP", "GR",
        "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MF", "MQ", "MT", "NL", "NO", "PL",
        "PT", "RE", "RO", "SE", "SI", "SK", "YT",
    ];
    EEA.binary_search(&country.as_str()).is_ok()
}

/// The country whose rules hold in a territory that has a code of its own.
pub(crate) fn belongs_to(territory: Country) -> Option<Country> {
    match territory.as_str() {
        "AS" | "GU" | "MP" | "PR" | "VI" => Some(Country::US),
        "BL" | "GF" | "GP" | "MF" | "MQ" | "RE" | "YT" => Some(Country::FR),
        "AX" => "FI".parse().ok(),
        "SJ" => "NO".parse().ok(),
        "CC" | "CX" => "AU".parse().ok(),
        _ => None,
    }
}
