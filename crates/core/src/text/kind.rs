//! What the parts of a text are to a phone number.

/// The kind of a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits of any script.
    Digits,
    /// What may be between the digits of one number: spaces, punctuation, symbols, markup, escapes
    /// and invisible characters.
    Between,
    /// A date, possibly with a time. A phone number can look like one, so the text next to it
    /// decides.
    Date,
    /// A time of day.
    Time,
    /// What ends a number: letters, ids, amounts of money.
    Apart,
    /// A credential.
    Secret,
}
