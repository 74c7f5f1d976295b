//! Placing and reading calls.
//!
//! KallyAI answers the placing request when the phone call is over. So [`place`](Calls::place)
//! takes as long as the call, and losing the answer is a common way not to know whether the call
//! was made: [`trace`](Calls::trace) then looks for it in the list.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallLists, Calls, Error, ErrorKind, Page, PageRequest, PlaceError, PlaceRequest,
    ProviderCall, ProviderCallId, Recording, Recordings, Refusal, Result, Trace, Transcript,
    Transcripts, ValidCall,
};

use crate::{
    account::Account,
    convert, listing, trace,
    wire::{CreateCall, TaskCategory},
};

#[derive(Debug, Clone)]
pub(crate) struct KallyAiCalls(pub(crate) Arc<Account>);

#[async_trait]
impl Calls for KallyAiCalls {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let account = &self.0;
        let with_context = |error: Error| account.failed("calls.place", error);
        let request = placing_request(account, order).map_err(|failed| failed.map(with_context))?;
        let record = account.client.calls().create(&request, order.idempotency_key).await?;
        convert::call(account.provider(), record)
            .ok_or_else(|| PlaceError::placed(missing_id(account)))
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let mut record = self.0.client.calls().get(id).await?;
        // A record without an id is the one that was asked for, as it need not repeat it. Without a
        // status as well, it is not a call's record.
        if record.status.is_some() {
            record.call_id.get_or_insert_with(|| id.as_str().to_owned());
        }
        convert::call(self.0.provider(), record)
            .filter(|call| call.id == *id)
            .ok_or_else(|| missing_id(&self.0).with_operation("calls.get"))
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::find(&self.0, order, sent_at).await
    }
}

#[async_trait]
impl CallLists for KallyAiCalls {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        listing::page(&self.0, filter, page).await
    }
}

#[async_trait]
impl Transcripts for KallyAiCalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        Ok(convert::transcript(self.0.client.calls().transcript(id).await?))
    }
}

#[async_trait]
impl Recordings for KallyAiCalls {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        let record = self.0.client.calls().recording(id).await?;
        convert::recording(record).map_err(|error| self.0.failed("calls.recording", error))
    }
}

fn missing_id(account: &Account) -> Error {
    Error::new(ErrorKind::Decode, "the answer has no call_id")
        .with_provider(account.provider().clone())
}

/// The request in the provider's terms. What KallyAI has no field for (the callee's name, the
/// opening line) is sent as instructions.
fn placing_request(account: &Account, order: &PlaceRequest) -> Result<CreateCall, PlaceError> {
    let call: &ValidCall = &order.call;
    let config = &account.config;
    // Refused rather than not sent: the documents rule it out, so there is no point in trying again
    // here, and another provider may be able to.
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
                "{language} is not supported: use {}",
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
    // What must be said first comes first.
    if let Some(line) = order.first_message.as_deref().filter(|line| !line.is_empty()) {
        request = request.instruction(PlaceRequest::begin_with(line));
    }
    request = order.instructions.iter().fold(request, |request, line| request.instruction(line));
    if let Some(name) = &call.callee_name {
        request = request.instruction(format!("The person to speak to is {name}."));
    }
    Ok(request)
}

fn spoken<'a>(languages: impl Iterator<Item = &'a str>) -> String {
    let distinct: HashSet<&str> = languages.collect();
    let mut distinct: Vec<&str> = distinct.into_iter().collect();
    distinct.sort_unstable();
    distinct.join(", ")
}
