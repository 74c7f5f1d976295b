//! The suite that every backend has to pass, against the simulated KaiCalls.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber, SystemClock};
use switchboard_kaicalls::KaiCallsConfig;
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    conformance::{self, Harness, PlacingFault},
    fault::{After, Fault, FaultScript, Rule},
};

#[derive(Debug)]
struct Simulated {
    simulator: SimKaiCalls,
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
        Some(self.simulator.agent_id().into())
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        let rule = |fault: Fault| Rule::on("POST", "/api/v1/calls", fault).to(number.e164());
        let rule = match fault {
            PlacingFault::ConnectionRefused => {
                self.simulator.refuse_connections().await;
                return Ok(());
            }
            PlacingFault::ServerErrorAfterRing => {
                rule(Fault::answer(500, "call_failed")).after(After::Ring)
            }
            PlacingFault::ResetAfterRing => rule(Fault::Reset).after(After::Ring),
            PlacingFault::CutBodyAfterRing => rule(Fault::CutBody { sent: None }),
            PlacingFault::RateLimited => {
                rule(Fault::answer(429, "rate_limited").with_header("Retry-After", "7"))
            }
            PlacingFault::Unauthorized => rule(Fault::answer(401, "unauthorized")),
            PlacingFault::DoNotCall => rule(Fault::answer(400, "number_on_dnc")),
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
async fn kaicalls_conforms() {
    let simulator =
        SimKaiCalls::start(SimConfig::default().seed(0).speed(300.0).limits(10_000, 10_000))
            .await
            .unwrap();
    let mut config = KaiCallsConfig::new(simulator.credential());
    config.base_url = simulator.url().parse().unwrap();
    config.business_id = Some(simulator.business_id().to_owned());
    let provider = crate::support::open(&config).unwrap();
    let harness = Simulated { simulator, next: AtomicU32::new(100) };
    let report = conformance::run(&provider, &harness, &SystemClock).await;
    assert!(report.passed(), "{report}");
}
