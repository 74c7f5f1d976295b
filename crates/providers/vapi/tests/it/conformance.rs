//! The suite that every backend has to pass, against the simulated Vapi.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber, SystemClock};
use switchboard_testkit::{
    SimVapi,
    calls::{CallScript, Outcome},
    conformance::{self, Harness, PlacingFault},
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{number, sim};

/// The end of the first number that is called.
const FIRST: u32 = 100;

#[derive(Debug)]
struct Simulated {
    simulator: SimVapi,
    next: AtomicU32,
}

#[async_trait]
impl Harness for Simulated {
    fn fresh_number(&self) -> PhoneNumber {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        number(&format!("+1212555{next:04}"))
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.simulator.rings().count(number.e164())
    }

    fn agent(&self) -> Option<AgentId> {
        Some(self.simulator.assistant_id().into())
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        let rule = |fault: Fault| Rule::on("POST", "/call", fault).to(number.e164());
        let rule = match fault {
            PlacingFault::ConnectionRefused => {
                self.simulator.refuse_connections().await;
                return Ok(());
            }
            PlacingFault::ServerErrorAfterRing => {
                rule(Fault::answer(500, "error")).after(After::Ring)
            }
            PlacingFault::ResetAfterRing => rule(Fault::Reset).after(After::Ring),
            PlacingFault::CutBodyAfterRing => rule(Fault::CutBody { sent: None }),
            PlacingFault::RateLimited => {
                rule(Fault::answer(429, "error").with_header("Retry-After", "7"))
            }
            PlacingFault::Unauthorized => rule(Fault::answer(401, "error")),
            // A refusal about the person is a 400, as everything that has no status of its own.
            PlacingFault::DoNotCall => rule(Fault::answer(400, "error")),
        };
        self.simulator.faults().set(FaultScript::default().rule(rule));
        Ok(())
    }

    async fn clear(&self) {
        self.simulator.faults().clear();
        self.simulator.accept_connections().await;
    }

    fn secret(&self) -> String {
        self.simulator.credential().to_owned()
    }
}

#[tokio::test]
async fn vapi_conforms() {
    // Only a call that was answered has a recording, so all of them are.
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(30));
    let config = (FIRST..FIRST + 100).fold(sim::quick().speed(1_000.0), |config, nth| {
        config.outcome(format!("+1212555{nth:04}"), script)
    });
    let (simulator, provider) = sim::started(config).await;
    let harness = Simulated { simulator, next: AtomicU32::new(FIRST) };
    let report = conformance::run(&provider, &harness, &SystemClock).await;
    assert!(report.passed(), "{report}");
}
