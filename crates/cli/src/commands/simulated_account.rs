//! The account at a simulated provider, as a configuration names it.

use std::fmt::Write as _;

use switchboard_testkit::Simulator;

/// The section `[providers.ID]` of an account at this simulator. Its credential is in the
/// environment variable `variable`.
pub(crate) fn section(sim: &Simulator, variable: &str) -> String {
    let id = sim.kind().id();
    let mut text = format!(
        "[providers.{id}]\nkind = \"{id}\"\nbase_url = \"{}\"\napi_key_env = \"{variable}\"\n",
        sim.url()
    );
    for (setting, value) in sim.account() {
        let _ = writeln!(text, "{setting} = \"{value}\"");
    }
    text
}

/// What stands for this provider in `at` of a profile.
pub(crate) fn agent(sim: &Simulator) -> String {
    sim.kind().in_profile(sim.agent_id())
}
