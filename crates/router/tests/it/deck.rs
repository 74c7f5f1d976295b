//! The rate deck against a slow oracle: an unknown price is never a price of zero.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use switchboard_core::{
    Country, Currency, Destination, ErrorKind, Money, PhoneNumber, Tariff, TariffRow,
};
use switchboard_router::RateDeck;

fn micros(micros: i64) -> Money {
    Money::from_micros(micros, Currency::USD)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn row(destination: Destination, per_call: i64) -> TariffRow {
    TariffRow {
        destination,
        per_call: Some(micros(per_call)),
        per_minute: None,
        increment: None,
        minimum: None,
    }
}

fn prefix(digits: &str) -> Destination {
    Destination::Prefix(digits.to_owned())
}

fn tariff(rows: Vec<TariffRow>) -> Tariff {
    Tariff { rows, credit_price: None }
}

fn deck(rows: Vec<TariffRow>) -> RateDeck {
    RateDeck::new(&tariff(rows), Currency::USD).unwrap()
}

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number).unwrap()
}

/// Numbers of different lengths, near to each other and far apart.
fn numbers() -> Vec<PhoneNumber> {
    let mut numbers: Vec<PhoneNumber> =
        (0..20).map(|n| phone(&format!("+1512555{:04}", n * 37))).collect();
    numbers.extend((0..20).map(|n| phone(&format!("+4420794600{n:02}"))));
    numbers.extend(
        ["+4930123456", "+49301234567", "+493012345678", "+14165550123", "+442071838750"]
            .map(phone),
    );
    numbers
}

/// A prefix that is a real number's beginning, or nearly so.
fn any_prefix() -> impl Strategy<Value = String> {
    let numbers = numbers();
    (0..numbers.len(), 1_usize..13, 0_u8..10, any::<bool>()).prop_map(
        move |(which, length, last, change)| {
            let digits = &numbers[which].e164()[1..];
            let mut prefix = digits[..length.min(digits.len())].to_owned();
            if change && prefix.len() > 1 {
                prefix.pop();
                prefix.push(char::from(b'0' + last));
            }
            prefix
        },
    )
}

/// What the price should be: look at every row, keep the longest that is the number's beginning.
fn slow(
    prefixes: &[String],
    country: Option<Country>,
    everywhere: bool,
    to: &PhoneNumber,
) -> Option<i64> {
    let mut best: Option<(usize, i64)> = None;
    for (n, prefix) in prefixes.iter().enumerate() {
        let longer = best.is_none_or(|(length, _)| prefix.len() > length);
        if to.e164()[1..].starts_with(prefix.as_str()) && longer {
            best = Some((prefix.len(), n as i64 + 1));
        }
    }
    best.map(|(_, price)| price)
        .or(country.filter(|country| *country == to.country()).map(|_| 100_000))
        .or(everywhere.then_some(200_000))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(800) })]

    #[test]
    fn the_longest_prefix_wins_then_the_country_then_everywhere(
        prefixes in vec(any_prefix(), 0..40),
        country in proptest::option::of(prop_oneof![Just(Country::US), Just(Country::GB), Just(Country::DE)]),
        everywhere: bool,
    ) {
        let prefixes: Vec<String> = prefixes.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut rows: Vec<TariffRow> = prefixes.iter().enumerate().map(|(n, digits)| row(prefix(digits), n as i64 + 1)).collect();
        rows.extend(country.map(|country| row(Destination::Country(country), 100_000)));
        rows.extend(everywhere.then(|| row(Destination::Everywhere, 200_000)));
        rows.reverse();
        let deck = deck(rows);
        for to in numbers() {
            let expected = slow(&prefixes, country, everywhere, &to).map(micros);
            prop_assert_eq!(deck.estimate(&to, seconds(60), Timestamp::UNIX_EPOCH), expected, "{:?} of {:?}", to, prefixes);
        }
    }

    #[test]
    fn time_is_billed_in_whole_increments_and_money_is_rounded_up(
        per_call in 0_i64..2_000_000,
        per_minute in 0_i64..2_000_000,
        increment in proptest::option::of(1_u64..120),
        minimum in proptest::option::of(0_u64..200),
        millis in 0_u64..2_000_000,
    ) {
        let rows = vec![TariffRow {
            destination: Destination::Everywhere,
            per_call: Some(micros(per_call)),
            per_minute: Some(micros(per_minute)),
            increment: increment.map(seconds),
            minimum: minimum.map(seconds),
        }];
        let mut billed = 0;
        while billed * 1_000 < millis {
            billed += increment.unwrap_or(1);
        }
        let billed = billed.max(minimum.unwrap_or(0));
        let mut cost = per_call + per_minute * i64::try_from(billed).unwrap() / 60;
        while (cost - per_call) * 60 < per_minute * i64::try_from(billed).unwrap() {
            cost += 1;
        }
        let estimate = deck(rows).estimate(&phone("+15125550142"), Duration::from_millis(millis), Timestamp::UNIX_EPOCH);
        prop_assert_eq!(estimate, Some(micros(cost)));
    }
}

