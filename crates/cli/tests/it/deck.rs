//! `switchboard deck`: a deck that is sound and one that is not, what a call costs and why, and
//! decks written and read again.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Ran, run};

const UK: &str = "prefix,destination,rate,connection fee,first increment,next increment,currency,effective from,until
44,United Kingdom,0.010,,60,60,USD,,
4474,United Kingdom mobile,0.030,0.01,30,6,EUR,2026-02-01,2026-03-01
4474,United Kingdom mobile,0.020,0.01,30,6,EUR,2026-03-02,
";
const MOBILE: &str = "+447400123456";

/// A configuration with decks, in a directory of its own.
struct Decks(TempDir);

impl Decks {
    fn new() -> Self {
        let decks = Self(tempfile::tempdir().unwrap());
        fs::write(decks.path("uk.csv"), UK).unwrap();
        let text = r#"
            [routing]
            expected_duration_seconds = 90
            currencies = { EUR = "1.0845" }
            [providers.several]
            kind = "kaicalls"
            api_key_env = "UNSET_KEY"
            decks = [{ file = "uk.csv" }]
            tariff = { rows = [{ countries = ["US"], per_minute = "0.12", per_call = "0.05", increment_seconds = 6, minimum_seconds = 30 }] }
            [providers.one]
            kind = "kallyai"
            tariff = { plan = { price = "49", credits = "600" } }
            [providers.none]
            kind = "kaicalls"
            api_key_env = "UNSET_KEY"
        "#;
        fs::write(decks.path("switchboard.toml"), text).unwrap();
        decks
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let config = self.path("switchboard.toml");
        run(&[&["--config", config.to_str().unwrap(), "deck"], arguments].concat())
    }

    fn check(&self, text: &str, more: &[&str]) -> Ran {
        fs::write(self.path("deck.csv"), text).unwrap();
        self.run(&[&["check", self.path("deck.csv").to_str().unwrap()], more].concat())
    }
}

#[test]
fn a_sound_deck_is_counted_and_its_gaps_are_shown() {
    let decks = Decks::new();
    let ran = decks.check(UK, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("no problems found"), "{}", ran.out);
    assert!(
        ran.out.contains(
            "4474 has no price from 2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z (lines 3 and 4)"
        ),
        "{}",
        ran.out
    );

    let found = decks.check(UK, &["--json"]).json();
    assert_eq!((&found["rows"], &found["destinations"]), (&3.into(), &2.into()));
    assert_eq!(found["currencies"], json!({"EUR": 2, "USD": 1}));
    assert_eq!(found["gaps"][0]["lines"], json!([3, 4]));
    let counted: u64 =
        ["in_force", "future", "expired"].iter().map(|key| found[key].as_u64().unwrap()).sum();
    assert_eq!(counted, 3);
    // A file that names no currency is in the configuration's.
    let found = decks.check("prefix,rate\n1,0.1\n", &["--json"]).json();
    assert_eq!(found["currencies"], json!({"routing.currency": 1}));
}

