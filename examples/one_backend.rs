//! One backend alone: a provider's typed client, without routing, without a ledger.
//!
//!     cargo run -p switchboard-examples --example one_backend
//!
//! THE PROVIDER IS SIMULATED: a small HTTP server in this process, and no telephone.
//!
//! For what only this provider has: its agents, its balance, its webhooks. Calls are better placed by a
//! `Switchboard`: it writes them down before they are sent, and finds those whose answer was lost.
#![allow(clippy::print_stdout)]

use std::error::Error;

use switchboard::kaicalls::{KaiCallsClient, KaiCallsConfig};
use switchboard_testkit::{SimConfig, SimKaiCalls};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = SimKaiCalls::start(SimConfig::default().seed(0)).await?;
    println!("KaiCalls is simulated at {}.\n", provider.url());

    let mut account = KaiCallsConfig::new(provider.credential());
    account.base_url = provider.url().parse()?;
    let kaicalls = KaiCallsClient::new(&account)?;

    let agents = kaicalls.agents().list().await?;
    for agent in &agents.items {
        println!("agent {:?}: {:?}", agent.id, agent.name);
    }
    let balance = kaicalls.account().balance().await?;
    println!("{} businesses with a balance", balance.items.len());

    // An error says which provider was asked for what, and never shows the key.
    let missing = kaicalls.calls().get("no-such-call").await;
    let error = missing.err().ok_or("a call that does not exist was found")?;
    println!("{error}");

    assert!(!agents.items.is_empty(), "the account has an agent");
    Ok(())
}
