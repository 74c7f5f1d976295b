//! The console of `serve --simulated` in Chromium: every page, light and dark, wide and narrow.
//!
//! It needs Chromium (on Debian `apt-get install chromium`), Node 20 or newer with `npm`, and npm's index.
//! Where one of them is missing, it says `skipped:` and what to install. With
//! `SWITCHBOARD_SCREENSHOTS=DIRECTORY` it writes what it sees there.

#![cfg(unix)]

use std::{fs, io::Write, path::Path, process::Output};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::common::server::Server;

const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/console.mjs");
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

async fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.output().await.map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    Err(format!("{name} ended with {}:\n{}", output.status, said.concat()))
}

/// Where Chromium is.
async fn browser() -> Result<String, String> {
    for name in BROWSERS {
        if let Ok(found) = run(Command::new("sh").args(["-c", &format!("command -v {name}")])).await
        {
            return Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned());
        }
    }
    Err("Chromium is needed, as apt-get install chromium installs it".to_owned())
}

/// A Node with what the script needs beside a copy of it.
async fn node(directory: &Path) -> Result<Command, String> {
    let new = "if (Number(process.versions.node.split('.')[0]) < 20) throw new Error('it is older than 20')";
    run(Command::new("node").args(["--eval", new]))
        .await
        .map_err(|why| format!("Node 20 or newer is needed ({why})"))?;
    let script = directory.join("console.mjs");
    fs::copy(SCRIPT, &script).unwrap();
    fs::write(directory.join("package.json"), "{\"private\": true}").unwrap();
    let install = ["install", "--silent", "--no-audit", "--no-fund"];
    run(Command::new("npm").args(install).args(PACKAGES).current_dir(directory))
        .await
        .map_err(|why| format!("npm and its package index are needed ({why})"))?;
    let mut command = Command::new("node");
    command.arg(script);
    Ok(command)
}

/// Everything that it needs, or what is missing.
async fn needs(directory: &Path) -> Result<(String, Command), String> {
    Ok((browser().await?, node(directory).await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_and_reports_nothing() {
    let directory = TempDir::new().unwrap();
    let (browser, mut script) = match needs(directory.path()).await {
        Ok(found) => found,
        Err(why) => {
            // Past the test harness, which keeps what a test that passes prints.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "skipped: every_page_is_accessible_and_reports_nothing: {why}")
                .unwrap();
            return;
        }
    };
    let server = Server::simulated().await;
    let screenshots = std::env::var("SWITCHBOARD_SCREENSHOTS").unwrap_or_default();
    script
        .args([server.text("console_url"), server.text("admin_key"), server.text("key")])
        .args([browser, screenshots])
        .env("METRICS_URL", format!("{}/metrics", server.text("admin_url")));
    let output = run(&mut script).await.unwrap_or_else(|why| panic!("{why}"));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["reports"], Value::Array(Vec::new()), "{seen:#}");
    assert_eq!(seen["streams"], 1, "{seen:#}");
    server.kill().await;
}
