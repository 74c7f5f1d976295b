//! Decides which digits are a phone number, and what is printed of it.
//!
//! Error messages of providers repeat phone numbers in unpredictable formats. So the masker is
//! deliberately coarse: seven or more digits are a phone number, whatever is between them, unless
//! it is a letter. What certainly is not a number is left alone (see `shapes`). A date that is
//! hidden by mistake costs a reader a moment; a number that is shown by mistake harms a person.

use super::{
    control::{is_invisible, visible},
    kind::Kind,
    spans::{Span, spans},
};

/// The fewest digits that count as a phone number.
const FEWEST: usize = 7;
/// The most digits of a phone number.
const MOST: usize = 15;
/// Up to this many digits after a date or a time are an hour or a number of people: `2026-02-14, 8
/// pm`.
const HOUR: usize = 2;
/// The maximum length, in characters, of a provider's message in an error.
const LONGEST: usize = 300;

/// Replaces every phone number by `…` and its last two digits, and whatever follows `Bearer` or
/// `Basic` by `…`.
///
/// Linear in the length of the text.
///
/// ```
/// use switchboard_core::text::mask;
///
/// assert_eq!(mask("cannot call +1 (415) 555-0100 today"), "cannot call …00 today");
/// assert_eq!(mask("4<b>15</b> | 555 | 01·00"), "…00");
/// let harmless = "waits until 2026-02-14T20:00:00Z, 12.50 USD";
/// assert_eq!(mask(harmless), harmless);
/// assert_eq!(mask("sent with Bearer abc-12345-xyz, refused"), "sent with Bearer …, refused");
/// ```
pub fn mask(text: &str) -> String {
    if text.chars().filter(|one| one.is_numeric()).count() < FEWEST && !names_a_credential(text) {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut run = Vec::new();
    for span in spans(&characters) {
        match span.kind {
            Kind::Digits | Kind::Between | Kind::Date | Kind::Time => run.push(span),
            Kind::Apart | Kind::Secret => {
                show_run(&characters, &run, &mut shown);
                run.clear();
                match span.kind {
                    Kind::Secret => shown.push('…'),
                    _ => shown.extend(span.of(&characters)),
                }
            }
        }
    }
    show_run(&characters, &run, &mut shown);
    shown
}

fn names_a_credential(text: &str) -> bool {
    ["bearer", "basic"].iter().any(|scheme| {
        text.as_bytes()
            .windows(scheme.len())
            .any(|word| word.eq_ignore_ascii_case(scheme.as_bytes()))
    })
}

/// [`mask`], on one line: control characters become spaces, and invisible characters are removed.
/// Text from outside has to pass through this before it is logged.
///
/// ```
/// assert_eq!(switchboard_core::text::one_line("rings\r\nat 4155550100\u{202e}"), "rings  at …00");
/// ```
pub fn one_line(text: &str) -> String {
    let plain = |one: char| {
        if one.is_control() { Some(' ') } else { visible(one) }
    };
    mask(text.trim()).chars().filter_map(plain).collect()
}

/// [`one_line`] with at most 300 characters, for error messages.
pub fn readable(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Prints the text between two letters, with a phone number in it hidden.
fn show_run(characters: &[char], run: &[Span], shown: &mut String) {
    let numerals = |kind: fn(Kind) -> bool| -> usize {
        run.iter()
            .filter(|span| kind(span.kind))
            .map(|span| span.of(characters).iter().filter(|one| one.is_numeric()).count())
            .sum()
    };
    let loose = numerals(|kind| kind == Kind::Digits);
    let shaped = numerals(|kind| matches!(kind, Kind::Date | Kind::Time));
    let first_shape = run.iter().position(|span| matches!(span.kind, Kind::Date | Kind::Time));
    let first_digit = run.iter().position(|span| span.kind == Kind::Digits);
    let dated = run.iter().any(|span| span.kind == Kind::Date);
    let shape_leads =
        first_shape.is_some_and(|shape| first_digit.is_none_or(|digit| shape < digit));
    let hour = shape_leads && loose <= HOUR;
    if loose + shaped < FEWEST || loose == 0 || hour {
        for span in run {
            shown.extend(span.of(characters));
        }
    } else if dated && loose >= FEWEST && loose + shaped > MOST {
        // Too many digits for one number: there is a date next to a number.
        let mut piece = Vec::new();
        for span in run {
            if matches!(span.kind, Kind::Date | Kind::Time) {
                hide(characters, &piece, shown);
                piece.clear();
                shown.extend(span.of(characters));
            } else {
                piece.push(*span);
            }
        }
        hide(characters, &piece, shown);
    } else {
        hide(characters, run, shown);
    }
}

/// Prints the last two digits of the number in these spans, and what is before and after it.
fn hide(characters: &[char], run: &[Span], shown: &mut String) {
    let (Some(begin), Some(end)) =
        (run.first().map(|span| span.from), run.last().map(|span| span.to))
    else {
        return;
    };
    let run = characters.get(begin..end).unwrap_or_default();
    let (Some(first), Some(last)) =
        (run.iter().position(|one| one.is_numeric()), run.iter().rposition(|one| one.is_numeric()))
    else {
        shown.extend(run);
        return;
    };
    let (before, number) = run.split_at(first);
    let (number, behind) = number.split_at(last + 1 - first);
    // A plus sign, a bracket and invisible characters before the digits belong to the number.
    let own = |one: &char| matches!(one, '+' | '＋' | '(' | '（' | '[') || is_invisible(*one);
    let kept = before.len() - before.iter().rev().take_while(|one| own(one)).count();
    shown.extend(before.iter().take(kept));
    shown.push('…');
    let digits: Vec<&char> = number.iter().filter(|one| one.is_numeric()).collect();
    shown.extend(digits.iter().skip(digits.len().saturating_sub(2)).copied());
    shown.extend(behind);
}
