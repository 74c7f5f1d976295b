//! Rows with dates, several decks, other currencies and two increments, each against a slow oracle
//! that is written another way. One file, because all of it is held against that one oracle.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use switchboard_core::{
    Country, Currency, Destination, ErrorKind, Money, PhoneNumber, Tariff, TariffRow,
};
use switchboard_router::{Exchange, RateDeck, RateRow};

fn usd(micros: i64) -> Money {
    Money::from_micros(micros, Currency::USD)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn prefix(digits: &str) -> Destination {
    Destination::Prefix(digits.to_owned())
}

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number).unwrap()
}

/// A row that costs so many millionths a call.
fn row(destination: Destination, fee: i64) -> RateRow {
    RateRow {
        destination,
        name: None,
        per_minute: Some(usd(0)),
        connection_fee: Some(usd(fee)),
        first_increment: None,
        next_increment: None,
        minimum: None,
        effective_from: None,
        effective_until: None,
    }
}

fn between(row: RateRow, from: Option<i64>, until: Option<i64>) -> RateRow {
    RateRow { effective_from: from.map(at), effective_until: until.map(at), ..row }
}

fn dollars() -> Exchange {
    Exchange::none(Currency::USD)
}

fn deck(name: &str, rows: &[RateRow]) -> RateDeck {
    RateDeck::of_rows(name, rows, &dollars())
        .unwrap_or_else(|fault| panic!("row {}: {}", fault.row, fault.message))
}

fn cost(deck: &RateDeck, to: &str, second: i64) -> Option<i64> {
    deck.estimate(&phone(to), seconds(60), at(second)).map(Money::micros)
}

/// Numbers of different lengths, near to each other and far apart.
fn numbers() -> Vec<PhoneNumber> {
    let mut numbers: Vec<PhoneNumber> =
        (0..8).map(|n| phone(&format!("+1512555{:04}", n * 371))).collect();
    numbers.extend((0..8).map(|n| phone(&format!("+44207946{:04}", n * 111))));
    numbers.extend(
        [
            "+4930123456",
            "+49301234567",
            "+493012345678",
            "+14165550123",
            "+442071838750",
            "+6421123456",
        ]
        .map(phone),
    );
    numbers
}

/// A prefix that is a real number's beginning, a country or everywhere.
fn any_destination() -> impl Strategy<Value = Destination> {
    let numbers = numbers();
    let prefix = (0..numbers.len(), 1_usize..13).prop_map(move |(which, length)| {
        let digits = &numbers[which].e164()[1..];
        Destination::Prefix(digits[..length.min(digits.len())].to_owned())
    });
    let country =
        prop_oneof![Just(Country::US), Just(Country::CA), Just(Country::GB), Just(Country::DE)]
            .prop_map(Destination::Country);
    prop_oneof![12 => prefix, 2 => country, 1 => Just(Destination::Everywhere)]
}

/// Windows that lie behind each other, with gaps between some and open ends.
fn any_windows() -> impl Strategy<Value = Vec<(Option<i64>, Option<i64>)>> {
    (vec(1_i64..40, 0..6), any::<u8>()).prop_map(|(steps, kinds)| {
        let mut moments: Vec<i64> = Vec::new();
        for step in steps {
            moments.push(moments.last().copied().unwrap_or(0) + step);
        }
        if moments.len() < 2 {
            return vec![(None, None)];
        }
        let mut windows: Vec<(Option<i64>, Option<i64>)> = Vec::new();
        for (nth, pair) in moments.windows(2).enumerate() {
            if kinds >> nth & 1 == 0 {
                windows.push((Some(pair[0]), Some(pair[1])));
            }
        }
        if let Some(first) = windows.first_mut().filter(|_| kinds & 64 != 0) {
            first.0 = None;
        }
        if let Some(last) = windows.last_mut().filter(|_| kinds & 128 != 0) {
            last.1 = None;
        }
        windows
    })
}

