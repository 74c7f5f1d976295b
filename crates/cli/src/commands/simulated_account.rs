//! The account at a simulated provider, as a configuration names it.

use std::fmt::Write as _;

use switchboard_testkit::{SimKind, Simulator};

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
    match (sim.kind(), sim.agent_id()) {
        // A task has a category there, and no agent.
        (SimKind::KallyAi, _) => "\"general\"".to_owned(),
        (SimKind::Retell | SimKind::Telnyx | SimKind::Vapi, Some(id)) => {
            format!("{{ id = \"{id}\", task_variable = \"task\" }}")
        }
        (_, Some(id)) => format!("\"{id}\""),
        (_, None) => "\"task\"".to_owned(),
    }
}
