//! Splits a text into the parts that matter for finding phone numbers.
//!
//! One pass from left to right with bounded lookahead, so it takes linear time for any text.

use super::{kind::Kind, shapes};

/// The maximum length of a markup tag: `<span class="…">`.
const LONGEST_TAG: usize = 160;
/// The maximum length of an entity: `&NonBreakingSpace;`.
const LONGEST_ENTITY: usize = 32;

/// A part of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) kind: Kind,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Span {
    pub(super) fn of(self, characters: &[char]) -> &[char] {
        characters.get(self.from..self.to).unwrap_or_default()
    }
}

/// The parts of a text, in order and without gaps.
pub(super) fn spans(characters: &[char]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut add = |kind, from: usize, to: usize| match found.last_mut() {
        Some(last)
            if last.kind == kind && matches!(kind, Kind::Digits | Kind::Between | Kind::Apart) =>
        {
            last.to = to
        }
        _ => found.push(Span { kind, from, to }),
    };
    let mut at = 0;
    // Before this position, letters are part of markup or an escape and do not end a number.
    let mut marked = 0;
    while let Some(&one) = characters.get(at) {
        if at >= marked
            && let Some((kind, length)) = shapes::at(characters, at)
        {
            add(kind, at, at + length);
            at += length;
            continue;
        }
        if at >= marked {
            marked = at + markup(characters.get(at..).unwrap_or_default());
        }
        let kind = if one.is_numeric() {
            Kind::Digits
        } else if at < marked || !one.is_alphabetic() || stands_for_a_dash(characters, at) {
            Kind::Between
        } else {
            Kind::Apart
        };
        add(kind, at, at + 1);
        at += 1;
    }
    found
}

/// True for letters that people write between digits: the long vowel marks of Japanese and Korean,
/// and the x of an extension.
fn stands_for_a_dash(characters: &[char], at: usize) -> bool {
    let digit = |at: Option<usize>| {
        at.and_then(|at| characters.get(at)).is_some_and(|one| one.is_numeric())
    };
    match characters.get(at) {
        Some('ー' | 'ｰ' | 'ㅡ' | 'ᅳ' | 'ˉ' | 'ـ') => true,
        Some('x' | 'X') => digit(at.checked_sub(1)) && digit(at.checked_add(1)),
        _ => false,
    }
}

/// The length of the rest of a terminal control sequence: its parameters and its final letter.
fn sequence(rest: &[char]) -> Option<usize> {
    let parameters =
        rest.iter().take(LONGEST_ENTITY).take_while(|one| matches!(one, ' '..='?')).count();
    matches!(rest.get(parameters), Some('@'..='~')).then_some(parameters + 1)
}

/// The length of the markup or escape that begins here: a tag, an entity, `%2D`, `\n`, `\u00a0`,
/// `\u{a0}` or a terminal control sequence.
fn markup(rest: &[char]) -> usize {
    let hexadecimal = |count: usize, from: usize| {
        rest.get(from..from + count)
            .is_some_and(|digits| digits.iter().all(char::is_ascii_hexdigit))
    };
    let until = |end: char, longest: usize, inside: fn(char) -> bool| {
        let body = rest.iter().skip(1).take(longest).position(|&one| one == end || !inside(one));
        body.filter(|&body| rest.get(body + 1) == Some(&end)).map_or(0, |body| body + 2)
    };
    match rest.first() {
        Some('<')
            if rest.get(1).is_some_and(|&one| {
                one.is_ascii_alphabetic() || matches!(one, '/' | '!' | '?')
            }) =>
        {
            until('>', LONGEST_TAG, |one| one != '<')
        }
        Some('&') => until(';', LONGEST_ENTITY, |one| one.is_ascii_alphanumeric() || one == '#'),
        Some('\u{1b}') => match rest.get(1) {
            Some('[') => sequence(rest.get(2..).unwrap_or_default()).map_or(0, |length| length + 2),
            Some(']') => rest
                .iter()
                .take(LONGEST_TAG)
                .position(|&one| one == '\u{7}')
                .map_or(2, |end| end + 1),
            _ => 2.min(rest.len()),
        },
        Some('\u{9b}') => {
            sequence(rest.get(1..).unwrap_or_default()).map_or(0, |length| length + 1)
        }
        Some('%') if hexadecimal(2, 1) => 3,
        Some('\\') => match rest.get(1) {
            Some('u') if hexadecimal(4, 2) => 6,
            Some('u') if rest.get(2) == Some(&'{') => {
                let length =
                    rest.iter().skip(3).take(6).take_while(|one| one.is_ascii_hexdigit()).count();
                if rest.get(3 + length) == Some(&'}') { 4 + length } else { 2 }
            }
            Some('x') if hexadecimal(2, 2) => 4,
            Some('n' | 'r' | 't' | 'b' | 'f' | 'v' | 'e') => 2,
            _ => 0,
        },
        _ => 0,
    }
}
