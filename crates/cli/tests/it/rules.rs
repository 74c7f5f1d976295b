//! `switchboard rules`: asks the rules, shows them, and decides cases; nothing is sent.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Ran, command};

const LONDON: &str = "+442079460123";
const BOOKING: [&str; 6] =
    ["--to", LONDON, "--purpose", "reservation", "--on-behalf-of", "Ada Lovelace"];

/// A directory without anything, in which the command runs.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.0.path()).env("XDG_DATA_HOME", self.0.path()).env("USER", "ada");
        Ran::of(command.output().unwrap())
    }

    fn check(&self, more: &[&str]) -> Ran {
        self.run(&[&["rules", "check"], &BOOKING[..], more].concat())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }
}

#[test]
fn a_check_says_whether_a_call_is_allowed_waits_or_is_refused() {
    let place = Place::new();
    for (at, more, verdict, wait, code) in [
        ("2026-12-09T12:00:00Z", &[][..], "allow", Value::Null, 0),
        ("2026-12-09T07:00:00Z", &[], "wait", json!("2026-12-09T08:00:00Z"), 0),
        ("2026-12-09T12:00:00Z", &["--callback-number", "+442079460124"], "allow", Value::Null, 0),
        ("2026-12-09T12:00:00Z", &["--recording"], "allow", Value::Null, 0),
    ] {
        let ran = place.check(&[&["--at", at, "--json"], more].concat());
        assert_eq!(ran.code, code, "{at}: {}{}", ran.out, ran.err);
        let found = ran.json();
        assert_eq!(found["verdict"], verdict, "{at}: {found}");
        assert_eq!(found["wait_until"], wait, "{at}: {found}");
        assert_eq!(found["ledger_asked"], false);
        assert!(!ran.out.contains("7946"), "the number is shown: {}", ran.out);
    }
    let refused =
        place.run(&["rules", "check", "--to", "+12125550142", "--purpose", "marketing", "--json"]);
    assert_eq!(refused.code, 3, "{}{}", refused.out, refused.err);
    let found = refused.json();
    let consent = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rule"] == "US-TCPA-A2")
        .unwrap_or_else(|| panic!("{found}"));
    assert_eq!((&consent["needs"], &consent["checked"]), (&json!("consent"), &json!("yes")));
    assert!(consent["source"].as_str().unwrap().contains("47 CFR"), "{consent}");
}

