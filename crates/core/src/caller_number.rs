//! A number that calls are made from.

use serde::{Deserialize, Serialize};

use crate::{NumberId, PhoneNumber};

/// A number of an account that calls are made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerNumber {
    /// What the configuration calls it. Journals and messages name it by this, never by its digits.
    pub name: String,
    /// The number.
    pub number: PhoneNumber,
    /// The provider's id of the number, for providers that do not take the number itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<NumberId>,
}
