//! Placing calls.

use std::{sync::Arc, time::Duration};

use switchboard::{
    CallRequest, Error,
    engine::Submitted,
    journal::{KeyReused, details, server::CallsFilter},
};
use tracing::{Instrument, debug_span, field};

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    idempotency::RequestKey,
    problem::Result,
    service::{CallRecord, Until},
    wire::NewCall,
};

/// Calls that are read at a time.
const PAGE: u32 = 100;

/// A call that was placed, now or before.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The call as it stands.
    pub record: CallRecord,
    /// True if the same request was accepted before.
    pub replayed: bool,
}

impl Service {
    /// Accepts a call: it is written down when this returns, and goes on by itself. With `wait`,
    /// returns when it is decided or the time is over, whatever comes first.
    ///
    /// The same key with the same request gives the same call, whenever and however often it is
    /// sent, also at the same time.
    ///
    /// # Errors
    /// `invalid_request`, `number_not_allowed`, `idempotency_key_reused`, `missing_scope`,
    /// `tenant_missing`, `tenant_not_allowed`, `too_many_waiting`, `stopping`, `journal_unavailable`.
    pub async fn place(
        &self,
        by: Allowed<'_, CallsWrite>,
        new: &NewCall,
        key: Option<&RequestKey>,
        wait: Option<Duration>,
    ) -> Result<Placed> {
        by.caller().may_lift(!new.overrides.is_empty())?;
        let mut request = new.to_request()?;
        request.tenant = Some(by.acts_for(new.tenant.as_deref())?.as_str().to_owned());
        request.idempotency_key = key.map(|key| key.as_str().to_owned());
        let valid = match self.switchboard().validate(&request, self.clock().now()) {
            Ok(valid) => valid,
            // A key does not expire, but the times of its call may be over by now.
            Err(error) => match self.placed_before(&request).await? {
                Some(record) => return Ok(Placed { record, replayed: true }),
                None => return Err(error.into()),
            },
        };
        if let Err(full) = self.has_room(&valid.tenant).await {
            // What was accepted before does not wait for room.
            return match self.placed_before(&request).await? {
                Some(record) => Ok(Placed { record, replayed: true }),
                None => Err(full),
            };
        }
        let asked = Arc::new(valid.clone());
        let span = debug_span!("accept", call = field::Empty);
        let accepted = self.switchboard().engine().accept(valid).instrument(span.clone()).await;
        let (call, replayed) = match accepted? {
            Submitted::New(call) => {
                span.record("call", field::display(&call.id));
                (call, false)
            }
            Submitted::Before(call) => (call, true),
            Submitted::Changed(call) => {
                return Err(Error::from(KeyReused { first: call.id }).into());
            }
            // Whatever else there may be: the call is there, and this is it.
            other => (other.into_call(), true),
        };
        drop(span);
        // From here on there is a call, so there is no failure any more.
        let call = match wait {
            Some(wait) => self.wait_for(call, Until::Decided, wait).await,
            None => call,
        };
        Ok(Placed { record: self.record(call, asked), replayed })
    }
    /// The call that the same request with the same key placed before, for a request that is not
    /// valid any more because its times are over.
    pub(super) async fn placed_before(&self, request: &CallRequest) -> Result<Option<CallRecord>> {
        let Ok(valid) = self.switchboard().engine().policy().complete(request).revalidate() else {
            return Ok(None);
        };
        if valid.key.is_none() {
            return Ok(None);
        }
        let mut filter = CallsFilter {
            tenant: Some(valid.tenant.clone()),
            to: Some(valid.to),
            limit: PAGE,
            ..CallsFilter::default()
        };
        loop {
            let page = self.store().find(&filter).await?;
            for (call, asked) in page.calls {
                if let Some(asked) = asked.filter(|asked| asked.key == valid.key) {
                    if details(&asked) == details(&valid) {
                        return Ok(Some(self.record(call, asked)));
                    }
                    return Err(Error::from(KeyReused { first: call.id }).into());
                }
            }
            match page.next {
                Some(next) => filter.before = Some(next),
                None => return Ok(None),
            }
        }
    }
}
