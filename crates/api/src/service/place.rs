//! Placing calls.

use std::{sync::Arc, time::Duration};

use switchboard::engine::Submitted;

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    idempotency::RequestKey,
    problem::Result,
    service::{CallRecord, Until},
    wire::NewCall,
};

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
    /// `invalid_request`, `number_not_allowed`, `idempotency_key_reused`, `tenant_missing`,
    /// `tenant_not_allowed`, `too_many_waiting`, `stopping`, `journal_unavailable`.
    pub async fn place(
        &self,
        by: Allowed<'_, CallsWrite>,
        new: &NewCall,
        key: Option<&RequestKey>,
        wait: Option<Duration>,
    ) -> Result<Placed> {
        let mut request = new.to_request()?;
        request.tenant = Some(by.acts_for(new.tenant.as_deref())?.as_str().to_owned());
        request.idempotency_key = key.map(|key| key.as_str().to_owned());
        let valid = self.switchboard().validate(&request, self.clock().now())?;
        let asked = Arc::new(valid.clone());
        let (call, replayed) = match self.switchboard().engine().accept(valid).await? {
            Submitted::New(call) => (call, false),
            Submitted::Before(call) | Submitted::Changed(call) => (call, true),
            // Whatever else there may be: the call is there, and this is it.
            other => (other.into_call(), true),
        };
        // From here on there is a call, so there is no failure any more.
        let call = match wait {
            Some(wait) => self.wait_for(call, Until::Decided, wait).await,
            None => call,
        };
        Ok(Placed { record: self.record(call, asked), replayed })
    }
}
