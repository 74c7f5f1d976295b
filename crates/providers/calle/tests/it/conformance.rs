//! The suite that every backend has to pass, against the simulated CALL-E.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber, SystemClock};
use switchboard_testkit::{
    SimCallE,
    conformance::{self, Harness, PlacingFault},
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{quick, started};

#[derive(Debug)]
struct Simulated {
    simulator: SimCallE,
    next: AtomicU32,
}

#[async_trait]
impl Harness for Simulated {
    fn fresh_number(&self) -> PhoneNumber {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        PhoneNumber::parse(&format!("+1212555{next:04}")).unwrap()
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.simulator.rings().count(number.e164())
    }

    fn agent(&self) -> Option<AgentId> {
        None
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        let rule = |fault: Fault| Rule::on("POST", "/v2/calls", fault).to(number.e164());
        let rule = match fault {
            PlacingFault::ConnectionRefused => {
                self.simulator.refuse_connections().await;
                return Ok(());
            }
            PlacingFault::ServerErrorAfterRing => {
                rule(Fault::answer(500, "internal_error")).after(After::Ring)
            }
            PlacingFault::ResetAfterRing => rule(Fault::Reset).after(After::Ring),
            PlacingFault::CutBodyAfterRing => rule(Fault::CutBody { sent: None }),
            PlacingFault::RateLimited => {
                rule(Fault::answer(429, "rate_limit_exceeded").with_header("Retry-After", "7"))
            }
            PlacingFault::Unauthorized => rule(Fault::answer(401, "unauthorized")),
            PlacingFault::DoNotCall => rule(Fault::answer(403, "recipient_blocked")),
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
async fn calle_conforms() {
    let (simulator, provider) = started(quick().speed(1_000.0)).await;
    let harness = Simulated { simulator, next: AtomicU32::new(100) };
    let report = conformance::run(&provider, &harness, &SystemClock).await;
    assert!(report.passed(), "{report}");
}
