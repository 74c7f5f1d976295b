//! Hours, holidays and clock changes, beside a slow reading of the same rows that walks the clock
//! minute by minute and knows nothing of how the crate does it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use switchboard_core::{
    Purpose, RuleEffect, RuleVerdict,
    jiff::{SignedDuration, Timestamp, civil, tz::TimeZone},
    time_zone,
};
use switchboard_rules::{Effect, Kind, Row, Tables, Unless};

use crate::support::{Call, Chance, HOLIDAYS, NANP, ZONES, at, lines, number_in, stops, written};

/// The calendars of holidays.
fn calendars() -> BTreeMap<&'static str, BTreeSet<civil::Date>> {
    let mut calendars: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for fields in lines(HOLIDAYS) {
        calendars.entry(fields[0]).or_default().insert(fields[1].parse().unwrap());
    }
    calendars
}

/// Reads rows of hours slowly.
struct Slow {
    calendars: BTreeMap<&'static str, BTreeSet<civil::Date>>,
    /// Where the number is, for the calendar `@`.
    places: Vec<String>,
}

impl Slow {
    fn is_holiday(&self, name: &str, date: civil::Date) -> bool {
        let of = |name: &str| self.calendars.get(name).is_some_and(|days| days.contains(&date));
        if name == "@" { self.places.iter().any(|name| of(name)) } else { of(name) }
    }

    /// True if the rule lets a call pass at this local time.
    fn is_open(&self, rule: &str, now: civil::DateTime) -> bool {
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let today = now.date().weekday().to_monday_zero_offset() as usize;
        let day = |word: &str| DAYS.iter().position(|known| *known == word).unwrap();
        let is_today = |days: &str| match days.split_once('-') {
            Some((first, last)) => (day(first)..=day(last)).contains(&today),
            None => day(days) == today,
        };
        let time = |text: &str| {
            let (hours, minutes) = text.split_once(':').unwrap();
            hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap()
        };
        let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
        let within = |hours: &str| {
            hours != "closed"
                && hours.split('+').any(|span| {
                    let (from, to) = span.split_once('-').unwrap();
                    time(from) <= minute && minute < time(to)
                })
        };
        let named = |text: &str| text[4..text.len() - 1].to_owned();
        let mut open = rule.starts_with("closed");
        for item in rule.split("; ") {
            if let Some(what) = item.strip_prefix("closed ") {
                let hits = if what.starts_with("emergency") {
                    false
                } else if what.starts_with("hol(") {
                    self.is_holiday(&named(what), now.date())
                } else {
                    is_today(what)
                };
                open &= !hits;
                continue;
            }
            let (when, hours) = item.split_once(' ').unwrap();
            if when.starts_with("hol(") || when.starts_with("eve(") {
                let date = if when.starts_with("eve") {
                    now.date().tomorrow().unwrap()
                } else {
                    now.date()
                };
                open &= !self.is_holiday(&named(when), date) || within(hours);
            } else if is_today(when) {
                open = within(hours);
            }
        }
        open
    }

    /// The first whole minute, not before `at`, at which all rules are open in all zones.
    fn opens(
        &self,
        rules: &[&Row],
        zones: &[TimeZone],
        from: Timestamp,
        minutes: i64,
    ) -> Option<Timestamp> {
        let second = from.as_second();
        let first = Timestamp::from_second(second + (60 - second.rem_euclid(60)) % 60).unwrap();
        let walked = (0..minutes).map(|step| first + SignedDuration::from_mins(step));
        std::iter::once(from).chain(walked).find(|now| self.all_open(rules, zones, *now))
    }

    fn all_open(&self, rules: &[&Row], zones: &[TimeZone], now: Timestamp) -> bool {
        zones.iter().all(|zone| {
            let local = zone.to_datetime(now);
            rules.iter().all(|row| {
                let date = local.date();
                let in_force = row.from.is_none_or(|from| from <= date)
                    && row.until.is_none_or(|until| date <= until);
                !in_force || self.is_open(&row.rule, local)
            })
        })
    }
}

/// The changes of a zone's clock in the fourteen months that the tables were written for.
fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let (from, to) = (at("2026-10-01T00:00Z"), at("2028-01-01T00:00Z"));
    let changes = zone.following(from).map(|change| change.timestamp());
    changes.take_while(|change| *change < to).collect()
}

