//! Text in lines that fit a terminal.

use unicode_width::UnicodeWidthStr;

/// The columns that are filled with text.
const WIDTH: usize = 78;

/// The line in lines of at most so many columns, broken between words; all but the first are indented
/// by two more than it is. A word that is longer stays whole.
pub(crate) fn fitting(line: &str, columns: usize) -> String {
    if UnicodeWidthStr::width(line) <= columns {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let (mut shown, mut width, mut begins) = (" ".repeat(indent), indent, true);
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let wide = UnicodeWidthStr::width(word);
        if !begins && width + 1 + wide > columns {
            shown.push('\n');
            shown.push_str(&" ".repeat(indent + 2));
            (width, begins) = (indent + 2, true);
        }
        if !begins {
            shown.push(' ');
            width += 1;
        }
        shown.push_str(word);
        width += wide;
        begins = false;
    }
    shown
}

/// The text in lines of at most [`WIDTH`] characters; all but the first are indented.
pub(crate) fn wrapped(word: &str, text: &str) -> Vec<String> {
    let indent = " ".repeat(word.chars().count());
    let mut lines = Vec::new();
    let (mut line, mut is_empty) = (word.to_owned(), true);
    for next in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + next.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(next);
        is_empty = false;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_between_words() {
        assert_eq!(fitting("a line that fits", 16), "a line that fits");
        assert_eq!(fitting("  kallyai 3, kaicalls 4", 14), "  kallyai 3,\n    kaicalls 4");
        assert_eq!(
            fitting("in https://calls.example.com/x it is", 12),
            "in\n  https://calls.example.com/x\n  it is"
        );
        assert_eq!(fitting("番号 番号 番号", 9), "番号 番号\n  番号");
    }
}
