//! The number in a cell: every spelling of a number is the same number.

use proptest::prelude::*;
use switchboard_core::{Country, ListedNumber, PhoneNumber};
use switchboard_lists::{Format, Options, Reason};

use crate::support::{refusals, taken};

fn country(code: &str) -> Option<Country> {
    (!code.is_empty()).then(|| code.parse().unwrap())
}

fn lines(code: &str) -> Options {
    Options::new().with(|options| {
        options.format = Some(Format::Lines);
        options.country = country(code);
    })
}

#[test]
fn spellings_of_a_number_are_one_number() {
    let rows: [(&str, u64, &[&str]); 6] = [
        (
            "US",
            12125550123,
            &[
                "2125550123",
                "12125550123",
                "+12125550123",
                "(212) 555-0123",
                "212-555-0123",
                "212.555.0123",
                "1-212-555-0123",
                "+1 212 555 0123",
                "  2125550123  ",
                "\"2125550123\"",
                "2125550123,",
                "tel:+1-212-555-0123",
                "0012125550123",
            ],
        ),
        ("CA", 14165550123, &["4165550123", "416 555-0123"]),
        (
            "GB",
            442079460018,
            &[
                "020 7946 0018",
                "02079460018",
                "(020) 7946 0018",
                "00442079460018",
                "+44 (0)20 7946 0018",
                "442079460018",
                "2079460018",
            ],
        ),
        ("FR", 33199000123, &["01 99 00 01 23", "0199000123", "33199000123", "199000123"]),
        ("DE", 4930123456, &["030 123456", "030/123456", "0049 30 123456"]),
        ("", 442079460018, &["+442079460018", "00442079460018", "00 44 20 7946 0018"]),
    ];
    for (code, number, spellings) in rows {
        let file = spellings.join("\n");
        let (numbers, report) = taken(&file, &lines(code));
        assert_eq!(refusals(&report), [], "{code}");
        assert_eq!(numbers, vec![number; spellings.len()], "{code}");
    }
}

#[test]
fn what_is_no_number_is_refused_with_its_reason_and_line() {
    let rows: [(&str, &str, Reason); 14] = [
        ("US", "2125550123 / 2125550124", Reason::SeveralNumbers),
        ("US", "2125550123,2125550124", Reason::SeveralNumbers),
        ("US", "2125550123;+442079460018", Reason::SeveralNumbers),
        ("", "1.23E+10", Reason::Rounded),
        ("US", "2,12556E+09", Reason::Rounded),
        ("US", "5550123", Reason::TooShort),
        ("US", "123", Reason::TooShort),
        ("GB", "+44207946", Reason::TooShort),
        ("", "2125550123", Reason::UnknownCountry),
        ("", "020 7946 0018", Reason::UnknownCountry),
        ("US", "unlisted", Reason::NotANumber),
        ("US", "1125550123", Reason::NotInPlan),
        ("US", "+999123456789", Reason::NotInPlan),
        ("GB", "0909 8790000", Reason::NotCallable),
    ];
    for (code, cell, reason) in rows {
        let (numbers, report) = taken(format!("+15125550142\n\n{cell}\n"), &lines(code));
        assert_eq!(numbers, [15125550142], "{cell}");
        assert_eq!(refusals(&report), [(reason, vec![3])], "{cell}");
    }
}

#[test]
fn the_first_lines_of_each_reason_are_kept_and_all_are_counted() {
    let file = "123\nx\n".repeat(10);
    let (_, report) = taken(&file, &lines("US"));
    assert_eq!(
        refusals(&report),
        [(Reason::TooShort, vec![1, 3, 5, 7, 9]), (Reason::NotANumber, vec![2, 4, 6, 8, 10])]
    );
    assert!(report.refused.iter().all(|one| one.count == 10));
    assert_eq!((report.refused(), report.lost()), (20, 20));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whom the engine would call is found on the list, whichever way the list writes them.
    #[test]
    fn a_listed_number_is_the_number_that_is_called(
        text in "\\+1[2-9][0-8][0-9][2-9][0-9]{6}",
        written in 0..5_usize,
    ) {
        if let Ok(number) = PhoneNumber::parse(&text) {
            let national = number.national_digits();
            let (area, rest) = national.split_at(3);
            let cell = match written {
                0 => national.to_owned(),
                1 => format!("1{national}"),
                2 => format!("({area}) {rest}"),
                3 => format!("{area}-{}-{}", &rest[..3], &rest[3..]),
                _ => text.clone(),
            };
            let (numbers, _) = taken(&cell, &lines("US"));
            prop_assert_eq!(numbers, [ListedNumber::from(&number).as_u64()]);
        }
    }

    /// No text makes it panic, and everything that is read is counted.
    #[test]
    fn nothing_is_lost_in_silence(rows in prop::collection::vec("[0-9+ ().,;/\\-eEx]{0,20}", 1..40)) {
        let file = format!("+442079460018\n{}", rows.join("\n"));
        let (numbers, report) = taken(&file, &lines("GB"));
        let blank = rows.iter().filter(|row| row.trim().is_empty()).count();
        prop_assert_eq!(report.read as usize, 1 + rows.len() - blank);
        prop_assert_eq!(numbers.len() as u64 + report.refused(), report.read);
    }
}