/// Rows of a deck without two for the same destination at the same time; each has a price of its
/// own.
fn any_rows(from: i64) -> impl Strategy<Value = Vec<RateRow>> {
    vec((any_destination(), any_windows(), any::<u32>()), 0..25).prop_map(move |places| {
        let mut known = BTreeMap::new();
        for (destination, windows, order) in places {
            known.entry(format!("{destination:?}")).or_insert((destination, windows, order));
        }
        let mut rows = Vec::new();
        for (destination, windows, order) in known.into_values() {
            rows.extend(
                windows.into_iter().map(|(from, until)| {
                    (order, between(row(destination.clone(), 0), from, until))
                }),
            );
        }
        rows.sort_by_key(|(order, _)| *order);
        let priced = rows.into_iter().enumerate();
        priced
            .map(|(nth, (_, row))| RateRow { connection_fee: Some(usd(from + nth as i64)), ..row })
            .collect()
    })
}

/// What the price should be: look at every row of one deck, keep the closest that covers the number
/// and holds.
fn scan(rows: &[RateRow], to: &PhoneNumber, now: Timestamp) -> Option<i64> {
    let mut best: Option<(usize, i64)> = None;
    for row in rows {
        let begun = row.effective_from.is_none_or(|from| now >= from);
        let over = row.effective_until.is_some_and(|until| now >= until);
        let close = match &row.destination {
            Destination::Prefix(digits) if to.e164()[1..].starts_with(digits.as_str()) => {
                digits.len() + 2
            }
            Destination::Country(country) if *country == to.country() => 1,
            Destination::Everywhere => 0,
            Destination::Prefix(_) | Destination::Country(_) => continue,
        };
        if begun && !over && best.is_none_or(|(other, _)| close > other) {
            best = Some((close, row.connection_fee.unwrap().micros()));
        }
    }
    best.map(|(_, fee)| fee)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn the_longest_prefix_that_holds_wins_at_every_moment_and_in_the_first_deck_that_has_one(
        one in any_rows(1), other in any_rows(10_000),
    ) {
        let (first, second) = (deck("one", &one), deck("other", &other));
        let both = first.clone().or(second.clone()).unwrap();
        prop_assert_eq!(both.len(), one.len() + other.len());
        for to in numbers() {
            for second_of_day in (-5..210).step_by(3) {
                let now = at(second_of_day);
                let (by_one, by_other) = (scan(&one, &to, now), scan(&other, &to, now));
                for (deck, expected) in [(&first, by_one), (&second, by_other), (&both, by_one.or(by_other))] {
                    let estimate = deck.estimate(&to, seconds(60), now);
                    prop_assert_eq!(estimate, expected.map(usd), "{:?} at {}", to, second_of_day);
                    prop_assert_eq!(deck.covers(&to, now), expected.is_some());
                    let quote = deck.explain(&to, seconds(60), now).quote;
                    prop_assert_eq!(quote.as_ref().map(|quote| quote.cost), estimate);
                    if let Some(quote) = quote {
                        let own = if quote.deck == "one" { &one } else { &other };
                        let named = own.iter().find(|row| row.destination == quote.destination && row.effective_from == quote.effective_from
                            && row.effective_until == quote.effective_until);
                        prop_assert_eq!(named.and_then(|row| row.connection_fee), estimate, "the row that is named has that price");
                    }
                }
            }
        }
    }

    #[test]
    fn a_cost_is_the_least_number_of_millionths_that_is_not_below_the_exact_one(
        fee in prop_oneof![Just(0_i64), 0_i64..5_000_000],
        per_minute in prop_oneof![Just(0_i64), 0_i64..900_000_000],
        first in proptest::option::of(1_u64..200), next in proptest::option::of(1_u64..200), minimum in proptest::option::of(0_u64..400),
        millis in prop_oneof![Just(0_u64), 0_u64..4_000_000],
        rate in (1_i64..3_000_000_000_000, 0_u32..=12), foreign: bool,
    ) {
        let rate = Decimal::new(rate.0, rate.1);
        prop_assume!(rate <= Decimal::from(1_000_000));
        let money = |micros| Money::from_micros(micros, if foreign { Currency::JPY } else { Currency::USD });
        let exchange = dollars().with(Currency::JPY, rate).unwrap();
        let rows = [RateRow {
            per_minute: Some(money(per_minute)),
            connection_fee: Some(money(fee)),
            first_increment: first.map(seconds),
            next_increment: next.map(seconds),
            minimum: minimum.map(seconds),
            ..row(Destination::Everywhere, 0)
        }];
        let mut billed = 0;
        while billed * 1_000 < millis {
            billed += if billed == 0 { first.unwrap_or(1) } else { next.unwrap_or(1) };
        }
        let billed = i128::from(billed.max(minimum.unwrap_or(0)));
        // fee + per_minute * billed / 60, times rate, as one fraction whose parts are whole.
        let (num, den) = if foreign { (rate.mantissa(), 10_i128.pow(rate.scale())) } else { (1, 1) };
        let exact = (i128::from(fee) * 60 + i128::from(per_minute) * billed) * num;
        let unit = 60 * den;
        let deck = RateDeck::of_rows("deck", &rows, &exchange).unwrap();
        let explained = deck.explain(&phone("+15125550142"), Duration::from_millis(millis), at(0));
        let estimate = deck.estimate(&phone("+15125550142"), Duration::from_millis(millis), at(0));
        match estimate {
            Some(cost) => {
                let micros = i128::from(cost.micros());
                prop_assert!(micros * unit >= exact, "never below");
                prop_assert!((micros - 1) * unit < exact, "never a millionth too much");
                let quote = explained.quote.unwrap();
                prop_assert_eq!((quote.cost, i128::from(quote.billed.as_secs())), (cost, billed));
                prop_assert_eq!(quote.rate, foreign.then(|| rate.normalize()));
            }
            None => prop_assert!(exact > i128::from(i64::MAX) * unit, "unknown only beyond all bounds"),
        }
    }
}

