//! Rate decks in the configuration: files, currencies, defaults, and every mistake with its key,
//! its place and the fix.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use std::{fs, path::PathBuf, time::Duration};

use jiff::Timestamp;
use switchboard::{Config, ConfigError, PhoneNumber, config::Amount, core::Destination};
use tempfile::TempDir;

const UK: &str = "prefix,destination,rate,connection fee,first increment,next increment,currency,effective from,until
44,United Kingdom,0.010,,60,60,,,
447,United Kingdom mobile,0.030,0.01,30,6,,,2026-03-01
447,United Kingdom mobile,0.020,0.01,30,6,,2026-03-01,
";

/// A configuration in a directory of its own, with one account at KaiCalls.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("decks")).unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        Self(directory)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("switchboard.toml")
    }

    /// `routing` is below `[routing]`, `account` below `[providers.p]`.
    fn read(&self, routing: &str, account: &str) -> Result<Config, ConfigError> {
        let text = format!(
            "[routing]\n{routing}\n[providers.p]\nkind = \"kaicalls\"\napi_key_env = \"KEY\"\n{account}\n"
        );
        fs::write(self.path(), text).unwrap();
        Config::from_file(self.path())
    }

    fn config(&self, routing: &str, account: &str) -> Config {
        self.read(routing, account).unwrap_or_else(|error| panic!("{error}"))
    }

    fn refused(&self, routing: &str, account: &str) -> ConfigError {
        match self.read(routing, account) {
            Ok(_) => panic!("was taken: {routing}\n{account}"),
            Err(error) => error,
        }
    }
}

fn cost(config: &Config, to: &str, seconds: u64, at: &str) -> Option<String> {
    let policy = config.policy().unwrap();
    let cost = policy.providers[0].deck.estimate(
        &PhoneNumber::parse(to).unwrap(),
        Duration::from_secs(seconds),
        at.parse::<Timestamp>().unwrap(),
    );
    cost.map(|money| money.to_string())
}

const WINTER: &str = "2026-02-28T23:59:59Z";
const SPRING: &str = "2026-03-01T00:00:00Z";
const MOBILE: &str = "+447400123456";
const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";

#[test]
fn a_deck_is_read_from_beside_the_configuration_and_its_rate_changes_at_its_moment() {
    let files = Files::new(&[("decks/uk.csv", UK)]);
    let config = files.config("", "[[providers.p.decks]]\nfile = \"decks/uk.csv\"");
    assert_eq!(cost(&config, MOBILE, 31, WINTER).as_deref(), Some("0.028 USD"));
    assert_eq!(cost(&config, MOBILE, 31, SPRING).as_deref(), Some("0.022 USD"));
    assert_eq!(cost(&config, LONDON, 61, SPRING).as_deref(), Some("0.02 USD"));
    assert_eq!(cost(&config, NEW_YORK, 61, SPRING), None, "unknown, and not zero");
    let policy = config.policy().unwrap();
    assert_eq!(policy.providers[0].deck.decks().collect::<Vec<_>>(), [("decks/uk.csv", 3)]);
    assert_eq!(policy.providers[0].info.tariff, None);
}

