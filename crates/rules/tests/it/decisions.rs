//! What a decision says: where the callee may be, which facts it rests on, and what would help.

use switchboard_core::{
    CalleeKind, CalleeLine, ListState, Purpose, RuleVerdict, jiff::SignedDuration,
};
use switchboard_rules::{Said, Tables};

use crate::support::{Call, EveryList, at, effect_of, hours, stops, to, written};

fn zones(call: &Call) -> Vec<String> {
    let decision = call.decide(&Tables::builtin(), at("2026-12-09T16:00Z"));
    decision.zones.into_iter().map(|one| one.zone).collect()
}

fn of_zone(number: &str) -> Vec<String> {
    zones(&Call::new(to(number), Purpose::Reservation))
}

#[test]
fn a_number_may_be_in_every_zone_of_its_area() {
    assert_eq!(of_zone("+12125550142"), ["America/New_York"]);
    assert_eq!(of_zone("+18505550155"), ["America/Chicago", "America/New_York"]);
    assert_eq!(of_zone("+14485550155"), of_zone("+18505550155"), "the overlay of 850");
    assert_eq!(of_zone("+18335550123").len(), 4);
    assert_eq!(of_zone("+34922123456"), ["Atlantic/Canary"]);
    assert_eq!(of_zone("+34612345678"), ["Atlantic/Canary", "Europe/Madrid"]);
    // Zones that the source of the table has wrong.
    assert_eq!(of_zone("+213551234567"), ["Africa/Algiers"]);
    assert!(of_zone("+558131234567").contains(&"America/Sao_Paulo".to_owned()), "Recife");
    assert!(of_zone("+15005550006").is_empty(), "a personal number has no place");
}

#[test]
fn a_known_zone_replaces_and_a_guessed_one_is_added() {
    let call = |change: fn(&mut switchboard_core::CallFacts)| {
        zones(
            &Call::new(to("+12125550142"), Purpose::Reservation)
                .with(|call| change(&mut call.facts)),
        )
    };
    let known = call(|facts| facts.callee_timezone = Some("Europe/Paris".to_owned()));
    assert_eq!(known, ["Europe/Paris"]);
    let guessed = call(|facts| facts.callee_timezone_guess = Some("Europe/Paris".to_owned()));
    assert_eq!(guessed, ["America/New_York", "Europe/Paris"]);
    let region = call(|facts| facts.callee_region = Some("US-CA".parse().unwrap()));
    assert_eq!(region, ["America/New_York", "America/Los_Angeles"]);
}

#[test]
fn who_cannot_be_found_is_not_called() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T16:00Z");
    let refused = |call: Call, field: &str| {
        let decision = call.decide(&tables, now);
        assert_eq!(decision.verdict, RuleVerdict::Refuse);
        let finding = decision.findings.iter().find(|one| one.rule == "P-ZONE").unwrap();
        assert_eq!(finding.needs.as_deref(), Some(field), "{}", finding.message);
    };
    let call = Call::new(to("+15005550006"), Purpose::Reservation);
    refused(call.clone(), "callee_timezone");
    let guessed = call
        .clone()
        .with(|call| call.facts.callee_timezone_guess = Some("Europe/Paris".to_owned()));
    refused(guessed, "callee_timezone");
    let unknown = Call::new(to("+12125550142"), Purpose::Reservation);
    let wrong =
        unknown.clone().with(|call| call.facts.callee_timezone = Some("Mars/Base".to_owned()));
    refused(wrong, "callee_timezone");
    let wrong = unknown
        .clone()
        .with(|call| call.facts.callee_timezone_guess = Some("Mars/Base".to_owned()));
    refused(wrong, "callee_timezone_guess");
    let abroad = unknown.with(|call| call.facts.callee_region = Some("FR".parse().unwrap()));
    refused(abroad.clone(), "callee_timezone");
    let told = abroad.with(|call| call.facts.callee_timezone = Some("Europe/Paris".to_owned()));
    assert_eq!(told.decide(&tables, now).verdict, RuleVerdict::Allow);
    let personal =
        call.with(|call| call.facts.callee_timezone = Some("America/Chicago".to_owned()));
    let decision = personal.decide(&tables, now);
    assert!(effect_of(&decision, "US-TCPA-A1-RES").is_some(), "{decision:#?}");
}

