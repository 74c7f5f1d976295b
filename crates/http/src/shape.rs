//! How answers differ from the types that read them. No value of an answer is kept: only the paths
//! and types of fields, and words of the provider's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use switchboard_core::{Difference, JsonType, ShapeDifference};

/// What a type reads.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One value, which is not looked into.
    Value,
    /// A list of these.
    List(&'static Shape),
    /// An object with these fields.
    Object(&'static [KnownField]),
}

/// A field that a type reads.
#[derive(Debug, Clone, Copy)]
pub struct KnownField {
    /// The names that it may have, the documented one first.
    pub keys: &'static [&'static str],
    /// What is in it.
    pub shape: &'static Shape,
    /// True if the type can read this value of it.
    pub reads: fn(&Value) -> bool,
}

/// The longest word or key that is shown.
const LONGEST: usize = 64;

/// The most digits in a word or key that is shown: more may be a number of somebody.
const DIGITS: usize = 4;

/// How these objects differ from the shape, in the answer with this name.
pub(crate) fn compare(
    answer: &'static str,
    shape: Shape,
    rows: &[&Value],
) -> BTreeSet<ShapeDifference> {
    let mut seen = Seen::default();
    for row in rows {
        seen.walk(shape, row, "");
    }
    let missing = seen.present.into_iter().filter(|(_, is_there)| !is_there);
    let missing = missing.map(|(path, _)| (path, Difference::MissingField));
    let all = seen.found.into_iter().chain(missing);
    all.map(|(path, difference)| ShapeDifference { answer, path, difference }).collect()
}

/// A word of a field of such words, if it cannot be somebody's data: letters, digits, `_` and `-`, and
/// few digits.
pub(crate) fn shown_word(word: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let begins = word.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_word = begins && word.len() <= LONGEST && digits <= DIGITS && word.bytes().all(is_plain);
    is_word.then(|| word.to_owned())
}

#[derive(Default)]
struct Seen {
    found: BTreeSet<(String, Difference)>,
    /// Whether any row had a known field.
    present: BTreeMap<String, bool>,
}

impl Seen {
    fn walk(&mut self, shape: Shape, value: &Value, at: &str) {
        match (shape, value) {
            (Shape::Object(fields), Value::Object(object)) => self.object(fields, object, at),
            (Shape::List(of), Value::Array(rows)) => {
                for row in rows {
                    self.walk(*of, row, &format!("{at}[]"));
                }
            }
            (Shape::Value | Shape::List(_) | Shape::Object(_), _) => {}
        }
    }

    fn object(&mut self, fields: &[KnownField], object: &Map<String, Value>, at: &str) {
        for field in fields {
            let held = field.keys.iter().find_map(|key| {
                let value = object.get(*key).filter(|value| !value.is_null())?;
                Some((*key, value))
            });
            let named = field.keys.first().copied().unwrap_or_default();
            *self.present.entry(below(at, named)).or_default() |= held.is_some();
            let Some((key, value)) = held else {
                continue;
            };
            if (field.reads)(value) {
                self.walk(*field.shape, value, &below(at, key));
            } else {
                let holds = JsonType::of(value);
                self.found.insert((below(at, key), Difference::OtherType { holds }));
            }
        }
        let is_known = |key: &str| fields.iter().any(|field| field.keys.contains(&key));
        for (key, value) in object.iter().filter(|(key, _)| !is_known(key)) {
            let holds = JsonType::of(value);
            self.found.insert((below(at, key), Difference::UnknownField { holds }));
        }
    }
}

/// The path of a field below another.
fn below(at: &str, key: &str) -> String {
    let key = shown_word(key).unwrap_or_else(|| "{key}".to_owned());
    if at.is_empty() { key } else { format!("{at}.{key}") }
}

/// The path of a field from its JSON pointer.
pub(crate) fn path(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |at, key| {
        if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{at}[]")
        } else {
            below(&at, key)
        }
    })
}
