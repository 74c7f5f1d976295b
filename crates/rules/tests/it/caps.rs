//! Limits on how often a phone rings: in decisions, and as the ledger checks them.

use proptest::prelude::*;
use switchboard_core::{
    Purpose, RingCap, RuleOverride,
    jiff::{SignedDuration, Timestamp},
    time_zone,
};
use switchboard_rules::Tables;

use crate::support::{Call, at, effect_of, hours, stops, to, written};

fn named<'a>(caps: &'a [RingCap], rule: &str) -> &'a RingCap {
    caps.iter().find(|cap| cap.rule == rule).unwrap_or_else(|| panic!("{rule} in {caps:?}"))
}

fn denies(cap: &RingCap, rings: &[Timestamp]) -> bool {
    rings.iter().filter(|ring| **ring > cap.since).count() >= cap.fewer_than as usize
}

#[test]
fn caps_are_the_rows_that_stop_this_call() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T15:00Z");
    let call = Call::new(to("+13055550123"), Purpose::Marketing);
    let ids = |call: &Call| -> Vec<String> {
        tables.caps(&call.asked(), now).into_iter().map(|cap| cap.rule).collect()
    };
    let all = ["US-FL-CAP", "P-CAP-MARKETING-DAY", "P-CAP-MARKETING-MONTH", "P-GAP"];
    assert_eq!(ids(&call), all);
    // A customer lifts the statute, and an operator a policy until its end.
    let customer = call.clone().with(|call| {
        call.facts.relationship = Some("order 4711".to_owned());
        call.facts.overrides = vec![RuleOverride {
            rule: "P-CAP-MARKETING-DAY".to_owned(),
            by: "Ada".to_owned(),
            reason: "a recall".to_owned(),
            until: now + hours(1),
        }];
    });
    assert_eq!(ids(&customer), ["P-CAP-MARKETING-MONTH", "P-GAP"]);
    assert!(tables.caps(&customer.asked(), now + hours(1)).len() == 3);
    let nothing = Call { facts: Default::default(), ..call };
    assert!(tables.caps(&nothing.asked(), now).is_empty());

    let caps = tables.caps(&Call::new(to("+12125550142"), Purpose::Reservation).asked(), now);
    assert_eq!(named(&caps, "P-CAP-DAY").since, now - hours(24));
    assert_eq!(named(&caps, "P-CAP-DAY").fewer_than, 3);
    assert_eq!(named(&caps, "P-GAP").since, now - SignedDuration::from_mins(10));
    assert_eq!(named(&caps, "P-GAP").fewer_than, 1);
}

#[test]
fn calendar_days_begin_at_the_earliest_midnight_of_all_zones() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T20:00Z");
    let call = Call::new(to("+16045550121"), Purpose::Marketing).with(|call| {
        call.facts.callee_timezone_guess = Some("America/Toronto".to_owned());
    });
    let caps = tables.caps(&call.asked(), now);
    // Thirty days, today included: from the midnight in Toronto that begins 10 November.
    let midnight = at("2026-11-10T05:00Z");
    let cap = named(&caps, "CA-BC-CAP");
    assert!(denies(cap, &[midnight]));
    assert!(!denies(cap, &[midnight - SignedDuration::from_nanos(1)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The ledger denies by a cap exactly when the decision objects by its row.
    #[test]
    fn decisions_and_caps_count_alike(
        ago in proptest::collection::vec(0_i64..35 * 1_440, 0..8),
        minute in 0_i64..400 * 1_440,
        number in proptest::sample::select(vec![
            "+13055550123", "+16045550121", "+33612345678", "+971501234567", "+18505550155", "+12075550175",
        ]),
        guess in proptest::option::of(proptest::sample::select(vec!["Pacific/Auckland", "America/Adak"])),
    ) {
        let tables = Tables::builtin();
        let now = at("2026-12-01T00:00Z") + SignedDuration::from_mins(minute);
        let call = Call::new(to(number), Purpose::Marketing).with(|call| {
            call.history.rings = ago.iter().map(|ago| now - SignedDuration::from_mins(*ago)).collect();
            call.facts.callee_timezone_guess = guess.map(str::to_owned);
        });
        let decision = call.decide(&tables, now);
        let caps = tables.caps(&call.asked(), now);
        prop_assert!(caps.len() >= 3);
        for cap in caps {
            let objects = effect_of(&decision, &cap.rule).is_some();
            prop_assert_eq!(objects, denies(&cap, &call.history.rings), "{} {:#?}", cap.rule, decision);
        }
    }
}

#[test]
fn days_after_an_event_are_counted_where_the_callee_is() {
    let tables = Tables::builtin();
    // 23:30 on 30 November in New York is 1 December in London.
    let refused = at("2026-12-01T04:30Z");
    let call = Call::new(to("+12125550142"), Purpose::Marketing).with(|call| {
        call.history.refused = Some(refused);
        call.facts.consent = Some(written(at("2026-01-01T00:00Z")));
    });
    let zone = time_zone("America/New_York").unwrap();
    let day = zone.to_datetime(refused).date();
    let free = day.checked_add(SignedDuration::from_hours(61 * 24)).unwrap();
    let free = free.to_zoned(zone).unwrap().timestamp();
    let before = call.decide(&tables, free - SignedDuration::from_mins(1));
    assert!(stops(&before).contains(&"P-REFUSED"), "{before:#?}");
    assert!(!stops(&call.decide(&tables, free)).contains(&"P-REFUSED"));
}

#[test]
fn a_history_in_any_order_counts_the_same() {
    let tables = Tables::builtin();
    let now = at("2026-12-09T20:00Z");
    let rings = [now - hours(1), now - hours(30), now - hours(5)];
    let call = Call::new(to("+12125550142"), Purpose::Reservation);
    let sorted = call.clone().with(|call| {
        call.history.rings = rings.to_vec();
        call.history.rings.sort_unstable();
    });
    let mixed = call.with(|call| call.history.rings = rings.to_vec());
    assert_eq!(sorted.decide(&tables, now), mixed.decide(&tables, now));
    let far = tables.looks_back();
    assert!(far >= hours(30 * 24) && far < hours(40 * 24), "{far:?}");
}