#[test]
fn the_law_of_the_known_state_counts_and_for_selling_that_of_the_area_code_too() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T16:00Z");
    let rows = |purpose, region: Option<&str>| {
        let call = Call::new(to("+16125550144"), purpose).with(|call| {
            call.facts.callee_region = region.map(|region| region.parse().unwrap());
            call.facts.callee_timezone = Some("America/Chicago".to_owned());
        });
        let found = call.decide(&tables, now).findings;
        found
            .into_iter()
            .map(|one| one.rule)
            .filter(|rule| rule.contains("-ADAD"))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(Purpose::Informational, None), ["US-MN-ADAD"]);
    assert_eq!(rows(Purpose::Informational, Some("US-ND")), ["US-ND-ADAD"]);
    assert_eq!(rows(Purpose::Informational, Some("US")), ["US-MN-ADAD"]);
    assert_eq!(rows(Purpose::Marketing, Some("US-ND")), ["US-MN-ADAD", "US-ND-ADAD"]);
    // The rules of the Union follow the callee into a country of it.
    let call = Call::new(to("+12125550142"), Purpose::Reservation).with(|call| {
        call.said = Said::NONE;
        call.facts.callee_region = Some("IS".parse().unwrap());
    });
    assert!(stops(&call.decide(&tables, now)).contains(&"EU-AIA-50"));
}

#[test]
fn the_law_of_a_country_holds_in_its_territories() {
    let tables = Tables::builtin();
    for (number, rules) in [
        ("+17875550123", ["US-TCPA-A2", "US-DNC"]),
        ("+262692123456", ["EU-EPRIVACY-13", "FR-CONSENT"]),
    ] {
        let call = Call::new(to(number), Purpose::Marketing)
            .with(|call| call.lists = EveryList(ListState::Missing));
        let decision = call.decide(&tables, at("2026-12-09T16:00Z"));
        for rule in rules {
            assert!(stops(&decision).contains(&rule), "{rule} in {decision:#?}");
        }
    }
}

#[test]
fn the_line_is_read_from_the_number_where_it_shows_it() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T16:00Z");
    let objects = |number: &str, told: Option<CalleeLine>, rule: &str| {
        let call = Call::new(to(number), Purpose::Marketing).with(|call| {
            call.facts.callee_line = told;
            call.facts.callee_kind = Some(CalleeKind::Consumer);
        });
        stops(&call.decide(&tables, now)).contains(&rule)
    };
    assert!(objects("+12125550142", None, "US-TCPA-A1"), "unknown counts as mobile");
    assert!(!objects("+12125550142", Some(CalleeLine::Landline), "US-TCPA-A1"));
    assert!(objects("+353850123456", None, "IE-MOBILE"));
    assert!(objects("+353850123456", Some(CalleeLine::Landline), "IE-MOBILE"), "the plan shows it");
    assert!(!objects("+35312345678", None, "IE-MOBILE"));
    assert!(objects("+12125550142", Some(CalleeLine::Emergency), "US-EMERGENCY"));
    assert!(!objects("+18335550123", None, "US-DNC"), "toll-free lines belong to businesses");
}

#[test]
fn a_list_says_nothing_about_what_it_does_not_cover_or_was_read_too_long_ago() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T16:00Z");
    let says = |state| {
        let call = Call::new(to("+12125550142"), Purpose::Marketing).with(|call| {
            call.lists = EveryList(state);
        });
        let found = call.decide(&tables, now).findings;
        found.into_iter().find(|one| one.rule == "US-DNC").map(|one| one.message)
    };
    let fresh = now - hours(31 * 24);
    assert_eq!(says(ListState::Absent { as_of: fresh }), None);
    let old = fresh - SignedDuration::from_nanos(1);
    let told = [
        (ListState::Absent { as_of: old }, "is 32 days old, and at most 31 are allowed"),
        (ListState::NotCovered { as_of: now }, "does not cover the number's area"),
        (ListState::Missing, "none was imported"),
        (ListState::Listed { as_of: old }, "is on the list US-FTC of 2026-11-08"),
    ];
    for (state, expected) in told {
        let message = says(state).unwrap();
        assert!(message.contains(expected), "{message}");
    }
    // A list of one's own is never too old, and need not exist.
    let own = |state| {
        let call = Call::new(to("+442079460123"), Purpose::Reservation)
            .with(|call| call.lists = EveryList(state));
        stops(&call.decide(&tables, now)).contains(&"P-SUPPRESSION")
    };
    assert!(!own(ListState::Missing) && !own(ListState::Absent { as_of: at("2020-01-01T00:00Z") }));
    assert!(own(ListState::Listed { as_of: at("2020-01-01T00:00Z") }));
    assert!(tables.lists().contains(&"US-FTC") && tables.lists().contains(&"OWN"));
}

