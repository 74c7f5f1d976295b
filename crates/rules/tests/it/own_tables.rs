//! An operator's own rows: they replace and add, and their mistakes are all told with the fix.

use switchboard_core::Purpose;
use switchboard_rules::{Checked, Tables};

use crate::support::{Call, at, stops, to};

const HEADER: &str = "id\tjurisdiction\tkind\tpurposes\tcallee\tline\trule\tunless\teffect\tfrom\tuntil\tsource\tchecked\tas_of\tnote";

/// A row that is right, with one of its columns written otherwise.
fn with(column: &str, text: &str) -> String {
    let mut fields = [
        "OWN-1",
        "US-FL",
        "quiet_hours",
        "marketing",
        "consumer",
        "any",
        "mon-fri 10:00-17:00",
        "consent",
        "gate",
        "2026-01-01",
        "2030-01-01",
        "our counsel",
        "yes",
        "2026-11-30",
        "",
    ];
    if let Some(at) = HEADER.split('\t').position(|one| one == column) {
        fields[at] = text;
    }
    format!("{HEADER}\n{}\n", fields.join("\t"))
}

#[test]
fn own_rows_replace_and_add_and_change_the_version() {
    let builtin = Tables::builtin();
    let text = format!(
        "# read by our counsel\n{HEADER}\n\
         US-FL-HOURS\tUS-FL\tquiet_hours\tmarketing\tconsumer\tany\tmon-sun 09:00-19:00\t\tgate\t\t\tour counsel\tyes\t2026-11-30\t\n\
         OWN-GB\tGB\tdays\treservation\tany\tany\tclosed sun\t\tgate\t\t\tour counsel\tyes\t2026-11-30\tno Sundays\n"
    );
    let own = builtin.with_rows("own.tsv", &text).unwrap();
    assert_eq!(own.rows().len(), builtin.rows().len() + 1);
    let row = own.row("OWN-GB").unwrap();
    assert!(row.is_own && row.checked == Checked::Yes && row.note == "no Sundays");
    assert!(own.row("US-FL-HOURS").unwrap().is_own && !builtin.row("US-FL-HOURS").unwrap().is_own);
    let sunday = Call::new(to("+442079460123"), Purpose::Reservation);
    assert_eq!(stops(&sunday.decide(&own, at("2026-12-06T12:00Z"))), ["OWN-GB"]);

    let version = own.version();
    assert!(version.starts_with("2026-11-29+") && version.len() == 19, "{version}");
    assert_eq!(builtin.version(), "2026-11-29");
    assert_eq!(sunday.decide(&own, at("2026-12-06T12:00Z")).tables, version);
    assert_eq!(version, builtin.with_rows("other.tsv", &text).unwrap().version());
    let other = builtin.with_rows("own.tsv", &text.replace("09:00", "09:30")).unwrap();
    assert_ne!(version, other.version());
    assert_ne!(version, own.with_rows("own.tsv", &with("", "")).unwrap().version());
}

#[test]
fn a_table_may_leave_out_columns_that_have_a_default() {
    let text = "effect\tid\tjurisdiction\tkind\tpurposes\trule\tsource\tas_of\r\n\
                warn\tOWN-1\tEU\tcap\t*\tmax 2 in 7cd\tours\t2026-11-30\r\n";
    let tables = Tables::builtin().with_rows("own.tsv", text).unwrap();
    let row = tables.row("OWN-1").unwrap();
    assert_eq!((row.purposes.len(), row.callee, row.lines.len()), (9, None, 0));
    assert_eq!((row.checked, row.until), (Checked::Known, None));
}

