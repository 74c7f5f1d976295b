//! What every check needs.

use std::{fmt::Debug, sync::Arc, time::Duration};

use switchboard_core::{
    AttemptId, CallRequest, CallsExt, Clock, Outcome, PhoneNumber, PlaceRequest, Provider,
    ProviderCall, ProviderState, Result,
};
use uuid::Uuid;

use super::harness::Harness;

/// How often a call is polled while the suite waits for its end.
pub(crate) const READ_EVERY: Duration = Duration::from_millis(20);
/// How long the suite waits for the end of a call.
const LONGEST_CALL: Duration = Duration::from_secs(30);
/// How many people are called until one answers.
const MOST_CALLS: usize = 20;

pub(crate) struct Suite<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) harness: &'a dyn Harness,
    pub(crate) clock: &'a dyn Clock,
}

impl Suite<'_> {
    pub(crate) fn order(&self, to: &PhoneNumber) -> std::result::Result<PlaceRequest, String> {
        let mut request = CallRequest::new(to.e164(), "Ask whether the shop is open on Sunday");
        request.callee_name = Some("Jordan Reyes".to_owned());
        let call = request.validate(self.clock.now()).map_err(|error| {
            format!("the harness returned a number that cannot be called: {error}")
        })?;
        let attempt = AttemptId::new(Uuid::new_v4());
        let longest = Duration::from_secs(300);
        Ok(PlaceRequest::new(attempt, Uuid::new_v4(), Arc::new(call), longest)
            .with(|order| order.agent = self.harness.agent()))
    }

    pub(crate) async fn place(
        &self,
        to: &PhoneNumber,
    ) -> std::result::Result<ProviderCall, String> {
        self.send(&self.order(to)?).await
    }

    async fn send(&self, order: &PlaceRequest) -> std::result::Result<ProviderCall, String> {
        self.provider.calls().place(order).await.map_err(|failed| failure("place", &failed))
    }

    /// Places a call and waits for its end.
    pub(crate) async fn finished(
        &self,
    ) -> std::result::Result<(PlaceRequest, ProviderCall), String> {
        let order = self.order(&self.harness.fresh_number())?;
        let placed = self.send(&order).await?;
        let call = self.until_over(&placed).await.map_err(|error| failure("wait", &error))?;
        Ok((order, call))
    }

    /// Places calls to new numbers until somebody answers.
    pub(crate) async fn answered(&self) -> std::result::Result<ProviderCall, String> {
        for _ in 0..MOST_CALLS {
            let (_, call) = self.finished().await?;
            if call.state == ProviderState::Ended(Outcome::Completed) {
                return Ok(call);
            }
        }
        Err(format!("nobody answered {MOST_CALLS} calls"))
    }

    pub(crate) async fn until_over(&self, placed: &ProviderCall) -> Result<ProviderCall> {
        self.provider.calls().wait(&placed.id, self.clock, READ_EVERY, LONGEST_CALL).await
    }
}

pub(crate) fn failure(what: &str, error: &dyn Debug) -> String {
    format!("{what} failed: {error:?}")
}

pub(crate) fn expect(
    holds: bool,
    otherwise: impl FnOnce() -> String,
) -> std::result::Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
