//! Checks the output of a run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use switchboard_testkit::rude::FORGED;

use super::Ran;

/// What must not be printed.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The keys of the accounts.
    pub keys: Vec<String>,
    /// Phone numbers in E.164.
    pub numbers: Vec<String>,
}

/// Returns the problems in the output of a run: for each kind, the first line of each stream.
///
/// JSON is for programs, so it contains whole numbers and unmodified text of providers, but no
/// keys.
pub fn shown(ran: &Ran, secrets: &Secrets) -> BTreeSet<String> {
    let mut found = BTreeMap::new();
    let json = serde_json::from_str::<Value>(&ran.out).is_ok();
    for (place, text, for_people) in [("stdout", &ran.out, !json), ("stderr", &ran.err, true)] {
        let text = if ran.terminal { without_a_spinner(text) } else { text.clone() };
        for line in text.split('\n') {
            let bare = alphanumeric(line);
            let kinds = [
                ("a key", secrets.keys.iter().any(|key| line.contains(key.as_str()))),
                // Without plus sign and country code, because it is the same phone however it is
                // written.
                (
                    "a whole number",
                    for_people && secrets.numbers.iter().any(|number| bare.contains(&number[2..])),
                ),
                ("a row that a provider made up", line.starts_with(FORGED)),
                (
                    "what a terminal obeys",
                    for_people && line.trim_end_matches('\r').chars().any(obeyed),
                ),
            ];
            for (what, _) in kinds.iter().filter(|(_, shows)| *shows) {
                let shortened: String =
                    line.chars().flat_map(char::escape_debug).take(240).collect();
                found.entry((*what, place)).or_insert_with(|| {
                    format!("`{}` shows {what} on {place}: {shortened}", ran.what)
                });
            }
        }
    }
    found.into_values().collect()
}

/// True for control and invisible characters.
fn obeyed(c: char) -> bool {
    let directions = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'];
    c.is_control()
        || directions.contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// The letters and digits of a line, without markup, because a number may have anything between its
/// groups.
fn alphanumeric(line: &str) -> String {
    let mut bare = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '<'
            && let Some(end) = rest.find('>')
        {
            rest = &rest[end + 1..];
        } else if c.is_alphanumeric() {
            bare.push(c);
        }
    }
    bare
}

/// Removes the control sequences of the program's own spinner.
fn without_a_spinner(text: &str) -> String {
    let mut plain = text.replace("\r\n", "\n");
    for own in ["\u{1b}[2K", "\u{1b}[?25l", "\u{1b}[?25h", "\u{1b}[1A", "\u{1b}[1B"] {
        plain = plain.replace(own, "");
    }
    // A spinner returns to the beginning of its line before it rewrites it.
    plain.replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(out: &str) -> Ran {
        Ran {
            what: "calls show".to_owned(),
            code: Some(0),
            out: out.to_owned(),
            err: String::new(),
            terminal: false,
        }
    }

    #[test]
    fn what_must_not_be_shown_is_found() {
        let secrets = Secrets {
            keys: vec!["kc_live_0f9a".to_owned()],
            numbers: vec!["+12025550143".to_owned()],
        };
        for wrong in [
            "sent by kc_live_0f9a",
            "to 1,202,555,0143",
            "to 202·555~0143",
            "to <b>202</b><i>555</i> | 0143",
            "a\u{1b}[31mred",
            "\u{9b}2J",
            "\u{202e}sdrawkcab",
            "one\u{2028}two",
            "beep\u{7}",
            "over\rwritten",
            "first\nFORGED-ROW closed",
        ] {
            assert_eq!(shown(&ran(wrong), &secrets).len(), 1, "{wrong:?}");
        }
        for fine in ["to +1 202 *** 43", "Grüße 你好 🙂", "  FORGED-ROW closed", "a\nb\n"] {
            assert_eq!(shown(&ran(fine), &secrets), BTreeSet::new(), "{fine:?}");
        }
    }
}
