//! Removes secrets from a provider's answer before anything reads it.
//!
//! A provider may repeat the key of a request in any form: plain, escaped in JSON, percent-encoded,
//! in base64, in the name of a field. So an answer is decoded first. Each occurrence is replaced by
//! [`REDACTED`]; a text in which a secret only appears after further decoding is replaced as a
//! whole, because the position of the secret in it is unknown.

use std::{borrow::Cow, fmt, sync::Arc};

use base64::{
    Engine, alphabet,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use switchboard_core::text::is_invisible;

/// The replacement for a secret.
pub const REDACTED: &str = "[redacted]";

/// Shorter secrets are ignored: they would remove ordinary words from answers.
const SHORTEST: usize = 8;
/// How many layers of encoding are removed in search of a secret.
const MOST_LAYERS: usize = 5;

/// Removes the secrets of one request from its answer. Cheap to clone.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The forms in which a text may contain a secret without being decoded, longest first.
    forms: Arc<[String]>,
}

impl Redactor {
    /// Removes these secrets. One shorter than eight characters is ignored.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut forms: Vec<String> = Vec::new();
        for secret in secrets {
            let secret = secret.expose_secret().trim();
            if secret.chars().count() >= SHORTEST {
                forms.push(secret.to_owned());
                forms.extend(in_base64(secret));
            }
        }
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self { forms: forms.into() }
    }

    /// The text with secrets replaced.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for form in &*self.forms {
            if clean.contains(form.as_str()) {
                clean = Cow::Owned(clean.replace(form.as_str(), REDACTED));
            }
        }
        if self.is_hidden_in(&clean) {
            // Unreadable JSON must still look like JSON: the code that it may hide decides what a
            // refusal proves.
            clean = match clean.trim_start().chars().next() {
                Some(open @ ('{' | '[')) => Cow::Owned(format!("{open}{REDACTED}")),
                Some(_) | None => Cow::Owned(REDACTED.to_owned()),
            };
        }
        clean
    }

    /// The JSON with secrets replaced, in values and in field names.
    pub fn value(&self, value: Value) -> Value {
        if self.forms.is_empty() { value } else { self.redact(value) }
    }

    /// The body of an answer with secrets replaced; unchanged if it contains none.
    pub(crate) fn body(&self, body: Bytes) -> Bytes {
        if self.forms.is_empty() || body.is_empty() {
            return body;
        }
        let text = String::from_utf8_lossy(&body);
        if !self.is_in(&text) && !may_hide(&text) {
            return body;
        }
        let Ok(value) = serde_json::from_slice::<Value>(&body) else {
            return match self.text(&text) {
                Cow::Borrowed(_) => body,
                Cow::Owned(clean) => Bytes::from(clean),
            };
        };
        let clean = self.redact(value.clone());
        // Even if the value is unchanged: of two fields with the same name, the value has one and
        // the text has both.
        if clean != value || self.is_in(&text) || self.is_hidden_in(&text) {
            Bytes::from(clean.to_string())
        } else {
            body
        }
    }

    /// Whether a text contains a secret without decoding.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form.as_str()))
    }

    fn redact(&self, value: Value) -> Value {
        match value {
            Value::String(text) => match self.text(&text) {
                Cow::Borrowed(_) => Value::String(text),
                Cow::Owned(clean) => Value::String(clean),
            },
            Value::Array(items) => items.into_iter().map(|item| self.redact(item)).collect(),
            Value::Object(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (self.text(&name).into_owned(), self.redact(value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            Value::Number(number) if self.is_in(&number.to_string()) => {
                Value::String(REDACTED.to_owned())
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => value,
        }
    }

    /// Whether a text contains a secret once it is decoded or invisible characters are removed.
    fn is_hidden_in(&self, text: &str) -> bool {
        if self.forms.is_empty() || !may_hide(text) {
            return false;
        }
        let mut layer = seen(text);
        for _ in 0..MOST_LAYERS {
            if self.is_in(&layer) {
                return true;
            }
            let decoded = seen(&decode(&layer));
            if decoded == layer {
                return false;
            }
            layer = decoded;
        }
        self.is_in(&layer)
    }
}

/// Shows neither the secrets nor how many there are.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
    }
}

/// The id that a provider gave, if it is usable: not blank, and with no secret removed from it.
pub fn usable_id(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.trim().is_empty() && !id.contains(REDACTED))
}

/// The base64 forms of a secret, for each position in the encoded bytes: only the characters that
/// depend on nothing else.
fn in_base64(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
        let engine = GeneralPurpose::new(alphabet, NO_PAD);
        for before in 0..3_usize {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret.as_bytes());
            let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            forms.extend(engine.encode(&bytes).get(first..last).map(str::to_owned));
        }
    }
    forms
}

fn is_unseen(c: char) -> bool {
    c.is_control() || c == '\u{fffd}' || is_invisible(c)
}

/// Whether decoding could change the text.
fn may_hide(text: &str) -> bool {
    text.contains(|c| matches!(c, '\\' | '%' | '&') || is_unseen(c))
}

/// The text without invisible characters: line breaks, zero-width characters, halves of another
/// encoding.
fn seen(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).collect()
}

/// Removes one layer of escapes: those of JSON and most languages (`\u006b`, `\x6b`, `\/`), of URLs
/// (`%6b`) and of HTML (`&#107;`).
fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (byte_or_char, length) = match c {
            '\\' => backslash(rest),
            '%' => percent(rest),
            '&' => entity(rest),
            _ => None,
        }
        .unwrap_or((Decoded::Char(c), c.len_utf8()));
        match byte_or_char {
            Decoded::Byte(byte) => decoded.push(byte),
            Decoded::Char(c) => decoded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

enum Decoded {
    Byte(u8),
    Char(char),
}

fn backslash(text: &str) -> Option<(Decoded, usize)> {
    let (digits, length) = match text.as_bytes().get(1)? {
        b'u' => (text.get(2..6)?, 6),
        b'x' => (text.get(2..4)?, 4),
        b'n' | b'r' | b't' | b'b' | b'f' => return Some((Decoded::Char(' '), 2)),
        other if other.is_ascii() => return Some((Decoded::Byte(*other), 2)),
        _ => return None,
    };
    Some((Decoded::Char(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?), length))
}

fn percent(text: &str) -> Option<(Decoded, usize)> {
    Some((Decoded::Byte(u8::from_str_radix(text.get(1..3)?, 16).ok()?), 3))
}

fn entity(text: &str) -> Option<(Decoded, usize)> {
    let (name, _) = text.get(1..)?.split_once(';').filter(|(name, _)| name.len() <= 9)?;
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => u32::from(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "sol" => '/',
            "lowbar" => '_',
            "period" => '.',
            "plus" => '+',
            "equals" => '=',
            _ => return None,
        }),
    };
    Some((Decoded::Char(char::from_u32(code)?), name.len() + 2))
}
