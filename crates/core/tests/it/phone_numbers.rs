//! Which numbers may be called, against the reference data of every region: libphonenumber 9.0.35
//! (Apache-2.0), read by `data/generate_example_numbers.py`.

use std::collections::HashMap;

use proptest::prelude::*;
use switchboard_core::{Country, Language, NumberType, PhoneNumber, PhoneNumberError};

fn code(text: &str) -> &'static str {
    match PhoneNumber::parse(text) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}

fn rows(data: &str) -> impl Iterator<Item = Vec<&str>> {
    data.lines().map(|line| line.split('\t').collect())
}

#[test]
fn example_numbers_match_the_reference_data() {
    let mut seen = HashMap::new();
    let mut wrong = Vec::new();
    for row in rows(include_str!("../data/example_numbers.tsv")) {
        let [region, kind, number, verdict] = row[..] else { panic!("{row:?}") };
        *seen.entry(verdict.len() == 2).or_insert(0) += 1;
        let found = match PhoneNumber::parse(number) {
            Ok(parsed) => (parsed.e164() == number)
                .then(|| format!("{} {}", parsed.country(), parsed.number_type())),
            Err(error) => Some(error.code().to_owned()),
        };
        let expected = match verdict {
            "premium_rate" => "premium_rate_number".to_owned(),
            "shared_cost" => "shared_cost_number".to_owned(),
            "satellite" => "satellite_number".to_owned(),
            "no_country" => "number_without_country".to_owned(),
            "short" => "short_number".to_owned(),
            country => format!("{country} {kind}"),
        };
        // The library has newer data here: Botswana has since assigned this range to mobile phones.
        let expected = if number == "+26779101234" { "BW mobile".to_owned() } else { expected };
        if found.as_deref() != Some(&expected) {
            wrong.push(format!("{region} {kind} {number}: {found:?}, expected {expected}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen[&true] > 900 && seen[&false] > 200, "{seen:?}");
}

#[test]
fn every_emergency_number_is_rejected_with_and_without_its_calling_code() {
    let mut checked = 0;
    for row in rows(include_str!("../data/emergency_numbers.tsv")) {
        let [region, calling_code, number] = row[..] else { panic!("{row:?}") };
        for disguise in [
            number.to_owned(),
            if number.len() <= 3 { format!("+{number}") } else { number.to_owned() },
            format!("+{calling_code}{number}"),
            format!("+{calling_code} {number}"),
            format!("+{calling_code}-({number})"),
            format!("+{calling_code} 0{number}"),
            format!("{calling_code}{number}"),
            format!("00{calling_code}{number}"),
            format!("011 {calling_code} {number}"),
            format!("tel:+{calling_code}{number}"),
        ] {
            assert_eq!(code(&disguise), "emergency_number", "{disguise} in {region}");
            checked += 1;
        }
    }
    assert!(checked > 10_000, "{checked}");
}

#[test]
fn disguised_emergency_numbers_are_recognised() {
    for text in [
        "911",
        "112",
        "999",
        "000",
        "+911",
        "+112",
        "+999",
        "+1911",
        "+1 911",
        "+1-9-1-1",
        "+1.911",
        "+1 (911)",
        "+1 1 911",
        "+1 0911",
        "0911",
        "+44999",
        "+44 0999",
        "+44112",
        "+4499 9",
        "+49110",
        "+49112",
        "+49 (0) 112",
        "+33 15",
        "+33 17",
        "+33 18",
        "+33 112",
        "+61000",
        "+61 0000",
        "+7 8 112",
        "+36 06 112",
        "+988",
        "+1988",
        "+1 999",
        "\u{ff19}\u{ff11}\u{ff11}",
        "+\u{ff11}\u{ff19}\u{ff11}\u{ff11}",
        "\u{669}\u{661}\u{661}",
        " 911 ",
        "9\u{200b}11",
        "call 911",
        "+1/911",
        "+1\t911",
    ] {
        assert_eq!(code(text), "emergency_number", "{text:?}");
    }
}

#[test]
fn expensive_short_and_international_numbers_are_rejected_with_their_reason() {
    for (text, expected) in [
        ("+1 900 555 0142", "premium_rate_number"),
        ("+1 900 234 5678", "premium_rate_number"),
        ("+44 909 879 0000", "premium_rate_number"),
        ("+49 900 1 234567", "premium_rate_number"),
        ("+33 891 123456", "premium_rate_number"),
        ("+1 1 900 234 5678", "premium_rate_number"),
        ("+44 (0)909 879 0000", "premium_rate_number"),
        ("+49 0900 1 234567", "premium_rate_number"),
        ("+979 123 456 789", "premium_rate_number"),
        ("+808 1234 5678", "shared_cost_number"),
        ("+8816 1234 5678", "satellite_number"),
        ("+8817 1234 5678", "satellite_number"),
        ("+8818 1234 5678", "satellite_number"),
        ("+8819 1", "short_number"),
        ("+870 301 234 567", "satellite_number"),
        ("+61 147 101 234", "satellite_number"),
        ("+61 0147 101 234", "satellite_number"),
        ("+1 600 201 2345", "satellite_number"),
        ("+88216 1234 5678", "satellite_number"),
        ("+88213 1234 5678", "satellite_number"),
        ("+882 1012345678", "number_without_country"),
        ("+883 510012345", "number_without_country"),
        ("+878 101234567890", "number_without_country"),
        ("+888 12345678901", "number_without_country"),
        ("+800 1234 5678", "number_without_country"),
        ("+1 411", "short_number"),
        ("+44 118 500", "short_number"),
        ("12345", "short_number"),
        ("+15551234567", "invalid_number"),
        ("+1 512 555 014", "invalid_number"),
        ("+999 123 4567", "invalid_number"),
        ("+1 911 555 0142", "invalid_number"),
        ("", "number_not_e164"),
        ("+", "number_not_e164"),
        ("++15125550142", "number_not_e164"),
        ("5125550142", "number_not_e164"),
        ("0015125550142", "number_not_e164"),
        ("+0 512 555 0142", "number_not_e164"),
        ("+15125550142x911", "number_not_e164"),
        ("+15125550142,911", "number_not_e164"),
        ("+15125550142;ext=911", "number_not_e164"),
        ("+1512555014\u{662}", "number_not_e164"),
        ("+1512555CALL", "number_not_e164"),
        ("+1512555014212345", "number_not_e164"),
    ] {
        assert_eq!(code(text), expected, "{text:?}");
    }
    let shared_or_premium = code("+44 845 46 47 00 0");
    assert!(
        ["premium_rate_number", "shared_cost_number"].contains(&shared_or_premium),
        "{shared_or_premium}"
    );
}

#[test]
fn numbers_of_a_shared_calling_code_get_the_right_country() {
    for (text, country, calling_code, national) in [
        ("+1 512 555 0142", "US", 1, "5125550142"),
        ("+1 416 555 0142", "CA", 1, "4165550142"),
        ("+1 876 555 0142", "JM", 1, "8765550142"),
        ("+1 787 234 5678", "PR", 1, "7872345678"),
        ("+44 20 7946 0018", "GB", 44, "2079460018"),
        ("+44 (0)20 7946 0018", "GB", 44, "2079460018"),
        ("+44 1481 256789", "GG", 44, "1481256789"),
        ("+44 1534 456789", "JE", 44, "1534456789"),
        ("+44 1624 756789", "IM", 44, "1624756789"),
        ("+39 02 1234 5678", "IT", 39, "0212345678"),
        ("+7 912 345 67 89", "RU", 7, "9123456789"),
        ("+7 771 000 9998", "KZ", 7, "7710009998"),
        ("+683 4002", "NU", 683, "4002"),
        ("+247 40123", "AC", 247, "40123"),
    ] {
        let number = PhoneNumber::parse(text).unwrap();
        let found = (
            number.country().as_str().to_owned(),
            number.country_code(),
            number.national_digits().to_owned(),
        );
        assert_eq!(found, (country.to_owned(), calling_code, national.to_owned()), "{text}");
        assert_eq!(number.e164(), format!("+{calling_code}{national}"));
    }
}

#[test]
fn a_number_prints_masked_and_an_error_prints_none() {
    let number = PhoneNumber::parse("+15125550142").unwrap();
    assert_eq!(number.to_string(), "+1••••••••42");
    assert_eq!(number.masked(), number.to_string());
    assert_eq!(format!("{number:?}"), "PhoneNumber(+1••••••••42 US fixed_line_or_mobile)");
    assert_eq!(
        format!("{:?}", Some(PhoneNumber::parse("+6834002").unwrap())),
        "Some(PhoneNumber(+683•••• NU fixed_line))"
    );
    assert!(std::mem::size_of::<PhoneNumber>() <= 24);

    for json in [
        r#""+19002345678""#,
        r#""+15551234567""#,
        "14165550199",
        "-14165550199",
        "1.4165550199e10",
        r#"["+14165550199"]"#,
    ] {
        let error = serde_json::from_str::<PhoneNumber>(json).unwrap_err();
        let printed = format!("{error} {error:?}");
        let digits = json.chars().filter(char::is_ascii_digit).take(9).collect::<String>();
        assert!(!printed.contains(&digits), "{printed}");
    }
}

#[test]
fn a_prefix_is_a_calling_code_and_the_digits_after_it() {
    let number = PhoneNumber::parse("+442079460018").unwrap();
    for (prefix, expected) in [
        ("+4420", true),
        ("4420", true),
        ("+44", true),
        ("", true),
        ("+4421", false),
        ("+20", false),
        ("+4420794600180", false),
    ] {
        assert_eq!(number.has_prefix(prefix), expected, "{prefix}");
    }
}

#[test]
fn numbers_serialize_as_e164_and_compare_by_their_digits() {
    let number: PhoneNumber = serde_json::from_str(r#""+1 (512) 555-0142""#).unwrap();
    assert_eq!(serde_json::to_string(&number).unwrap(), r#""+15125550142""#);
    assert_eq!(number, "+1.512.555.0142".parse().unwrap());
    assert!(number < PhoneNumber::parse("+15125550143").unwrap());
    assert_eq!(serde_json::to_string(&number.number_type()).unwrap(), r#""fixed_line_or_mobile""#);
    assert_eq!(
        serde_json::from_str::<PhoneNumber>(r#""911""#).unwrap_err().to_string(),
        format!("{} at line 1 column 5", PhoneNumberError::Emergency)
    );
}

#[test]
fn countries_are_the_assigned_codes_and_those_of_the_numbering_plans() {
    for (text, name) in [
        ("us", "United States"),
        ("GB", "United Kingdom"),
        ("xK", "Kosovo"),
        ("AC", "Ascension Island"),
        ("TA", "Tristan da Cunha"),
    ] {
        let country: Country = text.parse().unwrap();
        assert_eq!((country.as_str(), country.name()), (text.to_uppercase().as_str(), name));
        assert_eq!(
            serde_json::from_str::<Country>(&serde_json::to_string(&country).unwrap()).unwrap(),
            country
        );
    }
    assert_eq!(Country::all().len(), 249 + 3);
    assert!(Country::all().all(|country| country.as_str().parse() == Ok(country)));
    assert!(Country::all().is_sorted());

    for (text, said) in [
        ("UK", "write GB"),
        ("uk", "write GB"),
        ("ZZ", "ZZ is not a country"),
        ("USA", "write US,"),
        ("XYZ", "two letters"),
        ("", "two letters"),
        ("É", "two letters"),
    ] {
        let error = text.parse::<Country>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn languages_are_tags_of_language_script_and_region() {
    for (text, tag, primary, script, region) in [
        ("en", "en", "en", None, None),
        ("EN-us", "en-US", "en", None, Some("US")),
        ("es-419", "es-419", "es", None, Some("419")),
        ("ZHO-hANT-hk", "zho-Hant-HK", "zho", Some("Hant"), Some("HK")),
        ("zho-Hant-419", "zho-Hant-419", "zho", Some("Hant"), Some("419")),
        ("sr-latn", "sr-Latn", "sr", Some("Latn"), None),
    ] {
        let language: Language = text.parse().unwrap();
        assert_eq!(
            (language.as_str(), language.primary(), language.script(), language.region()),
            (tag, primary, script, region)
        );
        assert_eq!(language.base().as_str(), primary);
        assert_eq!(
            serde_json::from_str::<Language>(&serde_json::to_string(&language).unwrap()).unwrap(),
            language
        );
    }
    assert_eq!((Language::EN.as_str(), Language::ES.as_str()), ("en", "es"));
    assert_eq!("en".parse(), Ok(Language::EN));

    for (text, said) in [
        ("", "BCP 47"),
        ("english", "BCP 47"),
        ("en_US", "hyphens"),
        ("en-US-x-me", "BCP 47"),
        ("en-", "BCP 47"),
        ("us", "not a country"),
        ("en-UK", "write GB"),
        ("en-ZZ", "ZZ is not a country"),
    ] {
        let error = text.parse::<Language>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn stored_numbers_can_be_read_after_the_plans_change() {
    let today = PhoneNumber::restore("+442079460018", Country::GB).unwrap();
    assert_eq!(
        (today.country(), today.number_type(), today.country_code()),
        (Country::GB, NumberType::FixedLine, 44)
    );
    // Not in any current plan: a withdrawn mobile range, and a country that changed its code.
    for (text, country, code, national) in [
        ("+15550000001", Country::US, 1, "5550000001"),
        ("+491199999999", Country::DE, 49, "1199999999"),
        ("+2103333333", Country::ES, 210, "3333333"),
    ] {
        assert!(PhoneNumber::parse(text).is_err());
        let kept = PhoneNumber::restore(text, country).unwrap();
        assert_eq!(
            (kept.e164(), kept.country(), kept.country_code(), kept.national_digits()),
            (text, country, code, national)
        );
        assert!(!format!("{kept} {kept:?}").contains(national));
    }
    for text in ["", "911", "+0123456789", "+44 2079460018", "+1234567890123456", "+12345é78"] {
        assert!(PhoneNumber::restore(text, Country::US).is_none(), "{text}");
    }
}

fn looks_like_a_number() -> impl Strategy<Value = String> {
    prop_oneof![
        r"\+[1-9][0-9]{3,15}",
        r"[+0]{0,2}[0-9 ().\-]{1,20}",
        r"\+(1|44|49|33|39|61|7|54|52|55|90|683|247|290)[0-9]{3,12}",
        r"\+(1|44|49|33|61|36)[ ]?(0|1|06|8)?(911|112|999|000|15|17|110)[0-9]{0,7}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        prop_assert!(PhoneNumber::parse(&text).is_ok_and(|number| number.e164().len() > 7) || code(&text) != "accepted");
        prop_assert!(text.parse::<Country>().map_or(true, |country| !country.name().is_empty()));
        prop_assert!(text.parse::<Language>().map_or(true, |language| language.as_str().parse() == Ok(language)));
    }

    #[test]
    fn accepted_numbers_are_e164_and_round_trip(text in looks_like_a_number()) {
        if let Ok(number) = PhoneNumber::parse(&text) {
            let e164 = number.e164();
            let digits = e164.strip_prefix('+').unwrap();
            prop_assert!((7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
            let again = PhoneNumber::parse(e164).unwrap();
            prop_assert_eq!((again, again.country(), again.number_type()), (number, number.country(), number.number_type()));
            prop_assert_eq!(format!("+{}{}", number.country_code(), number.national_digits()), e164);
            // Mexico, Argentina and Brazil have numbers of former plans.
            let renewed = [52, 54, 55].contains(&number.country_code());
            prop_assert!(text.contains(number.national_digits()) || text.contains([' ', '(', ')', '.', '-']) || renewed);
            let printed = format!("{number} {number:?}");
            prop_assert!(!printed.contains(number.national_digits()));
        }
    }
}
