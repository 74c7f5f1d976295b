//! Decks as files: what is written is read again, and whatever is wrong is named with file, line,
//! column and the fix. The file is long because the table of faults is.

use std::{
    io::{self, Read},
    time::Duration,
};

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use switchboard_core::{
    Country, Currency, Destination, Error, ErrorKind, Money, PhoneNumber, may_begin_number,
};
use switchboard_router::{
    DeckFault, DeckFaults, Exchange, RateDeck, RateRow, read_deck, scan_deck, write_deck,
};

const HEADER: &str = "prefix,destination,rate,connection fee,first increment,next increment,currency,effective from,until";

fn read(text: &str) -> Result<Vec<RateRow>, DeckFaults> {
    read_deck(text.as_bytes(), "deck.csv", Currency::USD)
}

fn rows(text: &str) -> Vec<RateRow> {
    read(text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> Vec<DeckFault> {
    match read(text) {
        Ok(rows) => panic!("was taken: {text}: {rows:?}"),
        Err(faults) => faults.faults,
    }
}

/// Below the usual header.
fn below(lines: &str) -> String {
    format!("{HEADER}\n{lines}\n")
}

fn euros(micros: i64) -> Option<Money> {
    Some(Money::from_micros(micros, Currency::EUR))
}

fn moment(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn every_column_is_read() {
    let read = rows(&below(
        "+4420,\"London, \"\"proper\"\"\",0.0125,0.01,60,6,EUR,2026-03-01,2026-04-01T00:00:00+02:00",
    ));
    let expected = RateRow {
        destination: Destination::Prefix("4420".to_owned()),
        name: Some("London, \"proper\"".to_owned()),
        per_minute: euros(12_500),
        connection_fee: euros(10_000),
        first_increment: Some(Duration::from_secs(60)),
        next_increment: Some(Duration::from_secs(6)),
        minimum: None,
        effective_from: moment("2026-03-01T00:00:00Z"),
        effective_until: moment("2026-03-31T22:00:00Z"),
    };
    assert_eq!(read, [expected]);
}

#[test]
fn what_is_left_out_has_its_usual_meaning() {
    let least = rows("rate,prefix\n0.02,44\n");
    assert_eq!(least, rows(&below("44,,0.02,,,,,,")));
    assert_eq!(least[0].per_minute, Some(Money::from_micros(20_000, Currency::USD)));
    assert_eq!((least[0].first_increment, least[0].effective_from), (None, None));
}

#[test]
fn spellings_of_the_trade_and_of_its_programs_are_read_alike() {
    let plain = rows(&below(
        "44,United Kingdom,0.02,0,30,6,USD,2026-03-01,\n4420,London,0.01,0,60,60,USD,,",
    ));
    let header = "Prefix,DESTINATION,Rate,Connection_Fee,first-increment,NextIncrement,currency,Effective From,until";
    let body = "44,United Kingdom,0.02,0,30,6,USD,2026-03-01,\n4420,London,0.01,0,60,60,USD,,";
    for text in [
        format!("{header}\n{body}"),
        format!("\u{feff}{header}\n{body}\n"),
        format!("{header}\n{body}\n").replace(',', ";"),
        format!("{header}\n{body}\n").replace(',', "\t"),
        format!("{header}\n{body}\n").replace('\n', "\r"),
        format!(
            "\u{feff}\"{}\"\r\n{}\r\n",
            header.replace(',', "\",\""),
            body.replace('\n', "\r\n")
        ),
        format!("\n\n{header}\n\n{body}\n\n,,,,,,,,\n   \n"),
        format!("{header}\n{}", body.replace(',', " , ")),
        format!("{header}\n{}", body.replace("0.02", "2E-2").replace("0.01", "1.00e-2")),
        format!(
            "{header}\n{}",
            body.replace(",30,6,", ",30/6,,").replace(",60,60,", ", 60 / 60 ,,")
        ),
        format!(
            "{header}\n{}",
            body.replace("0.02", "0.0200000000").replace("44,", "+44,").replace(",0,", ",0.0,")
        ),
    ] {
        assert_eq!(rows(&text), plain, "{text}");
    }
}

#[test]
fn countries_everywhere_and_a_minimum_are_more_than_the_trade_has() {
    let read = rows("prefix,rate,minimum\nGB,0.02,30\n*,0.5,\n");
    let places: Vec<_> = read.iter().map(|row| (row.destination.clone(), row.minimum)).collect();
    let expected = [
        (Destination::Country(Country::GB), Some(Duration::from_secs(30))),
        (Destination::Everywhere, None),
    ];
    assert_eq!(places, expected);
}

/// The line, the line of the fault, its column, a part of what is wrong and a part of the fix.
const FAULTS: &[(&str, u64, Option<&str>, &str, &str)] = &[
    // Prefixes.
    ("x44,,1,,,,,,", 2, Some("prefix"), "\"x44\" is no beginning", "as 4420"),
    (",UK,1,,,,,,", 2, Some("prefix"), "is empty", "* for everywhere"),
    ("0044,,1,,,,,,", 2, Some("prefix"), "begins with what is dialled", "as 44"),
    ("44 20,,1,,,,,,", 2, Some("prefix"), "no beginning", "without signs"),
    ("4.42E+11,,1,,,,,,", 2, Some("prefix"), "no beginning", "digits"),
    ("1234567890123456,,1,,,,,,", 2, Some("prefix"), "no beginning", "1 to 15"),
    ("٤٤,,1,,,,,,", 2, Some("prefix"), "no beginning", "digits"),
    ("ZZ,,1,,,,,,", 2, Some("prefix"), "no country", "as GB"),
    ("210,,1,,,,,,", 2, Some("prefix"), "\"210\" is nobody's", "as 4420 or 1201"),
    ("+3840,,1,,,,,,", 2, Some("prefix"), "is nobody's", "no calling code begins so"),
    ("44;45,,1,,,,,,", 2, Some("prefix"), "no beginning", "digits"),
    ("4420-4429,,1,,,,,,", 2, Some("prefix"), "no beginning", "without signs"),
    ("# 44,,1,,,,,,", 2, Some("prefix"), "no beginning", "digits"),
    // Money.
    ("44,,,,,,,,", 2, Some("rate"), "is empty", "0 where it is free"),
    ("44,,free,,,,,,", 2, Some("rate"), "\"free\" is no price", "0.0125"),
    ("44,,$0.01,,,,,,", 2, Some("rate"), "is no price", "without a sign"),
    ("44,,\"0,01\",,,,,,", 2, Some("rate"), "is no price", "a point"),
    ("44,,1_0,,,,,,", 2, Some("rate"), "is no price", "digits"),
    ("44,,.,,,,,,", 2, Some("rate"), "is no price", "digits"),
    ("44,,NaN,,,,,,", 2, Some("rate"), "is no price", "digits"),
    ("44,,-0.01,,,,,,", 2, Some("rate"), "below zero", "not negative"),
    ("44,,0.0123456,,,,,,", 2, Some("rate"), "more than six decimals", "as 0.012346"),
    ("44,,1,1.2345678,,,,,", 2, Some("connection fee"), "more than six decimals", "as 1.234568"),
    ("44,,99999999999999,,,,,,", 2, Some("rate"), "too large", "nine trillion"),
    ("44,,1e30,,,,,,", 2, Some("rate"), "1e30", ""),
    ("44,,0.00000000000000000000000000000001,,,,,,", 2, Some("rate"), "no price", "digits"),
    // Currencies.
    ("44,,1,,,,dollars,,", 2, Some("currency"), "\"dollars\" is no ISO 4217 code", "as USD"),
    ("44,,1,,,,usd,,", 2, Some("currency"), "no ISO 4217", "capital letters"),
    // Increments.
    ("44,,1,,60,,,,", 2, Some("next increment"), "is empty beside first increment", "write both"),
    ("44,,1,,,6,,,", 2, Some("first increment"), "is empty beside next increment", "or neither"),
    ("44,,1,,0,1,,,", 2, Some("first increment"), "\"0\" is no step", "from 1 to 3600"),
    ("44,,1,,1,3601,,,", 2, Some("next increment"), "is no step", "from 1 to 3600"),
    ("44,,1,,1.5,1,,,", 2, Some("first increment"), "is no step", "as 60"),
    ("44,,1,,+6,1,,,", 2, Some("first increment"), "is no step", "as 60"),
    ("44,,1,,60s,1,,,", 2, Some("first increment"), "is no step", "seconds"),
    ("44,,1,,60/6,6,,,", 2, Some("next increment"), "beside a pair", "one number in each column"),
    ("44,,1,,60/,,,,", 2, Some("first increment"), "no pair of steps", "as 60/6"),
    ("44,,1,,1/60/6,,,,", 2, Some("first increment"), "no pair of steps", "as 60/6"),
    // Dates.
    ("44,,1,,,,,03/01/2026,", 2, Some("effective from"), "is no date", "write 2026-03-01"),
    ("44,,1,,,,,2026-02-30,", 2, Some("effective from"), "is no date", "write 2026-03-01"),
    ("44,,1,,,,,2026-03-01T10:00:00,", 2, Some("effective from"), "is no date", "with its offset"),
    ("44,,1,,,,,2026-03-01 10:00,", 2, Some("effective from"), "is no date", "with its offset"),
    ("44,,1,,,,,,20260301", 2, Some("until"), "is no date", "write 2026-03-01"),
    ("44,,1,,,,,2026-03-02,2026-03-01", 2, Some("until"), "before the price begins", "swap"),
    ("44,,1,,,,,2026-03-01,2026-03-01", 2, Some("until"), "never does", "until before then"),
    // Rows that hold for one destination at the same time.
    (
        "44,,1,,,,,,\n1,,1,,,,,,\n44,,2,,,,,,",
        4,
        Some("prefix"),
        "44 has a price in line 2",
        "keep one",
    ),
    (
        "44,,1,,,,,2026-01-01,\n44,,2,,,,,,2026-01-02",
        3,
        Some("prefix"),
        "in line 2 for the same time",
        "end that one",
    ),
    (
        "+44,,1,,,,,,2026-01-02\n44,,2,,,,,2026-01-01,",
        3,
        Some("prefix"),
        "in line 2",
        "end that one",
    ),
    ("GB,,1,,,,,,\nGB,,2,,,,,,", 3, Some("prefix"), "GB has a price in line 2", "keep one"),
    ("*,,1,,,,,,\n*,,2,,,,,,", 3, Some("prefix"), "everywhere has a price in line 2", "keep one"),
    // Lines.
    ("44,UK,1", 2, None, "has 3 cells", "9 columns"),
    ("44,London, proper,1,,,,,,", 2, None, "has 10 cells", "quote what has a comma"),
    ("\"44,UK,1,,,,,,\n1,US,1,,,,,,", 2, Some("prefix"), "not closed on its line", "close it"),
    ("44,\"UK,1,,,,,,\n1,US,1,,,,,,", 2, Some("destination"), "not closed on its line", "close it"),
    ("44,\"UK\" land,1,,,,,,", 2, Some("destination"), "behind its closing quote", "\"\""),
];

#[test]
fn each_fault_names_file_line_column_and_the_fix() {
    for (lines, line, column, wrong, fix) in FAULTS {
        for text in [
            below(lines),
            below(lines).replace('\n', "\r\n"),
            below(lines).replacen('\n', "\n\n\r\n", 1),
        ] {
            let added = text.matches("\n\n\r\n").count() as u64 * 2;
            let wrong = wrong.replace("line 2", &format!("line {}", 2 + added));
            let told = faults(&text);
            let first = &told[0];
            assert_eq!((first.line, first.column), (*line + added, *column), "{text}: {first}");
            assert!(
                first.message.contains(&wrong) && first.message.contains(fix),
                "{text}: {first}"
            );
            let shown = first.to_string();
            assert!(shown.starts_with(&format!("deck.csv, line {}", line + added)), "{shown}");
            assert!(
                column.is_none_or(|column| shown.contains(&format!(", column {column}: "))),
                "{shown}"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_deck_is_refused_with_one_fault() {
    for (text, wrong, fix) in [
        ("", "is empty", "prefix, destination, rate"),
        ("\u{feff}", "is empty", "names the columns"),
        ("\n\r\n  \n", "is empty", "names the columns"),
        (HEADER, "no row", "leave the deck out"),
        ("prefix,rate\n,\n\n", "no row", "leave the deck out"),
        ("prefix|destination|rate\n44|UK|1", "has '|' between", "by commas"),
        ("44,United Kingdom,0.01\n", "names no columns", "a line above it"),
        ("\"prefix,rate\n44,1\n", "not closed", "close it"),
        ("prefix,rate,notes\n44,1,x", "\"notes\" is not known", "with a map"),
        ("prefix,rats\n44,1", "\"rats\" is not known", "did you mean \"rate\"?"),
        ("dial code,rate\n44,1", "\"dial code\" is not known", "\"carrier\" reads it as prefix"),
        ("npanxx,rate\n201555,1", "\"npanxx\" is not known", "\"us\" reads it as prefix"),
        ("prefix,rate,rate\n44,1,2", "\"rate\" twice", "take one out"),
        ("# my deck\nprefix,rate\n44,1", "begins with #", "take it out"),
        ("prefix,destination\n44,UK", "is missing", "needs this column"),
        ("rate\n1", "is missing", "needs this column"),
    ] {
        let told = faults(text);
        assert_eq!(told.len(), 1, "{text:?}: {told:?}");
        assert!(
            told[0].message.contains(wrong) && told[0].message.contains(fix),
            "{text:?}: {}",
            told[0]
        );
    }
    let wide: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"prefix,destination,rate\n33,R\xe9union,1\n44,UK,x\n".to_vec();
    for (bytes, count) in [(wide, 1), (latin, 2)] {
        let told = read_deck(bytes.as_slice(), "deck.csv", Currency::USD).unwrap_err().faults;
        assert_eq!(told.len(), count, "{told:?}");
        assert!(told[0].message.contains("UTF-8"), "{}", told[0]);
    }
}

#[test]
fn all_faults_are_told_at_once_up_to_a_bound() {
    let text = below("x,,1,,,,,,\n44,,y,z,,,,,\n1,,1,,,,,,\n44,,1,,5,,,nope,\n1,,2,,,,,,");
    let told: Vec<_> =
        faults(&text).into_iter().map(|fault| (fault.line, fault.column.unwrap())).collect();
    let expected = [
        (2, "prefix"),
        (3, "rate"),
        (3, "connection fee"),
        (5, "next increment"),
        (5, "effective from"),
        (6, "prefix"),
    ];
    assert_eq!(told, expected);

    // A price for the year hides two that hold within it.
    let hidden = below(
        "44,,1,,,,,2026-01-01,2027-01-01\n44,,2,,,,,2026-02-01,2026-03-01\n44,,3,,,,,2026-05-01,2026-06-01",
    );
    let told: Vec<_> = faults(&hidden).into_iter().map(|fault| fault.line).collect();
    assert_eq!(told, [3, 4]);
    // They are found last, and told where they stand.
    let mixed: Vec<_> = faults(&below("1,,1,,,,,,\n1,,1,,,,,,\nx,,1,,,,,,"))
        .into_iter()
        .map(|fault| fault.line)
        .collect();
    assert_eq!(mixed, [3, 4]);

    let many = below(&"x,,1,,,,,,\n".repeat(70));
    let faults = read(&many).unwrap_err();
    assert_eq!((faults.faults.len(), faults.more), (50, 20));
    assert!(faults.to_string().ends_with("and 20 more"), "{faults}");
    let error = Error::from(faults);
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_no_deck() {
    struct Torn(u8);
    impl Read for Torn {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 1 {
                return Err(io::Error::other("the disk is gone"));
            }
            let text = below("44,,1,,,,,,");
            buffer[..text.len()].copy_from_slice(text.as_bytes());
            Ok(text.len())
        }
    }
    let told = read_deck(Torn(0), "deck.csv", Currency::USD).unwrap_err().faults;
    assert_eq!((told[0].line, told.len()), (3, 1));
    assert!(told[0].message.contains("the disk is gone"));
}

#[test]
fn a_deck_is_made_of_a_file_with_the_same_faults_and_with_its_currencies() {
    let usd = Exchange::none(Currency::USD);
    for (lines, line, column, wrong, fix) in FAULTS {
        let faults = RateDeck::from_csv(below(lines).as_bytes(), "deck.csv", &usd).unwrap_err();
        let first = &faults.faults[0];
        assert_eq!((first.line, first.column), (*line, *column), "{lines}: {first}");
        assert!(first.message.contains(wrong) && first.message.contains(fix), "{lines}: {first}");
    }
    let text = below("44,,0.60,,,,EUR,,\n1,,0.60,,,,,,");
    let told = RateDeck::from_csv(text.as_bytes(), "deck.csv", &usd).unwrap_err().faults;
    assert_eq!((told[0].line, told[0].column), (2, Some("currency")));
    assert!(told[0].message.contains("say what one EUR is worth in USD"), "{}", told[0]);
    assert_eq!(told[0].missing_rate, Some(Currency::EUR));

    let exchange = usd.with(Currency::EUR, "1.5".parse().unwrap()).unwrap();
    let deck = RateDeck::from_csv(text.as_bytes(), "deck.csv", &exchange).unwrap();
    let cost = |to: &str| {
        deck.estimate(
            &PhoneNumber::parse(to).unwrap(),
            Duration::from_secs(90),
            Timestamp::UNIX_EPOCH,
        )
    };
    assert_eq!(cost("+442079460018"), Some(Money::from_micros(1_350_000, Currency::USD)));
    assert_eq!(cost("+12015550123"), Some(Money::from_micros(900_000, Currency::USD)));
    assert_eq!(cost("+4930123456"), None);
}

#[test]
fn a_fingerprint_tells_files_apart_and_is_the_same_in_every_process() {
    let usd = Exchange::none(Currency::USD);
    let mark =
        |text: &str| RateDeck::from_csv(text.as_bytes(), "deck.csv", &usd).unwrap().fingerprint();
    let one = mark("prefix,rate\n44,0.1\n");
    assert_eq!(one, 16_740_005_244_523_439_722);
    assert_ne!(one, mark("prefix,rate\n44,0.2\n"));
    let both = |one: &str, other: &str| {
        let read = |text: &str| RateDeck::from_csv(text.as_bytes(), "deck.csv", &usd).unwrap();
        read(one).or(read(other)).unwrap().fingerprint()
    };
    let (near, far) = ("prefix,rate\n44,0.1\n", "prefix,rate\n1,0.1\n");
    assert_ne!(both(near, far), both(far, near), "their order is part of what they say");
}

#[test]
fn each_row_comes_with_its_line() {
    let text = "prefix,rate\r\n\r\n44,1\r\n,\r\n1,2\r\n";
    let mut seen = Vec::new();
    scan_deck(text.as_bytes(), "deck.csv", Currency::USD, |line, row| {
        seen.push((line, row.destination))
    })
    .unwrap();
    assert_eq!(
        seen,
        [(3, Destination::Prefix("44".to_owned())), (5, Destination::Prefix("1".to_owned()))]
    );
}

fn written(rows: &[RateRow]) -> String {
    let mut bytes = Vec::new();
    write_deck(rows, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn any_row() -> impl Strategy<Value = RateRow> {
    let name = proptest::option::of(
        "[=+@-]?[A-Za-zé, \"';-]{1,12}"
            .prop_map(|name| name.trim().to_owned())
            .prop_filter("no name", |name| !name.is_empty()),
    );
    let destination = prop_oneof![
        8 => "[1-9][0-9]{0,14}".prop_filter("nobody's", |digits| may_begin_number(digits)).prop_map(Destination::Prefix),
        1 => Just(Destination::Country(Country::US)),
        1 => Just(Destination::Everywhere),
    ];
    let step = (1_u64..=3_600).prop_map(Duration::from_secs);
    let moment = |from: i64| {
        (from..from + 4_000_000_000)
            .prop_map(|second| Timestamp::from_millisecond(second * 7).unwrap())
    };
    (
        (destination, name, 0_i64..=9_000_000_000_000, proptest::option::of(0_i64..=9_000_000)),
        proptest::option::of((step.clone(), step)),
        proptest::option::of((0_u64..=3_600).prop_map(Duration::from_secs)),
        prop_oneof![Just(Currency::USD), Just(Currency::EUR), Just(Currency::JPY)],
        (proptest::option::of(moment(0)), proptest::option::of(moment(4_000_000_001))),
    )
        .prop_map(
            |((destination, name, rate, fee), steps, minimum, currency, (from, until))| RateRow {
                destination,
                name,
                per_minute: Some(Money::from_micros(rate, currency)),
                connection_fee: fee.map(|fee| Money::from_micros(fee, currency)),
                first_increment: steps.map(|(first, _)| first),
                next_increment: steps.map(|(_, next)| next),
                minimum,
                effective_from: from,
                effective_until: until,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_written_is_read_again(rows in vec(any_row(), 1..12)) {
        let mut seen = Vec::new();
        let rows: Vec<RateRow> = rows.into_iter().filter(|row| !seen.contains(&row.destination) && { seen.push(row.destination.clone()); true }).collect();
        let text = written(&rows);
        // A minimum of nothing is none, and without any the column is left out.
        let with_minimum = rows.iter().any(|row| row.minimum.is_some_and(|least| !least.is_zero()));
        let expected: Vec<RateRow> = rows.iter().cloned().map(|row| RateRow { minimum: row.minimum.filter(|_| with_minimum), ..row }).collect();
        prop_assert_eq!(read(&text).map_err(|faults| TestCaseError::fail(format!("{faults}\n{text}")))?, expected);
        prop_assert_eq!(written(&read(&text).unwrap()), text.clone());
        prop_assert_eq!(text.starts_with(HEADER), true);
    }

    #[test]
    fn whatever_stands_in_a_file_is_read_or_refused_and_never_panics(bytes in vec(any::<u8>(), 0..200), lines in "[0-9a-zA-Z,\"/.+ \r\n-]{0,120}") {
        let _ = read_deck(bytes.as_slice(), "deck.csv", Currency::USD);
        if let Err(faults) = read(&below(&lines)) {
            let count = below(&lines).matches(['\n', '\r']).count() as u64;
            for fault in faults.faults {
                prop_assert!((1..=count).contains(&fault.line), "{}", fault);
            }
        }
    }
}

#[test]
fn what_no_file_can_say_is_not_written() {
    let sound = rows("prefix,rate\n44,1\n").remove(0);
    let money = |currency| Some(Money::from_micros(1, currency));
    for (wrong, what) in [
        (RateRow { per_minute: None, ..sound.clone() }, "no price"),
        (RateRow { connection_fee: money(Currency::EUR), ..sound.clone() }, "two currencies"),
        (RateRow { name: Some("a\nb".to_owned()), ..sound.clone() }, "line break"),
        (
            RateRow { first_increment: Some(Duration::from_millis(1_500)), ..sound.clone() },
            "whole seconds",
        ),
        (RateRow { next_increment: Some(Duration::ZERO), ..sound.clone() }, "step of zero"),
        (RateRow { minimum: Some(Duration::from_secs(3_601)), ..sound.clone() }, "up to an hour"),
    ] {
        let error = write_deck(&[sound.clone(), wrong], io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(
            error.to_string().starts_with("row 1 ") && error.to_string().contains(what),
            "{error}"
        );
    }
    // A price for each call alone is one whose minutes are free.
    let fee = RateRow { per_minute: None, connection_fee: money(Currency::EUR), ..sound };
    assert_eq!(rows(&written(&[fee]))[0].per_minute, Some(Money::from_micros(0, Currency::EUR)));
}