#[test]
fn what_no_row_names_is_unknown_and_never_zero() {
    let to = phone("+15125550142");
    assert_eq!(
        RateDeck::unknown(Currency::USD).estimate(&to, seconds(60), Timestamp::UNIX_EPOCH),
        None
    );
    let elsewhere = deck(vec![row(prefix("44"), 1), row(Destination::Country(Country::DE), 2)]);
    assert_eq!(elsewhere.estimate(&to, seconds(60), Timestamp::UNIX_EPOCH), None);
    assert_eq!(
        elsewhere.estimate(&phone("+442079460018"), Duration::ZERO, Timestamp::UNIX_EPOCH),
        Some(micros(1))
    );
    let free = deck(vec![row(Destination::Everywhere, 0)]);
    assert_eq!(
        free.estimate(&to, seconds(60), Timestamp::UNIX_EPOCH),
        Some(micros(0)),
        "free is said, not guessed"
    );
    assert!(RateDeck::unknown(Currency::USD).is_empty() && elsewhere.len() == 2);
}

#[test]
fn a_country_is_not_its_calling_code() {
    let deck = deck(vec![
        row(Destination::Country(Country::US), 1),
        row(Destination::Country(Country::CA), 2),
    ]);
    assert_eq!(
        deck.estimate(&phone("+15125550142"), seconds(1), Timestamp::UNIX_EPOCH),
        Some(micros(1))
    );
    assert_eq!(
        deck.estimate(&phone("+14165550123"), seconds(1), Timestamp::UNIX_EPOCH),
        Some(micros(2))
    );
}

/// The key that is blamed.
fn refused(rows: Vec<TariffRow>, currency: Currency) -> String {
    let error = RateDeck::new(&tariff(rows), currency).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.field().unwrap().to_owned()
}

#[test]
fn two_rows_for_one_destination_are_refused() {
    for twice in [prefix("4420"), Destination::Country(Country::GB), Destination::Everywhere] {
        let rows = vec![row(twice.clone(), 1), row(prefix("44"), 2), row(twice, 3)];
        assert_eq!(refused(rows, Currency::USD), "tariff.rows[2]");
    }
}

#[test]
fn a_price_in_another_currency_is_refused() {
    let mut euros = row(Destination::Everywhere, 1);
    euros.per_minute = Some(Money::parse("0.10", "EUR").unwrap());
    assert_eq!(refused(vec![row(prefix("1"), 1), euros.clone()], Currency::USD), "tariff.rows[1]");
    assert_eq!(
        refused(vec![euros], Currency::EUR),
        "tariff.rows[0]",
        "its other price is in dollars"
    );
}

#[test]
fn rows_that_make_no_sense_are_refused() {
    for digits in ["", "0", "+44", "44 20", "1234567890123456", "４４"] {
        assert_eq!(
            refused(vec![row(prefix(digits), 1)], Currency::USD),
            "tariff.rows[0]",
            "{digits:?}"
        );
    }
    assert_eq!(refused(vec![row(Destination::Everywhere, -1)], Currency::USD), "tariff.rows[0]");
    let mut empty = row(Destination::Everywhere, 1);
    empty.per_call = None;
    assert_eq!(refused(vec![empty], Currency::USD), "tariff.rows[0]");
}

#[test]
fn a_prefix_longer_than_the_number_is_not_its_beginning() {
    let deck = deck(vec![row(prefix("4930123456000"), 1), row(prefix("49301"), 2)]);
    assert_eq!(
        deck.estimate(&phone("+4930123456"), seconds(60), Timestamp::UNIX_EPOCH),
        Some(micros(2))
    );
}
