//! Amounts of money.

use super::look::Look;

const CURRENCIES: [&str; 24] = [
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "JPY", "CNY", "HKD", "SGD", "INR", "SEK",
    "NOK", "DKK", "PLN", "CZK", "HUF", "MXN", "BRL", "ZAR", "ILS", "KRW", "AED",
];

pub(super) fn is_currency_sign(one: char) -> bool {
    matches!(one, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₪')
}

impl Look<'_> {
    /// An amount with its currency before or after it: `1,234,567.89 USD`, `$1,234,567`, `€
    /// 1.234.567,89`.
    pub(super) fn money(self) -> Option<usize> {
        let code =
            |look: Self| look.ends_word_after(3) && CURRENCIES.iter().any(|code| look.is(code));
        let digits_before = (1..=2).any(|count| self.before(count).is_some_and(char::is_numeric));
        if digits_before || matches!(self.before(1), Some('+' | '＋' | '.' | ',' | '-')) {
            return None;
        }
        let currency = match self.get(0)? {
            one if is_currency_sign(one) => 1,
            one if one.is_ascii_uppercase() && code(self) => 3,
            one if one.is_ascii_digit() => 0,
            _ => return None,
        };
        let blank = |look: Self| usize::from(matches!(look.get(0), Some(' ' | '\u{a0}')));
        let gap = if currency > 0 { blank(self.further(currency)) } else { 0 };
        let begin = currency + gap;
        let end = begin + self.further(begin).amount()?;
        if currency > 0 {
            let next = end + blank(self.further(end));
            return (self.ends_after(end) && !self.get(next).is_some_and(char::is_numeric))
                .then_some(end);
        }
        let behind = self.further(end + blank(self.further(end)));
        if behind.get(0).is_some_and(is_currency_sign) {
            let end = behind.at + 1 - self.at;
            return (!self.get(end).is_some_and(char::is_numeric)).then_some(end);
        }
        code(behind).then_some(behind.at + 3 - self.at)
    }

    /// The digits of an amount: with thousands separators, a fraction, or both.
    fn amount(self) -> Option<usize> {
        let first = self.digits(10);
        let separator = self.get(first).filter(|one| matches!(one, ',' | '.' | '\''));
        let mut length = first;
        let mut groups = 0;
        if let Some(separator) = separator
            && (1..=3).contains(&first)
        {
            while self.get(length) == Some(separator)
                && self.further(length + 1).digits(4) == 3
                && groups < 4
            {
                length += 4;
                groups += 1;
            }
        }
        let fraction = match self.get(length) {
            Some(point @ ('.' | ',')) if groups == 0 || Some(point) != separator => {
                self.further(length + 1).digits(7)
            }
            _ => 0,
        };
        let fits = matches!(
            (first, groups, fraction),
            (1..=3, 1.., 0..=2) | (1..=9, 0, 1..=2) | (1..=4, 0, 3..=6)
        );
        fits.then_some(if fraction > 0 { length + 1 + fraction } else { length })
    }
}
