//! Placing, reading and steering calls.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallLists, Calls, Error, ErrorKind, Page, PageRequest, PhoneNumber, PlaceError,
    PlaceRequest, ProviderCall, ProviderCallId, ProviderState, Recording, Recordings, Result,
    StopCalls, Trace, Transcript, Transcripts, TransferCalls,
};
use switchboard_http::{ReadBudget, ReadLimits, usable_id};

use crate::{account::Account, content, history, listing, order, reference, trace, wire};

/// [`Calls`] and what else can be done with them, on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxCalls(pub(crate) Arc<Account>);

impl TelnyxCalls {
    /// The call as its own answer has it, which says neither whether it rings nor how it ended.
    fn report(&self, call: wire::Call) -> Option<ProviderCall> {
        let id = ProviderCallId::from(usable_id(call.call_control_id)?);
        let provider = self.0.provider().clone();
        let mut report = ProviderCall::new(provider, id, ProviderState::Queued, "dialled");
        report.reference = call.client_state.as_deref().and_then(reference::decode);
        report.created_at = call.start_time;
        report.raw = call.raw;
        Some(report)
    }
}

#[async_trait]
impl Calls for TelnyxCalls {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let account = &self.0;
        let request = order::request(account, order).map_err(PlaceError::not_sent)?;
        let placed = account.client.calls().dial(&request).await?;
        self.report(placed).map(|report| with_order(report, order)).ok_or_else(|| {
            let message = "the call was placed and the answer has no id";
            let error = Error::new(ErrorKind::Decode, message);
            PlaceError::placed(account.failed("calls.place", error))
        })
    }

    /// The record, with the state from the call's events. A call that has ended and whose end is not
    /// in the history yet is not over: nothing says how it ended.
    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let account = &self.0;
        let budget = ReadBudget::new(account.provider().clone(), ReadLimits::SEARCH);
        let client = account.client.within(&budget);
        let mut call = client.calls().get(id.as_str()).await?;
        if call.call_control_id.as_deref().is_some_and(|theirs| theirs != id.as_str()) {
            let error = Error::new(ErrorKind::Decode, "the answer is about another call");
            return Err(account.failed("calls.get", error));
        }
        if call.call_control_id.is_none() && call.is_alive.is_none() {
            let message = "the answer is not a call: it has neither an id nor whether it is alive";
            return Err(account.failed("calls.get", Error::new(ErrorKind::Decode, message)));
        }
        call.call_control_id.get_or_insert_with(|| id.as_str().to_owned());
        let leg = usable_id(call.call_leg_id.clone());
        let (raw, is_alive) = (call.raw.clone(), call.is_alive);
        let bare = self.report(call).ok_or_else(|| {
            account.failed("calls.get", Error::new(ErrorKind::Decode, "the answer has no id"))
        })?;
        let Some(leg) = leg else {
            return Ok(bare);
        };
        let course = history::course(&account.client, &budget, id, &leg).await?;
        let known = course.report(account.provider(), None).filter(|known| known.id == *id);
        let Some(mut report) = known else {
            return Ok(bare);
        };
        if is_alive == Some(true) && report.state == ProviderState::Queued {
            report.status_word = "alive".to_owned();
        }
        report.reference = report.reference.or(bare.reference);
        report.raw = raw;
        Ok(report)
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::trace(&self.0, order, sent_at).await
    }
}

/// The answer repeats neither the number nor the assistant.
fn with_order(mut report: ProviderCall, order: &PlaceRequest) -> ProviderCall {
    report.to = Some(order.call.to);
    report
}

#[async_trait]
impl CallLists for TelnyxCalls {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        listing::page(&self.0, &budget, filter, page).await
    }
}

#[async_trait]
impl Transcripts for TelnyxCalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.0.client, id).await
    }
}

#[async_trait]
impl Recordings for TelnyxCalls {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        content::recording(&self.0.client, id).await
    }
}

#[async_trait]
impl StopCalls for TelnyxCalls {
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        self.0.client.calls().hangup(id.as_str()).await
    }
}

#[async_trait]
impl TransferCalls for TelnyxCalls {
    async fn transfer(&self, id: &ProviderCallId, to: &PhoneNumber) -> Result<()> {
        self.0.client.calls().transfer(id.as_str(), to.e164()).await
    }
}
