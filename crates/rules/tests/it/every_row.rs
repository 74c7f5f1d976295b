//! Every row of the tables objects to some call, and not to another.

use switchboard_core::{
    CalleeKind, CalleeLine, ListState, Purpose, RuleEffect,
    jiff::{Timestamp, tz::TimeZone},
};
use switchboard_rules::{Effect, Jurisdiction, Kind, Line, Row, Said, Tables};

use crate::support::{Call, EveryList, at, effect_of, hours, number_in, to, written};

/// A call that the row is about, without any fact that would satisfy or lift it.
fn bare(row: &Row) -> Call {
    let number = match (row.id.as_str(), row.jurisdiction) {
        ("P-ZONE", _) => to("+15005550006"),
        (_, jurisdiction) => number_in(jurisdiction),
    };
    let mut call = Call::new(number, row.purposes[0]);
    call.facts.callee_kind = row.callee;
    call.facts.callee_line = match row.lines.first() {
        Some(Line::Landline) => Some(CalleeLine::Landline),
        Some(Line::Emergency) => Some(CalleeLine::Emergency),
        Some(Line::Mobile | Line::TollFree | Line::Unknown) | None => None,
    };
    call.facts.recording = Some(true);
    call
}

/// A time at which the row is in force.
fn in_force(row: &Row) -> Timestamp {
    let day = row.until.or(row.from.filter(|from| from.year() > 2025));
    day.map_or(at("2026-12-09T16:00Z"), |day| {
        day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
    })
}

/// The same call with what the row asks for, and the time at which it is to be made.
fn satisfied(row: &Row, call: Call, now: Timestamp) -> Call {
    match row.kind {
        Kind::Consent => call.with(|call| {
            call.facts.consent = Some(written(now - hours(24)));
            call.facts.relationship = Some("order 4711".to_owned());
            call.facts.requested_at = Some(now - hours(24));
            call.facts.published_number = Some("https://example.com/contact".to_owned());
            if call.facts.callee_line == Some(CalleeLine::Emergency) {
                call.facts.callee_line = None;
            }
        }),
        Kind::Dnc => call.with(|call| call.lists = EveryList(ListState::Absent { as_of: now })),
        Kind::Cap => call,
        Kind::Identity | Kind::AiDisclosure | Kind::Recording => {
            call.with(|call| call.said = Said::ALL)
        }
        Kind::QuietHours | Kind::Days | Kind::Holidays => call.with(|call| {
            call.facts.callee_timezone = Some("America/New_York".to_owned());
            call.emergencies.clear();
        }),
    }
}

/// The same call without what the row asks for.
fn offended(row: &Row, call: Call, now: Timestamp) -> Call {
    match row.kind {
        Kind::Dnc => call.with(|call| call.lists = EveryList(ListState::Listed { as_of: now })),
        Kind::Cap => call.with(|call| {
            call.history.rings = (0..9).map(|_| now).collect();
            call.history.opted_out = Some(now - hours(1));
            call.history.refused = Some(now - hours(1));
            call.history.conversation = Some(now - hours(1));
            call.history.abandoned = Some(now - hours(1));
        }),
        Kind::Identity | Kind::AiDisclosure | Kind::Recording => {
            call.with(|call| call.said = Said::NONE)
        }
        Kind::Consent | Kind::QuietHours | Kind::Days | Kind::Holidays => call,
    }
}

/// Looks for a time in a year from the row's first day at which it does, or does not, object.
fn some_time(row: &Row, call: &Call, tables: &Tables, objects: bool) -> Option<Timestamp> {
    let start = in_force(row);
    let times = (0..400 * 4).map(|step| start + hours(step * 6));
    times.into_iter().find(|now| {
        let found = effect_of(&call.decide(tables, *now), &row.id);
        found.is_some() == objects
    })
}

