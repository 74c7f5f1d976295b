//! Budgets, usage and rate decks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::{Money, Time};

/// How much may be spent, and how much is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// `day`, `month` or `total`.
    #[schema(examples("month"))]
    pub period: String,
    /// When the current period began.
    #[schema(value_type = String, format = DateTime)]
    pub since: Time,
    /// How much may be spent in a period.
    pub limit: Money,
    /// What is billed.
    pub spent: Money,
    /// What calls under way may cost at most.
    pub held: Money,
    /// The tenant whose calls count. Null: everybody's.
    #[schema(required)]
    pub tenant: Option<String>,
    /// The provider whose calls count. Null: every provider's.
    #[schema(required)]
    pub provider: Option<String>,
    /// The experiment whose calls count. Null: all calls.
    #[schema(required)]
    pub experiment: Option<String>,
}

/// The budgets that cover the caller's calls.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BudgetList {
    /// The budgets.
    pub data: Vec<Budget>,
}

/// What was used on a day at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRow {
    /// The day, in UTC.
    #[schema(examples("2026-11-29"))]
    pub day: String,
    /// The provider. Null for calls that no provider took.
    #[schema(required)]
    pub provider: Option<String>,
    /// How many calls were received that day.
    pub calls: u64,
    /// How long they lasted, as far as it is known.
    pub seconds: u64,
    /// What was billed, as far as it is known. Null if nothing is.
    #[schema(required)]
    pub cost: Option<Money>,
    /// How many of them a provider has or had, and their bill is not known.
    pub unpriced: u64,
}

/// What was used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Usage {
    /// From this time on.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// Until before this time.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
    /// By day and provider, oldest first.
    pub data: Vec<UsageRow>,
}

/// The prices of a provider.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Deck {
    /// The provider.
    pub provider: String,
    /// The file, or `tariff`.
    pub name: String,
    /// How many prices it has.
    pub rows: u64,
    /// The currency in which costs are compared.
    #[schema(examples("USD"))]
    pub currency: String,
}

/// Every deck, in the order in which they are asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeckList {
    /// The decks.
    pub data: Vec<Deck>,
}

/// What a call would cost at a provider, and the row that makes the price.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Quote {
    /// The provider.
    pub provider: String,
    /// The cost. Null if no row covers the number at that time.
    #[schema(required)]
    pub cost: Option<Money>,
    /// The row that makes the price.
    #[schema(required)]
    pub row: Option<QuoteRow>,
    /// How much of the call is billed.
    #[schema(required)]
    pub billed_seconds: Option<u64>,
    /// Destinations that cover the number and have no price that holds then.
    pub skipped: Vec<String>,
}

/// A row of a rate deck.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuoteRow {
    /// The deck.
    pub deck: String,
    /// The prefix, the country, or `*`.
    #[schema(examples("4420"))]
    pub prefix: String,
    /// For each minute, in the row's currency.
    pub per_minute: Money,
    /// For each call.
    pub connection_fee: Money,
    /// What is billed of a call that lasts at all.
    pub first_increment_seconds: u64,
    /// In which steps it goes on.
    pub next_increment_seconds: u64,
    /// The least that is billed.
    pub minimum_seconds: u64,
    /// Since when it holds.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub effective_from: Option<Time>,
    /// Until before when it holds.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub effective_until: Option<Time>,
}

/// What a call would cost at each provider.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuoteList {
    /// One for each provider, in the configuration's order.
    pub data: Vec<Quote>,
}
