//! Phone numbers that a provider rents out.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, Country, NumberId, PhoneNumber, ProviderId, Raw, Result};

/// A number that this account rents, or one that it could rent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnedNumber {
    /// The provider that rents out the number.
    pub provider: ProviderId,
    /// The provider's id of the number, if it is not the number itself.
    pub id: Option<NumberId>,
    /// The number, if the provider's text is a valid number.
    pub number: Option<PhoneNumber>,
    /// The agent that uses the number for inbound and outbound calls.
    pub agent: Option<AgentId>,
    /// When the number was rented.
    pub created_at: Option<Timestamp>,
    /// The provider's response.
    pub raw: Raw,
}

/// Filters for a search for numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberSearch {
    /// Only numbers of this country.
    pub country: Option<Country>,
    /// Only numbers with this area code, for example `415`.
    pub area_code: Option<String>,
    /// The maximum number of results.
    pub limit: Option<u32>,
}

/// Which number to rent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberChoice {
    /// A particular number, optionally for an agent (KaiCalls).
    Number {
        /// A number that a search returned.
        number: PhoneNumber,
        /// The agent that will use the number.
        agent: Option<AgentId>,
    },
    /// Any number of a country (KallyAI).
    Any {
        /// The country.
        country: Country,
        /// The area code that the number should have.
        area_code: Option<String>,
    },
}

/// Manages the phone numbers of a provider.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Numbers: Debug + Send + Sync {
    /// Returns the numbers that this account rents.
    async fn list(&self) -> Result<Vec<OwnedNumber>>;

    /// Returns numbers that could be rented.
    async fn available(&self, search: &NumberSearch) -> Result<Vec<OwnedNumber>>;

    /// Rents a number. The request is sent at most once, because it costs money.
    ///
    /// # Errors
    /// `Unsupported` if this provider accepts only the other form of [`NumberChoice`].
    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber>;

    /// Releases a number. This cannot be undone.
    async fn release(&self, number: &OwnedNumber) -> Result<()>;
}
