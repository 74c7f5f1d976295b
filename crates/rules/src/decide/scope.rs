//! Whom a call is for, and where they may be: which rows, zones and holidays count.

use std::cell::OnceCell;

use jiff::{Timestamp, tz::TimeZone};
use switchboard_core::{
    CallFacts, CalleeKind, CalleeLine, Country, ListState, NumberType, Purpose, Region, time_zone,
};

use crate::Asked;
use crate::places::{Places, Zone, belongs_to, is_in_eea};
use crate::tables::word::{Kind, Line};
use crate::tables::{Jurisdiction, Ready, Tables};

/// A row that is about this call.
#[derive(Debug)]
pub(crate) struct Applies<'a> {
    pub(crate) ready: &'a Ready,
    /// Until when an operator lifts it.
    pub(crate) lifted_until: Option<Timestamp>,
    /// What its list says, once it was asked.
    pub(crate) list: OnceCell<ListState>,
}

/// Why it is not known where the callee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The number belongs to no place.
    NoPlace,
    /// The field has something that is no time zone.
    NoZone(&'static str),
    /// They are known to be in a country that is not the number's.
    Elsewhere(Region),
}

/// Whom a call is for, and where they may be.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) callee: CalleeKind,
    pub(crate) rows: Vec<Applies<'a>>,
    /// At least one: UTC if none is known.
    pub(crate) zones: Vec<Zone>,
    /// False if `zones` is only UTC, for want of a better.
    pub(crate) has_zones: bool,
    pub(crate) lost: Option<Lost>,
    /// The calendars of holidays that count.
    pub(crate) calendars: Vec<u16>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(asked: &Asked<'a>, tables: &'a Tables, purpose: Purpose) -> Self {
        let places = tables.places();
        let facts = asked.facts;
        let line = line(asked.to.number_type(), facts.callee_line);
        let callee = callee(facts.callee_kind, line, purpose);
        let place = places.place(asked.to);
        let mut zones = Vec::with_capacity(place.zones.len() + 1);
        let lost = whereabouts(asked, places, place.zones, &mut zones);
        // A number of no place is refused until somebody says where the callee is; the rules of its
        // country are told then.
        let regions = match (lost, facts.callee_region) {
            (Some(Lost::NoPlace), None) => Vec::new(),
            _ => regions(asked, place.subdivisions, purpose),
        };
        let has_zones = !zones.is_empty();
        if !has_zones {
            zones.push(Zone { name: "UTC".into(), zone: TimeZone::UTC });
        }

        let mut rows = Vec::with_capacity(48);
        let mut add = |jurisdiction| {
            let about = tables.about(jurisdiction, purpose).iter();
            let about = about.filter_map(|at| tables.ready(*at)).filter(|ready| {
                ready.lines & (1 << line as u8) != 0
                    && ready.row.callee.is_none_or(|kind| kind == callee)
                    && (ready.row.kind != Kind::Recording || facts.recording == Some(true))
            });
            rows.extend(about.map(|ready| Applies {
                ready,
                lifted_until: lifted_until(ready, facts),
                list: OnceCell::new(),
            }));
        };
        for region in &regions {
            add(Jurisdiction::Region(*region));
        }
        if regions.iter().any(|region| is_in_eea(region.country())) {
            add(Jurisdiction::Eu);
        }
        add(Jurisdiction::Everywhere);
        let calendars = regions.iter().filter_map(|region| places.calendars.of(*region)).collect();
        Self { callee, rows, zones, has_zones, lost, calendars }
    }
}

/// What the numbering plan shows counts; what it does not show may be told.
fn line(kind: NumberType, told: Option<CalleeLine>) -> Line {
    match (kind, told) {
        (_, Some(CalleeLine::Emergency)) => Line::Emergency,
        (NumberType::FixedLine, _) => Line::Landline,
        (NumberType::Mobile, _) => Line::Mobile,
        (NumberType::TollFree, _) => Line::TollFree,
        (_, Some(CalleeLine::Landline)) => Line::Landline,
        (_, Some(CalleeLine::Mobile)) => Line::Mobile,
        (_, Some(CalleeLine::TollFree)) => Line::TollFree,
        (
            NumberType::FixedLineOrMobile
            | NumberType::Voip
            | NumberType::PersonalNumber
            | NumberType::Pager
            | NumberType::Uan
            | NumberType::Voicemail,
            None,
        ) => Line::Unknown,
    }
}