#[test]
fn the_first_deck_that_has_a_row_wins_and_the_tariff_stands_behind_all_of_them() {
    let files = Files::new(&[
        ("decks/uk.csv", UK),
        ("decks/world.csv", "prefix,rate\n4420,0.5\n49,0.06\n1,0.07\n"),
    ]);
    let decks = "[[providers.p.decks]]\nfile = \"decks/uk.csv\"\n[[providers.p.decks]]\nfile = \"decks/world.csv\"\n";
    let swapped = "[[providers.p.decks]]\nfile = \"decks/world.csv\"\n[[providers.p.decks]]\nfile = \"decks/uk.csv\"\n";
    let tariff = "[providers.p.tariff]\nrows = [{ prefixes = [\"+1212\"], per_minute = \"9\" }]\ndefault = { per_minute = \"0.12\" }\n";
    for (account, london, new_york, tokyo) in [
        (decks.to_owned(), "0.01 USD", Some("0.07 USD"), None),
        (swapped.to_owned(), "0.50 USD", Some("0.07 USD"), None),
        (format!("{decks}{tariff}"), "0.01 USD", Some("0.07 USD"), Some("0.12 USD")),
        (
            format!("price_per_minute = \"0.11\"\n{decks}"),
            "0.01 USD",
            Some("0.07 USD"),
            Some("0.11 USD"),
        ),
    ] {
        let config = files.config("", &account);
        assert_eq!(cost(&config, LONDON, 60, SPRING).as_deref(), Some(london), "{account}");
        assert_eq!(cost(&config, NEW_YORK, 60, SPRING).as_deref(), new_york, "{account}");
        assert_eq!(cost(&config, "+81312345678", 60, SPRING).as_deref(), tokyo, "{account}");
    }
}

#[test]
fn prices_in_other_currencies_are_converted_exactly() {
    let files =
        Files::new(&[("deck.csv", "prefix,rate,currency\n44,0.10,EUR\n49,0.20,USD\n1,0.30,\n")]);
    let deck = "[[providers.p.decks]]\nfile = \"deck.csv\"";
    let config = files.config("currencies = { EUR = \"1.0845\" }", deck);
    // 0.10 EUR a minute for one second: 0.0018075 USD, rounded up once.
    assert_eq!(cost(&config, LONDON, 1, SPRING).as_deref(), Some("0.001808 USD"));
    assert_eq!(cost(&config, LONDON, 60, SPRING).as_deref(), Some("0.10845 USD"));
    assert_eq!(cost(&config, NEW_YORK, 60, SPRING).as_deref(), Some("0.30 USD"));
    let config = files.config("currency = \"EUR\"\ncurrencies = { USD = \"0.9\" }", deck);
    assert_eq!(cost(&config, "+4930123456", 60, SPRING).as_deref(), Some("0.18 EUR"));
    assert_eq!(
        cost(&config, NEW_YORK, 60, SPRING).as_deref(),
        Some("0.30 EUR"),
        "named none: the configuration's"
    );
}

#[test]
fn a_plan_and_the_documented_credits_are_all_that_kallyai_needs() {
    let kallyai = |tariff: &str| {
        let text = format!(
            "[providers.p]\nkind = \"kallyai\"\napi_key_env = \"KEY\"\n[providers.p.tariff]\n{tariff}\n"
        );
        Config::from_toml(&text)
    };
    // Document 002: 600 credits for 49 a month, 1 credit for a call and 0.1 for a minute.
    let pro = kallyai("plan = { price = \"49\", credits = \"600\" }").unwrap();
    assert_eq!(
        pro.policy().unwrap().providers[0].deck.credit_price().unwrap().to_string(),
        "0.081667 USD"
    );
    assert_eq!(cost(&pro, NEW_YORK, 120, SPRING).as_deref(), Some("0.098001 USD"));
    let overage = kallyai("credit_price = \"0.10\"").unwrap();
    assert_eq!(cost(&overage, NEW_YORK, 120, SPRING).as_deref(), Some("0.12 USD"));
    // Whoever writes rows means them: nothing is added.
    let rows = kallyai(
        "credit_price = \"0.10\"\nrows = [{ prefixes = [\"+44\"], per_call_credits = \"2\" }]",
    )
    .unwrap();
    assert_eq!(cost(&rows, LONDON, 120, SPRING).as_deref(), Some("0.20 USD"));
    assert_eq!(cost(&rows, NEW_YORK, 120, SPRING), None);
    let told = kallyai("").unwrap_err().to_string();
    assert!(
        told.contains("providers.p.tariff: has no price: add credit_price or a plan"),
        "{told}"
    );

    let without =
        Config::from_toml("[providers.p]\nkind = \"kallyai\"\napi_key_env = \"KEY\"").unwrap();
    assert_eq!(cost(&without, NEW_YORK, 120, SPRING), None, "what a credit costs is not guessed");
}

