//! The conformance suite: what every backend has to do.
//!
//! The suite drives a backend through the core traits and compares what it claims with what a
//! [`Harness`] knows, above all which phones rang. A harness may excuse checks with a reason; they
//! are reported as such.
//!
//! ```no_run
//! # async fn example(
//! #     provider: &dyn switchboard_core::Provider,
//! #     harness: &dyn switchboard_testkit::conformance::Harness,
//! #     clock: &dyn switchboard_core::Clock,
//! # ) {
//! let report = switchboard_testkit::conformance::run(provider, harness, clock).await;
//! assert!(report.passed(), "{report}");
//! # }
//! ```

mod abilities;
mod placing;
mod reading;
mod report;

use std::{fmt::Debug, sync::Arc, time::Duration};

use async_trait::async_trait;
use switchboard_core::{
    AgentId, AttemptId, CallRequest, CallsExt, Clock, PhoneNumber, PlaceRequest, Provider,
    ProviderCall, Result,
};
use uuid::Uuid;

pub use report::{Check, Report, Verdict};

/// A way for a placing request to go wrong. The harness causes it, and decides accordingly whether
/// the phone rings; the suite knows what to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacingFault {
    /// The connection is refused. The phone does not ring.
    ConnectionRefused,
    /// The response is a server error, but the phone rings.
    ServerErrorAfterRing,
    /// The connection is reset after the request was read, but the phone rings.
    ResetAfterRing,
    /// The response is a success with an incomplete body. The phone rings.
    CutBodyAfterRing,
    /// Too many requests, with a `Retry-After` of 7 seconds. The phone does not ring.
    RateLimited,
    /// The credentials are rejected. The phone does not ring.
    Unauthorized,
    /// The number is on a do-not-call list. The phone does not ring.
    DoNotCall,
}

/// What the suite needs to know about, and do with, the simulator behind a backend.
#[async_trait]
pub trait Harness: Debug + Send + Sync {
    /// Returns a number that this provider calls and that no check has used before.
    fn fresh_number(&self) -> PhoneNumber;

    /// How often the phone with this number rang.
    fn rings(&self, number: &PhoneNumber) -> usize;

    /// The agent for placing calls, if the provider needs one.
    fn agent(&self) -> Option<AgentId>;

    /// Makes the next placing request to this number fail in this way.
    ///
    /// # Errors
    /// Why this fault cannot happen at this provider. The check is then excused with this reason.
    async fn inject(
        &self,
        fault: PlacingFault,
        number: &PhoneNumber,
    ) -> std::result::Result<(), String>;

    /// Removes the fault.
    async fn clear(&self);

    /// The credential, which must not appear in anything that is printed.
    fn secret(&self) -> String;

    /// Checks that cannot pass for this provider: the name of the check and the reason.
    fn excused(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

/// How often a call is polled while the suite waits for its end.
const READ_EVERY: Duration = Duration::from_millis(20);
/// How long the suite waits for the end of a call.
const LONGEST_CALL: Duration = Duration::from_secs(30);

pub(crate) struct Suite<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) harness: &'a dyn Harness,
    pub(crate) clock: &'a dyn Clock,
}

/// Runs every check.
pub async fn run(provider: &dyn Provider, harness: &dyn Harness, clock: &dyn Clock) -> Report {
    let suite = Suite { provider, harness, clock };
    let mut report = Report::new(provider.info().id.as_str(), harness.excused());
    placing::run(&suite, &mut report).await;
    reading::run(&suite, &mut report).await;
    abilities::run(&suite, &mut report).await;
    report
}

impl Suite<'_> {
    pub(crate) fn order(&self, to: &PhoneNumber) -> std::result::Result<PlaceRequest, String> {
        let mut request = CallRequest::new(to.e164(), "Ask whether the shop is open on Sunday");
        request.callee_name = Some("Jordan Reyes".to_owned());
        let call = request.validate(self.clock.now()).map_err(|error| {
            format!("the harness returned a number that cannot be called: {error}")
        })?;
        Ok(PlaceRequest {
            attempt: AttemptId::new(Uuid::new_v4()),
            idempotency_key: Uuid::new_v4(),
            call: Arc::new(call),
            agent: self.harness.agent(),
            webhook_url: None,
            max_duration: Duration::from_secs(300),
        })
    }

    pub(crate) async fn place(
        &self,
        to: &PhoneNumber,
    ) -> std::result::Result<ProviderCall, String> {
        let order = self.order(to)?;
        self.provider.calls().place(&order).await.map_err(|failed| failure("place", &failed))
    }

    /// Places a call and waits for its end.
    pub(crate) async fn finished(
        &self,
    ) -> std::result::Result<(PhoneNumber, ProviderCall), String> {
        let to = self.harness.fresh_number();
        let placed = self.place(&to).await?;
        let call = self.until_over(&placed).await.map_err(|error| failure("wait", &error))?;
        Ok((to, call))
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
