//! The suite that every backend has to pass, against the simulated Telnyx.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber, SystemClock};
use switchboard_testkit::{
    SimTelnyx,
    calls::{CallScript, Outcome},
    conformance::{self, Harness, PlacingFault},
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{number, quick, started};

/// The end of the first number that is called.
const FIRST: u32 = 100;

#[derive(Debug)]
struct Simulated {
    simulator: SimTelnyx,
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
        let rule = |fault: Fault| Rule::on("POST", "/v2/calls", fault).to(number.e164());
        let rule = match fault {
            PlacingFault::ConnectionRefused => {
                self.simulator.refuse_connections().await;
                return Ok(());
            }
            PlacingFault::ServerErrorAfterRing => {
                rule(Fault::answer(500, "10007")).after(After::Ring)
            }
            PlacingFault::ResetAfterRing => rule(Fault::Reset).after(After::Ring),
            PlacingFault::CutBodyAfterRing => rule(Fault::CutBody { sent: None }),
            PlacingFault::RateLimited => {
                rule(Fault::answer(429, "10011").with_header("Retry-After", "7"))
            }
            PlacingFault::Unauthorized => rule(Fault::answer(401, "10009")),
            PlacingFault::DoNotCall => rule(Fault::raw(
                422,
                r#"{"errors":[{"code":"10015","title":"No","source":{"pointer":"/to"}}]}"#,
            )),
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
async fn telnyx_conforms() {
    // Only a call that was answered has a recording, so all of them are.
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(30));
    let config = (FIRST..FIRST + 100).fold(quick().speed(1_000.0), |config, nth| {
        config.outcome(format!("+1212555{nth:04}"), script)
    });
    let (simulator, provider) = started(config).await;
    let harness = Simulated { simulator, next: AtomicU32::new(FIRST) };
    let report = conformance::run(&provider, &harness, &SystemClock).await;
    assert!(report.passed(), "{report}");
}