#[test]
fn a_price_of_a_minute_is_billed_by_the_second() {
    let files = Files::new(&[]);
    let config = files.config("", "price_per_minute = \"0.12\"");
    assert_eq!(cost(&config, NEW_YORK, 61, SPRING).as_deref(), Some("0.122 USD"));
    let tariff = config.policy().unwrap().providers[0].info.tariff.clone().unwrap();
    assert_eq!(tariff.rows[0].destination, Destination::Everywhere);
}

/// What is below `[routing]` and `[providers.p]`, the key, and parts of what is said.
const MISTAKES: &[(&str, &str, &str, &[&str])] = &[
    (
        "currencies = { EUR = \"1.08\" }",
        "[[providers.p.decks]]\nfile = \"uk.csv\"",
        "routing.currencies.EUR",
        &["has no effect", "take it out"],
    ),
    (
        "currencies = { USD = \"1\" }",
        "",
        "routing.currencies.USD",
        &["is the currency that everything is converted into", "take it out"],
    ),
    ("currencies = { euro = \"1\" }", "", "routing.currencies.euro", &["no ISO 4217 code", "EUR"]),
    (
        "currencies = { EUR = 1.0845 }",
        "",
        "routing.currencies.EUR",
        &["floating-point", "quote it, \"1.0845\""],
    ),
    ("currencies = { EUR = 1 }", "", "routing.currencies.EUR", &["rates are text", "quote it"]),
    (
        "currencies = { EUR = \"1,08\" }",
        "",
        "routing.currencies.EUR",
        &["no exchange rate", "\"1.0845\""],
    ),
    ("currencies = { EUR = \"0\" }", "", "routing.currencies.EUR", &["0 is no rate", "above 0"]),
    (
        "",
        "[[providers.p.decks]]\nfile = \"missing.csv\"",
        "providers.p.decks[0].file",
        &["missing.csv cannot be read"],
    ),
    (
        "",
        "[[providers.p.decks]]\nfile = \"decks\"",
        "providers.p.decks[0].file",
        &["is not a file", "in CSV"],
    ),
    (
        "",
        "[[providers.p.decks]]\nfil = \"uk.csv\"",
        "providers.p.decks[0].fil",
        &["did you mean file?"],
    ),
    (
        "",
        "[[providers.p.decks]]\nfile = \"uk.csv\"\n[[providers.p.decks]]\nfile = \"uk.csv\"",
        "providers.p.decks[1].file",
        &["listed twice", "keep the first"],
    ),
    (
        "",
        "[[providers.p.decks]]\nfile = \"all.csv\"\n[[providers.p.decks]]\nfile = \"uk.csv\"",
        "providers.p.decks[1].file",
        &["has no effect: all.csv stands before it"],
    ),
    (
        "",
        "price_per_minute = \"0.1\"\n[[providers.p.decks]]\nfile = \"all.csv\"",
        "providers.p.price_per_minute",
        &["has no effect: all.csv stands before it"],
    ),
    (
        "",
        "[[providers.p.decks]]\nfile = \"euros.csv\"",
        "providers.p.decks[0].file",
        &[
            "euros.csv, line 2, column currency",
            "say what one EUR is worth in USD",
            "in [routing.currencies]",
        ],
    ),
    (
        "",
        "price_per_minute = \"0.1\"\ntariff = { default = { per_call = \"1\" } }",
        "providers.p.price_per_minute",
        &["stands beside the tariff", "keep one"],
    ),
    ("", "price_per_minute = 0.1", "providers.p.price_per_minute", &["floating-point", "quote it"]),
    (
        "",
        "tariff = { credit_price = \"1\", plan = { price = \"1\", credits = \"1\" }, default = { per_call = \"1\" } }",
        "providers.p.tariff.plan",
        &["beside credit_price", "keep one"],
    ),
    (
        "",
        "tariff = { plan = { price = \"1\", credits = \"0\" }, default = { per_call = \"1\" } }",
        "providers.p.tariff.plan.credits",
        &["is 0", "\"600\""],
    ),
    (
        "",
        "tariff = { plan = { price = \"9000000000000\", credits = \"0.000001\" }, default = { per_call = \"1\" } }",
        "providers.p.tariff.plan",
        &["too dear"],
    ),
    (
        "",
        "tariff = { plan = { price = \"1\", credits = \"1\" } }",
        "providers.p.tariff",
        &["has no price"],
    ),
];

