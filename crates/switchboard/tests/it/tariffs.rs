//! Prices of the file as the money of an estimate, to the last millionth.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{Config, PhoneNumber, core::Destination};

fn config(tariff: &str) -> Config {
    let text = format!(
        "[routing]\ncurrency = \"EUR\"\n[providers.p]\nkind = \"kallyai\"\napi_key_env = \"TOKEN\"\n[providers.p.tariff]\n{tariff}\n"
    );
    Config::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn estimate(config: &Config, to: &str, seconds: u64) -> Option<String> {
    let policy = config.policy().unwrap();
    let to = PhoneNumber::parse(to).unwrap();
    policy.providers[0]
        .deck
        .estimate(&to, Duration::from_secs(seconds), Timestamp::UNIX_EPOCH)
        .map(|money| money.to_string())
}

#[test]
fn credits_become_money_exactly_and_round_up_by_a_millionth() {
    let exact = config(
        "credit_price = \"0.15\"\ndefault = { per_call_credits = \"1\", per_minute_credits = \"0.1\" }",
    );
    assert_eq!(estimate(&exact, "+12015550123", 120).unwrap(), "0.18 EUR");
    assert_eq!(estimate(&exact, "+12015550123", 60).unwrap(), "0.165 EUR");
    let policy = exact.policy().unwrap();
    assert_eq!(policy.providers[0].deck.credit_price().unwrap().to_string(), "0.15 EUR");

    // 0.000003 credits at 0.5 are 1.5 millionths: never less than what is billed.
    let small = config("credit_price = \"0.5\"\ndefault = { per_call_credits = \"0.000003\" }");
    assert_eq!(estimate(&small, "+12015550123", 60).unwrap(), "0.000002 EUR");

    // What a binary floating-point number would turn into 0.30000000000000004.
    let sums = config("default = { per_call = \"0.1\", per_minute = \"0.2\" }");
    assert_eq!(estimate(&sums, "+12015550123", 60).unwrap(), "0.30 EUR");
}

#[test]
fn the_longest_prefix_wins_then_the_country_then_the_default() {
    let config = config(
        r#"default = { per_minute = "0.9" }
           rows = [
               { countries = ["GB", "IE"], per_minute = "0.2" },
               { prefixes = ["+447"], per_minute = "0.4" },
               { prefixes = ["+4420", "+4474"], per_minute = "0.1", per_call = "0.05" },
           ]"#,
    );
    for (to, expected) in [
        ("+441212345678", "0.20 EUR"),
        ("+447911123456", "0.40 EUR"),
        ("+447400123456", "0.15 EUR"),
        ("+442079460123", "0.15 EUR"),
        ("+12015550123", "0.90 EUR"),
    ] {
        assert_eq!(estimate(&config, to, 60).as_deref(), Some(expected), "{to}");
    }
    let policy = config.policy().unwrap();
    let rows = &policy.providers[0].info.tariff.as_ref().unwrap().rows;
    assert!(rows.iter().any(|row| row.destination == Destination::Prefix("4474".into())));
}

#[test]
fn time_is_billed_in_steps_and_at_least_the_minimum() {
    let config =
        config("default = { per_minute = \"0.60\", increment_seconds = 30, minimum_seconds = 60 }");
    for (seconds, expected) in
        [(1, "0.60 EUR"), (61, "0.90 EUR"), (90, "0.90 EUR"), (91, "1.20 EUR")]
    {
        assert_eq!(
            estimate(&config, "+12015550123", seconds).as_deref(),
            Some(expected),
            "{seconds}"
        );
    }
}

#[test]
fn what_no_row_covers_has_no_known_price() {
    let config = config("rows = [{ countries = [\"US\"], per_call = \"0\" }]");
    assert_eq!(estimate(&config, "+12015550123", 60).as_deref(), Some("0.00 EUR"));
    assert_eq!(estimate(&config, "+442079460123", 60), None);
}

/// An account, and the key that is warned of.
const IN_MONEY: &[(&str, &str)] = &[
    ("price_per_minute = \"0.12\"", "price_per_minute"),
    ("tariff = { default = { per_call = \"0.15\" } }", "tariff.default.per_call"),
    (
        "tariff = { credit_price = \"0.15\", default = { per_call_credits = \"1\", per_minute = \"0.1\" } }",
        "tariff.default.per_minute",
    ),
    (
        "tariff = { credit_price = \"0.15\", rows = [{ countries = [\"US\"], per_call_credits = \"1\" }, { countries = [\"CA\"], per_minute = \"0.1\" }] }",
        "tariff.rows[1].per_minute",
    ),
];

#[test]
fn a_price_in_money_is_warned_of_where_credits_are_billed() {
    let warned = |kind: &str, account: &str| {
        let text = format!("[providers.p]\nkind = \"{kind}\"\napi_key_env = \"KEY\"\n{account}\n");
        let config = Config::from_toml(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        config.warnings()
    };
    for (account, key) in IN_MONEY {
        let warnings = warned("kallyai", account);
        let [only] = warnings.as_slice() else { panic!("{account}: {warnings:?}") };
        assert_eq!(only.key, format!("providers.p.{key}"));
        assert!(
            only.message.contains("kallyai bills credits") && only.message.contains("credit_price"),
            "{only}"
        );
        // One that is switched off bills nothing, and KaiCalls bills money.
        assert_eq!(
            warned(
                "kallyai",
                &format!("enabled = false\n{account}\n[providers.q]\nkind = \"kallyai\"")
            ),
            []
        );
        if !account.contains("credit") {
            assert_eq!(warned("kaicalls", account), []);
        }
    }
    for account in [
        "",
        "tariff = { credit_price = \"0.15\" }",
        "tariff = { plan = { price = \"49\", credits = \"600\" } }",
        "tariff = { credit_price = \"0.15\", default = { per_call_credits = \"1\", per_minute_credits = \"0.1\" } }",
    ] {
        assert_eq!(warned("kallyai", account), [], "{account}");
    }
}