#[test]
fn messages_name_rule_source_date_local_time_and_what_would_help() {
    let tables = Tables::builtin();
    let find = |call: &Call, now, rule: &str| {
        let found = call.decide(&tables, at(now)).findings;
        found.into_iter().find(|one| one.rule == rule).unwrap()
    };
    let call = Call::new(to("+13055550123"), Purpose::Marketing);
    let hours = find(&call, "2026-12-10T01:30Z", "US-FL-HOURS");
    assert_eq!(
        hours.message,
        "US-FL-HOURS (Fla. Stat. 501.616(6)(a), 2026-11-29): calls are allowed at mon-sun 08:00-20:00, \
         and it is Wed 2026-12-09 20:30 in America/New_York."
    );
    assert_eq!(hours.until, Some(at("2026-12-10T13:00Z")));
    let split = Call::new(to("+18505550155"), Purpose::Transactional);
    let closed = find(&split, "2026-12-07T14:30Z", "P-HOURS-TRANSACTIONAL");
    assert_eq!(closed.needs.as_deref(), Some("callee_timezone"), "one of two zones is open");
    let shop = Call::new(to("+12125550142"), Purpose::Reservation);
    let published = find(&shop, "2026-12-07T18:00Z", "US-TCPA-A1-RES");
    assert_eq!(published.needs.as_deref(), Some("published_number"));
    assert!(
        published.message.contains("say where the number is published"),
        "{}",
        published.message
    );
    let silent = call.clone().with(|call| call.said = Said::NONE);
    let words = find(&silent, "2026-12-09T16:00Z", "P-AI");
    assert!(words.message.contains("must also say that it is an AI, on whose behalf, why"));
    let consent = find(&call, "2026-12-09T16:00Z", "US-TCPA-A2");
    assert_eq!(consent.needs.as_deref(), Some("consent"));
    for number in ["3055550123", "13055550123"] {
        let text = format!("{:?}", call.decide(&tables, at("2026-12-10T01:30Z")));
        assert!(!text.contains(number), "{text}");
    }
}

#[test]
fn a_decision_says_which_facts_it_rests_on_and_where_they_come_from() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T16:00Z");
    let given = now - hours(24);
    let call = Call::new(to("+447400123456"), Purpose::Marketing).with(|call| {
        call.facts.consent = Some(written(given));
        call.facts.relationship = Some("order 4711".to_owned());
        call.history.refused = Some(now - hours(100 * 24));
        call.history.rings = vec![now - hours(99)];
        call.lists = EveryList(ListState::Absent { as_of: given });
    });
    let origins = [("purpose", "profile")];
    let asked = call.asked().with(|asked| asked.origins = &origins);
    let decision = switchboard_rules::decide(&asked, &tables, now);
    let facts: Vec<_> =
        decision.facts.iter().map(|fact| (&*fact.name, &*fact.origin, fact.at)).collect();
    for expected in [
        ("purpose", "profile", None),
        ("callee_timezone", "number", None),
        ("consent", "request", Some(given)),
        ("refused", "ledger", Some(now - hours(100 * 24))),
        ("rings", "ledger", Some(now - hours(99))),
        ("list OWN", "ledger", Some(given)),
    ] {
        assert!(facts.contains(&expected), "{expected:?} in {facts:?}");
    }
    assert!(!facts.iter().any(|(name, ..)| *name == "relationship"), "nothing rested on it");
}

/// A Russian mobile may be in any of eleven offsets, and hours of selling are eight.
#[test]
fn a_call_that_suits_no_time_in_all_zones_is_refused_and_asks_for_the_zone() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T01:00Z");
    let call = Call::new(to("+79123456789"), Purpose::Marketing).with(|call| {
        call.facts.consent = Some(written(now - hours(24)));
    });
    let decision = call.decide(&tables, now);
    assert_eq!(decision.verdict, RuleVerdict::Refuse, "{decision:#?}");
    let finding = &decision.findings[0];
    assert_eq!(finding.needs.as_deref(), Some("callee_timezone"));
    assert!(finding.message.contains("No time suits all 16 zones"), "{}", finding.message);
    let told = call.with(|call| call.facts.callee_timezone = Some("Europe/Moscow".to_owned()));
    assert_eq!(told.decide(&tables, now).wait_until, Some(at("2026-12-09T07:00Z")));
}

#[test]
fn without_a_purpose_nobody_is_called() {
    let mut call = Call::new(to("+447400123456"), Purpose::Requested);
    call.facts.purpose = None;
    let decision = call.decide(&Tables::builtin(), at("2026-12-09T16:00Z"));
    assert_eq!(decision.verdict, RuleVerdict::Refuse);
    assert_eq!(decision.findings[0].needs.as_deref(), Some("purpose"));
    assert!(decision.findings[0].message.contains("debt_collection"));
}

#[test]
fn a_decision_carries_its_versions_and_says_when_tables_are_old() {
    let tables = Tables::builtin();
    let call = Call::new(to("+442079460123"), Purpose::Reservation);
    let decision = call.decide(&tables, at("2027-02-27T12:00Z"));
    assert_eq!((decision.tables.as_str(), decision.tables_are_old), ("2026-11-29", None));
    assert_eq!(decision.time_zones, "2026f");
    assert_eq!(call.decide(&tables, at("2027-02-28T12:00Z")).tables_are_old, Some(91));
}
