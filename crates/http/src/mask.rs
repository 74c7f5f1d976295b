//! Text from outside, made fit to be shown: no phone number whole, no line without end.
//!
//! Providers repeat the number they complain about. The scanner is deliberately coarse: seven or more digits, however
//! they are separated, count as a phone number. A date that is masked by mistake costs a reader a moment, a number that is not costs its
//! owner more.

/// The fewest digits that count as a phone number.
const FEWEST: usize = 7;
/// The most separators between two digits of one number: `+1 (415) - 555` has three in a row.
const WIDEST: usize = 4;
/// The most characters of a provider's message that are kept.
const LONGEST: usize = 300;

/// Replaces every phone number by `…` and its last two digits, and whatever stands behind `Bearer` or `Basic` by `…`.
///
/// ```
/// assert_eq!(switchboard_http::mask("cannot call +1 (415) 555-0100 today"), "cannot call …00 today");
/// assert_eq!(switchboard_http::mask("sent with Bearer abc-12345-xyz, refused"), "sent with Bearer …, refused");
/// ```
pub fn mask(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        if let Some(length) = credential_at(&characters, at) {
            shown.push('…');
            at += length;
            continue;
        }
        match number_at(&characters[at..]) {
            Some(Run { length, tail }) => {
                shown.push('…');
                shown.extend(tail);
                at += length;
            }
            None => {
                shown.push(characters[at]);
                at += 1;
            }
        }
    }
    shown
}

/// [`mask`], with control characters made spaces and the length bounded: what an error message may carry.
pub fn readable(text: &str) -> String {
    let masked = mask(text);
    let mut shown: String = masked
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    if masked.trim().chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

/// A short word as a provider's code or id, kept as it is; `None` for anything that could be prose or a number.
pub(crate) fn slug(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let fits = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
    (fits && text.chars().any(|c| c.is_ascii_alphabetic())).then(|| text.to_owned())
}

/// How long the credential is that begins here: a word right behind `Bearer` or `Basic`.
fn credential_at(characters: &[char], at: usize) -> Option<usize> {
    let before: String = characters
        .get(..at)?
        .iter()
        .rev()
        .take(8)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let scheme = before.trim_end_matches([' ', ':', '=', '"', '\'']);
    let behind = scheme.len() < before.len() && ["bearer", "basic"].iter().any(|word| scheme.to_ascii_lowercase().ends_with(word));
    let length = characters
        .get(at..)?
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '='))
        .count();
    (behind && length >= 8).then_some(length)
}

struct Run {
    length: usize,
    tail: [char; 2],
}

/// The phone number that begins with the first of `characters`, if one does.
fn number_at(characters: &[char]) -> Option<Run> {
    let mut digits = 0;
    let mut tail = ['0'; 2];
    let mut length = 0;
    for (index, &c) in characters.iter().enumerate() {
        if is_digit(c) {
            digits += 1;
            tail = [tail[1], c];
            length = index + 1;
        } else if !(is_separator(c) && index + 1 - length <= WIDEST && starts(characters[0], digits)) {
            break;
        }
    }
    (digits >= FEWEST).then_some(Run { length, tail })
}

/// A number begins with a digit, a plus or a bracket; other separators before it are the sentence's own.
fn starts(first: char, digits: usize) -> bool {
    digits > 0 || matches!(first, '+' | '＋' | '(')
}

fn is_digit(c: char) -> bool {
    c.is_numeric()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '+' | '＋' | '-' | '.' | '(' | ')' | '/' | '_' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{2212}')
}
