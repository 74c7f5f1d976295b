//! Rows are found by their id and by where they hold, and say in words what they ask for.

use switchboard_rules::Tables;

#[test]
fn a_mistyped_id_has_near_ones() {
    let tables = Tables::builtin();
    for (typed, near) in [
        ("US-FL-HUORS", "US-FL-HOURS"),
        ("us-fl-hours", "US-FL-HOURS"),
        ("P-OPTOUT", "P-OPT-OUT"),
        ("RESERVATION", "P-HOURS-RESERVATION"),
    ] {
        let found = tables.near(typed);
        assert!(found.contains(&near) && found.len() <= 5, "{typed}: {found:?}");
    }
    assert!(tables.near("nothing like any of them").is_empty());
}

#[test]
fn rows_are_found_where_they_may_hold() {
    let tables = Tables::builtin();
    let ids = |region: &str| {
        let region = region.parse().unwrap();
        let rows = tables.rows().filter(move |row| row.may_hold_in(region));
        rows.map(|row| row.id.as_str()).collect::<Vec<_>>()
    };
    for (region, has, lacks) in [
        ("US", &["US-HOURS", "US-FL-HOURS", "P-OPT-OUT"][..], &["FR-HOURS"][..]),
        ("US-FL", &["US-HOURS", "US-FL-HOURS", "P-OPT-OUT"], &["US-RI-HOURS", "FR-HOURS"]),
        ("FR", &["FR-HOURS", "P-OPT-OUT"], &["US-HOURS", "ES-HOURS"]),
    ] {
        let found = ids(region);
        assert!(has.iter().all(|id| found.contains(id)), "{region}: {found:?}");
        assert!(!lacks.iter().any(|id| found.contains(id)), "{region}: {found:?}");
    }
    let eu = tables.rows().find(|row| row.jurisdiction.to_string() == "EU").unwrap();
    assert!(ids("FR").contains(&eu.id.as_str()) && !ids("US").contains(&eu.id.as_str()));
}

#[test]
fn every_row_says_in_words_what_it_asks_for() {
    let tables = Tables::builtin();
    for row in tables.rows() {
        let words = tables.in_words(&row.id).unwrap();
        assert!(words.ends_with('.') && words.len() > 12, "{}: {words}", row.id);
        assert!(!words.contains("hol(") && !words.contains('@'), "{}: {words}", row.id);
    }
    for (id, words) in [
        ("P-HOURS-RESERVATION", "Calls at these times where the callee is: mon-sun 08:00-22:00."),
        ("P-OPT-OUT", "No call ever again after the callee asked not to be called again."),
        ("US-UT-DAYS", "No calls on these days: sun; holidays of US-UT."),
        (
            "FR-HOURS",
            "Calls at these times where the callee is: mon-fri 10:00-13:00 and 14:00-20:00; holidays of FR closed.",
        ),
    ] {
        assert_eq!(tables.in_words(id).as_deref(), Some(words));
    }
    assert_eq!(tables.in_words("NO-SUCH-ROW"), None);
}

#[test]
fn the_policies_that_protect_people_may_not_be_lifted() {
    let tables = Tables::builtin();
    for id in ["P-OPT-OUT", "P-SUPPRESSION", "P-ZONE", "P-AI", "P-RECORDING", "US-HOURS", "X"] {
        assert!(!tables.may_be_lifted(id), "{id}");
    }
    assert!(tables.may_be_lifted("P-HOURS-MARKETING"));
}
