//! What every backend has to do, whatever its provider is like.
//!
//! The suite drives a backend through the core traits and compares what it claims with what a
//! [`World`] knows: the ledger of phones that rang. An exception is allowed where the world says
//! why; it is reported, never silent.
//!
//! ```no_run
//! # async fn example(provider: &dyn switchboard_core::Provider, world: &dyn switchboard_testkit::conformance::World,
//! #     clock: &dyn switchboard_core::Clock) {
//! let report = switchboard_testkit::conformance::run(provider, world, clock).await;
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

/// A way for a placing request to go wrong. Whether the phone rings is the world's doing and the
/// suite's knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody listens. No ring.
    ConnectionRefused,
    /// A server error, and the phone rings all the same.
    ServerErrorAfterRing,
    /// The connection is reset after the request was read, and the phone rings all the same.
    ResetAfterRing,
    /// A success whose body ends in the middle. It rings.
    CutBodyAfterRing,
    /// Too many requests, come again in 7 seconds. No ring.
    RateLimited,
    /// The credentials are not taken. No ring.
    Unauthorized,
    /// The number is on a do-not-call list. No ring.
    DoNotCall,
}

/// The truth behind a backend, told by its simulator.
#[async_trait]
pub trait World: Debug + Send + Sync {
    /// A number that this provider calls and that no check used before.
    fn fresh_number(&self) -> PhoneNumber;

    /// How often this phone rang.
    fn rings(&self, number: &PhoneNumber) -> usize;

    /// The agent that calls are placed with, where the provider needs one.
    fn agent(&self) -> Option<AgentId>;

    /// Brings this trouble on the next placing request to this number.
    ///
    /// # Errors
    /// Why this provider cannot be in this trouble: the check is excused with these words.
    async fn bring(
        &self,
        trouble: Trouble,
        number: &PhoneNumber,
    ) -> std::result::Result<(), String>;

    /// Ends the trouble.
    async fn calm(&self);

    /// The credential: it must not appear in anything that is printed.
    fn secret(&self) -> String;

    /// Checks that cannot hold for this provider, by name, each with its reason.
    fn excused(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

/// How often calls are read while they are waited for, and how long.
const READ_EVERY: Duration = Duration::from_millis(20);
const LONGEST_CALL: Duration = Duration::from_secs(30);

pub(crate) struct Stage<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) world: &'a dyn World,
    pub(crate) clock: &'a dyn Clock,
}

/// Runs every check.
pub async fn run(provider: &dyn Provider, world: &dyn World, clock: &dyn Clock) -> Report {
    let stage = Stage { provider, world, clock };
    let mut report = Report::new(provider.info().id.as_str(), world.excused());
    placing::run(&stage, &mut report).await;
    reading::run(&stage, &mut report).await;
    abilities::run(&stage, &mut report).await;
    report
}

impl Stage<'_> {
    pub(crate) fn order(&self, to: &PhoneNumber) -> std::result::Result<PlaceRequest, String> {
        let mut request = CallRequest::new(to.e164(), "Ask whether the shop is open on Sunday");
        request.callee_name = Some("Jordan Reyes".to_owned());
        let call = request
            .validate(self.clock.now())
            .map_err(|error| format!("the world gave a number that cannot be called: {error}"))?;
        Ok(PlaceRequest {
            attempt: AttemptId::new(Uuid::new_v4()),
            idempotency_key: Uuid::new_v4(),
            call: Arc::new(call),
            agent: self.world.agent(),
            webhook_url: None,
            max_duration: Duration::from_secs(300),
        })
    }

    pub(crate) async fn place(
        &self,
        to: &PhoneNumber,
    ) -> std::result::Result<ProviderCall, String> {
        let order = self.order(to)?;
        self.provider.calls().place(&order).await.map_err(|failed| told("place", &failed))
    }

    /// A call that was placed and is over.
    pub(crate) async fn finished(
        &self,
    ) -> std::result::Result<(PhoneNumber, ProviderCall), String> {
        let to = self.world.fresh_number();
        let placed = self.place(&to).await?;
        let call = self.until_over(&placed).await.map_err(|error| told("wait", &error))?;
        Ok((to, call))
    }

    pub(crate) async fn until_over(&self, placed: &ProviderCall) -> Result<ProviderCall> {
        self.provider.calls().wait(&placed.id, self.clock, READ_EVERY, LONGEST_CALL).await
    }
}

pub(crate) fn told(what: &str, error: &dyn Debug) -> String {
    format!("{what} failed: {error:?}")
}

pub(crate) fn expect(
    holds: bool,
    otherwise: impl FnOnce() -> String,
) -> std::result::Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