/// All zones that the tables name.
fn all_zones() -> Vec<&'static str> {
    let named = lines(NANP).map(|fields| fields[4]).chain(lines(ZONES).map(|fields| fields[1]));
    let zones: BTreeSet<_> = named.flat_map(|names| names.split(',')).collect();
    zones.into_iter().filter(|name| !name.is_empty()).collect()
}

/// Tables whose only hours for reservations are these.
fn with_hours(rule: &str) -> Tables {
    let text = format!(
        "id\tjurisdiction\tkind\tpurposes\trule\teffect\tsource\tchecked\tas_of\n\
         P-HOURS-RESERVATION\t*\tquiet_hours\treservation\t{rule}\tgate\tours\tpolicy\t2026-11-29\n"
    );
    Tables::builtin().with_rows("own.tsv", &text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Compares a call for a table with the walked clock.
fn compare(rule: &str, zones: &[&str], now: Timestamp) {
    let tables = with_hours(rule);
    let call = Call::new(crate::support::to("+447400123456"), Purpose::Reservation).with(|call| {
        call.facts.callee_timezone = Some(zones[0].to_owned());
        call.facts.callee_timezone_guess = zones.get(1).map(|zone| (*zone).to_owned());
    });
    let decision = call.decide(&tables, now);
    let slow = Slow { calendars: BTreeMap::new(), places: Vec::new() };
    let row = tables.row("P-HOURS-RESERVATION").unwrap();
    let walked: Vec<_> = zones.iter().map(|name| time_zone(name).unwrap()).collect();
    const MINUTES: i64 = 2 * 1_440;
    let opens = slow.opens(&[row], &walked, now, MINUTES);
    let what = format!("{rule} in {zones:?} at {now}: {decision:#?}");
    match opens {
        Some(then) if then == now => assert_eq!(decision.verdict, RuleVerdict::Allow, "{what}"),
        Some(then) => assert_eq!(decision.wait_until, Some(then), "{what}"),
        None => {
            assert_ne!(decision.verdict, RuleVerdict::Allow, "{what}");
            let end = now + SignedDuration::from_mins(MINUTES - 1);
            assert!(decision.wait_until.is_none_or(|then| then > end), "{what}");
        }
    }
}

/// Around both changes of every zone's clock, with hours that begin and end at the change.
#[test]
fn the_first_open_instant_is_right_at_every_change_of_every_clock() {
    let mut chance = Chance(7);
    let mut met = 0;
    for name in all_zones() {
        let zone = time_zone(name).unwrap();
        let quiet = [at("2026-12-09T12:00Z")];
        let changes = changes(&zone);
        let instants = if changes.is_empty() { &quiet[..] } else { &changes };
        for change in instants {
            // The hours begin somewhere near the time that is skipped or shown twice.
            let local = zone.to_datetime(*change);
            let minute = i64::from(local.hour()) * 60 + chance.below(180) as i64 - 90;
            let from = minute.clamp(0, 1_430);
            let to = (from + 1 + chance.below(90) as i64).min(1_440);
            let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            let rule = format!("mon-sun {}-{}", clock(from), clock(to));
            let before = SignedDuration::from_secs(chance.below(3 * 3_600) as i64);
            compare(&rule, &[name], *change - before);
            met += 1;
        }
    }
    assert!(met > 400, "{met}");
}

prop_compose! {
    fn window()(from in 0_u32..1_440, length in 1_u32..600) -> String {
        let to = (from + length).min(1_440);
        format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn hours_of_all_kinds_open_in_two_zones_when_the_clock_says_so(
        (week, weekend) in (window(), window()),
        zones in proptest::sample::subsequence(all_zones(), 2),
        hours in 0_i64..24 * 400,
        seconds in 0_i64..3_600,
    ) {
        let now = at("2026-12-01T00:00Z") + SignedDuration::from_secs(hours * 3_600 + seconds);
        compare(&format!("mon-fri {week}; sat {weekend}"), &zones, now);
    }
}

/// Every row of hours, days and holidays, with all others that are about the same call.
#[test]
fn every_row_of_hours_agrees_with_a_clock_walked_by_minutes() {
    let tables = Tables::builtin();
    let is_timed = |row: &Row| {
        matches!(row.kind, Kind::QuietHours | Kind::Days | Kind::Holidays)
            && row.effect != Effect::Info
            && row.rule != "zone known"
            && !row.rule.contains("emergency(")
    };
    let calendars = calendars();
    let mut chance = Chance(11);
    let mut objected = BTreeSet::new();
    for row in tables.rows().filter(|row| is_timed(row)) {
        for turn in 0..6 {
            let number = number_in(row.jurisdiction);
            let purpose = row.purposes[turn % row.purposes.len()];
            // Sometimes on a holiday, or on the day before one.
            let mut now = at("2026-12-01T00:00Z")
                + SignedDuration::from_mins(chance.below(400 * 1_440) as i64);
            if turn % 2 == 0
                && let Some((_, calendar)) = row.rule.split_once("hol(")
            {
                let name = calendar.split(')').next().unwrap();
                let name = if name == "@" { "GB" } else { name };
                let days: Vec<_> = calendars[name].iter().collect();
                let day = days[chance.below(days.len() as u64) as usize];
                let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
                now = noon - SignedDuration::from_mins(chance.below(2_000) as i64);
            }
            let call = Call::new(number, purpose).with(|call| {
                call.facts.callee_kind = row.callee;
                call.facts.consent = Some(written(now - SignedDuration::from_hours(24)));
                // Wyoming's device rule is lifted by nothing less.
                if row.jurisdiction.to_string() == "US-WY" {
                    call.facts.relationship = Some("order 4711".to_owned());
                }
            });
            let decision = call.decide(&tables, now);
            let mut held = vec![Unless::Consent, Unless::Written];
            if call.facts.relationship.is_some() {
                held.push(Unless::Ebr);
            }
            let places = places(&call);
            let about = |row: &&Row| {
                is_timed(row)
                    && row.effect == Effect::Gate
                    && row.purposes.contains(&purpose)
                    && row.callee.is_none_or(|kind| kind == callee(&call))
                    && !row.unless.iter().any(|one| held.contains(one))
                    && holds(row, &places)
            };
            let rows: Vec<&Row> = tables.rows().filter(about).collect();
            let zones: Vec<_> =
                decision.zones.iter().map(|one| time_zone(&one.zone).unwrap()).collect();
            let slow = Slow { calendars: calendars.clone(), places };
            let opens = slow.opens(&rows, &zones, now, 2 * 1_440);
            let what = format!("{} for {purpose} at {now}: {decision:#?}", row.id);
            for row in &rows {
                let closed = !slow.all_open(&[*row], &zones, now);
                assert_eq!(stops(&decision).contains(&row.id.as_str()), closed, "{what}");
                if closed {
                    objected.insert(row.id.clone());
                }
            }
            let others = decision.findings.iter().filter(|one| one.effect == RuleEffect::Stops);
            let others = others.filter(|one| !rows.iter().any(|row| row.id == one.rule)).count();
            match opens {
                _ if others > 0 => panic!("another row stops it: {what}"),
                Some(then) if then == now => {
                    assert_eq!(decision.verdict, RuleVerdict::Allow, "{what}")
                }
                Some(then) => assert_eq!(decision.wait_until, Some(then), "{what}"),
                None => assert_ne!(decision.verdict, RuleVerdict::Allow, "{what}"),
            }
        }
    }
    assert!(objected.len() > 30, "{objected:?}");
}

fn callee(call: &Call) -> switchboard_core::CalleeKind {
    use switchboard_core::CalleeKind;
    call.facts.callee_kind.unwrap_or(match call.facts.purpose {
        Some(Purpose::Reservation) => CalleeKind::Business,
        _ => CalleeKind::Consumer,
    })
}

/// The country and the subdivisions of a number.
fn places(call: &Call) -> Vec<String> {
    let mut places = vec![call.to.country().to_string()];
    if call.to.country_code() == 1 {
        let code = &call.to.national_digits()[..3];
        let area = lines(NANP).find(|fields| fields[0] == code).unwrap();
        places.extend(area[3].split(',').map(str::to_owned));
    }
    places
}

fn holds(row: &Row, places: &[String]) -> bool {
    match row.jurisdiction.to_string().as_str() {
        "*" => true,
        "EU" => panic!("no row of hours holds in the whole Union"),
        name => places.iter().any(|place| place == name),
    }
}
