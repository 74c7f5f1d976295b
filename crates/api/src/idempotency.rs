//! The header `Idempotency-Key`.

use http::HeaderMap;

use crate::problem::{Code, Problem, Result};

/// The header's name.
pub const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// A key written by the caller, of 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey(String);

impl RequestKey {
    /// Checks the text of a key.
    ///
    /// # Errors
    /// `idempotency_key_invalid`.
    pub fn new(text: &str) -> Result<Self> {
        let invalid = |detail: &'static str| {
            Err(Problem::new(Code::IdempotencyKeyInvalid, detail)
                .field("Idempotency-Key")
                .fix("send a new UUID for each call that you mean"))
        };
        if text.is_empty() || text.len() > LONGEST {
            return invalid("the key does not have 1 to 255 characters");
        }
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return invalid("the key has characters that are not printable ASCII");
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return invalid("the key begins or ends with a space");
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads the header, if it is there: a quoted string as in the draft of the IETF, or bare.
    ///
    /// # Errors
    /// `idempotency_key_invalid`.
    pub fn optional(headers: &HeaderMap) -> Result<Option<Self>> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        let invalid = |detail: &'static str| {
            Problem::new(Code::IdempotencyKeyInvalid, detail).field("Idempotency-Key")
        };
        if values.next().is_some() {
            return Err(invalid("the header is there more than once").fix("send it once"));
        }
        let text = value
            .to_str()
            .map_err(|_| invalid("the key has characters that are not printable ASCII"))?
            .trim();
        let key = match text.strip_prefix('"') {
            None => text.to_owned(),
            Some(rest) => unquoted(rest).ok_or_else(|| {
                invalid("the quoted key does not end with a quote").fix("close the quotes")
            })?,
        };
        Self::new(&key).map(Some)
    }

    /// Reads the header, which has to be there.
    ///
    /// # Errors
    /// `idempotency_key_missing`, `idempotency_key_invalid`.
    pub fn required(headers: &HeaderMap) -> Result<Self> {
        Self::optional(headers)?.ok_or_else(|| {
            Problem::new(Code::IdempotencyKeyMissing, "a request that places a call needs a key")
                .field("Idempotency-Key")
                .fix("send a new UUID for each call that you mean, and the same one to repeat it")
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What follows an opening quote, up to the closing one, with `\"` and `\\` resolved.
fn unquoted(rest: &str) -> Option<String> {
    let mut text = String::with_capacity(rest.len());
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(text),
            '\\' => match characters.next()? {
                escaped @ ('"' | '\\') => text.push(escaped),
                _ => return None,
            },
            plain => text.push(plain),
        }
    }
}
