//! Numbers that a provider rents out to agents.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, Country, NumberId, PhoneNumber, ProviderId, Raw, Result};

/// A number of this account, or one that could become so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnedNumber {
    /// Whose number it is.
    pub provider: ProviderId,
    /// The provider's id, where it has one apart from the number.
    pub id: Option<NumberId>,
    /// The number, where the provider's text is a valid one.
    pub number: Option<PhoneNumber>,
    /// The agent that answers and calls with it.
    pub agent: Option<AgentId>,
    /// When it was rented.
    pub created_at: Option<Timestamp>,
    /// The provider's answer.
    pub raw: Raw,
}

/// What kind of number is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberSearch {
    /// In this country.
    pub country: Option<Country>,
    /// With this area code, as `415`.
    pub area_code: Option<String>,
    /// At most this many.
    pub limit: Option<u32>,
}

/// Which number to rent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberChoice {
    /// This one, for this agent where given (KaiCalls).
    Number {
        /// The number that a search showed.
        number: PhoneNumber,
        /// The agent that shall use it.
        agent: Option<AgentId>,
    },
    /// Any one in a country (KallyAI).
    Any {
        /// The country.
        country: Country,
        /// With this area code.
        area_code: Option<String>,
    },
}

/// A provider's numbers.
#[cfg_attr(feature = "test-util", mockall::automock)]
#[async_trait]
pub trait Numbers: Debug + Send + Sync {
    /// The numbers of this account.
    async fn list(&self) -> Result<Vec<OwnedNumber>>;

    /// Numbers that could be rented.
    async fn available(&self, search: &NumberSearch) -> Result<Vec<OwnedNumber>>;

    /// Rents a number. Costs money: it is sent once and never repeated.
    ///
    /// # Errors
    /// `Unsupported` where this provider takes only the other form of [`NumberChoice`].
    async fn rent(&self, choice: &NumberChoice) -> Result<OwnedNumber>;

    /// Gives a number back. It cannot be undone.
    async fn release(&self, number: &OwnedNumber) -> Result<()>;
}
