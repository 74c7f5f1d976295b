//! Telephone numbers in the words of others: summaries, notes and providers' messages.
//!
//! Nobody knows how a number is written there, so that whatever looks like one is hidden. Ids, dates and times are left: they are what a
//! reader looks for.

use crate::output::hide;

/// Fewer digits are hours, prices and party sizes.
const SHORTEST: usize = 7;
/// So many digits in one go are a number whatever stands behind them.
const SURELY: usize = 10;

/// The text with everything hidden that may be a telephone number.
pub(crate) fn mask(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let before = at.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let rest = characters.get(at..).unwrap_or_default();
        let length = if may_begin(before, first) { run(rest) } else { 0 };
        let found: String = rest.iter().take(length).collect();
        if is_number(&found, rest.get(length).copied()) {
            shown.push_str(&hide(&found));
            at += length;
        } else {
            shown.push(first);
            at += 1;
        }
    }
    shown
}

fn may_begin(before: Option<char>, first: char) -> bool {
    let inside = before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '-' | '_' | '.' | ':'));
    first == '+' || !inside && (first.is_ascii_digit() || first == '(')
}

/// How long the run of digits and of what stands between them is; it ends with a digit.
fn run(rest: &[char]) -> usize {
    let between = |character: &char| matches!(character, '+' | ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}');
    let longest = rest.iter().take_while(|one| one.is_ascii_digit() || between(one)).count();
    let run = rest.get(..longest).unwrap_or_default();
    run.iter().rposition(char::is_ascii_digit).map_or(0, |last| last + 1)
}

fn is_number(run: &str, behind: Option<char>) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let at_a_stretch = run.split(|one: char| !one.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let word_goes_on = behind.is_some_and(|behind| behind.is_alphabetic() || matches!(behind, '_' | ':'));
    digits >= SHORTEST && !is_date(run) && (!word_goes_on || run.starts_with('+') || at_a_stretch >= SURELY)
}

/// `2026-02-14`, and what a time behind it adds.
fn is_date(run: &str) -> bool {
    let mut parts = run.get(..10).unwrap_or_default().split('-');
    let lengths = [4, 2, 2].map(|length| {
        parts
            .next()
            .is_some_and(|part| part.len() == length && part.bytes().all(|one| one.is_ascii_digit()))
    });
    let rest = run.get(10..).unwrap_or_default();
    lengths == [true; 3] && rest.bytes().filter(u8::is_ascii_digit).count() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_hidden_however_they_are_written() {
        for number in [
            "+442079460018",
            "02079460018",
            "+44 20 7946 0018",
            "(212) 555-0123",
            "212.555.0123",
            "+1/212/5550123",
            "2079460018x4",
            "+44207946ext",
        ] {
            let shown = mask(&format!("Ring {number}, please."));
            assert!(!shown.contains("7946") && !shown.contains("555"), "{shown}");
            assert!(shown.starts_with("Ring ") && shown.ends_with(", please."), "{shown}");
        }
        assert_eq!(mask("+442079460018"), "+4•••••••••18");
    }

    #[test]
    fn what_is_no_number_is_left() {
        for text in [
            "at 20:00 for 4, 12.50 USD",
            "019ab3f0-5c1e-7000-8000-000000000000",
            "the provider has the call call_9f3b1234567",
            "waits until 2026-02-14T20:00:00Z",
            "on 2026-02-14, 8 pm",
            "HTTP 503",
            "",
            "+",
            "(see above)",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
