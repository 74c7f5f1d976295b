//! Agents and their versions.

use super::list::Listed;
use switchboard_http::answer;

answer! {
    /// One version of an agent (OpenAPI, `/get-agent/{agent_id}`). The sources of this crate list no
    /// fields of agents, so these are read if they are present.
    Agent {
        /// The agent's id, the same for all its versions.
        agent_id: String = ["agent_id"],
        /// Its name.
        agent_name: String = ["agent_name"],
        /// The number of the version.
        version: u64 = ["version"],
        /// Whether this version is published.
        is_published: bool = ["is_published"],
    }
}

impl Listed for Agent {}
