//! What the masker hides: numbers of every region, in every format, with anything between their
//! digits. What it leaves: a table of text that certainly is not a number.

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use switchboard_core::text::{is_invisible, mask, readable, visible};

fn numerals(text: &str) -> String {
    text.chars().filter(|one| one.is_numeric()).collect()
}

/// Every example number, in every format that the numbering library writes.
fn written() -> Vec<String> {
    let rows = include_str!("../data/example_numbers.tsv").lines();
    let numbers =
        rows.filter_map(|row| row.split('\t').nth(2)).filter(|number| number.starts_with('+'));
    let formats = [
        PhoneNumberFormat::E164,
        PhoneNumberFormat::International,
        PhoneNumberFormat::National,
        PhoneNumberFormat::RFC3966,
    ];
    let mut written: Vec<String> = Vec::new();
    for number in numbers {
        let parsed = PHONE_NUMBER_UTIL.parse(number, None).unwrap();
        written.extend(
            formats.iter().map(|format| PHONE_NUMBER_UTIL.format(&parsed, *format).into_owned()),
        );
    }
    written.retain(|number| numerals(number).len() >= 7);
    assert!(written.len() > 3_000, "{}", written.len());
    written
}

/// What people, programs and attackers put between two groups of digits.
const BETWEEN: [&str; 59] = [
    " ",
    "-",
    ".",
    "/",
    ", ",
    ",",
    ":",
    "*",
    "|",
    "·",
    "~",
    "_",
    ";",
    " - ",
    ") ",
    "(",
    " (",
    "\u{a0}",
    "\u{202f}",
    "\u{2009}",
    "\u{200b}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{202e}",
    "\u{2066}",
    "\u{2011}",
    "\u{2013}",
    "\u{2212}",
    "\u{30fc}",
    "<b>",
    "</b>",
    "<br/>",
    "</td><td class=\"n\">",
    "<!-- -->",
    "&nbsp;",
    "&#160;",
    "&shy;",
    "%20",
    "%2D",
    "\\u00a0",
    "\\u{a0}",
    "\\n",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[1m",
    "\u{9b}31m",
    "**",
    "__",
    "`",
    "…",
    "•",
    "→",
    "\u{fe0f}\u{20e3}",
    "  |  ",
    "🙂",
];

/// The number in the digits of the script with this zero.
fn in_script(number: &str, zero: char) -> String {
    let digit = |one: char| {
        one.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value)).unwrap_or(one)
    };
    number.chars().map(digit).collect()
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    // Always the same cases, because random ones would include numbers that look exactly like a
    // date.
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn no_number_shows_more_than_two_digits_however_it_is_written() {
    let written = written();
    for number in &written {
        let shown = mask(&format!("Ring {number}, please."));
        assert!(numerals(&shown).chars().count() <= 2, "{number}: {shown}");
        assert!(shown.starts_with("Ring ") && shown.contains("please."), "{number}: {shown}");
    }
    let case = (
        prop::sample::select(written),
        prop::collection::vec((1..5_usize, prop::sample::select(BETWEEN.to_vec())), 20),
        prop::sample::select(vec!['0', '٠', '۰', '०', '０', '߀', '𝟎']),
        "[a-zA-Zéßñ ,.!?]{0,30}[a-zA-Z ]",
        "[ a-zA-Z][a-zA-Zéßñ ,.!?]{0,30}",
    );
    runner(8_000)
        .run(&case, |(number, groups, zero, before, after)| {
            let plus = if number.starts_with('+') { "+" } else { "" };
            let mut rest: &str = &numerals(&number);
            let mut laid_out = plus.to_owned();
            for (length, between) in groups {
                let (group, more) = rest.split_at(length.min(rest.len()));
                laid_out.push_str(&in_script(group, zero));
                rest = more;
                if rest.is_empty() {
                    break;
                }
                laid_out.push_str(between);
            }
            prop_assert!(rest.is_empty());
            // Keep the layout of the number, or make a new one.
            for number in [laid_out, in_script(&number, zero)] {
                let shown = mask(&format!("{before}{number}{after}"));
                prop_assert!(numerals(&shown).chars().count() <= 2, "{number:?}: {shown:?}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn numbers_are_hidden_anywhere_in_a_text() {
    for (text, shown) in [
        ("+14155550100", "…00"),
        ("call +44 20 7946 0018.", "call …18."),
        ("tel:+49-30-901820;ext=5", "tel:…20;ext=5"),
        ("(415) 555-0100 and 415.555.0199", "…00 and …99"),
        ("to=14155550100&from=14155550199", "to=…00&from=…99"),
        ("%2B14155550100", "%…00"),
        ("+٤١٥٥٥٥٠١٠٠", "…٠٠"),
        ("2079460018x4", "…84"),
        ("+44207946ext", "…46ext"),
        ("call_14155550100", "call_…00"),
        ("c14155550100", "c…00"),
        ("ab14155550100", "ab…00"),
        ("room:4155550100", "room:…00"),
        ("error.code.415.555.0100", "error.code.…00"),
        ("03ー1234ー5678", "…78"),
        ("<b>415</b><i>555</i><u>0100</u>", "<b>…00</u>"),
        ("<a href=\"tel:+14155550100\">(415) 555-0100</a>", "<a href=\"tel:…00</a>"),
        ("{\"to\":\"+1\\u002d415\\u002d5550100\"}", "{\"to\":\"…00\"}"),
        ("0000-0000-4155550100", "…00"),
        // One digit more than a date has.
        ("2012-11-10 101", "…01"),
        ("+45 2012-11-10", "…10"),
        ("2026-02-14, 20:00, +44 20 7946 0018", "2026-02-14, 20:00, …18"),
        ("415,555,0100 USD", "…00 USD"),
        ("sent with Bearer abc-12345-xyz, refused", "sent with Bearer …, refused"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic …"),
    ] {
        assert_eq!(mask(text), shown, "{text}");
        assert_eq!(mask(shown), shown, "{text} twice");
    }
}

#[test]
fn text_that_is_not_a_number_is_unchanged() {
    for text in [
        "at 20:00 for 4, 12.50 USD",
        "019ab3f0-5c1e-7000-8000-000000000000",
        "call=019ab3f0-5c1e-7000-8000-000000000000 attempt=9b2f6a0c-1111-4222-8333-123456789012",
        "the provider has the call call_9f3b1234567",
        "agent_0b5e1c2d3f4a5b6c is named",
        "a hash: 3b1f09e4d5c6a7b8c9d0e1f2a3b4c5d6",
        "waits until 2026-02-14T20:00:00Z",
        "2026-02-14T20:00:00.123456Z INFO",
        "2026-02-14T20:00:00+01:00[Europe/London]",
        "2026-02-14 20:00:00.123 and 2026-02-14 20:00",
        "from 2026-02-14 to 2026-02-20, or 2026-02-14/2026-02-20",
        "on 2026-02-14, 8 pm",
        "open 09:00-17:00 and 18:30 - 20:00",
        "at 20:00-22:00, 4 people",
        "on February 14, 2026, 20:00",
        "on 14 February 2026, 20:00",
        "Feb 14, 2026",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "1,234,567.89 USD and EUR 1.234.567,89",
        "$1,234,567 or US$1,234,567.50 or 1234567.50 €",
        "0.123456 USD a minute, at most 1234.567891 EUR",
        "http://127.0.0.1:54321/v1/calls and addr:127.0.0.1:54321",
        "HTTP 429, wait 60 s",
        "only 402 of 1000 credits",
        "HTTP 503",
        "+1••••••••00",
        "",
        "+",
        "+ 1",
        "(see above)",
        "the bearer of this basic idea",
    ] {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn long_texts_take_time_in_proportion_to_their_length() {
    // Quadratic time would take hours.
    for piece in [
        "(",
        "<",
        "<a ",
        "&",
        "&a",
        "%2",
        "\\u",
        "+",
        "+(",
        "1 ",
        "1x",
        "1a",
        "a1 ",
        "$",
        "$1,",
        "bearer ",
        "bearer \"",
        "2026-02-14 ",
        "20:00-",
        "May ",
        "\u{200b}",
        "019ab3f0-",
        "abcdef12",
        "127.0.0.1:",
        "…",
        "12345678 ",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let shown = mask(&text);
        assert!(numerals(&shown).len() <= numerals(&text).len(), "{piece}");
        assert!(readable(&text).chars().count() <= 301, "{piece}");
    }
}

proptest! {
    #[test]
    fn masking_never_panics_and_adds_nothing(text in "\\PC{0,200}") {
        prop_assert!(numerals(&mask(&text)).chars().count() <= numerals(&text).chars().count());
        prop_assert!(readable(&text).chars().count() <= 301);
    }

    #[test]
    fn masking_is_idempotent(text in "[-+() 0-9a-cT:.,<>&;]{0,80}") {
        let once = mask(&text);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn numbers_are_masked_in_any_surroundings(before in "\\PC{0,30}", number in "[1-9][0-9]{6,14}", after in "\\PC{0,30}") {
        let shown = mask(&format!("{before}+{number}{after}"));
        prop_assert!(!shown.contains(&number), "{shown}");
        prop_assert!(!shown.contains(&number[..number.len() - 2]), "{shown}");
    }

    #[test]
    fn a_message_is_one_line_without_control_characters(text in any::<String>()) {
        let shown = readable(&text);
        prop_assert!(shown.chars().all(|one| !one.is_control() && !is_invisible(one)), "{shown:?}");
    }
}

#[test]
fn messages_are_one_bounded_line() {
    assert_eq!(readable("  one\r\ntwo\u{1b}[31m  "), "one  two [31m");
    assert_eq!(readable("\u{202e}evil\u{2066}\u{200b}\u{9b}31m"), "evil 31m");
    assert_eq!(readable(&"é".repeat(1000)).chars().count(), 301);
}

#[test]
fn control_characters_are_replaced_by_pictures() {
    assert_eq!(visible('\u{1b}'), Some('␛'));
    assert_eq!(visible('\n'), Some('␊'));
    assert_eq!(visible('\u{7f}'), Some('␡'));
    assert_eq!(visible('\u{9b}'), Some('\u{fffd}'));
    assert_eq!(visible('\u{202e}'), None);
    assert_eq!(visible('é'), Some('é'));
}
