//! One call, one provider, to the ring and back.
//!
//!     cargo run -p switchboard-examples --example place_call
//!
//! THE PROVIDER IS SIMULATED: a small HTTP server in this process answers as KaiCalls' documents
//! say, and no telephone rings. For the real one, leave `base_url` out and set KAICALLS_API_KEY to
//! your own key.
#![allow(clippy::print_stdout)]

use std::error::Error;

use switchboard::{CallRequest, CallStatus, Config, Outcome};
use switchboard_testkit::{SimConfig, SimKaiCalls, calls::Outcome as Scripted};

const CALLEE: &str = "+12125550123";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The simulated KaiCalls. A minute of telephone takes a tenth of a second, and the callee will
    // answer.
    let provider = SimKaiCalls::start(
        SimConfig::default().seed(0).speed(600.0).outcome(CALLEE, Scripted::Completed),
    )
    .await?;
    println!("KaiCalls is simulated at {}: no telephone will ring.\n", provider.url());

    // What would stand in switchboard.toml. The key does not: the file names the variable that
    // holds it.
    let config = Config::from_toml(&format!(
        r#"
        # Calling rules are for calls to people: see docs/rules.md.
        [rules]
        off = "The telephones are simulated."

        [providers.kaicalls]
        kind = "kaicalls"
        base_url = "{url}"
        api_key_env = "KAICALLS_API_KEY"
        default_agent = "{agent}"

        [providers.kaicalls.tariff]
        default = {{ per_minute = "0.12" }}
        "#,
        url = provider.url(),
        agent = provider.agent_id(),
    ))?;
    // `process_environment` in a real program.
    let switchboard = config.build(|variable| {
        (variable == "KAICALLS_API_KEY").then(|| provider.credential().to_owned())
    })?;

    // Who would be asked, and why: nothing is sent for this.
    let request = CallRequest::new(
        CALLEE,
        "Ask whether a table for two is free on Friday at eight, and book it for Ada.",
    )
    .with(|call| {
        call.callee_name = Some("Jordan".to_owned());
        call.language = Some("en".to_owned());
        call.max_duration_seconds = Some(180);
    });
    for candidate in switchboard.plan(&request)?.candidates {
        println!("plan      {}: {candidate}", candidate.provider);
    }

    // It comes back when a provider has the call, or when nobody takes it and `fault` says why.
    let placed = switchboard.place(&request).await?;
    println!("placed    {}: call {} is {}", placed.to, placed.id, placed.status);

    // And this when it is over.
    let call = switchboard.wait(placed.id).await?;
    let outcome = call.outcome.ok_or("the call has no outcome")?;
    println!("over      {outcome} after {} s", call.duration.unwrap_or_default().as_secs());
    println!("summary   {}", call.summary.as_deref().unwrap_or("none"));

    let transcript = switchboard.engine().transcript(call.id).await?;
    for entry in transcript.entries.iter().take(4) {
        println!("          {:?}: {}", entry.speaker, entry.text);
    }

    // The simulator knows which phone rang: once, and it is the call that we think we made.
    assert_eq!((call.status, outcome), (CallStatus::Closed, Outcome::Completed));
    assert_eq!(provider.rings().count(CALLEE), 1, "the phone has to ring exactly once");
    assert_eq!(call.attempts.len(), 1);
    println!("\nThe simulated phone rang once.");
    Ok(())
}
