//! Detects rows in a cell with a missing closing quote.
//!
//! An unclosed quote continues to the next quote of the file. That one is usually followed by text,
//! which is an error anyway. If not, whole rows have become part of one cell. They look like rows:
//! as many cells as the header has names, and a number where the row has one. Lines of normal text,
//! such as a list, do not.

use crate::{row::Row, split};

/// The minimum number of digits of a number.
const DIGITS: usize = 5;

/// True if two or more lines of a row look like rows.
pub(crate) fn holds_rows(lines: &str, row: &Row, delimiter: char, columns: usize) -> bool {
    if columns < 2 {
        return false;
    }
    let numbers: Vec<Option<Number>> = row.cells().map(Number::read).collect();
    let looks_like_a_row = |line: &&str| {
        let cells: Vec<&str> = split::plainly(line, delimiter).collect();
        let mut pairs = cells.iter().zip(&numbers);
        cells.len() >= columns
            && pairs.any(|(cell, number)| match (number, Number::read(cell)) {
                (Some(number), Some(other)) => number.is_like(other),
                (Some(_), None) | (None, _) => false,
            })
    };
    lines.split('\n').filter(looks_like_a_row).nth(1).is_some()
}

/// What a cell with a number looks like.
#[derive(Debug, Clone, Copy)]
struct Number {
    digits: usize,
    international: bool,
}

impl Number {
    fn read(cell: &str) -> Option<Self> {
        let text = cell.trim_start_matches('\'');
        let text = text.strip_prefix("tel:").unwrap_or(text);
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let plain = |letter: char| {
            letter.is_ascii_digit() || letter.is_whitespace() || "+-./()".contains(letter)
        };
        (digits >= DIGITS && text.chars().all(plain) && !is_date(text))
            .then(|| Self { digits, international: text.starts_with('+') })
    }

    fn is_like(self, other: Self) -> bool {
        self.international == other.international && self.digits.abs_diff(other.digits) <= 4
    }
}

/// True for dates such as `2026-11-29`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(str::len);
    (parts.next(), parts.next(), parts.next(), parts.next()) == (Some(4), Some(2), Some(2), None)
}

/// True if a cell is a number and not the name of a column.
pub(crate) fn is_number(cell: &str) -> bool {
    Number::read(cell).is_some()
}
