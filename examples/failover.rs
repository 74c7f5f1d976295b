//! Two failures of the first provider: after one of them the second takes the call, after the other
//! it must not.
//!
//!     cargo run -p switchboard-examples --example failover
//!
//! THE PROVIDERS ARE SIMULATED: two small HTTP servers in this process, and no telephone.
//!
//! What decides is not how bad the failure looks, but whether it *proves* that no phone rang. A
//! refused connection does; a timeout or a server error does not.
#![allow(clippy::print_stdout)]

use std::{error::Error, sync::Arc};

use switchboard::{
    Call, CallRequest, CallStatus, Delivery, Switchboard, SystemClock,
    kaicalls::{KaiCalls, KaiCallsConfig},
    kallyai::{KallyAi, KallyAiConfig},
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKaiCalls, SimKallyAi,
    fault::{After, Fault, Rule},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // One ledger for both: it knows which phone rang, whoever made it ring.
    let rings = RingLedger::in_memory();
    let sim = || SimConfig::default().seed(0).speed(600.0).ledger(rings.clone());
    let (first, second) = (SimKaiCalls::start(sim()).await?, SimKallyAi::start(sim()).await?);
    println!("Both providers are simulated: no telephone will ring.\n");

    let mut kaicalls = KaiCallsConfig::new(first.credential());
    kaicalls.base_url = first.url().parse()?;
    kaicalls.agent_id = Some(first.agent_id().into());
    let mut kallyai = KallyAiConfig::new(second.credential());
    kallyai.base_url = second.url().parse()?;

    let switchboard = Switchboard::builder()
        .provider(Arc::new(KaiCalls::new(kaicalls, Arc::new(SystemClock))?)) // asked first
        .provider(Arc::new(KallyAi::new(kallyai, Arc::new(SystemClock))?))
        .without_calling_rules("The telephones are simulated.")
        .build()?;

    // The phone rings, and then the provider answers with a server error. That proves nothing:
    // nobody else is asked. The router looks for the call in the provider's records instead, and
    // follows it from there.
    println!("KaiCalls rings and answers with a 500:");
    first.faults().add(
        Rule::on("POST", "/api/v1/calls", Fault::answer(500, "call_failed")).after(After::Ring),
    );
    let doubted = switchboard
        .place(&CallRequest::new("+12125550172", "Ask whether they are open on Sunday."))
        .await?;
    let doubted = switchboard.wait(doubted.id).await?;
    show(&doubted, &rings);

    // Nobody listens any more. That proves that nothing was sent: the next provider is asked.
    println!("KaiCalls refuses connections:");
    first.refuse_connections().await;
    let call = switchboard
        .place(&CallRequest::new("+12125550171", "Ask whether they are open on Sunday."))
        .await?;
    let call = switchboard.wait(call.id).await?;
    show(&call, &rings);

    assert_eq!(call.status, CallStatus::Closed);
    assert_eq!(call.provider.as_ref().map(|id| id.as_str()), Some("kallyai"));
    assert_eq!(
        call.attempts.iter().filter(|one| one.delivery == Some(Delivery::NotSent)).count(),
        call.attempts.len() - 1
    );
    assert!(call.attempts.len() > 1, "KaiCalls has to be asked first");
    assert!(doubted.attempts.iter().all(|one| one.provider.as_str() == "kaicalls"));
    assert_eq!(rings.len(), 2, "two calls, two rings");
    assert!(rings.duplicates().is_empty(), "no phone may ring twice");
    println!("Two calls, two rings.");
    Ok(())
}

fn show(call: &Call, rings: &RingLedger) {
    for (nth, attempt) in call.attempts.iter().enumerate() {
        let what =
            attempt.error.as_ref().map_or("has it".to_owned(), |error| error.message.clone());
        println!(
            "  attempt {}  {:<9} {:<11} {what}",
            nth + 1,
            attempt.provider,
            attempt.state.as_str()
        );
    }
    let outcome = call.outcome.map_or("no outcome".to_owned(), |outcome| outcome.to_string());
    println!(
        "  the call is {}, {outcome}; its phone rang {} time(s)\n",
        call.status,
        rings.count(call.to.e164())
    );
}