#[test]
fn every_fault_of_a_deck_is_told_with_its_line_and_column() {
    let decks = Decks::new();
    let broken = "prefix,rate,until\r\nx,1,\r\n44,free,soon\r\n\r\n44,0.1,\r\n44,0.2,\r\n";
    let ran = decks.check(broken, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    let file = decks.path("deck.csv");
    let lines: Vec<&str> = ran.err.lines().collect();
    for (line, message) in [
        "line 2, column prefix",
        "line 3, column rate",
        "line 3, column until",
        "line 6, column prefix",
    ]
    .iter()
    .zip(&lines)
    {
        assert!(message.starts_with(&format!("error: {}, {line}: ", file.display())), "{message}");
    }
    assert_eq!(lines.len(), 4);

    let message = decks.check(broken, &["--json"]).json();
    assert_eq!(message["faults"][3]["line"], 6);
    assert_eq!((&message["faults"][1]["column"], &message["more"]), (&"rate".into(), &0.into()));
    let many = format!("prefix,rate\n{}", "x,1\n".repeat(60));
    let ran = decks.check(&many, &["--json"]);
    assert_eq!((ran.code, &ran.json()["more"]), (2, &10.into()));
    assert!(ran.err.contains("10 more problems"));
    assert_eq!(decks.run(&["check", "/nowhere/deck.csv"]).code, 2);
}

#[test]
fn a_cost_is_shown_with_the_row_that_it_comes_from() {
    let decks = Decks::new();
    let show = |arguments: &[&str]| decks.run(&[&["show", "several"], arguments].concat());
    let at = |time: &str, seconds: &str| {
        show(&[MOBILE, "--at", time, "--seconds", seconds, "--json"]).json()
    };

    let winter = at("2026-02-28T23:59:59Z", "31");
    let quote = &winter["quote"];
    // 0.01 + 36 / 60 x 0.03 = 0.028 EUR, at 1.0845.
    assert_eq!(winter["cost"], json!({"amount": "0.030366", "currency": "USD"}));
    assert_eq!(
        (&quote["deck"], &quote["line"], &quote["prefix"]),
        (&"uk.csv".into(), &3.into(), &"4474".into())
    );
    assert_eq!(
        (&quote["destination"], &quote["billed_seconds"]),
        (&"United Kingdom mobile".into(), &36.into())
    );
    assert_eq!(quote["in_row_currency"], json!({"amount": "0.028", "currency": "EUR"}));
    assert_eq!(quote["exchange_rate"], "1.0845");
    assert_eq!(winter["skipped"], json!([]));

    // On the first of March only the shorter prefix has a price.
    let between = at("2026-03-01T00:00:00Z", "31");
    assert_eq!((&between["quote"]["prefix"], &between["quote"]["line"]), (&"44".into(), &2.into()));
    assert_eq!(between["skipped"], json!([{"deck": "uk.csv", "prefix": "4474"}]));
    assert_eq!(at("2026-03-02T00:00:00Z", "31")["quote"]["line"], 4);

    let usual = show(&["+12125550123", "--json"]).json();
    assert_eq!(
        (&usual["seconds"], &usual["quote"]["deck"], &usual["quote"]["line"]),
        (&90.into(), &"tariff".into(), &Value::Null)
    );
    assert_eq!(usual["cost"], json!({"amount": "0.23", "currency": "USD"}));

    let ran = show(&[MOBILE, "--at", "2026-03-01T12:00:00Z"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "skipped: prefix 4474 in uk.csv",
        "uk.csv, line 2",
        "prefix 44: United Kingdom",
        "every 60 s",
        "120 s",
        "0.02 USD",
    ] {
        assert!(ran.out.contains(part), "{part:?} is not in {}", ran.out);
    }
    assert!(!ran.out.contains("7400123456"), "the number is whole: {}", ran.out);
}

#[test]
fn an_unknown_cost_is_shown_as_unknown_and_never_as_zero() {
    let decks = Decks::new();
    for (provider, number, why) in [
        ("several", "+4930123456", "no row covers the number"),
        ("none", "+12125550123", "the provider has no prices"),
    ] {
        let ran = decks.run(&["show", provider, number]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(
            ran.out.contains(&format!("the cost is unknown: {why}")) && !ran.out.contains("0.00"),
            "{}",
            ran.out
        );
        let found = decks.run(&["show", provider, number, "--json"]).json();
        assert_eq!((&found["cost"], &found["quote"]), (&Value::Null, &Value::Null));
    }
}

#[test]
fn what_a_provider_charges_is_written_as_a_deck_that_says_the_same() {
    let decks = Decks::new();
    let ran = decks.run(&["export", "several", "--deck", "uk.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(decks.check(&ran.out, &["--json"]).json()["rows"], 3);
    assert!(
        ran.out
            .contains("4474,United Kingdom mobile,0.03,0.01,30,6,EUR,2026-02-01T00:00:00Z,2026-03-01T00:00:00Z"),
        "{}",
        ran.out
    );

    // A tariff has countries and minimums, which the trade's columns have no word for.
    let file = decks.path("tariff.csv");
    let ran =
        decks.run(&["export", "several", "--deck", "tariff", "--out", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().nth(1), Some("US,,0.12,0.05,6,6,USD,,,30"));
    let text = fs::read_to_string(decks.path("switchboard.toml")).unwrap();
    let at_tariff = text.lines().find(|line| line.contains("minimum_seconds")).unwrap();
    let read_back = text
        .replace(at_tariff, "")
        .replace("file = \"uk.csv\"", "file = \"uk.csv\" }, { file = \"tariff.csv\"");
    let before = decks.run(&["show", "several", "+12125550123", "--seconds", "7", "--json"]).json();
    fs::write(decks.path("switchboard.toml"), read_back).unwrap();
    let after = decks.run(&["show", "several", "+12125550123", "--seconds", "7", "--json"]).json();
    assert_eq!((&before["cost"], &after["quote"]["deck"]), (&after["cost"], &"tariff.csv".into()));
    assert_eq!(before["cost"], json!({"amount": "0.11", "currency": "USD"}));

    // Document 002's credits, by the price of the plan.
    let ran = decks.run(&["export", "one"]);
    assert_eq!(ran.out.lines().nth(1), Some("*,,0.008167,0.081667,,,USD,,"), "{}", ran.err);
    let ran = decks.run(&["export", "one", "--json"]);
    assert_eq!(ran.json()["connection_fee"]["amount"], "0.081667");
}

#[test]
fn arguments_that_make_no_sense_name_the_fix() {
    let decks = Decks::new();
    for (arguments, fix) in [
        (&["export", "several"][..], "name one of uk.csv, tariff"),
        (&["export", "several", "--deck", "us.csv"], "name one of uk.csv, tariff"),
        (&["export", "none"], "give it a tariff"),
        (&["export", "nobody"], "name one of several, one, none"),
        (&["export", "one", "--out", decks.path("uk.csv").to_str().unwrap()], "name a new file"),
        (&["show", "nobody", MOBILE], "name one of several, one, none"),
        (&["show", "one", "911"], "NUMBER"),
        (&["show", "one", MOBILE, "--at", "tomorrow"], "--at"),
        (&["show", "one", MOBILE, "--seconds", "-1"], "-1"),
    ] {
        let ran = decks.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(fix), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_decks_of_the_examples_are_sound() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/decks");
    let mut seen = 0;
    for entry in fs::read_dir(&examples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let ran = run(&["deck", "check", path.to_str().unwrap(), "--json"]);
            assert_eq!((ran.code, &ran.json()["gaps"]), (0, &json!([])), "{}", ran.err);
            seen += 1;
        }
    }
    assert!(seen >= 2);
    let config = examples.join("switchboard.toml");
    let shown = [
        "deck",
        "show",
        "east",
        MOBILE,
        "--at",
        "2026-12-01T00:00:00Z",
        "--seconds",
        "90",
        "--json",
        "--config",
    ];
    let ran = run(&[&shown[..], &[config.to_str().unwrap()]].concat());
    assert_eq!(ran.json()["cost"]["amount"], "0.034704", "{}", ran.err);
}

#[test]
fn what_carriers_export_is_checked_shown_and_written_with_its_layout() {
    let decks = Decks::new();
    let carrier = "Dial Code;Route;Interstate;Intrastate\n44, 4420;@London;0,0123;0,02\n";
    let layout =
        ["--layout", "carrier-comma", "--map", "rate=Interstate", "--map", "ignore=Intrastate"];
    let refused = decks.check(carrier, &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("\"Dial Code\" is not known")
            && refused.err.contains("\"carrier\" reads it as prefix"),
        "{}",
        refused.err
    );
    let ran = decks.check(carrier, &[&layout[..], &["--json"]].concat());
    assert_eq!((ran.code, &ran.json()["rows"]), (0, &2.into()), "{}", ran.err);

    // In the configuration, and with another column in its place.
    fs::write(decks.path("carrier.csv"), carrier).unwrap();
    let text = r#"
        [providers.one]
        kind = "kaicalls"
        api_key_env = "UNSET_KEY"
        [[providers.one.decks]]
        file = "carrier.csv"
        layout = "carrier-comma"
        map = { rate = "Interstate", ignore = ["Intrastate"] }
    "#;
    fs::write(decks.path("switchboard.toml"), text).unwrap();
    let cost = |more: &[&str]| {
        let shown = decks
            .run(&[&["show", "one", "+442079460018", "--seconds", "60", "--json"], more].concat());
        assert_eq!(shown.code, 0, "{}", shown.err);
        let shown = shown.json();
        (
            shown["cost"]["amount"].clone(),
            shown["quote"]["line"].clone(),
            shown["quote"]["destination"].clone(),
        )
    };
    assert_eq!(cost(&[]), ("0.0123".into(), 2.into(), "@London".into()));
    let other = ["--map", "rate=Intrastate", "--map", "ignore=Interstate"];
    assert_eq!(cost(&other).0, "0.02");

    // What is written is a deck of the trade that no spreadsheet runs, and says the same.
    let written = decks.run(&["export", "one"]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert!(written.out.contains("\n44,'@London,0.0123,"), "{}", written.out);
    assert_eq!(decks.check(&written.out, &["--json"]).json()["rows"], 2);
    let other = decks.run(&[&["export", "one"], &other[..]].concat());
    assert!(other.out.contains("\n4420,'@London,0.02,"), "{}", other.out);

    for (arguments, fix) in [
        (["--layout", "uk"], "write trade, carrier"),
        (["--map", "rate"], "has no ="),
        (["--map", "rat=Price"], "did you mean \"rate\"?"),
        (["--map", "rate=Price"], "which the file does not have"),
    ] {
        let refused = decks.check("prefix,rate\n44,1\n", &arguments);
        assert_eq!(refused.code, 2, "{arguments:?}");
        assert!(refused.err.contains(fix), "{arguments:?}: {}", refused.err);
    }
}
