//! The simulated provider of `init --simulated`: what `switchboard sim` starts with the same seed.

use std::net::SocketAddr;

use switchboard_testkit::{SimConfig, SimKaiCalls};

use crate::failure::{Failure, Outcome};

/// Where `switchboard sim` is told to listen.
const LISTEN: &str = "127.0.0.1:8601";
/// The same seed makes the same key and the same agent.
const SEED: u64 = 1;
/// The file of the key, beside the configuration.
pub(super) const KEY_FILE: &str = "switchboard-simulated.key";
/// The command that starts it; a minute of a call takes three seconds.
pub(super) const START: &str =
    "switchboard sim kaicalls --listen 127.0.0.1:8601 --seed 1 --speed 20";

/// What an account at it needs.
#[derive(Debug)]
pub(super) struct Simulated {
    pub(super) agent: String,
    /// It opens nothing but the simulated provider.
    pub(super) key: String,
}

impl Simulated {
    /// Asks a provider of the same seed.
    pub(super) async fn ask() -> Outcome<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let sim = SimKaiCalls::start(SimConfig::default().listen(any).seed(SEED)).await;
        let sim = sim.map_err(|error| {
            Failure::local(format!("no simulated provider could be started: {error}"))
        })?;
        let asked = Self { agent: sim.agent_id().to_owned(), key: sim.credential().to_owned() };
        sim.shutdown().await;
        Ok(asked)
    }

    /// Its table in the configuration.
    pub(super) fn table(&self) -> String {
        format!(
            "\n# A simulated provider on this machine. Start it in another terminal:\n#     {START}\n\
             [providers.kaicalls]\nkind = \"kaicalls\"\nbase_url = \"http://{LISTEN}\"\n\
             api_key_file = \"{KEY_FILE}\"\ncountries = [\"US\", \"CA\"]\nprice_per_minute = \"0.12\"\n"
        )
    }
}
