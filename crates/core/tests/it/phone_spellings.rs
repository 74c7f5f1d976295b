//! Spellings of numbers: which are accepted, which are rejected and with what message, and that
//! trailing text never turns one number into another.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType};
use switchboard_core::{Country, PhoneNumber};

/// The example numbers of every region and type, from the reference data and from the library.
fn all_examples() -> BTreeSet<String> {
    const KINDS: [PhoneNumberType; 10] = [
        PhoneNumberType::FixedLine,
        PhoneNumberType::Mobile,
        PhoneNumberType::TollFree,
        PhoneNumberType::VoIP,
        PhoneNumberType::UAN,
        PhoneNumberType::Pager,
        PhoneNumberType::PersonalNumber,
        PhoneNumberType::VoiceMail,
        PhoneNumberType::SharedCost,
        PhoneNumberType::PremiumRate,
    ];
    let table = include_str!("../data/example_numbers.tsv").lines();
    let table = table.filter_map(|line| line.split('\t').nth(2)).map(str::to_owned);
    let regions = PHONE_NUMBER_UTIL.get_supported_regions();
    let of_library = regions.flat_map(|region| {
        KINDS.into_iter().filter_map(move |kind| {
            let number =
                PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()?;
            Some(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
        })
    });
    table.chain(of_library).collect()
}

/// The example numbers that may be called.
fn examples() -> BTreeSet<String> {
    let mut examples = all_examples();
    examples.retain(|number| PhoneNumber::parse(number).is_ok());
    examples
}

fn formatted(number: &str, format: PhoneNumberFormat) -> String {
    let parsed = PHONE_NUMBER_UTIL.parse(number, None).unwrap();
    PHONE_NUMBER_UTIL.format(&parsed, format).into_owned()
}

/// The number with its calling code, as people and programs write it.
fn spellings(number: &str) -> Vec<String> {
    let international = formatted(number, PhoneNumberFormat::International);
    let link = formatted(number, PhoneNumberFormat::RFC3966);
    let dotted = international.replace([' ', '-'], ".");
    let unbroken = international.replace(' ', "\u{a0}").replace('-', "\u{2011}");
    let marked = format!("\u{202a}{international}\u{202c}");
    let with_trunk = international.replacen(' ', " (0)", 1);
    vec![number.to_owned(), international, link, dotted, unbroken, marked, with_trunk]
}

#[test]
fn every_format_of_the_library_is_accepted() {
    let examples = examples();
    assert!(examples.len() > 800, "{}", examples.len());
    for number in &examples {
        for text in &spellings(number)[..3] {
            assert_eq!(
                PhoneNumber::parse(text).map(|read| read.e164().to_owned()).as_ref(),
                Ok(number),
                "{text}"
            );
        }
    }
}

/// What follows numbers in spreadsheets, directories and emails: decimals, ranges, footnotes,
/// extensions, second numbers.
const TAILS: [&str; 65] = [
    ".0",
    ".00",
    ".000",
    ".5",
    ".50",
    "..58",
    "...58",
    ". 5",
    " .5",
    "-0",
    "-1",
    "-2",
    "-12",
    "-58",
    "-99",
    "-123",
    "- 58",
    " - 58",
    "\u{2013}58",
    "\u{2014}58",
    "\u{2011}58",
    " 2",
    " 12",
    " 58",
    "  7",
    " 123",
    "\u{a0}2",
    "\u{202f}12",
    " (2)",
    "(2)",
    " (12)",
    "(0)",
    "()",
    " [2]",
    "\u{b2}",
    ",5",
    ",50",
    ", 5",
    "/2",
    "/12",
    " / 12",
    "/123",
    ";2",
    ";ext=2",
    ";phone-context=+1",
    "x2",
    " x12",
    " ext. 12",
    " ext 2",
    "#2",
    "*2",
    "p2",
    ",,2",
    " DW 12",
    " or 2",
    " & 2",
    "\t2",
    "\n2",
    "\u{200b}2",
    "'2",
    "+2",
    "e2",
    "E+2",
    ":2",
    "\u{202a}2",
];

/// A hyphen after a grouped German or Austrian number introduces a direct line, the only tail that
/// belongs to the number.
fn is_direct_line(number: &PhoneNumber, spelling: &str, tail: &str) -> bool {
    let line = tail.strip_prefix(['-', '\u{2011}']).unwrap_or_default();
    [49, 43].contains(&number.country_code())
        && spelling.contains([' ', '\u{a0}'])
        && !line.is_empty()
        && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// The spellings with tails that are read as a different number.
fn misread(
    number: &PhoneNumber,
    spellings: &[String],
    read: impl Fn(&str) -> Option<PhoneNumber>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for spelling in spellings {
        for tail in TAILS {
            let text = format!("{spelling}{tail}");
            let Some(other) = read(&text).filter(|other| other != number) else {
                continue;
            };
            let direct =
                is_direct_line(number, spelling, tail) && other.e164().starts_with(number.e164());
            if !direct {
                wrong.push(format!("{text:?} is read as {}", other.e164()));
            }
        }
    }
    wrong
}

#[test]
fn a_tail_never_turns_one_number_into_another() {
    let mut wrong = Vec::new();
    for number in examples() {
        let same = PhoneNumber::parse(&number).unwrap();
        wrong.extend(misread(&same, &spellings(&number), |text| PhoneNumber::parse(text).ok()));
    }
    // A tail does not make a forbidden number callable.
    for number in all_examples().difference(&examples()) {
        for spelling in spellings(number) {
            for tail in TAILS {
                if let Ok(read) = PhoneNumber::parse(&format!("{spelling}{tail}")) {
                    wrong.push(format!("{spelling:?} with {tail:?} is read as {}", read.e164()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn national_numbers_are_read_with_their_country() {
    let mut wrong = Vec::new();
    for number in examples() {
        let same = PhoneNumber::parse(&number).unwrap();
        let country = same.country();
        let national = formatted(&number, PhoneNumberFormat::National);
        let spellings = [national, format!("00{}", &number[1..]), number.clone()];
        for spelling in &spellings {
            match PhoneNumber::parse_in(spelling, Some(country)) {
                Ok(read) if read == same => {}
                other => wrong.push(format!(
                    "{country} {number}: {spelling} is {:?}",
                    other.map(|read| read.e164().to_owned())
                )),
            }
        }
        wrong.extend(misread(&same, &spellings, |text| {
            PhoneNumber::parse_in(text, Some(country)).ok()
        }));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn common_groupings_are_accepted() {
    for (text, e164) in [
        ("+49 30 123456-12", "+493012345612"),
        ("+49 (0)30 123456-12", "+493012345612"),
        ("+49 (0) 30 / 123456-0", "+49301234560"),
        ("+43 1 58858-0", "+431588580"),
        ("+49 30 1234 5678", "+493012345678"),
        ("+49 30 12 34 56 78", "+493012345678"),
        ("+49 89 123 456 78", "+498912345678"),
        ("+49 7071 123 456", "+497071123456"),
        ("+49 151 2345 6789", "+4915123456789"),
        ("+4930 12345678", "+493012345678"),
        ("+49/30/12345678", ""),
        ("+49 30/12345678", "+493012345678"),
        ("(+49) 30 12345678", "+493012345678"),
        ("+(49) 30 12345678", "+493012345678"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+44(0)2079460018", "+442079460018"),
        ("+44 (0) 20-7946-0018", "+442079460018"),
        ("+44 20 79 46 00 18", "+442079460018"),
        ("+1 (512) 555-0142", "+15125550142"),
        ("+1 (512)-555-0142", "+15125550142"),
        ("+1.512.555.0142", "+15125550142"),
        ("+1 512.555.0142", "+15125550142"),
        ("+1.5125550142", "+15125550142"),
        ("+33 1.23.45.67.89", "+33123456789"),
        ("+33.1.23.45.67.89", "+33123456789"),
        ("+33 1 23 45 67 89", "+33123456789"),
        ("+358 40 123 4567", "+358401234567"),
        ("+358 40 123 45 67", "+358401234567"),
        ("+39 02 1234 5678", "+390212345678"),
        ("+46 8 123 456 78", "+46812345678"),
        ("+352 27 12 34 56", "+35227123456"),
        ("+55 (11) 96123-4567", "+5511961234567"),
        ("+54 9 (11) 2345-6789", "+5491123456789"),
        ("tel:+49-30-123456", "+4930123456"),
        ("TEL:+1-512-555-0142", "+15125550142"),
        ("+ 44 20 7946 0018", "+442079460018"),
    ] {
        let read = PhoneNumber::parse(text).map(|read| read.e164().to_owned());
        assert_eq!(read.as_deref().unwrap_or_default(), e164, "{text}: {read:?}");
    }
}

#[test]
fn typographic_variants_and_invisible_marks_at_the_ends_are_accepted() {
    for text in [
        "+44\u{a0}20\u{a0}7946\u{a0}0018",
        "+44\u{202f}20\u{2009}7946\u{3000}0018",
        "+44 20\u{2011}7946\u{2011}0018",
        "+44 20\u{2013}7946\u{2013}0018",
        "+44 20\u{2212}7946\u{2010}0018",
        "\u{202a}+44 20 7946 0018\u{202c}",
        "\u{2068}+442079460018\u{2069}",
        "\u{200e}+442079460018",
        "\u{feff}+442079460018\u{200b}",
        "\u{ff0b}\u{ff14}\u{ff14}\u{ff12}\u{ff10}\u{ff17}\u{ff19}\u{ff14}\u{ff16}\u{ff10}\u{ff10}\u{ff11}\u{ff18}",
        "+44 \u{ff08}20\u{ff09} 7946\u{ff0d}0018",
        "tel:\u{200e}+442079460018",
        "\t +442079460018\r\n",
    ] {
        assert_eq!(PhoneNumber::parse(text).unwrap().e164(), "+442079460018", "{text:?}");
    }
}

/// Returns the message and code of a rejection, and checks that the message does not contain the
/// number.
fn refusal(text: &str, country: Option<&str>) -> (String, &'static str) {
    let country = country.map(|country| country.parse::<Country>().unwrap());
    let error = match PhoneNumber::parse_in(text, country) {
        Ok(read) => panic!("{text:?} is read as {}", read.e164()),
        Err(error) => error,
    };
    let said = error.to_string();
    let example = said.replace("+15125550142", "");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    for at in 0..digits.len().saturating_sub(3) {
        assert!(!example.contains(&digits[at..at + 4]), "{text:?}: {said}");
    }
    (said, error.code())
}

#[test]
fn every_rejection_says_what_is_wrong() {
    let mut wrong = Vec::new();
    for (text, country, part, code) in [
        ("0044 20 7946 0018", None, "begins with 00", "number_not_e164"),
        ("0044 20 7946 0018", None, "default_country", "number_not_e164"),
        ("011 44 20 7946 0018", None, "begins with 011", "number_not_e164"),
        ("020 7946 0018", None, "has no + and no country", "number_not_e164"),
        ("(212) 555-0123", None, "default_country", "number_not_e164"),
        ("+44 20 7946 CALL", None, "has letters", "number_not_e164"),
        ("+1-800-FLOWERS", None, "has letters", "number_not_e164"),
        ("+44 20 7946 0018 x12", None, "has an extension", "number_not_e164"),
        ("+44 20 7946 0018 ext. 12", None, "has an extension", "number_not_e164"),
        ("+44 20 7946 0018 Ext 12", None, "has an extension", "number_not_e164"),
        ("+44 20 7946 0018#12", None, "has an extension", "number_not_e164"),
        ("+44 20 7946 0018,,12345", None, "has an extension", "number_not_e164"),
        ("tel:+44-20-7946-0018;ext=12", None, "has an extension", "number_not_e164"),
        ("+49 30 123456 DW 12", None, "has an extension", "number_not_e164"),
        ("+44 20 7946 0018 / +44 20 7946 0019", None, "two numbers", "number_not_e164"),
        ("+44 20 7946 0018, +44 20 7946 0019", None, "two numbers", "number_not_e164"),
        ("+44 20 7946 0018; 020 7946 0019", None, "two numbers", "number_not_e164"),
        ("+44 20 7946 0018\n+44 20 7946 0019", None, "two numbers", "number_not_e164"),
        ("+44 20 7946 0018 or 020 7946 0019", None, "two numbers", "number_not_e164"),
        ("+49 30 123456/57", None, "two numbers", "number_not_e164"),
        ("4.93012E+11", None, "was rounded", "number_not_e164"),
        ("4,93012E+11", None, "was rounded", "number_not_e164"),
        ("4.93E10", None, "was rounded", "number_not_e164"),
        ("+4.93E+11", Some("DE"), "was rounded", "number_not_e164"),
        ("+4930123456.0", None, "ends like a decimal", "number_not_e164"),
        ("4930123456.0", None, "ends like a decimal", "number_not_e164"),
        ("+15125550142.00", None, "ends like a decimal", "number_not_e164"),
        ("+1512555014.0", None, "ends like a decimal", "number_not_e164"),
        ("+4930123456,5", None, "ends like a decimal", "number_not_e164"),
        ("+49 30 123456 2", None, "complete before its last digits", "number_not_e164"),
        ("+1 512 555 0142 (2)", None, "complete before its last digits", "number_not_e164"),
        ("+1 512 555 0142 - 12", None, "complete before its last digits", "number_not_e164"),
        ("+4930123456-12", None, "complete before its last digits", "number_not_e164"),
        ("+49 30 123456-58", None, "a direct line or the end of a range", "number_not_e164"),
        ("+49 30 123400-99", None, "a direct line or the end of a range", "number_not_e164"),
        ("+4930123456..58", None, "separators that do not occur in numbers", "number_not_e164"),
        ("+49 30 123456-", None, "separators that do not occur in numbers", "number_not_e164"),
        ("+49 30 123456.", None, "separators that do not occur in numbers", "number_not_e164"),
        (
            "+44 20\u{200b} 7946 0018",
            None,
            "has a zero-width space after the 6th character",
            "number_not_e164",
        ),
        (
            "+44\u{200e}2079460018",
            None,
            "an invisible mark of writing direction after the 3rd character",
            "number_not_e164",
        ),
        ("+44\u{ad}2079460018", None, "a soft hyphen", "number_not_e164"),
        ("+44 20 7946 0018*", None, "has “*” after the 16th character", "number_not_e164"),
        ("'+442079460018", None, "has “'” at its beginning", "number_not_e164"),
        ("+44\t2079460018", None, "has a tab after the 3rd character", "number_not_e164"),
        ("+44 ٢٠ 7946 0018", None, "digits of another script", "number_not_e164"),
        ("+44 20 7946 0018²", None, "digits of another script", "number_not_e164"),
        ("+0 512 555 0142", None, "no calling code begins with 0", "number_not_e164"),
        ("+1512555014212345", None, "more than 15 digits", "number_not_e164"),
        ("+1 512 555 014", None, "too short for United States", "invalid_number"),
        ("+1 512 555 0142 3", None, "complete before its last digits", "number_not_e164"),
        ("+1 512 555 01423", None, "too long for United States", "invalid_number"),
        ("+151255501423", None, "too long for United States", "invalid_number"),
        ("+44 20 7946 001", None, "too short for United Kingdom", "invalid_number"),
        ("+15551234567", None, "does not exist in the numbering plan", "invalid_number"),
        ("020 7946 001", Some("GB"), "too short for United Kingdom", "invalid_number"),
        // Seven digits as written, six without the prefix that is only dialled within the country.
        ("+4901640", None, "too short for Germany", "invalid_number"),
        ("020 7946 00181", Some("GB"), "too long for United Kingdom", "invalid_number"),
        ("2079460018", Some("GB"), "lacks the prefix", "number_not_e164"),
        ("30 123456", Some("DE"), "lacks the prefix", "number_not_e164"),
        ("442079460018", Some("GB"), "has no +", "number_not_e164"),
        ("442079460018", Some("US"), "has no +", "number_not_e164"),
        ("00 44 20 7946 001", Some("DE"), "too short for United Kingdom", "invalid_number"),
        ("020 7946 0018", Some("AQ"), "Antarctica has no numbering plan", "number_not_e164"),
        ("030 123456.0", Some("DE"), "ends like a decimal", "number_not_e164"),
        ("030 123456 x2", Some("DE"), "has an extension", "number_not_e164"),
        ("112", Some("DE"), "emergency", "emergency_number"),
        ("0112", Some("DE"), "emergency", "emergency_number"),
        ("00 1 911", Some("DE"), "emergency", "emergency_number"),
        ("0900 1 234567", Some("DE"), "premium-rate", "premium_rate_number"),
        ("411", Some("US"), "short code", "short_number"),
    ] {
        let (said, found) = refusal(text, country);
        if !said.contains(part) || found != code {
            wrong.push(format!("{text:?}: {found}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_default_country_accepts_what_is_dialled_there() {
    for (text, country, e164) in [
        ("030 123456", "DE", "+4930123456"),
        ("030/123456", "DE", "+4930123456"),
        ("(030) 123456", "DE", "+4930123456"),
        ("(0)30 123456", "DE", "+4930123456"),
        ("030 123456-12", "DE", "+493012345612"),
        ("0049 30 123456", "DE", "+4930123456"),
        ("00 44 20 7946 0018", "DE", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("01481 256789", "GB", "+441481256789"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("212-555-0123", "US", "+12125550123"),
        ("1-212-555-0123", "US", "+12125550123"),
        ("12125550123", "US", "+12125550123"),
        ("(416) 555-0142", "US", "+14165550142"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("00 44 20 7946 0018", "US", "+442079460018"),
        ("0011 44 20 7946 0018", "AU", "+442079460018"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("01.23.45.67.89", "FR", "+33123456789"),
        ("123456789", "FR", "+33123456789"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("912 345-67-89", "RU", "+79123456789"),
        ("8 10 44 20 7946 0018", "RU", "+442079460018"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("0 11 96123-4567", "BR", "+5511961234567"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("\u{202a}020\u{a0}7946\u{a0}0018\u{202c}", "GB", "+442079460018"),
        ("+1 512 555 0142", "GB", "+15125550142"),
    ] {
        let read = PhoneNumber::parse_in(text, Some(country.parse().unwrap()))
            .map(|read| read.e164().to_owned());
        assert_eq!(read, Ok(e164.to_owned()), "{text} in {country}");
    }
}

#[test]
fn former_and_current_numbering_plans_give_the_same_number() {
    for (old, country, new) in [
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("+52 1 441 123 4567", None, "+524411234567"),
        ("+5215512345678", None, "+525512345678"),
        ("+52 01 55 1234 5678", None, "+525512345678"),
        ("+52 044 55 1234 5678", None, "+525512345678"),
        ("044 55 1234 5678", Some(Country::MX), "+525512345678"),
        ("045 55 1234 5678", Some(Country::MX), "+525512345678"),
        ("01 55 1234 5678", Some(Country::MX), "+525512345678"),
        ("00 52 1 55 1234 5678", Some(Country::MX), "+525512345678"),
        ("+55 11 6123 4567", None, "+5511961234567"),
        ("+55 (11) 8123-4567", None, "+5511981234567"),
        ("+551191234567", None, "+5511991234567"),
        ("+55 011 9123-4567", None, "+5511991234567"),
        ("(11) 9123-4567", Some(Country::BR), "+5511991234567"),
        ("011 9123-4567", Some(Country::BR), "+5511991234567"),
        ("+54 11 15 2345 6789", None, "+5491123456789"),
        ("+54 011 15 2345 6789", None, "+5491123456789"),
        ("+54 343 15 412 3456", None, "+5493434123456"),
        ("+54 9 11 15 2345 6789", None, "+5491123456789"),
        ("+54 (9) 11 2345-6789", None, "+5491123456789"),
        // Landlines were never written in another way.
        ("+55 11 3333-4444", None, "+551133334444"),
        ("+54 11 2345-6789", None, "+541123456789"),
    ] {
        let read =
            PhoneNumber::parse_in(old, country).unwrap_or_else(|error| panic!("{old}: {error}"));
        assert_eq!(read.e164(), new, "{old}");
        assert_eq!(PhoneNumber::parse(new), Ok(read));
    }
    // Eight digits that begin with 7 are trunked radio, and were mobile phones once: either may be
    // meant.
    let (said, code) = refusal("+55 11 7123-4567", None);
    assert!(said.contains("Brazil's old numbering plan") && said.contains("write the 9"), "{said}");
    assert_eq!(code, "number_not_e164");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_number_read_with_a_country_round_trips(
        text in r"[+0]{0,2}[0-9]{1,4}[ ().\-/]{0,2}[0-9]{2,5}[ ().\-/]{0,2}[0-9]{0,5}[ .\-]?[0-9]{0,4}",
        country in prop::sample::select(Country::all().collect::<Vec<_>>()),
    ) {
        if let Ok(number) = PhoneNumber::parse_in(&text, Some(country)) {
            prop_assert_eq!(PhoneNumber::parse(number.e164()), Ok(number));
            // With a plus sign, the default country makes no difference.
            if text.starts_with('+') {
                prop_assert_eq!(PhoneNumber::parse(&text), Ok(number));
            }
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let line = &number.e164()[number.e164().len() - 4..];
            prop_assert!(digits.ends_with(line), "no digit is dropped or added at the end");
        }
    }
}
