//! An experiment: half of the people by one provider, half by the other, and each person always by
//! the same.
//!
//!     cargo run -p switchboard-examples --example ab_test
//!
//! THE PROVIDERS ARE SIMULATED: two small HTTP servers in this process, and no telephone.
//!
//! Who is in which arm follows from the experiment's name, the tenant and the person alone: no
//! table, no counter, the same in every replica and after every restart. A call that is failed over
//! keeps its arm, so that the arms stay comparable.
#![allow(clippy::print_stdout)]

use std::{collections::BTreeMap, error::Error, sync::Arc, time::Duration};

use futures::future::try_join_all;
use switchboard::{
    Call, CallRequest, ProviderId, Switchboard, SystemClock, Timings,
    kaicalls::{KaiCalls, KaiCallsConfig},
    kallyai::{KallyAi, KallyAiConfig},
    router::{Arm, Experiment},
};
use switchboard_testkit::{RingLedger, SimConfig, SimKaiCalls, SimKallyAi};

const PEOPLE: usize = 40;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rings = RingLedger::in_memory();
    let sim = || SimConfig::default().seed(0).speed(1000.0).ledger(rings.clone());
    let (one, other) = (SimKaiCalls::start(sim()).await?, SimKallyAi::start(sim()).await?);
    println!("Both providers are simulated: no telephone will ring.\n");

    let mut kaicalls = KaiCallsConfig::new(one.credential());
    kaicalls.base_url = one.url().parse()?;
    kaicalls.agent_id = Some(one.agent_id().into());
    let mut kallyai = KallyAiConfig::new(other.credential());
    kallyai.base_url = other.url().parse()?;

    let arm = |name: &str, provider| Arm::provider(name, ProviderId::from_static(provider), 50);
    let switchboard = Switchboard::builder()
        .provider(Arc::new(KaiCalls::new(kaicalls, Arc::new(SystemClock))?))
        .provider(Arc::new(KallyAi::new(kallyai, Arc::new(SystemClock))?))
        .without_calling_rules("The telephones are simulated.")
        .experiment(Experiment::new(
            "whose voice books more tables",
            vec![arm("calm", "kaicalls"), arm("cheerful", "kallyai")],
        ))
        // The simulated calls last milliseconds: look for news more often than every three seconds.
        .timings(Timings { poll_every: Duration::from_millis(250), ..Timings::default() })
        .build()?;

    // Everybody is called twice, for two reasons.
    let first = everybody(&switchboard, "Offer a table for Friday.").await?;
    let second = everybody(&switchboard, "Offer a table for Sunday.").await?;

    let mut arms: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for call in &first {
        let outcome =
            call.outcome.map_or_else(|| call.status.to_string(), |outcome| outcome.to_string());
        *arms.entry(arm_of(call)).or_default().entry(outcome).or_default() += 1;
    }
    for (arm, outcomes) in &arms {
        let told: Vec<String> =
            outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        println!("{arm:<9} {:>2} people: {}", outcomes.values().sum::<usize>(), told.join(", "));
    }

    for (call, again) in first.iter().zip(&second) {
        let by = call.provider.as_ref().map(|provider| provider.as_str());
        assert_eq!(call.to, again.to);
        assert_eq!(arm_of(call), arm_of(again), "a person keeps the arm");
        assert_eq!(by, Some(if arm_of(call) == "calm" { "kaicalls" } else { "kallyai" }));
        assert_eq!(rings.count(call.to.e164()), 2, "two calls, two rings");
    }
    let sizes: Vec<usize> = arms.values().map(|outcomes| outcomes.values().sum()).collect();
    assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (2, PEOPLE));
    assert!(
        sizes.iter().all(|size| *size >= PEOPLE / 4),
        "half and half, but for chance: {sizes:?}"
    );
    println!("\n{PEOPLE} people were called twice, and each by the same provider both times.");
    Ok(())
}

/// Calls everybody at once and waits until all calls are over.
async fn everybody(switchboard: &Switchboard, task: &str) -> switchboard::Result<Vec<Call>> {
    let call = |nth: usize| async move {
        let call =
            switchboard.place(&CallRequest::new(format!("+1212555{:04}", 100 + nth), task)).await?;
        switchboard.wait(call.id).await
    };
    try_join_all((0..PEOPLE).map(call)).await
}

fn arm_of(call: &Call) -> &str {
    call.experiment.as_ref().map_or("none", |assigned| &assigned.arm)
}
