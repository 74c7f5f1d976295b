//! A provider in about eighty lines beside the contract's frame: pagers that beep, in memory.
//!
//! A pager is no telephone, and that is the point: whatever reaches a person by his number can
//! stand behind the contract. The one thing to get right is in `place`: each failure says by its
//! [`PlaceError`] whether the person may have been reached.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard::core::{
    CallFilter, CallLists, Calls, Clock, Coverage, Error, ErrorKind, Outcome, Page, PageRequest,
    PhoneNumber, PlaceError, PlaceRequest, Proof, Provider, ProviderCall, ProviderCallId,
    ProviderId, ProviderInfo, ProviderState, Refusal, Result, Trace,
};

/// Every pager of one company. Cheap to clone: clones reach the same pagers.
#[derive(Debug, Clone)]
pub struct Pager {
    info: ProviderInfo,
    clock: Arc<dyn Clock>,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    pages: Vec<ProviderCall>,
    opted_out: Vec<PhoneNumber>,
    receipt_is_lost: bool,
}

impl Pager {
    /// A company with no page sent.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::described(Self::usual_info(ProviderId::from_static("pager")), clock)
    }

    /// What is known of an account of this name.
    pub fn usual_info(id: ProviderId) -> ProviderInfo {
        let mut info = ProviderInfo::new(id);
        info.failure_domains = "this process".into();
        info.countries = Coverage::All;
        info.languages = Coverage::All;
        info.synchronous = true;
        info
    }

    /// A company of which something else is known.
    pub fn described(info: ProviderInfo, clock: Arc<dyn Clock>) -> Self {
        Self { info, clock, shelf: Arc::default() }
    }

    /// How often this pager beeped.
    pub fn beeps(&self, number: &PhoneNumber) -> usize {
        self.shelf.lock().pages.iter().filter(|page| page.to.as_ref() == Some(number)).count()
    }

    /// Somebody who does not want to be reached any more.
    pub fn opt_out(&self, number: PhoneNumber) {
        self.shelf.lock().opted_out.push(number);
    }

    /// Whether receipts get lost from now on: the pager beeps, and nobody hears of it.
    pub fn lose_receipts(&self, lost: bool) {
        self.shelf.lock().receipt_is_lost = lost;
    }

    fn error(&self, kind: ErrorKind, message: &'static str) -> Error {
        Error::new(kind, message).with_provider(self.info.id.clone())
    }
}

#[async_trait]
impl Calls for Pager {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let (to, mut shelf) = (order.call.to, self.shelf.lock());
        if shelf.opted_out.contains(&to) {
            // About the person: it binds every provider, and the router asks nobody else.
            let refusal = self.error(ErrorKind::Blocked, "this person does not want to be paged");
            return Err(PlaceError::refused(Refusal::Everyone, refusal));
        }
        let page = {
            let mut report = ProviderCall::new(
                self.info.id.clone(),
                ProviderCallId::new(format!("page-{}", shelf.pages.len() + 1)),
                ProviderState::Ended(Outcome::Completed),
                "beeped".to_owned(),
            );
            report.to = Some(to);
            report.task = Some(order.call.task.clone());
            report.created_at = Some(self.clock.now());
            report.summary = Some("The pager beeped.".to_owned());
            report
        };
        shelf.pages.push(page.clone());
        if shelf.receipt_is_lost {
            // It beeped, and we would not know: never "not sent", and never sent again.
            let lost = self.error(ErrorKind::Timeout, "no receipt came");
            return Err(PlaceError::unknown(lost));
        }
        Ok(page)
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let found = self.shelf.lock().pages.iter().find(|page| page.id == *id).cloned();
        found.ok_or_else(|| self.error(ErrorKind::NotFound, "there is no such page"))
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        let since = CallFilter { since: Some(sent_at), ..CallFilter::default() };
        let pages = self.list(&since, &PageRequest::default()).await?.items.into_iter();
        let ours = pages.filter(|page| {
            page.to == Some(order.call.to) && page.task.as_ref() == Some(&order.call.task)
        });
        Ok(ours.map(|page| Trace { call: page.id, proof: Proof::NumberAndTask }).collect())
    }
}

#[async_trait]
impl CallLists for Pager {
    async fn list(&self, filter: &CallFilter, _page: &PageRequest) -> Result<Page<ProviderCall>> {
        let wanted = |page: &&ProviderCall| {
            filter.since.is_none_or(|since| page.created_at >= Some(since))
                && filter.until.is_none_or(|until| page.created_at < Some(until))
                && filter.is_about(page)
        };
        let items = self.shelf.lock().pages.iter().rev().filter(wanted).cloned().collect();
        Ok(Page { items, next: None })
    }
}

impl Provider for Pager {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        self
    }

    // What a pager company does not have is left out.
    fn lists(&self) -> Option<&dyn CallLists> {
        Some(self)
    }
}
