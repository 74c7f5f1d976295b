//! The texts that a misbehaving provider sends.

/// The refusal in a response with a success status.
pub const NO: &str = "the line to that person is shut for good";

/// The title that a terminal gets if it interprets control sequences.
pub const OWNED: &str = "OWNED-BY-THE-PROVIDER";

/// The beginning of a line that a provider forged.
pub const FORGED: &str = "FORGED-ROW";

/// Separators between the groups of a number that disguise it.
const BETWEEN: [&str; 9] = [",", ":", "*", "|", "·", "~", " - ", "</b><b>", " , "];

/// Terminal control characters: a title, colours, clearing the screen, carriage return, the CSI and
/// OSC of C1, a bell, backspaces, reversed text direction, and a line of its own.
pub(super) fn paint() -> String {
    format!(
        "fine\u{1b}]0;{OWNED}\u{7}\u{1b}[31mred\u{1b}[2J\u{1b}[H\u{1b}(0\r{OWNED}\u{8}\u{8}\u{9b}2J\u{9d}0;{OWNED}\u{9c}\
         \u{85}\u{202e}sdrawkcab\u{2066}\u{200f}\u{61c}\u{2028}\n{FORGED} closed 0.00 USD\n"
    )
}

/// A number in unexpected formats, once with each separator.
pub(super) fn spelled(number: &str) -> String {
    let digits = number.trim_start_matches('+');
    BETWEEN.map(|between| groups(digits, between)).join(" or ")
}

/// A number with this separator between its groups, without the plus sign.
pub(super) fn groups(digits: &str, between: &str) -> String {
    let digits = digits.trim_start_matches('+');
    // A country code of one digit, then groups of three, because simulated numbers are North
    // American.
    let cuts = [0, 1, 4, 7, digits.len()].map(|cut| cut.min(digits.len()));
    let parts: Vec<&str> = cuts.windows(2).map(|cut| &digits[cut[0]..cut[1]]).collect();
    parts.join(between)
}

/// A text with every other letter and each slash escaped as in JSON.
pub(super) fn escaped(text: &str) -> String {
    let mut nth = 0;
    text.chars()
        .map(|c| match c {
            '/' => "\\/".to_owned(),
            c if c.is_ascii_alphabetic() => {
                nth += 1;
                if nth % 2 == 1 { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
            }
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_whole() {
        assert_eq!(groups("+12025550143", ":"), "1:202:555:0143");
        for spelling in spelled("+12025550143").split(" or ") {
            let digits: String = spelling.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits, "12025550143");
        }
    }

    #[test]
    fn what_is_escaped_is_the_same_text() {
        let key = "kc_live_0f/9a";
        let escaped = escaped(key);
        assert!(!escaped.contains("kc_live"));
        assert_eq!(
            serde_json::from_str::<String>(&format!("\"{escaped}\"")).ok().as_deref(),
            Some(key)
        );
    }
}