#[test]
fn every_row_objects_to_some_call_and_not_to_another() {
    let tables = Tables::builtin();
    let mut met = 0;
    for row in tables.rows().filter(|row| row.effect != Effect::Info) {
        let expected = match row.effect {
            Effect::Warn => RuleEffect::Warns,
            Effect::Gate | Effect::Say | Effect::Info => RuleEffect::Stops,
        };
        let mut call = bare(row);
        let is_timed = matches!(row.kind, Kind::QuietHours | Kind::Days | Kind::Holidays);
        if row.rule.contains("emergency(") {
            call.emergencies = vec!["US-LA".parse().unwrap()];
        }
        let now = if is_timed && row.id != "P-ZONE" {
            some_time(row, &call, &tables, true)
                .unwrap_or_else(|| panic!("{} never objects", row.id))
        } else {
            in_force(row)
        };
        let bad = offended(row, call.clone(), now);
        let decision = bad.decide(&tables, now);
        assert_eq!(effect_of(&decision, &row.id), Some(expected), "{} {decision:#?}", row.id);
        let finding = decision.findings.iter().find(|one| one.rule == row.id).unwrap();
        let says = format!("{} ({}, {})", row.id, row.cited(), row.as_of);
        assert!(finding.message.starts_with(&says), "{}", finding.message);

        let good = satisfied(row, call, now);
        let then = if is_timed && row.id != "P-ZONE" {
            some_time(row, &good, &tables, false)
                .unwrap_or_else(|| panic!("{} always objects", row.id))
        } else {
            now
        };
        let decision = good.decide(&tables, then);
        assert_eq!(effect_of(&decision, &row.id), None, "{} {decision:#?}", row.id);
        met += 1;
    }
    assert!(met > 200, "{met}");
}

/// What lifts a row lifts it, and nothing else that the test gives does.
#[test]
fn every_exception_lifts_its_row_and_only_its_row() {
    use switchboard_rules::Unless;
    let tables = Tables::builtin();
    let mut lifted = 0;
    for row in tables.rows().filter(|row| row.effect != Effect::Info && row.kind == Kind::Consent) {
        for one in Unless::ALL {
            let now = in_force(row);
            let call = bare(row).with(|call| match one {
                // Consent satisfies these rows as well; the cases have it.
                Unless::Consent | Unless::Written | Unless::ConsentHours | Unless::AgreedTime => {}
                Unless::Requested => call.facts.requested_at = Some(now - hours(1)),
                Unless::Ebr => call.facts.relationship = Some("order 4711".to_owned()),
                Unless::Published => call.facts.published_number = Some("its site".to_owned()),
            });
            if matches!(one, Unless::Requested | Unless::Ebr | Unless::Published) {
                let objects = effect_of(&call.decide(&tables, now), &row.id).is_some();
                assert_eq!(objects, !row.unless.contains(one), "{} {one}", row.id);
                lifted += usize::from(!objects);
            }
        }
    }
    assert!(lifted > 40, "{lifted}");
}

/// Rows of one purpose, callee or line leave the others alone.
#[test]
fn rows_are_about_what_they_name() {
    let tables = Tables::builtin();
    for row in tables.rows().filter(|row| row.effect != Effect::Info) {
        if matches!(row.jurisdiction, Jurisdiction::Everywhere) && row.purposes.len() == 9 {
            continue;
        }
        let now = in_force(row);
        for purpose in Purpose::ALL.into_iter().filter(|one| !row.purposes.contains(one)) {
            let mut call = offended(row, bare(row), now);
            call.facts.purpose = Some(purpose);
            assert_eq!(effect_of(&call.decide(&tables, now), &row.id), None, "{}", row.id);
        }
        if let Some(kind) = row.callee {
            let other = match kind {
                CalleeKind::Consumer => CalleeKind::Business,
                CalleeKind::Business => CalleeKind::Consumer,
            };
            let mut call = offended(row, bare(row), now);
            call.facts.callee_kind = Some(other);
            assert_eq!(effect_of(&call.decide(&tables, now), &row.id), None, "{}", row.id);
        }
        let elsewhere = Call { to: to("+525512345678"), ..offended(row, bare(row), now) };
        if !matches!(row.jurisdiction, Jurisdiction::Everywhere)
            && !row.jurisdiction.to_string().starts_with("MX")
        {
            assert_eq!(effect_of(&elsewhere.decide(&tables, now), &row.id), None, "{}", row.id);
        }
    }
}
