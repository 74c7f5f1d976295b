//! Usage and rate decks.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{
    PhoneNumber, core::Destination, journal::server::UsageQuery, router::Quote as CoreQuote,
};

use crate::{
    Service,
    caller::{Allowed, ProvidersRead, UsageRead},
    problem::{Code, Problem, Result},
    wire::{Deck, DeckList, Quote, QuoteList, QuoteRow, Usage, UsageRow},
};

impl Service {
    /// What the caller's tenant used in a time, by day and provider.
    ///
    /// # Errors
    /// `busy` if too many reports are being made, or this one takes too long.
    pub async fn usage(
        &self,
        by: Allowed<'_, UsageRead>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Usage> {
        let query = UsageQuery { tenant: by.tenant().cloned(), from, until };
        let sums = self.report(async { Ok(self.store().usage(&query).await?) }).await?;
        let data = sums
            .into_iter()
            .map(|sum| UsageRow {
                day: sum.day.to_string(),
                provider: sum.provider.map(|id| id.as_str().to_owned()),
                calls: sum.calls,
                seconds: sum.duration.as_secs(),
                cost: sum.cost.map(Into::into),
                unpriced: sum.unpriced,
            })
            .collect();
        Ok(Usage { from: from.into(), until: until.into(), data })
    }

    /// Every rate deck.
    pub fn decks(&self, _: Allowed<'_, ProvidersRead>) -> DeckList {
        let policy = self.switchboard().engine().policy();
        let mut data = Vec::new();
        for provider in &policy.providers {
            data.extend(provider.deck.decks().map(|(name, rows)| Deck {
                provider: provider.info.id.as_str().to_owned(),
                name: name.to_owned(),
                rows: rows as u64,
                currency: provider.deck.currency().code().to_owned(),
            }));
        }
        DeckList { data }
    }

    /// What a call would cost at each provider, and why.
    ///
    /// # Errors
    /// `number_not_allowed`.
    pub fn quote(
        &self,
        _: Allowed<'_, ProvidersRead>,
        to: &str,
        at: Timestamp,
        seconds: Option<u32>,
    ) -> Result<QuoteList> {
        let policy = self.switchboard().engine().policy();
        let to = PhoneNumber::parse_in(to, policy.default_country)
            .map_err(|error| Problem::new(Code::NumberNotAllowed, error.to_string()).field("to"))?;
        let duration =
            seconds.map_or(policy.expected_duration, |seconds| Duration::from_secs(seconds.into()));
        let data = policy
            .providers
            .iter()
            .map(|provider| {
                let explained = provider.deck.explain(&to, duration, at);
                Quote {
                    provider: provider.info.id.as_str().to_owned(),
                    cost: explained.quote.as_ref().map(|quote| quote.cost.into()),
                    billed_seconds: explained.quote.as_ref().map(|quote| quote.billed.as_secs()),
                    row: explained.quote.as_ref().map(row),
                    skipped: explained
                        .skipped
                        .iter()
                        .map(|(deck, destination)| format!("{} in {deck}", prefix(destination)))
                        .collect(),
                }
            })
            .collect();
        Ok(QuoteList { data })
    }
}

fn row(quote: &CoreQuote) -> QuoteRow {
    QuoteRow {
        deck: quote.deck.clone(),
        prefix: prefix(&quote.destination),
        per_minute: quote.per_minute.into(),
        connection_fee: quote.connection_fee.into(),
        first_increment_seconds: quote.first_increment.as_secs(),
        next_increment_seconds: quote.next_increment.as_secs(),
        minimum_seconds: quote.minimum.as_secs(),
        effective_from: quote.effective_from.map(Into::into),
        effective_until: quote.effective_until.map(Into::into),
    }
}

/// The destination as decks write it.
fn prefix(destination: &Destination) -> String {
    match destination {
        Destination::Prefix(digits) => digits.clone(),
        Destination::Country(country) => country.to_string(),
        Destination::Everywhere => "*".to_owned(),
    }
}
