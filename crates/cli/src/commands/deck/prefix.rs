//! Prefixes as decks write them.

use switchboard::core::Destination;

/// The prefix as decks write it.
pub(super) fn prefix(destination: &Destination) -> String {
    match destination {
        Destination::Prefix(digits) => digits.clone(),
        Destination::Country(country) => country.to_string(),
        Destination::Everywhere => "*".to_owned(),
    }
}
