//! Makes untrusted text safe to print.
//!
//! Summaries, names, ids and messages come from providers and callers. Control characters in them
//! could set a terminal's title, reverse a line, overwrite earlier output, or imitate our own.
//! Everything that is printed passes through one of these functions.

use std::fmt::Write;

use switchboard::core::text::{is_invisible, visible};

/// Shown for a line break inside a line.
const LINE_FEED: &str = " ⏎ ";
/// The characters that fit on a screen of 24 lines and 80 columns, less what surrounds them.
const SCREEN: usize = 1_600;
/// Text that is longer by no more than this is shown whole, since the hint would be as long.
const HINT: usize = 120;

/// The text on one line: line breaks become `⏎`, control characters their pictures, and invisible
/// characters are removed.
pub(crate) fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(one) = characters.next() {
        match one {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => shown.push_str(LINE_FEED),
            '\t' => shown.push(' '),
            _ => shown.extend(visible(one)),
        }
    }
    shown
}

/// Each line as [`line`] shows it. All but the first are indented, so that none can imitate our own
/// output.
pub(crate) fn block(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, one) in text.lines().enumerate() {
        if at > 0 {
            shown.push('\n');
            if !one.starts_with("  ") {
                shown.push_str("  ");
            }
        }
        shown.push_str(&line(one));
    }
    shown
}

/// Text of several lines, without control characters.
pub(crate) fn text(text: &str) -> String {
    let mut shown =
        text.split('\n').map(|one| line(one.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n");
    shown.truncate(shown.trim_end_matches('\n').len());
    shown
}

/// At most a screen of the text; the hint says where the rest is.
pub(crate) fn screen(text: &str, hint: &str) -> String {
    let mut ends = text.char_indices().map(|(at, _)| at);
    let (Some(end), Some(_)) = (ends.nth(SCREEN), ends.nth(HINT - 1)) else {
        return text.to_owned();
    };
    let (shown, rest) = text.split_at(end);
    format!("{shown}… {} characters more: {hint}", thousands(rest.chars().count()))
}

/// JSON with control and invisible characters escaped. Programs read the same value.
pub(crate) fn json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for one in json.chars() {
        let plain = one == '\n' || !(one.is_control() || is_invisible(one));
        if plain {
            shown.push(one);
        } else {
            for unit in one.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    shown
}

fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn is_harmless(one: char) -> bool {
        !one.is_control() && !is_invisible(one)
    }

    proptest! {
        #[test]
        fn a_line_is_one_line_without_control_characters(text in any::<String>()) {
            prop_assert!(line(&text).chars().all(is_harmless));
            prop_assert_eq!(line(&line(&text)), line(&text));
        }

        #[test]
        fn a_block_has_no_control_characters_but_line_feeds_and_is_indented(text in any::<String>()) {
            let shown = block(&text);
            prop_assert!(shown.chars().all(|one| one == '\n' || is_harmless(one)));
            prop_assert!(shown.lines().skip(1).all(|one| one.starts_with("  ")));
        }

        #[test]
        fn a_text_keeps_its_lines_without_control_characters(text in "(\\PC|\n|\u{1b}|\u{9b}|\r|\u{202e}){0,80}") {
            prop_assert!(super::text(&text).chars().all(|one| one == '\n' || is_harmless(one)));
        }

        #[test]
        fn json_keeps_its_value_without_control_characters(text in any::<String>(), key in any::<String>()) {
            let value = serde_json::json!({ key: [text] });
            let shown = json(&serde_json::to_string_pretty(&value).unwrap());
            prop_assert!(shown.chars().all(|one| one == '\n' || is_harmless(one)));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }

        #[test]
        fn a_screen_is_never_longer_than_a_screen(text in "\\PC{0,4000}") {
            let shown = screen(&text, "--json");
            prop_assert!(shown.chars().count() <= SCREEN + HINT);
            prop_assert_eq!(&screen(&shown, "elsewhere"), &shown);
            prop_assert_eq!(shown == text, text.chars().count() <= SCREEN + HINT);
        }
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(line("\u{1b}]0;owned\u{7}"), "␛]0;owned␇");
        assert_eq!(line("\u{9b}31mred"), "\u{fffd}31mred");
        assert_eq!(line("over\rwritten\ttab"), "over␍written tab");
        assert_eq!(line("one\r\ntwo\nthree\n"), "one ⏎ two ⏎ three");
        assert_eq!(line("\u{202e}evil\u{2066}\u{200b}"), "evil");
        assert_eq!(block("first\nerror: forged"), "first\n  error: forged");
        assert_eq!(
            json("{\"a\":\"\u{202e}\u{9b}\u{e0041}é\"}"),
            "{\"a\":\"\\u202e\\u009b\\udb40\\udc41é\"}"
        );
        assert_eq!(
            screen(&"a".repeat(4_800), "see --json"),
            format!("{}… 3,200 characters more: see --json", "a".repeat(1_600))
        );
    }
}
