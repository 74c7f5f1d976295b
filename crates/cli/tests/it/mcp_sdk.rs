//! The official SDKs of the Model Context Protocol, for Python and for TypeScript, against
//! `serve --simulated` and `switchboard mcp`.
//!
//! They need `python3` with `venv`, Node 20 or newer with `npm`, and the package indexes of both. Where
//! one of them is missing its test says `skipped:` and what to install.

#![cfg(unix)]

use std::{ffi::OsStr, io::Write, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    common::{
        Harness,
        outside::{node, run},
        server::Server,
    },
    mcp::{NUMBER, harness},
};

const PYTHON_PACKAGE: &str = "mcp==2.3.0";
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/mcp_sdk.py");
const NODE_PACKAGES: [&str; 2] =
    ["@modelcontextprotocol/sdk@1.32.2", "@modelcontextprotocol/client@2.4.0"];
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/mcp_sdk.mjs");

/// Says so past the test harness, which keeps what a test that passes prints.
fn skipped(test: &str, why: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "skipped: {test}: {why}").unwrap();
}

/// A Python with the SDK and nothing else of this machine; the error says what is missing.
async fn python(directory: &Path) -> Result<Command, String> {
    let venv = [OsStr::new("-m"), OsStr::new("venv"), directory.as_os_str()];
    run(Command::new("python3").args(venv)).await.map_err(|why| {
        format!("python3 with venv is needed, as apt-get install python3 python3-venv installs it ({why})")
    })?;
    let python = directory.join("bin").join("python");
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTHON_PACKAGE];
    run(Command::new(&python).args(install)).await.map_err(|why| {
        format!("the Python package index is needed for {PYTHON_PACKAGE} ({why})")
    })?;
    let mut command = Command::new(python);
    // `-B`: no compiled Python beside the sources.
    command.args(["-B", PYTHON]);
    Ok(command)
}

/// Runs a script against a server over HTTP and against the command over standard input and output.
async fn meets_both(mut script: Command, harness: &Harness) {
    let server = Server::simulated().await;
    let new = json!({"name": "asks", "role": "caller", "tenant": "demo"});
    let made = server.ask("POST", "/v1/keys", server.text("admin_key"), &new).await.json();
    let program = env!("CARGO_BIN_EXE_switchboard");
    script
        .args([server.text("mcp_url"), made["secret"].as_str().unwrap(), server.text("key")])
        .args([NUMBER, program, "mcp", "--by", "ada"])
        .envs(harness.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = run(&mut script).await.unwrap_or_else(|why| panic!("{why}"));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    // As many calls as a person confirmed, and one of a key that needs no confirmation.
    assert_eq!(summary, json!({"http": 2, "stdio": 2}));
    assert_eq!(harness.ledger.len(), 2);
    let path = "/v1/calls?limit=100";
    let listed = server.ask("GET", path, server.text("key"), &Value::Null).await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2, "{listed}");
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_confirms_and_declines() {
    let directory = TempDir::new().unwrap();
    match python(directory.path()).await {
        Ok(script) => meets_both(script, &harness().await).await,
        Err(why) => skipped("the_python_sdk_confirms_and_declines", &why),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_sdks_confirm_and_decline() {
    let directory = TempDir::new().unwrap();
    match node(directory.path(), NODE, &NODE_PACKAGES).await {
        Ok(script) => meets_both(script, &harness().await).await,
        Err(why) => skipped("the_typescript_sdks_confirm_and_decline", &why),
    }
}
