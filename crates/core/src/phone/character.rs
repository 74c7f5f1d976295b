//! The characters that occur in written phone numbers.
//!
//! Typographic variants of spaces, hyphens and digits are read as their plain counterparts.
//! Invisible characters are removed at both ends, where copying from a contact list or chat leaves
//! them, and reported in the middle. Everything else is reported.

/// The role of a character in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `0` to `9`, as ASCII.
    Digit(u8),
    /// `+`
    Plus,
    /// Any visible space.
    Space,
    /// A hyphen: a direct line may follow.
    Hyphen,
    /// A dash or a minus sign: a range may follow.
    Dash,
    /// `.`
    Dot,
    /// `/`
    Slash,
    /// `(`
    Open,
    /// `)`
    Close,
    /// An invisible character.
    Invisible,
    /// A character that does not occur in numbers.
    Other,
}

pub(super) fn kind(character: char) -> Kind {
    match character {
        '0'..='9' => Kind::Digit(character as u8),
        '\u{ff10}'..='\u{ff19}' => Kind::Digit(b'0' + (character as u32 - 0xff10) as u8),
        '+' | '\u{ff0b}' => Kind::Plus,
        ' '
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => Kind::Space,
        '-' | '\u{2010}' | '\u{2011}' | '\u{fe63}' | '\u{ff0d}' => Kind::Hyphen,
        '\u{2012}'..='\u{2015}' | '\u{2212}' => Kind::Dash,
        '.' | '\u{ff0e}' => Kind::Dot,
        '/' | '\u{ff0f}' => Kind::Slash,
        '(' | '\u{ff08}' => Kind::Open,
        ')' | '\u{ff09}' => Kind::Close,
        _ if invisible(character).is_some() => Kind::Invisible,
        _ => Kind::Other,
    }
}

/// The text without spaces and invisible characters at its ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || invisible(character).is_some())
}

/// Describes an unexpected character, for example `has a zero-width space after the 5th character`.
/// `before` is the number of characters before it.
pub(super) fn found(character: char, before: u16) -> String {
    let place = match before {
        0 => "at its beginning".to_owned(),
        _ => format!("after the {before}{} character", ordinal(before)),
    };
    match (invisible(character), character) {
        (Some(name), _) => format!("has {name} {place}"),
        (None, '\t') => format!("has a tab {place}"),
        (None, '\n' | '\r') => format!("has a line break {place}"),
        (None, _) if character.is_control() || character.is_whitespace() => {
            format!("has U+{:04X} {place}", u32::from(character))
        }
        (None, _) => format!("has “{character}” {place}"),
    }
}

fn ordinal(number: u16) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn invisible(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{ad}' => "a soft hyphen",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "an invisible mark of writing direction"
        }
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner",
        '\u{2060}' => "a word joiner of no width",
        '\u{2061}'..='\u{2064}' | '\u{180e}' | '\u{fe00}'..='\u{fe0f}' => "an invisible character",
        '\u{feff}' => "a byte order mark",
        _ => return None,
    })
}
