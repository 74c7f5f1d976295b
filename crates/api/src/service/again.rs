//! Placing a call once more, because a person wants it.

use std::sync::Arc;

use switchboard::{CallId, Error, engine::Submitted, journal::KeyReused, router::AuditTopic};

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    idempotency::RequestKey,
    problem::Result,
    service::CallRecord,
};

impl Service {
    /// Places a call with the request of a former one: a new call, with this key. Its times and its
    /// batch are left out, because they belong to the former call, and rules that were lifted for
    /// that call are not lifted for this one.
    ///
    /// # Errors
    /// `not_found`, and those of [`Service::place`].
    pub async fn place_again(
        &self,
        by: Allowed<'_, CallsWrite>,
        id: CallId,
        key: &RequestKey,
    ) -> Result<CallRecord> {
        let former = self.find_call(by, id).await?;
        let mut request = former.request.to_request();
        request.idempotency_key = Some(key.as_str().to_owned());
        request.allow_duplicate = true;
        (request.batch, request.row_key) = (None, None);
        (request.not_before, request.not_after) = (None, None);
        request.overrides.clear();
        let valid = self.switchboard().validate(&request, self.clock().now())?;
        self.has_room(&valid.tenant).await?;
        let asked = Arc::new(valid.clone());
        let call = match self.switchboard().engine().accept(valid).await? {
            Submitted::Changed(call) => {
                return Err(Error::from(KeyReused { first: call.id }).into());
            }
            accepted => accepted.into_call(),
        };
        let what = serde_json::json!({"place_again": call.id.to_string()});
        self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        Ok(self.record(call, asked))
    }
}
