//! What a row asks for, once it is read.

use jiff::SignedDuration;
use switchboard_core::Region;

use super::{cap::Cap, week::Week};
use crate::Said;

/// What a row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Calls only at these times of the week, and none while an emergency is declared in one of
    /// these regions.
    Hours {
        /// The times.
        week: Week,
        /// The regions.
        emergencies: Vec<Region>,
    },
    /// A time zone must be known.
    ZoneKnown,
    /// Consent.
    Need {
        /// Only consent in writing counts.
        written: bool,
        /// How old it may be.
        within: Option<SignedDuration>,
    },
    /// No call at all.
    Never,
    /// The number must not be on a list.
    List {
        /// The list's name.
        name: String,
        /// How old the list may be. `None`: it is kept up to date, and only who is on it counts.
        max_age: Option<SignedDuration>,
    },
    /// A limit on how often, or how soon.
    Cap(Cap),
    /// The first words must say this.
    Say(Said),
    /// For people to read.
    Told,
}
