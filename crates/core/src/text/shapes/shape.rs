//! Which shape begins at a position.

use super::{look::Look, money::is_currency_sign};
use crate::text::kind::Kind;

/// The shape that begins at this position, and its length.
pub(in crate::text) fn at(characters: &[char], at: usize) -> Option<(Kind, usize)> {
    let look = Look { characters, at };
    if let Some(length) = look.secret() {
        return Some((Kind::Secret, length));
    }
    if look.before(1).is_some_and(char::is_alphanumeric) {
        // `US$1,234.50`: a currency sign may follow letters.
        let sign = look.get(0).is_some_and(is_currency_sign);
        return look.money().filter(|_| sign).map(|length| (Kind::Apart, length));
    }
    let apart = look
        .uuid()
        .or_else(|| look.money())
        .or_else(|| look.this_machine())
        .or_else(|| look.hexadecimal());
    if let Some(length) = apart {
        return Some((Kind::Apart, length));
    }
    if !look.stands_apart_before() {
        return None;
    }
    let date = look.date_and_time().or_else(|| look.date_in_words());
    date.map(|length| (Kind::Date, length))
        .or_else(|| look.times().map(|length| (Kind::Time, length)))
}
