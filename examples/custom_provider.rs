//! A provider of your own: pagers that beep, in memory. The backend is `src/pager.rs`, about eighty
//! lines beside the contract's frame.
//!
//!     cargo run -p switchboard-examples --example custom_provider
//!
//! THE PROVIDER IS SIMULATED: the pagers are a list in this process.
//!
//! Three steps: implement `Calls` and `Provider`; tell the conformance suite how to look behind it
//! (`src/pager_harness.rs`); hand it to a `Switchboard` like any other.
#![allow(clippy::print_stdout)]

use std::{error::Error, sync::Arc};

use switchboard::{
    CallRequest, CallStatus, ErrorKind, Outcome, PhoneNumber, Switchboard, SystemClock,
};
use switchboard_examples::{pager::Pager, pager_harness::PagerHarness};
use switchboard_testkit::conformance;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("The pagers are simulated: they beep in memory.\n");

    // First the suite that every backend has to pass: what an answer claims about the pager is what
    // the pager did.
    let company = Pager::new(Arc::new(SystemClock));
    let report =
        conformance::run(&company, &PagerHarness::new(company.clone())?, &SystemClock).await;
    println!("{report}");

    // Then like any other provider.
    let pager = Pager::new(Arc::new(SystemClock));
    let switchboard = Switchboard::builder()
        .provider(Arc::new(pager.clone()))
        .without_calling_rules("A page to staff is no call by an artificial voice.")
        .build()?;
    let doctor = PhoneNumber::parse("+442079460123")?;
    let call = switchboard.place(&CallRequest::new(doctor.e164(), "Ward four, please.")).await?;
    let call = switchboard.wait(call.id).await?;
    println!("{}: {} ({})", call.to, call.status, call.summary.as_deref().unwrap_or("no summary"));

    // And a person who does not want to be reached: the refusal binds everybody, so nobody else is
    // asked.
    let asleep = PhoneNumber::parse("+442079460456")?;
    pager.opt_out(asleep);
    let refused = switchboard.place(&CallRequest::new(asleep.e164(), "Ward four, please.")).await?;
    let refused = switchboard.wait(refused.id).await?;
    let fault = refused.fault.as_ref().ok_or("a refused call has a fault")?;
    println!("{}: {} ({})", refused.to, refused.status, fault.message);

    assert!(report.passed(), "the backend does not conform");
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!((refused.status, fault.kind), (CallStatus::Refused, ErrorKind::Blocked));
    assert_eq!((pager.beeps(&doctor), pager.beeps(&asleep)), (1, 0));
    println!("\nOne pager beeped once, the other never.");
    Ok(())
}
