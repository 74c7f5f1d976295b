//! How texts about people are kept.

use switchboard_core::{Error, Result, text::one_line};

/// The most characters of a note or of somebody's words.
pub const LONGEST_WORDS: usize = 2_000;
/// The most characters of a name, a code or a source.
pub const LONGEST_NAME: usize = 200;

/// As it is kept if it must not be lost: on one line, and shortened.
pub(super) fn kept(text: &str, most: usize) -> String {
    let line = one_line(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned(),
        None => line,
    }
}

/// As it is kept if its writer can be told what is wrong with it.
pub(super) fn checked(field: &'static str, text: &str, most: usize) -> Result<String> {
    let line = one_line(text);
    if line.is_empty() {
        return Err(Error::invalid(field, "is empty: write what it is about, or leave it out"));
    }
    if line.chars().count() > most {
        return Err(Error::invalid(field, format!("has more than {most} characters: shorten it")));
    }
    Ok(line)
}