#[test]
fn each_mistake_names_its_key_its_place_and_the_fix() {
    let files = Files::new(&[
        ("uk.csv", UK),
        ("all.csv", "prefix,rate\n*,0.5\n1,0.1\n"),
        ("euros.csv", "prefix,rate,currency\n44,0.1,EUR\n"),
    ]);
    for (routing, account, key, parts) in MISTAKES {
        let error = files.refused(routing, account);
        let named = error.problems().iter().find(|problem| problem.key == *key);
        let problem = named.unwrap_or_else(|| panic!("{key} is not named: {error}"));
        assert!(problem.position.is_some(), "{problem}");
        for part in *parts {
            assert!(problem.message.contains(part), "{part:?} is not in {problem}");
        }
    }
}

#[test]
fn all_faults_of_a_deck_are_told_at_once_each_with_file_line_and_column() {
    let broken = "prefix,rate,until\nx,1,\n44,free,soon\n44,0.1,\n44,0.2,\n";
    let many = format!("prefix,rate\n{}", "x,1\n".repeat(80));
    let files = Files::new(&[("decks/broken.csv", broken), ("decks/many.csv", &many)]);
    let error = files.refused("", "[[providers.p.decks]]\nfile = \"decks/broken.csv\"");
    let told: Vec<&str> = error
        .problems()
        .iter()
        .map(|problem| problem.message.split(": ").next().unwrap())
        .collect();
    let expected = [
        "decks/broken.csv, line 2, column prefix",
        "decks/broken.csv, line 3, column rate",
        "decks/broken.csv, line 3, column until",
        "decks/broken.csv, line 5, column prefix",
    ];
    assert_eq!(told, expected);
    for problem in error.problems() {
        assert_eq!(
            (problem.key.as_str(), problem.position.unwrap().line),
            ("providers.p.decks[0].file", 7)
        );
    }
    let error = files.refused("", "[[providers.p.decks]]\nfile = \"decks/many.csv\"");
    assert_eq!(error.problems().len(), 51);
    assert!(error.problems()[50].message.ends_with("30 more problems"), "{error}");
}

#[test]
fn a_deck_is_read_once_and_its_content_is_part_of_the_version() {
    let files = Files::new(&[("uk.csv", UK)]);
    let deck = "[[providers.p.decks]]\nfile = \"uk.csv\"";
    let mut config = files.config("", deck);
    let version = config.version().unwrap();
    assert_eq!(files.config("", deck).version().as_deref(), Some(version.as_str()));
    fs::write(files.0.path().join("uk.csv"), UK.replace("0.010", "0.011")).unwrap();

    // What was read stays, whatever becomes of the file, and is not read anew for a change of
    // something else.
    config.routing.expected_duration_seconds = 60;
    assert_eq!(cost(&config, LONDON, 60, SPRING).as_deref(), Some("0.01 USD"));
    let changed = files.config("", deck);
    assert_eq!(cost(&changed, LONDON, 60, SPRING).as_deref(), Some("0.011 USD"));
    assert_ne!(changed.version(), Some(version));
    // What an account's prices rest on is.
    config.providers["p"].price_per_minute = Some(Amount::parse("0.5").unwrap());
    assert_eq!(cost(&config, LONDON, 60, SPRING).as_deref(), Some("0.011 USD"));
}

