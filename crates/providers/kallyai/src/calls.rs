//! Placing and reading calls.
//!
//! KallyAI answers the placing request when the phone call is over. So [`place`](Calls::place)
//! takes as long as the call, and an answer lost on the way is the ordinary case of not knowing:
//! [`trace`](Calls::trace) looks for the call in the list.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallOrder, Calls, Error, ErrorKind, Page, PageRequest, PlaceError, ProviderCall,
    ProviderCallId, Recording, Refusal, Result, Trace, Transcript, ValidCall,
};
use switchboard_http::{Bounds, Walk};

use crate::{
    convert,
    provider::Account,
    trace,
    wire::{CallRecord, CreateCall, Listing, Paging, TaskCategory},
};

/// The provider's longest page.
pub(crate) const LONGEST_PAGE: u32 = 200;

#[derive(Debug)]
pub(crate) struct KallyAiCalls(pub(crate) Arc<Account>);

#[async_trait]
impl Calls for KallyAiCalls {
    async fn place(&self, order: &CallOrder) -> Result<ProviderCall, PlaceError> {
        let account = &self.0;
        let named = |error: Error| {
            error.with_provider(account.config.id.clone()).with_operation("calls.place")
        };
        let request = submission(account, order).map_err(|failed| failed.map(named))?;
        let record = account.client.calls().create(&request, order.idempotency_key).await?;
        convert::call(&account.config.id, record)
            .ok_or_else(|| PlaceError::placed(unnamed(account)))
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let mut record = self.0.client.calls().get(id).await?;
        // A record that need not repeat its id is the one that was asked for; what has no status
        // either is no record of a call.
        if record.status.is_some() {
            record.call_id.get_or_insert_with(|| id.as_str().to_owned());
        }
        convert::call(&self.0.config.id, record)
            .filter(|call| call.id == *id)
            .ok_or_else(|| unnamed(&self.0).with_operation("calls.get"))
    }

    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let account = &self.0;
        let wanted = |call: &ProviderCall| {
            convert::within(call.created_at, filter.since, filter.until)
                && filter.agent.as_ref().is_none_or(|agent| call.agent.as_ref() == Some(agent))
        };
        let limit = page.limit.map(|limit| limit.clamp(1, LONGEST_PAGE));
        let mut offset = offset(page)?;
        let walk = Walk::new(account.config.id.clone(), Bounds::PAGE);
        let calls = account.client.within(&walk).calls();
        // An empty page reads as the end of the list, so pages of which the filter leaves nothing
        // are passed over, as many as one look may take.
        for _ in 0..Bounds::PAGE.pages {
            let listing = calls.list(&Paging { limit, offset }).await?;
            walk.rows(listing.received)?;
            let next = next_offset(&listing, offset.unwrap_or(0), filter.since);
            let read = listing
                .items
                .into_iter()
                .filter_map(|record| convert::call(&account.config.id, record));
            let items: Vec<ProviderCall> = read.filter(wanted).collect();
            if !items.is_empty() || next.is_none() {
                return Ok(Page { items, next: next.map(|next| next.to_string()) });
            }
            offset = next;
        }
        Ok(Page { items: Vec::new(), next: offset.map(|next| next.to_string()) })
    }

    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        Ok(convert::transcript(self.0.client.calls().transcript(id).await?))
    }

    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        let record = self.0.client.calls().recording(id).await?;
        convert::recording(record).map_err(|error| {
            error.with_provider(self.0.config.id.clone()).with_operation("calls.recording")
        })
    }

    async fn trace(&self, order: &CallOrder, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::find(&self.0, order, sent_at).await
    }
}

fn unnamed(account: &Account) -> Error {
    Error::new(ErrorKind::Decode, "the answer holds no call_id")
        .with_provider(account.config.id.clone())
}

/// Where the page after this one begins; `None` at the end. Where the list is newest first and this
/// page reaches back before `since`, nothing that is wanted can follow.
pub(crate) fn next_offset(
    listing: &Listing<CallRecord>,
    offset: u64,
    since: Option<Timestamp>,
) -> Option<u64> {
    let over = since.is_some_and(|since| reaches_back(listing, since));
    listing.next_offset(offset).filter(|_| !over)
}

/// True where the page is newest first, as far as its times say, and ends before `moment`. No
/// document names an order, so a page that is not descending proves nothing about the next.
fn reaches_back(listing: &Listing<CallRecord>, moment: Timestamp) -> bool {
    let times: Option<Vec<Timestamp>> =
        listing.items.iter().map(|record| record.created_at).collect();
    let Some(times) = times else { return false };
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return false;
    };
    first > last && times.is_sorted_by(|newer, older| newer >= older) && *last < moment
}

fn offset(page: &PageRequest) -> Result<Option<u64>> {
    let Some(cursor) = &page.cursor else {
        return Ok(None);
    };
    let offset = cursor.parse().map_err(|source| {
        Error::invalid("cursor", "is not one that this provider gave out").with_source(source)
    });
    offset.map(Some)
}

/// The order in the provider's words. What KallyAI has no field for (the callee's name, the opening
/// line) goes along as instructions.
fn submission(account: &Account, order: &CallOrder) -> Result<CreateCall, PlaceError> {
    let call: &ValidCall = &order.call;
    let config = &account.config;
    // Refused rather than not sent: the documents settle it, so trying again here is no use and
    // another provider may do it.
    let refused = |error: Error| PlaceError::refused(Refusal::ThisProvider, error);
    let category = match &order.agent {
        Some(agent) => agent.as_str().parse::<TaskCategory>().map_err(refused)?,
        None => config.task_category,
    };
    let timezone = call.timezone.as_ref().unwrap_or(&config.timezone);
    let mut request = CreateCall::new(category, call.task.as_str(), call.to, timezone.as_str())
        .urgent(call.urgent);
    if let Some(language) = &call.language {
        if !config.languages.iter().any(|known| known.primary() == language.primary()) {
            let message = format!(
                "{language} is not spoken here: use {}",
                spoken(config.languages.iter().map(|known| known.as_str()))
            );
            return Err(refused(
                Error::new(ErrorKind::LanguageNotSupported, message).with_field("language"),
            ));
        }
        request = request.language(language);
    }
    if let Some(name) = &call.business_name {
        request = request.business_name(name);
    }
    if let Some(name) = &call.on_behalf_of {
        request = request.user_name(name);
    }
    if let Some(number) = call.callback_number {
        request = request.user_phone(number);
    }
    if let Some(appointment) = &call.appointment {
        if let Some(date) = appointment.date {
            request = request.appointment_date(date);
        }
        if let Some(time) = appointment.time {
            request = request.appointment_time(time);
        }
        if let Some(words) = &appointment.time_preference {
            request = request.time_preference(words);
        }
        if let Some(people) = appointment.party_size {
            request = request.party_size(people);
        }
    }
    if let Some(name) = &call.callee_name {
        request = request.instruction(format!("The person to speak to is {name}."));
    }
    if let Some(line) = &call.first_message {
        request = request.instruction(format!("Begin the call with these words: {line}"));
    }
    Ok(call.instructions.iter().fold(request, |request, line| request.instruction(line)))
}

fn spoken<'a>(languages: impl Iterator<Item = &'a str>) -> String {
    let distinct: HashSet<&str> = languages.collect();
    let mut distinct: Vec<&str> = distinct.into_iter().collect();
    distinct.sort_unstable();
    distinct.join(", ")
}
