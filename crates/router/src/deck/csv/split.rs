//! From a line to its fields.
//!
//! A field may be quoted, with `""` for a quote inside, and never goes over the end of its line: a quote that is not closed would otherwise
//! swallow the rows below it, and with them their prices, without a word.

use std::borrow::Cow;

/// What is wrong with a line, and at which field, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) field: usize,
    pub(super) message: &'static str,
}

/// Puts the fields of a line into `fields`, without the spaces around them.
pub(super) fn split<'a>(line: &'a str, fields: &mut Vec<Cow<'a, str>>) -> Result<(), Broken> {
    fields.clear();
    let mut rest = line;
    loop {
        let begun = rest.trim_start();
        let (field, behind) = match begun.strip_prefix('"') {
            Some(quoted) => unquote(quoted).map_err(|message| Broken {
                field: fields.len(),
                message,
            })?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (field, behind) = rest.split_at(end);
                (Cow::Borrowed(field.trim()), behind)
            }
        };
        fields.push(field);
        match behind.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Ok(()),
        }
    }
}

/// The field behind its opening quote, and what follows the closing one: a comma or nothing.
fn unquote(text: &str) -> Result<(Cow<'_, str>, &str), &'static str> {
    let mut from = 0;
    let mut doubled = false;
    loop {
        let Some(at) = text.get(from..).and_then(|rest| rest.find('"')) else {
            return Err("opens a quote that is not closed on its line: close it, or write \"\" for a quote");
        };
        let (inside, behind) = (
            text.get(..from + at).unwrap_or_default(),
            text.get(from + at + 1..).unwrap_or_default(),
        );
        if behind.starts_with('"') {
            doubled = true;
            from += at + 2;
            continue;
        }
        let behind = behind.trim_start();
        if !behind.is_empty() && !behind.starts_with(',') {
            return Err("goes on behind its closing quote: write \"\" for a quote inside, or take it out");
        }
        let field = match doubled {
            true => Cow::Owned(inside.replace("\"\"", "\"").trim().to_owned()),
            false => Cow::Borrowed(inside.trim()),
        };
        return Ok((field, behind));
    }
}