/// Large enough for every way of looking up that there is.
#[test]
fn a_large_deck_answers_as_a_map_of_its_prefixes() {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut known: BTreeMap<String, i64> = BTreeMap::new();
    while known.len() < 120_000 {
        let length = 1 + draw(10) as usize;
        let lead = ["1512", "1416", "4420", "4479", "4930", "336", "8190", "7"][draw(8) as usize];
        let digits = format!("{lead}{:08}", draw(100_000_000));
        let fee = known.len() as i64 + 1;
        known.entry(digits[..length.min(digits.len())].to_owned()).or_insert(fee);
    }
    let rows: Vec<RateRow> = known.iter().map(|(digits, fee)| row(prefix(digits), *fee)).collect();
    let deck = deck("large", &rows);
    assert_eq!(deck.len(), 120_000);
    let mut found = 0;
    for n in 0..4_000 {
        let text = match n % 4 {
            0 => format!("+1512555{:04}", n),
            1 => format!("+44207946{:04}", n),
            2 => format!("+4930{:07}", 1_000_000 + draw(8_999_999)),
            _ => format!("+336{:08}", 10_000_000 + draw(89_999_999)),
        };
        let Ok(to) = PhoneNumber::parse(&text) else {
            continue;
        };
        let digits = &to.e164()[1..];
        let expected =
            (1..=digits.len()).rev().find_map(|length| known.get(&digits[..length]).copied());
        assert_eq!(deck.estimate(&to, seconds(60), at(0)).map(Money::micros), expected, "{text}");
        found += usize::from(expected.is_some());
    }
    assert!(found > 3_000, "{found}");
    assert!(deck.bytes() < 120_000 * 70, "{} bytes", deck.bytes());
}

#[test]
fn a_price_changes_at_its_moment_and_falls_back_to_the_next_shorter_prefix() {
    let rows = [
        row(prefix("44"), 1),
        between(row(prefix("447"), 2), None, Some(100)),
        between(row(prefix("447"), 3), Some(200), None),
    ];
    let deck = deck("uk", &rows);
    for (second, expected) in [(-1, 2), (99, 2), (100, 1), (199, 1), (200, 3), (1_000_000, 3)] {
        assert_eq!(cost(&deck, "+447400123456", second), Some(expected), "at {second}");
    }
    let to = phone("+447400123456");
    let explained = deck.explain(&to, seconds(60), at(150));
    assert_eq!(explained.skipped, [("uk".to_owned(), prefix("447"))]);
    assert_eq!(explained.quote.unwrap().destination, prefix("44"));
}