/// Toll-free and emergency lines belong to businesses. Somebody unknown is a consumer, except for a
/// reservation.
fn callee(told: Option<CalleeKind>, line: Line, purpose: Purpose) -> CalleeKind {
    match (line, told) {
        (Line::TollFree | Line::Emergency, _) => CalleeKind::Business,
        (_, Some(told)) => told,
        (_, None) if purpose == Purpose::Reservation => CalleeKind::Business,
        (_, None) => CalleeKind::Consumer,
    }
}

/// The countries and subdivisions whose rules count. A known subdivision replaces those of the area
/// code, except for a call that sells: some states count by area code.
fn regions(asked: &Asked<'_>, by_number: &[Region], purpose: Purpose) -> Vec<Region> {
    let mut regions = Vec::with_capacity(4);
    let mut add = |region: Region| {
        if !regions.contains(&region) {
            regions.push(region);
        }
    };
    let country = asked.to.country();
    belongs_to(country).map(Region::from).into_iter().for_each(&mut add);
    add(country.into());
    let known = asked.facts.callee_region;
    if known.is_none_or(|region| region.subdivision().is_none()) || purpose == Purpose::Marketing {
        by_number.iter().copied().for_each(&mut add);
    }
    if let Some(region) = known {
        belongs_to(region.country()).map(Region::from).into_iter().for_each(&mut add);
        add(region.country().into());
        add(region);
    }
    regions
}

/// Collects the zones in which the callee may be. A zone that is known replaces those of the
/// number; a guessed one is added.
fn whereabouts(
    asked: &Asked<'_>,
    places: &Places,
    by_number: &[u16],
    zones: &mut Vec<Zone>,
) -> Option<Lost> {
    let facts = asked.facts;
    let mut add = |zone: Zone| {
        if !zones.iter().any(|known: &Zone| known.name == zone.name) {
            zones.push(zone);
        }
    };
    let mut lost = None;
    if let Some(name) = &facts.callee_timezone {
        match named(places, name) {
            Some(zone) => add(zone),
            None => lost = Some(Lost::NoZone("callee_timezone")),
        }
    } else {
        let by_region = facts.callee_region.map_or(&[][..], |region| places.zones_of(region));
        by_number
            .iter()
            .chain(by_region)
            .filter_map(|at| places.zone(*at))
            .cloned()
            .for_each(&mut add);
        lost = match facts.callee_region {
            Some(region) if by_region.is_empty() && !is_same(region, asked.to.country()) => {
                Some(Lost::Elsewhere(region))
            }
            _ if by_number.is_empty() && by_region.is_empty() => Some(Lost::NoPlace),
            _ => None,
        };
    }
    if let Some(name) = &facts.callee_timezone_guess {
        match named(places, name) {
            Some(zone) => add(zone),
            None => lost = lost.or(Some(Lost::NoZone("callee_timezone_guess"))),
        }
    }
    lost
}

/// True if a region is in the country, or the country in its.
fn is_same(region: Region, country: Country) -> bool {
    let of = region.country();
    of == country || belongs_to(country) == Some(of)
}

fn named(places: &Places, name: &str) -> Option<Zone> {
    if let Some(zone) = places.zone_named(name) {
        return Some(zone.clone());
    }
    let zone = time_zone(name).ok()?;
    Some(Zone { name: zone.iana_name().unwrap_or(name).into(), zone })
}

fn lifted_until(ready: &Ready, facts: &CallFacts) -> Option<Timestamp> {
    if facts.overrides.is_empty() || !ready.may_be_lifted() {
        return None;
    }
    let lifted = facts.overrides.iter().filter(|one| one.rule == ready.row.id);
    lifted.map(|one| one.until).max()
}
