//! The suite that every backend has to pass, on both, and on KallyAI in each of the three shapes
//! that its documents give it.

use std::{
    fmt::{self, Debug},
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use switchboard::{AgentId, PhoneNumber, SystemClock};
use switchboard_testkit::{
    Shape, SimConfig, SimHandle,
    conformance::{self, Harness, PlacingFault, Report, Verdict},
    fault::FaultScript,
};
use switchboard_tests::{Sims, Which, callee, placing_faults};

/// The simulators know the truth; the backend is asked about one of them.
struct Simulated {
    sims: Sims,
    which: Which,
    next: AtomicUsize,
}

impl Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the simulated {}", self.which.id())
    }
}

impl Simulated {
    fn sim(&self) -> &SimHandle {
        self.sims.sim(self.which)
    }
}

#[async_trait]
impl Harness for Simulated {
    fn fresh_number(&self) -> PhoneNumber {
        PhoneNumber::parse(&callee(self.next.fetch_add(1, Ordering::Relaxed))).unwrap()
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.sims.rings.count(number.e164())
    }

    fn agent(&self) -> Option<AgentId> {
        match self.which {
            Which::KallyAi => Some("general".into()),
            Which::KaiCalls => Some(self.sims.kaicalls.agent_id().into()),
        }
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        match placing_faults::rule(self.which, fault, number.e164()) {
            Some(rule) => self.sim().faults().set(FaultScript::default().rule(rule)),
            None => self.sim().refuse_connections().await,
        }
        Ok(())
    }

    async fn clear(&self) {
        self.sim().faults().clear();
        self.sim().accept_connections().await;
    }

    fn secret(&self) -> String {
        self.sim().credential().to_owned()
    }
}

/// Runs the suite, prints what it found, and holds it against the checks that are known to be
/// excused.
async fn conforms(which: Which, setup: SimConfig, excused: &[(&str, &str)]) {
    let setup = setup.speed(2000.0).limits(10_000, 10_000);
    let sims = Sims::start(setup.clone(), setup).await;
    let provider = sims.provider(which, None);
    let harness = Simulated { sims, which, next: AtomicUsize::new(0) };
    let report: Report = conformance::run(&*provider, &harness, &SystemClock).await;
    println!("{report}");
    assert!(report.passed(), "{report}");
    let found: Vec<(&str, &str)> = report
        .checks
        .iter()
        .filter_map(|check| match &check.verdict {
            Verdict::Excused(why) => Some((check.name, why.as_str())),
            Verdict::Passed | Verdict::Failed(_) => None,
        })
        .collect();
    assert_eq!(found, excused, "the checks that are excused, each with its reason");
    assert_eq!(report.counts(), (report.checks.len() - excused.len(), excused.len()));
    assert!(harness.sims.rings.duplicates().is_empty(), "a phone rang more than once");
}

#[tokio::test(flavor = "multi_thread")]
async fn kaicalls() {
    conforms(Which::KaiCalls, SimConfig::default().seed(0), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kallyai_as_of_february_2026() {
    conforms(Which::KallyAi, SimConfig::default().seed(0).shape(Shape::February2026), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kallyai_as_of_january_2026() {
    conforms(Which::KallyAi, SimConfig::default().seed(0).shape(Shape::January2026), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kallyai_as_assistants_see_it() {
    conforms(Which::KallyAi, SimConfig::default().seed(0).shape(Shape::Assistant), &[]).await;
}