#[test]
fn the_first_deck_that_has_a_row_then_has_the_price_and_unknown_stays_unknown() {
    let near = deck(
        "near",
        &[
            between(row(prefix("44"), 5), Some(0), Some(10)),
            row(Destination::Country(Country::DE), 6),
        ],
    );
    let far = deck("far", &[row(prefix("442079"), 7), row(prefix("1"), 8)]);
    let both = near.or(far).unwrap();
    assert_eq!(cost(&both, "+442079460018", 5), Some(5), "though the other's prefix is longer");
    assert_eq!(cost(&both, "+442079460018", 10), Some(7));
    assert_eq!(cost(&both, "+4930123456", 0), Some(6));
    assert_eq!(cost(&both, "+12015550123", 0), Some(8));
    assert_eq!(cost(&both, "+447400123456", 20), None);
    assert_eq!(both.decks().collect::<Vec<_>>(), [("near", 2), ("far", 2)]);
    let nothing = both.explain(&phone("+447400123456"), seconds(60), at(20));
    assert_eq!((nothing.quote, nothing.skipped), (None, vec![("near".to_owned(), prefix("44"))]));

    let tariff = Tariff {
        rows: vec![TariffRow {
            destination: Destination::Everywhere,
            per_call: Some(usd(9)),
            per_minute: None,
            increment: None,
            minimum: None,
        }],
        credit_price: Some(usd(100)),
    };
    let all = both.or(RateDeck::new(&tariff, Currency::USD).unwrap()).unwrap();
    assert_eq!(cost(&all, "+447400123456", 20), Some(9));
    assert_eq!(all.credit_price(), Some(usd(100)));
    assert_eq!(
        all.explain(&phone("+447400123456"), seconds(60), at(20)).quote.unwrap().deck,
        "tariff"
    );
    let other = all.or(RateDeck::unknown(Currency::EUR)).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Configuration);
}

#[test]
fn a_deck_is_shared_and_not_copied() {
    let rows: Vec<RateRow> = (1_000..9_000).map(|n| row(prefix(&n.to_string()), n)).collect();
    let deck = deck("shared", &rows);
    let copies: Vec<RateDeck> = std::iter::repeat_n(&deck, 200).cloned().collect();
    assert!(size_of::<RateDeck>() < 100 && copies.iter().all(|copy| copy.bytes() == deck.bytes()));
    assert_eq!(cost(&copies[199], "+12015550123", 0), Some(1_201));
}

/// The row that is blamed, and the complaint.
fn refused(rows: &[RateRow], exchange: &Exchange) -> (usize, String) {
    let fault = RateDeck::of_rows("deck", rows, exchange).unwrap_err();
    (fault.row, fault.message)
}

#[test]
fn two_rows_for_one_destination_at_one_time_are_refused_and_the_later_is_blamed() {
    for twice in [prefix("4420"), Destination::Country(Country::GB), Destination::Everywhere] {
        for (one, other) in [
            ((None, None), (None, None)),
            ((Some(0), None), (None, Some(1))),
            ((Some(0), Some(10)), (Some(9), Some(20))),
            ((Some(5), Some(6)), (Some(0), Some(100))),
        ] {
            let first = between(row(twice.clone(), 1), one.0, one.1);
            let rows = [
                row(prefix("44"), 2),
                first.clone(),
                between(row(twice.clone(), 3), other.0, other.1),
            ];
            let (blamed, message) = refused(&rows, &dollars());
            assert_eq!(blamed, 2, "{twice:?}");
            assert!(message.contains("row 1") && message.contains("keep one"), "{message}");
            let behind = [first, between(row(twice.clone(), 3), Some(100), Some(200))];
            assert_eq!(
                RateDeck::of_rows("deck", &behind, &dollars()).is_ok(),
                one.1.is_some(),
                "{one:?}"
            );
        }
    }
    // A long one that holds over two short ones behind each other.
    let rows = [
        between(row(prefix("44"), 1), Some(0), Some(100)),
        between(row(prefix("44"), 2), Some(10), Some(20)),
        between(row(prefix("44"), 3), Some(30), Some(40)),
    ];
    assert_eq!(refused(&rows, &dollars()).0, 1);
}

