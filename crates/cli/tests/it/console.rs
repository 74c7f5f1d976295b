//! The console of `serve --simulated` in Chromium: every page, light and dark, wide and narrow.
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
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/console.mjs");
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

/// Everything that it needs, or what is missing.
async fn needs(directory: &Path) -> Result<(String, Command), String> {
    Ok((browser().await?, node(directory, SCRIPT, &PACKAGES).await?))
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
