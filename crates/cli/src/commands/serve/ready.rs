//! What is printed when the server is ready.

use std::io::Write;

use serde::Serialize;
use switchboard::url::Url;

use super::simulated::Simulation;
use crate::output::Output;

/// Where the server is, and with `--simulated` how to try it.
#[derive(Debug, Serialize)]
pub(super) struct Ready<'a> {
    url: &'a str,
    admin_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    console_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mcp_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kaicalls_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kaicalls_agent_id: Option<&'a str>,
}

/// Prints it, on one line with `--json`, and flushes it.
pub(super) fn print(
    output: Output,
    public_url: &Url,
    admin_url: &str,
    simulation: Option<&Simulation>,
) {
    let url = public_url.as_str().trim_end_matches('/');
    let ready = Ready {
        url,
        admin_url,
        key: simulation.map(|one| one.keys.tenant.as_str()),
        admin_key: simulation.map(|one| one.keys.admin.as_str()),
        console_url: simulation.map(|_| format!("{url}{}", switchboard_console::PATH)),
        mcp_url: simulation.map(|_| format!("{url}{}", switchboard_mcp::PATH)),
        kaicalls_url: simulation.map(|_| format!("{url}/compat/kaicalls")),
        kaicalls_agent_id: simulation.map(|one| one.kaicalls_agent_id.as_str()),
    };
    if output.json {
        output.object_line(&ready);
    } else if let Some(simulation) = simulation {
        explain(output, &ready, simulation);
    } else {
        output.line(format!("serving {url}, health and metrics at {admin_url}"));
    }
    // The line may be read through a pipe.
    let _ = std::io::stdout().flush();
}

fn explain(output: Output, ready: &Ready<'_>, simulation: &Simulation) {
    let Ready { url, admin_url, .. } = ready;
    let world = match simulation.empty {
        true => "Two simulated providers, a temporary ledger: no phone rings.",
        false => "Simulated providers, a day of made-up calls, a temporary ledger: no phone rings.",
    };
    let lines = [
        world,
        "",
        &format!("  the API             {url}/v1"),
        &format!("  its document        {url}/v1/openapi.json"),
        &format!("  the console         {url}{}", switchboard_console::PATH),
        &format!("  for agents, by MCP  {url}{}", switchboard_mcp::PATH),
        &format!("  health and metrics  {admin_url}/readyz, /metrics"),
        "",
        "In another terminal, with the key of the tenant demo:",
        "",
        &format!("  KEY={}", simulation.keys.tenant),
        &format!("  curl {url}/v1/calls -H \"Authorization: Bearer $KEY\" \\"),
        "    -H 'Content-Type: application/json' -H 'Idempotency-Key: first-call' \\",
        "    -d '{\"to\": \"+442079460958\", \"task\": \"Ask for the opening hours.\"}'",
        "",
        "The key of an operator, who sees every tenant. The console asks for it:",
        "",
        &format!("  ADMIN={}", simulation.keys.admin),
        "",
        "Ctrl-C ends it, and what was placed is deleted.",
    ];
    for line in lines {
        output.line(line);
    }
}
