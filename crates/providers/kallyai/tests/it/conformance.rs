//! KallyAI is held to what every backend is held to.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crate::support::{WallClock, provider};
use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber};
use switchboard_testkit::{
    SimConfig, SimKallyAi,
    calls::{CallScript, Outcome},
    conformance::{self, Harness, PlacingFault},
    fault::{After, Fault, Rule},
};

#[derive(Debug)]
struct Simulated {
    sim: Arc<SimKallyAi>,
    used: AtomicU32,
}

#[async_trait]
impl Harness for Simulated {
    fn fresh_number(&self) -> PhoneNumber {
        number(self.used.fetch_add(1, Ordering::Relaxed))
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.sim.rings().count(number.e164())
    }

    fn agent(&self) -> Option<AgentId> {
        None
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        let (fault, after) = match fault {
            PlacingFault::ConnectionRefused => {
                self.sim.refuse_connections().await;
                return Ok(());
            }
            PlacingFault::ServerErrorAfterRing => {
                (Fault::answer(500, "internal_error"), After::Ring)
            }
            PlacingFault::ResetAfterRing => (Fault::Reset, After::Ring),
            PlacingFault::CutBodyAfterRing => (Fault::CutBody { sent: None }, After::Answer),
            PlacingFault::RateLimited => {
                (Fault::answer(429, "rate_limited").with_header("retry-after", "7"), After::Nothing)
            }
            PlacingFault::Unauthorized => (Fault::answer(401, "token_expired"), After::Nothing),
            PlacingFault::DoNotCall => {
                (Fault::answer(403, "suppression_violation"), After::Nothing)
            }
        };
        self.sim.faults().add(Rule::on("POST", "/v1/calls", fault).after(after).to(number.e164()));
        Ok(())
    }

    async fn clear(&self) {
        self.sim.accept_connections().await;
        self.sim.faults().clear();
    }

    fn secret(&self) -> String {
        self.sim.credential().to_owned()
    }
}

fn number(nth: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("+1512555{:04}", 200 + nth)).unwrap()
}

#[tokio::test]
async fn every_check_passes() {
    let script = CallScript::new(Outcome::Completed);
    let config = (0..100).fold(SimConfig::default().seed(7).speed(6000.0), |config, nth| {
        config.outcome(number(nth).e164(), script)
    });
    let sim = Arc::new(SimKallyAi::start(config).await.unwrap());
    let kallyai = provider(&sim, |_| {});
    let harness = Simulated { sim, used: AtomicU32::new(0) };
    let report = conformance::run(&kallyai, &harness, &WallClock).await;
    assert!(report.passed(), "{report}");
}
