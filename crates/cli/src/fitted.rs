//! A table that fits a screen: one line for each row, and long cells cut short. Widths are those of
//! a terminal, where a character may take no column, one or two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns between two cells.
const GAP: usize = 2;
/// What stands for the text that was cut off.
const CUT: char = '…';

/// A column of such a table.
#[derive(Debug, Clone)]
pub(crate) struct FittedColumn {
    /// The heading.
    pub(crate) name: String,
    /// How far its cells may be cut, in columns of the terminal. `None`: never.
    pub(crate) least: Option<usize>,
    /// How early it is cut: columns with a lower number first.
    pub(crate) order: u8,
}

/// The widths of the columns in a table of this width. If the least of all is too wide, the table
/// is too.
pub(crate) fn widths(columns: &[FittedColumn], rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.name.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let gaps = GAP * columns.len().saturating_sub(1);
    let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| columns[*at].order);
    for at in order {
        let Some(least) = columns[at].least else {
            continue;
        };
        let cut = over.min(widths[at].saturating_sub(least.max(columns[at].name.width())));
        widths[at] -= cut;
        over -= cut;
    }
    widths
}

/// One line, each cell as wide as its column. `style` may put a style around the text of a cell.
pub(crate) fn line(
    cells: &[String],
    widths: &[usize],
    style: impl Fn(&str, String) -> String,
) -> String {
    let mut line = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if at > 0 {
            line.extend(std::iter::repeat_n(' ', GAP));
        }
        let shown = shorten(cell, *width);
        let filled = width.saturating_sub(shown.width());
        line.push_str(&style(cell, shown));
        line.extend(std::iter::repeat_n(' ', filled));
    }
    line.truncate(line.trim_end_matches(' ').len());
    line
}

/// The text in at most so many columns.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut left = width.saturating_sub(1);
    for one in text.chars() {
        let wide = one.width().unwrap_or(0);
        if wide > left {
            break;
        }
        left -= wide;
        shown.push(one);
    }
    // Joined characters may be wider together than each of them says.
    while shown.width() >= width.max(1) && shown.pop().is_some() {}
    if width > 0 {
        shown.push(CUT);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: &[Vec<String>], width: usize) -> Vec<String> {
        let columns = [
            FittedColumn { name: "id".to_owned(), least: None, order: 0 },
            FittedColumn { name: "about".to_owned(), least: Some(6), order: 0 },
            FittedColumn { name: "provider".to_owned(), least: Some(8), order: 1 },
            FittedColumn { name: "status".to_owned(), least: None, order: 0 },
        ];
        let widths = widths(&columns, rows, width);
        rows.iter().map(|row| line(row, &widths, |_, shown| shown)).collect()
    }

    #[test]
    fn wide_characters_break_no_column() {
        let row =
            |about: &str| ["019a", about, "kaicalls", "completed"].map(str::to_owned).to_vec();
        let rows = [
            row("Ask for a table for two on Friday."),
            row("東京都のレストランを予約してください"),
            row("👩‍👩‍👧‍👦 is a family of four, and one character"),
            row("e\u{301}te\u{301} a\u{300} la plage, e\u{301}te\u{301} a\u{300} la mer"),
            row("short"),
        ];
        for (line, row) in table(&rows, 48).iter().zip(&rows) {
            assert!(line.width() <= 48, "{line}");
            let before = line.split("kaicalls").next().unwrap_or_default();
            assert_eq!(before.width(), 4 + 2 + 48 - 4 - 8 - 9 - 6 + 2, "{line}");
            assert_eq!(line.contains(CUT), row[1] != "short", "{line}");
        }
        assert!(!table(&rows, 200).iter().any(|line| line.contains(CUT)));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_it_may_be(texts in proptest::collection::vec("\\PC{0,40}", 1..8), width in 40_usize..120) {
            let rows: Vec<Vec<String>> = texts
                .iter()
                .map(|text| vec!["019ab3f0".to_owned(), text.clone(), text.clone(), "completed".to_owned()])
                .collect();
            for line in table(&rows, width) {
                prop_assert!(line.width() <= width, "{line}");
            }
        }
    }
}
