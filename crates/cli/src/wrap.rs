//! Text in lines that fit a terminal.

/// The columns that are filled with text.
const WIDTH: usize = 78;

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
