//! The console of `serve --simulated` in Chromium: every page, light and dark, wide and narrow, and
//! every action.
//!
//! It needs Chromium (on Debian `apt-get install chromium`), Node 20 or newer with `npm`, and npm's index.
//! Where one of them is missing, it says `skipped:` and what to install. With
//! `SWITCHBOARD_SCREENSHOTS=DIRECTORY` it writes what it sees there.

#![cfg(unix)]

use std::{io::Write, path::Path};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::common::{
    outside::{node, run},
    server::Server,
};

const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/console.mjs");
const ACTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/console_actions.mjs");
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

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

/// Chromium, a Node that runs the script and a server with a seeded world; `None` if something is
/// missing, which it says.
async fn needs(test: &str, directory: &Path, script: &str) -> Option<(String, Command, Server)> {
    let found = async { Ok((browser().await?, node(directory, script, &PACKAGES).await?)) };
    match found.await {
        Ok((browser, script)) => Some((browser, script, Server::seeded().await)),
        Err(why) => {
            let why: String = why;
            // Past the test harness, which keeps what a test that passes prints.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "skipped: {test}: {why}").unwrap();
            None
        }
    }
}

/// What a script printed.
async fn seen(script: &mut Command) -> Value {
    let output = run(script).await.unwrap_or_else(|why| panic!("{why}"));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_and_reports_nothing() {
    let directory = TempDir::new().unwrap();
    let test = "every_page_is_accessible_and_reports_nothing";
    let Some((browser, mut script, server)) = needs(test, directory.path(), PAGES).await else {
        return;
    };
    let screenshots = std::env::var("SWITCHBOARD_SCREENSHOTS").unwrap_or_default();
    script
        .args([server.text("console_url"), server.text("admin_key"), server.text("key")])
        .args([browser, screenshots])
        .env("METRICS_URL", format!("{}/metrics", server.text("admin_url")));
    let seen = seen(&mut script).await;
    assert_eq!(seen["reports"], Value::Array(Vec::new()), "{seen:#}");
    assert_eq!(seen["streams"], 1, "{seen:#}");
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_done_from_the_browser_and_audited() {
    let directory = TempDir::new().unwrap();
    let test = "every_action_is_done_from_the_browser_and_audited";
    let Some((browser, mut script, server)) = needs(test, directory.path(), ACTIONS).await else {
        return;
    };
    script.args([server.text("console_url"), server.text("admin_key"), &browser]);
    let seen = seen(&mut script).await;
    assert_eq!(seen["reports"], Value::Array(Vec::new()), "{seen:#}");
    assert_eq!(seen["done"].as_array().map(Vec::len), Some(12), "{seen:#}");
    server.kill().await;
}
