//! What a spreadsheet would take for a formula.
//!
//! Excel, LibreOffice, Numbers and Google Sheets run a cell that begins with `=`, `+`, `-` or `@`,
//! also in their full-width forms and after spaces, and Excel drops a tab or a carriage return at
//! the beginning and looks at what follows. An apostrophe in front makes it plain text.

use std::borrow::Cow;

/// What a formula begins with: as it is, in full width, small, and the minus of mathematics.
const SIGNS: &str = "=+-@＝＋－＠﹦﹢﹣﹫\u{2212}";

/// The text as a spreadsheet shows it without running it: with an apostrophe in front where it
/// would be a formula.
///
/// ```
/// use switchboard_table::{harmless, original};
///
/// assert_eq!(harmless("=1+1"), "'=1+1");
/// assert_eq!(harmless("Ask about 1+1"), "Ask about 1+1");
/// assert_eq!(original("'=1+1"), "=1+1");
/// ```
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

/// The text that [`harmless`] made harmless; any other text as it is.
pub fn original(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        Some(_) | None => text,
    }
}

/// A formula with apostrophes in front is one, too: it gets one more, so that taking one away gives
/// what was there.
fn is_formula(text: &str) -> bool {
    let mut rest = text;
    loop {
        let begun = rest.trim_start_matches(is_passed_over);
        let passed_over = rest.strip_suffix(begun).unwrap_or_default();
        let Some(first) = begun.chars().next() else {
            return false;
        };
        if passed_over.contains(['\t', '\r', '\n']) || SIGNS.contains(first) {
            return true;
        }
        rest = match begun.strip_prefix('\'') {
            Some(rest) => rest,
            None => return false,
        };
    }
}

/// Spaces, controls, and letters that nobody sees.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
