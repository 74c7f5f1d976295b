//! Protection against formulas in spreadsheets.
//!
//! Excel, LibreOffice, Numbers and Google Sheets evaluate a cell that begins with `=`, `+`, `-` or
//! `@`, including full-width forms and after spaces. Excel also ignores a tab or a carriage return
//! at the beginning. An apostrophe in front makes it plain text.

use std::borrow::Cow;

/// The characters that a formula can begin with: normal, full-width and small forms, and the
/// mathematical minus.
const SIGNS: &str = "=+-@＝＋－＠﹦﹢﹣﹫\u{2212}";

/// Returns the text with an apostrophe in front if a spreadsheet would evaluate it as a formula.
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

/// Reverses [`harmless`]; returns any other text unchanged.
pub fn original(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        Some(_) | None => text,
    }
}

/// True for formulas, also with apostrophes in front: those get one more, so that removing one
/// restores the original.
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

/// Spaces, control characters and invisible characters.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