#[test]
fn every_mistake_names_file_line_column_and_fix() {
    let cases: &[(&str, &str, &str)] = &[
        ("id", "own row", "capital letters, digits and hyphens"),
        ("id", "P-OPT-OUT", "P-OPT-OUT may not be replaced"),
        ("id", "P-ZONE", "P-ZONE may not be replaced"),
        ("jurisdiction", "Florida", "write an ISO 3166 code"),
        ("jurisdiction", "UK", "write an ISO 3166 code"),
        ("jurisdiction", "US-XX", "\"US-XX\" is no subdivision of United States"),
        ("kind", "hours", "write one of quiet_hours, days, holidays"),
        ("purposes", "selling", "write one of reservation, requested"),
        ("purposes", "", "write purposes, or * for all"),
        ("purposes", "marketing,marketing", "marketing is named twice"),
        ("callee", "person", "write consumer, business or any"),
        ("line", "phone", "write one of mobile, landline"),
        ("line", "toll_free,emergency", "toll-free and emergency lines belong to businesses"),
        ("unless", "consnet", "write one of consent, written"),
        ("unless", "consent,written", "remove written"),
        ("unless", "published", "the row is about consumers"),
        ("effect", "block", "write one of gate, warn, say, info"),
        ("effect", "say", "say is for rules of first words"),
        ("from", "1.1.2026", "write it as 2026-11-29"),
        ("from", "2031-01-01", "it ends on 2030-01-01, before it begins on 2031-01-01"),
        ("until", "2026-11-28", "it ended on 2026-11-28, before the tables' date"),
        ("source", "", "say where the rule is written"),
        ("checked", "maybe", "write one of yes, secondary, known, policy"),
        ("as_of", "", "write the date on which the row was last read"),
        ("rule", "", "say what the rule asks for"),
        ("rule", "mon-fri", "names no hours"),
        ("rule", "mon-fri 9-17", "write it as HH:MM"),
        ("rule", "mon-fri 9:00-17:00", "write it as HH:MM"),
        ("rule", "mon-fri 09:00-24:30", "from 00:00 to 24:00"),
        ("rule", "mon-fri 17:00-09:00", "are not in order"),
        ("rule", "mon-fri 09:00-12:00+11:00-13:00", "are not in order"),
        ("rule", "monday 09:00-17:00", "is no weekday"),
        ("rule", "sat-mon 09:00-17:00", "runs over Sunday"),
        ("rule", "mon-fri 09:00-17:00; tue 10:00-12:00", "tue is named twice"),
        ("rule", "mon-fri 09:00-17:00; hol(XX) closed", "there is no calendar \"XX\""),
        ("rule", "mon-fri 09:00-17:00; hol(US)", "names no hours"),
        ("rule", "mon-fri 09:00-17:00;", "a part of it is empty"),
        ("rule", "mon-sun 00:00-24:00", "is open all week and never objects"),
        ("rule", "mon-sun closed", "is closed on all weekdays"),
        ("rule", "caller_id not mobile", "give the row the effect info"),
    ];
    for (column, text, expected) in cases {
        let errors = Tables::builtin().with_rows("own.tsv", &with(column, text)).unwrap_err();
        assert_eq!(errors.iter().len(), 1, "{errors}");
        let error = errors.iter().next().unwrap();
        let column = if *column == "from" && *text == "2031-01-01" { "until" } else { column };
        assert_eq!((error.line, error.column), (2, Some(column)), "{error}");
        assert!(error.message.contains(expected), "{error}");
        assert!(error.to_string().starts_with(&format!("own.tsv:2: column {column}: ")));
    }
}