#[test]
fn a_check_in_a_terminal_names_rules_their_sources_and_the_local_time() {
    let place = Place::new();
    let ran = place.check(&["--at", "2026-12-09T07:00:00Z"]);
    for told in [
        "there: Wed 2026-12-09 07:00 in Europe/London",
        "waits until 2026-12-09T08:00:00Z: Wed 2026-12-09 08:00 in Europe/London",
        "stops: P-HOURS-RESERVATION (default of this product, not law, 2026-11-29):",
        "lifted by agreed_time, overrides",
        "tables 2026-11-29, time zones 20",
        "nothing was sent",
    ] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
    let open = place.check(&["--at", "2026-12-09T12:00", "--callee-timezone", "Europe/London"]);
    let told = "no rule of these tables, as of 2026-11-29, stops this";
    assert!(open.out.contains(told), "{}", open.out);
    let old = place.check(&["--at", "2027-06-09T12:00:00Z"]);
    assert!(old.err.contains("are of 2026-11-29"), "{}{}", old.out, old.err);
    for ran in [ran, open, old] {
        let all = format!("{}{}", ran.out, ran.err).to_lowercase();
        assert!(!all.contains("compliant") && !all.contains(" legal"), "{all}");
        assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
        assert!(!ran.out.contains("7946"), "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_asked_names_its_field_and_the_fix() {
    let place = Place::new();
    let lifted = |rule: &'static str| {
        vec![
            "--override",
            rule,
            "--override-reason",
            "Ada.",
            "--override-until",
            "2099-01-01T00:00Z",
        ]
    };
    for (more, told) in [
        (lifted("P-OPT-OUT"), "overrides: P-OPT-OUT may not be lifted by anybody: leave it out"),
        (lifted("US-HOURS"), "overrides: US-HOURS is no policy of this product"),
        (lifted("P-NONE"), "overrides: there is no rule \"P-NONE\": `switchboard rules list`"),
        (vec!["--at", "2026-12-09T12:00"], "--at: \"2026-12-09T12:00\" has no time zone"),
        (vec!["--override", "P-CAP-DAY"], "--override-reason"),
        (vec!["--callee-timezone", "Mars"], "callee_timezone: is not an IANA time zone"),
    ] {
        let ran = place.check(&more);
        assert_eq!(ran.code, 2, "{more:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    let ran = place.run(&["rules", "check", "--to", LONDON]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("purpose: is missing") && ran.err.contains("charity"), "{}", ran.err);

    let night = ["--at", "2026-12-09T03:00:00Z", "--json"];
    let open = place.check(&[&night[..], &lifted("P-HOURS-RESERVATION")].concat());
    assert_eq!(open.json()["verdict"], "allow", "{}", open.out);
}

/// A configuration with these settings of rules.
fn configured(rules: &str) -> String {
    format!(
        "[providers.kallyai]\nkind = \"kallyai\"\n\n[rules]\n{rules}\n\
         [ledger]\npath = \"ledger.db\"\n\
         [agents.desk]\npurpose = \"reservation\"\non_behalf_of = \"Ada\"\n\
         [agents.desk.at]\nkallyai = \"general\"\n\n[routing]\ndefault_agent = \"desk\"\n"
    )
}

const OWN: &str = "id\tjurisdiction\tkind\tpurposes\trule\teffect\tsource\tas_of\n\
    OWN-LUNCH\tGB\tquiet_hours\treservation\tmon-sun 08:00-12:00+13:00-22:00\tgate\tours\t2026-11-30\n";

#[test]
fn a_check_uses_the_configuration_and_what_the_ledger_knows() {
    let place = Place::new();
    place.write("own.tsv", OWN);
    place.write("switchboard.toml", &configured("files = [\"own.tsv\"]"));
    let lunch = ["rules", "check", "--to", LONDON, "--at", "2026-12-09T12:30:00Z", "--json"];
    let found = place.run(&lunch).json();
    assert_eq!(
        (&found["verdict"], &found["findings"][0]["rule"]),
        (&json!("wait"), &json!("OWN-LUNCH"))
    );
    assert_eq!(found["ledger_asked"], false, "no call was placed: {found}");
    assert!(!place.0.path().join("ledger.db").exists(), "a check makes no ledger");
    let purpose = found["facts"].as_array().unwrap().iter().find(|fact| fact["name"] == "purpose");
    assert_eq!(purpose.unwrap()["origin"], "profile");

    let ran = place.run(&["people", "opt-out", LONDON, "--note", "Asked us."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = place.run(&lunch);
    let found = ran.json();
    assert_eq!(
        (ran.code, &found["verdict"], &found["ledger_asked"]),
        (3, &json!("refuse"), &json!(true))
    );

    place.write("switchboard.toml", &configured("off = \"our own phones\""));
    let ran = place.run(&lunch);
    assert_eq!(ran.json()["off"], "our own phones", "{}", ran.out);
    let shown = place.run(&lunch[..lunch.len() - 1]);
    assert!(shown.out.contains("off in this configuration (our own phones)"), "{}", shown.out);
    for arguments in [&["plan", "--to", LONDON][..], &["policy", "check", "switchboard.toml"]] {
        let ran = place.run(arguments);
        let all = format!("{}{}", ran.out, ran.err);
        assert!(all.contains("our own phones"), "{arguments:?}: {all}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let place = Place::new();
    let ids = |more: &[&str]| {
        let ran = place.run(&[&["rules", "list", "--json"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let rules = ran.json()["rules"].as_array().unwrap().clone();
        rules.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ids(&[]);
    assert!(all.len() > 200, "{}", all.len());
    let hours = ids(&["--country", "us-fl", "--kind", "quiet-hours", "--purpose", "marketing"]);
    let has = |id: &str| hours.iter().any(|one| one == id);
    assert!(has("US-HOURS") && has("US-FL-HOURS") && has("P-HOURS-MARKETING"), "{hours:?}");
    assert!(!has("US-RI-HOURS") && !has("FR-HOURS") && !has("P-HOURS-RESERVATION"), "{hours:?}");
    let table = place.run(&["rules", "list", "--country", "FR"]);
    assert!(table.out.contains("FR-HOURS") && table.err.contains("rules show ID"), "{}", table.out);

    let shown = place.run(&["rules", "show", "US-FL-HOURS"]);
    for told in ["mon-sun 08:00-20:00", "Fla. Stat.", "requested_at", "was read", "2021-07-01"] {
        assert!(shown.out.contains(told), "{told}: {}", shown.out);
    }
    assert!(shown.out.lines().all(|line| line.chars().count() <= 80), "{}", shown.out);
    let wrong = place.run(&["rules", "show", "US-FL-HORS"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("did you mean") && wrong.err.contains("US-FL-HOURS"),
        "{}",
        wrong.err
    );
    for arguments in [&["--kind", "hours"][..], &["--country", "Mars"], &["--purpose", "sales"]] {
        let ran = place.run(&[&["rules", "list"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
    }
}

#[test]
fn cases_that_differ_are_shown_with_their_line() {
    let place = Place::new();
    let cases = "# ours\nid\tnumber\tpurpose\tfacts\tat\texpect\twait_until\trules\treason\n\
        one\t+442079460123\treservation\t\t2026-12-09T12:00Z\tallowed\t\t\tnoon\n\
        two\t+442079460123\treservation\t\t2026-12-09T07:00Z\tallowed\t\t\tseven is too early\n";
    place.write("cases.tsv", cases);
    let ran = place.run(&["rules", "test", "cases.tsv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("cases.tsv:4: two: seven is too early"), "{}", ran.out);
    assert!(ran.out.contains("P-HOURS-RESERVATION stops, which was not expected"), "{}", ran.out);
    assert!(ran.out.contains("1 of 2 cases agree"), "{}", ran.out);
    let json = place.run(&["rules", "test", "cases.tsv", "--json"]).json();
    assert_eq!((&json["agree"], &json["failures"][0]["line"]), (&json!(1), &json!(4)));

    place.write(
        "good.tsv",
        &cases.replace("allowed\t\t\tseven", "wait\t2026-12-09T08:00Z\tP-HOURS-RESERVATION\tseven"),
    );
    assert_eq!(place.run(&["rules", "test", "good.tsv"]).code, 0);
    place.write("wrong.tsv", &cases.replace("allowed", "perhaps"));
    let wrong = place.run(&["rules", "test", "wrong.tsv"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("wrong.tsv:3: column expect"), "{}", wrong.err);
    assert_eq!(place.run(&["rules", "test", "none.tsv"]).code, 2);
}