#[test]
fn a_layout_of_a_deck_is_read_and_what_is_wrong_with_it_has_its_key() {
    let carrier = "Dial Code;Price\n44;0,010\n4420-4429;0,02\n";
    let files = Files::new(&[("carrier.csv", carrier)]);
    let deck = |more: &str| format!("decks = [{{ file = \"carrier.csv\", {more} }}]");
    let config = files.config("", &deck("layout = \"carrier-comma\""));
    assert_eq!(cost(&config, LONDON, 60, SPRING).as_deref(), Some("0.02 USD"));
    for (more, key, told) in [
        (
            "layout = \"uk\"",
            "providers.p.decks[0].layout",
            "write trade, carrier, carrier-comma, us",
        ),
        ("map = { rat = \"Price\" }", "providers.p.decks[0].map.rat", "did you mean \"rate\"?"),
        (
            "map = { rate = \"Price\", ignore = [\"price\"] }",
            "providers.p.decks[0].map.rate",
            "mapped twice",
        ),
        ("layout = \"carrier\"", "providers.p.decks[0].file", "a point"),
        (
            "map = { rate = \"Preis\" }",
            "providers.p.decks[0].file",
            "\"Preis\", which the file does not have",
        ),
    ] {
        let error = files.refused("", &deck(more)).to_string();
        assert!(error.contains(key) && error.contains(told), "{more}: {error}");
    }
}

#[test]
fn a_prefix_that_belongs_to_nobody_is_refused_in_tariffs_and_routes_too() {
    let files = Files::new(&[]);
    let tariff = "tariff = { rows = [{ prefixes = [\"+210\"], per_minute = \"1\" }] }";
    let error = files.refused("", tariff).to_string();
    assert!(
        error.contains("tariff.rows[0].prefixes[0]") && error.contains("belongs to no country"),
        "{error}"
    );
    let route = "[[routes]]\nname = \"a\"\nproviders = [\"p\"]\nprefixes = [\"+2104\"]";
    let error = files.refused("", route).to_string();
    assert!(error.contains("prefixes[0]") && error.contains("belongs to no country"), "{error}");
}

/// What the example file has in its comments, taken out of them.
#[test]
fn the_example_file_says_how_a_deck_is_added() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = fs::read_to_string(root.join("switchboard.example.toml")).unwrap();
    for (comment, setting) in [
        ("# currencies = {", "currencies = {"),
        ("# [[providers.kaicalls.decks]]", "[[providers.kaicalls.decks]]"),
        ("# file = \"examples/decks", "file = \"examples/decks"),
        ("# layout = \"carrier\"", "layout = \"carrier\""),
        ("credit_price = \"0.15\"\n", ""),
        ("# plan = {", "plan = {"),
    ] {
        assert_eq!(text.matches(comment).count(), 1, "{comment}");
        text = text.replace(comment, setting);
    }
    let files = Files::new(&[]);
    fs::create_dir_all(files.0.path().join("examples/decks")).unwrap();
    fs::copy(
        root.join("examples/decks/europe.csv"),
        files.0.path().join("examples/decks/europe.csv"),
    )
    .unwrap();
    fs::write(files.path(), text).unwrap();
    let config = Config::from_file(files.path()).unwrap_or_else(|error| panic!("{error}"));
    let policy = config.policy().unwrap();
    let cost = |nth: usize, to: &str| {
        let to = PhoneNumber::parse(to).unwrap();
        let cost = policy.providers[nth].deck.estimate(
            &to,
            Duration::from_secs(60),
            SPRING.parse().unwrap(),
        );
        cost.unwrap().to_string()
    };
    // A minute to London: 0.0070 EUR by the deck; one to New York: 0.12 USD by the tariff behind
    // it.
    assert_eq!(
        (cost(1, LONDON), cost(1, NEW_YORK)),
        ("0.007592 USD".to_owned(), "0.12 USD".to_owned())
    );
    // 1.1 credits of 0.081667.
    assert_eq!(cost(0, NEW_YORK), "0.089834 USD");
}
