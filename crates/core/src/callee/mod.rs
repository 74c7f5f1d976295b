//! What a request says about the callee and about why they are called: the facts that calling rules
//! ask for.

mod consent;
mod facts;
mod history;
mod hours;
mod kind;
mod list;
mod purpose;
mod region;

pub use consent::{Consent, ConsentKind};
pub use facts::{AgreedTime, CallFacts, RuleOverride};
pub use history::{CalleeHistory, ListState, RingCap};
pub use hours::{DayHours, WeeklyHours};
pub use kind::{CalleeKind, CalleeLine};
pub use list::{CoveredArea, ListName};
pub use purpose::Purpose;
pub use region::Region;

use crate::Error;

/// The error for a word that is none of these. The word is not repeated: it may be anything.
fn no_such(field: &'static str, words: &[&str]) -> Error {
    Error::invalid(field, format!("has an unknown value: write one of {}", words.join(", ")))
}