#[test]
fn rules_of_every_kind_are_checked() {
    let cases: &[(&str, &str, &str)] = &[
        ("days", "sun", "does not begin with `closed`"),
        ("days", "closed mon-sun", "closed on all weekdays"),
        ("days", "closed emergency(US-XX)", "is no subdivision"),
        ("holidays", "closed sun", "use the kind days"),
        ("consent", "need oral", "is no kind of consent"),
        ("consent", "need express within 2cd", "not counted in calendar days"),
        ("consent", "ask", "is not understood"),
        ("dnc", "list US-FTC", "write `list NAME max_age 31d`"),
        ("dnc", "list US-FTC max_age 31cd", "not counted in calendar days"),
        ("dnc", "query US-RND since consent", "give the row the effect info"),
        ("cap", "max 0 in 24h", "write at least 1"),
        ("cap", "max 3 in 24", "is no span of time"),
        ("cap", "max 3 in 0d", "is out of range"),
        ("cap", "max 3 in 99999999999999999d", "is no span of time, is out of range"),
        ("cap", "gap 3cd", "a gap is not counted in calendar days"),
        ("cap", "stop 60cd after lunch", "is nothing that happens to a call"),
        ("cap", "stop 60d after refused counting_first", "only calendar days count from the first"),
        ("cap", "often", "is not understood"),
        ("identity", "say hello start", "is nothing that first words say"),
        ("identity", "say ai later", "is no time"),
        ("identity", "say ai", "is not understood"),
        ("recording", "say recording start; maybe", "may follow the semicolon"),
    ];
    for (kind, rule, expected) in cases {
        let unless = if *kind == "consent" { "requested" } else { "consent" };
        let text = with("kind", kind)
            .replace("mon-fri 10:00-17:00\tconsent", &format!("{rule}\t{unless}"));
        let errors = Tables::builtin().with_rows("own.tsv", &text).unwrap_err();
        let message = errors.to_string();
        assert!(expected.split(", ").any(|one| message.contains(one)), "{message}");
        assert!(message.starts_with("own.tsv:2: column rule: "), "{message}");
    }
    let exceptions: &[(&str, &str, &str)] = &[
        ("need express", "consent", "the rule already asks for consent"),
        ("need express_written", "consent", "would lift a rule that asks for written consent"),
        ("need express within 730d", "consent", "consent of any age would lift"),
        ("need express", "written", "already takes written consent"),
    ];
    for (rule, unless, expected) in exceptions {
        let text = with("kind", "consent")
            .replace("mon-fri 10:00-17:00\tconsent", &format!("{rule}\t{unless}"));
        let message = Tables::builtin().with_rows("own.tsv", &text).unwrap_err().to_string();
        assert!(message.contains("column unless") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_statute_does_not_become_a_policy_that_anybody_may_lift() {
    let text = with("id", "US-FL-HOURS").replace("\tyes\t", "\tpolicy\t");
    let message = Tables::builtin().with_rows("own.tsv", &text).unwrap_err().to_string();
    assert!(message.contains("US-FL-HOURS is no policy of this product"), "{message}");
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let mut text = with("rule", "mon-fri 9-17");
    text.push_str(
        "OWN-2\tFR\tcap\t*\tany\tany\tmax 3 in 24h\t\tgate\t\t\tours\tyes\t2026-11-30\t\textra\n",
    );
    text.push_str("own\tXY\tcap\tselling\tany\tany\toften\t\tblock\tx\ty\t\tz\t\t\n");
    text.push_str(
        "OWN-3\tFR\tcap\t*\tany\tany\tmax 3 in 24h\t\tgate\t\t\tours\tyes\t2026-11-30\t\n",
    );
    text.push_str(
        "OWN-3\tFR\tcap\t*\tany\tany\tmax 4 in 24h\t\tgate\t\t\tours\tyes\t2026-11-30\t\n",
    );
    let errors = Tables::builtin().with_rows("own.tsv", &text).unwrap_err();
    let found: Vec<_> = errors.iter().map(|one| (one.line, one.column)).collect();
    let four =
        ["id", "jurisdiction", "purposes", "effect", "from", "until", "as_of", "checked", "source"];
    let mut expected = vec![(2, Some("rule")), (3, None)];
    expected.extend(four.into_iter().map(|column| (4, Some(column))));
    expected.push((6, Some("id")));
    assert_eq!(found, expected, "{errors}");
    for (text, expected) in [
        ("", "the file has no header"),
        ("id,jurisdiction\n", "separate them by tabs"),
        ("id\tcolour\n", "there is no column \"colour\""),
        ("id\tid\n", "the column id occurs twice"),
        (
            "id\tkind\n",
            "the columns jurisdiction, purposes, rule, effect, source, as_of are missing",
        ),
    ] {
        let errors = Tables::builtin().with_rows("own.tsv", text).unwrap_err();
        assert!(errors.to_string().contains(expected), "{errors}");
    }
}