#[test]
fn rows_that_make_no_sense_are_refused_with_the_fix() {
    let sound = row(prefix("44"), 1);
    let euros = Money::from_micros(1, Currency::EUR);
    let cases = [
        (
            RateRow { per_minute: None, connection_fee: None, ..sound.clone() },
            "for a free call write 0",
        ),
        (
            RateRow { per_minute: Some(euros), connection_fee: None, ..sound.clone() },
            "say what one EUR is worth in USD",
        ),
        (RateRow { per_minute: Some(euros), ..sound.clone() }, "say what one EUR is worth in USD"),
        (RateRow { connection_fee: Some(euros), ..sound.clone() }, "use one currency"),
        (RateRow { per_minute: Some(usd(-1)), ..sound.clone() }, "not negative"),
        (RateRow { first_increment: Some(Duration::ZERO), ..sound.clone() }, "write 1"),
        (RateRow { next_increment: Some(Duration::ZERO), ..sound.clone() }, "write 1"),
        (
            RateRow { minimum: Some(Duration::from_secs(1 << 33)), ..sound.clone() },
            "a hundred years",
        ),
        (between(sound.clone(), Some(10), Some(5)), "swap"),
        (between(sound.clone(), Some(10), Some(10)), "never does"),
        (row(prefix("0044"), 1), "4420"),
        (row(prefix("1234567890123456"), 1), "1 to 15 digits"),
    ];
    for (wrong, fix) in cases {
        let (blamed, message) = refused(&[row(prefix("1"), 1), wrong], &dollars());
        assert_eq!(blamed, 1, "{message}");
        assert!(message.contains(fix), "{message}");
    }
}

#[test]
fn exchange_rates_that_make_no_sense_are_refused() {
    for rate in ["0", "-1", "1000001", "0.0000000000001"] {
        let error = dollars().with(Currency::EUR, rate.parse().unwrap()).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Configuration, Some("EUR")),
            "{rate}"
        );
    }
    let known = dollars().with(Currency::EUR, "1.0845".parse().unwrap()).unwrap();
    assert!(known.clone().with(Currency::EUR, Decimal::ONE).is_err(), "twice");
    assert!(known.clone().with(Currency::USD, Decimal::ONE).is_err(), "its own");
    assert_eq!(known.rate(Currency::USD), Some(Decimal::ONE));
    let mut rows = vec![row(prefix("1"), 1), row(prefix("44"), 1)];
    rows[1].per_minute = Some(Money::from_micros(1, Currency::EUR));
    rows[1].connection_fee = None;
    let deck = RateDeck::of_rows("deck", &rows, &known).unwrap();
    let mut currencies: Vec<&str> =
        deck.price_currencies().into_iter().map(|currency| currency.code()).collect();
    currencies.sort_unstable();
    assert_eq!(currencies, ["EUR", "USD"]);
}

#[test]
fn prices_beyond_all_bounds_are_unknown_and_do_not_panic() {
    let largest = Money::from_micros(i64::MAX, Currency::EUR);
    let exchange = dollars().with(Currency::EUR, "999999.999999999999".parse().unwrap()).unwrap();
    let rows = [RateRow {
        per_minute: Some(largest),
        connection_fee: Some(largest),
        first_increment: Some(Duration::from_secs(u64::from(u32::MAX))),
        ..row(Destination::Everywhere, 0)
    }];
    let deck = RateDeck::of_rows("deck", &rows, &exchange).unwrap();
    assert_eq!(deck.estimate(&phone("+15125550142"), Duration::MAX, at(0)), None);
    assert_eq!(deck.explain(&phone("+15125550142"), Duration::MAX, at(0)).quote, None);
}
