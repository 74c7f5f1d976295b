//! KaiCalls' official Python SDK, unchanged, with another base URL and another key.
//!
//! Needs `python3` with `venv`, and the Python package index. Where one of them is missing the test
//! says `skipped:` and what to install.

use std::{ffi::OsStr, io::Write, path::Path, process::Output, sync::Arc};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::server::{COMPLETED, ELSEWHERE, NO_ANSWER, Server, WholeSeconds};

const PACKAGE: &str = "kaicalls==0.1.0";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/kaicalls_sdk.py");

async fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Output, String> {
    let name = program.as_ref().to_string_lossy().into_owned();
    let output = Command::new(program)
        .args(arguments)
        .output()
        .await
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    let said = String::from_utf8_lossy(said);
    Err(format!("{name} ended with {}:\n{said}", output.status))
}

/// A Python with the SDK and nothing else of this machine; the error says what is missing.
async fn python(directory: &Path) -> Result<std::path::PathBuf, String> {
    let venv = [OsStr::new("-m"), OsStr::new("venv"), directory.as_os_str()];
    run("python3", venv).await.map_err(|why| {
        format!("python3 with venv is needed, as apt-get install python3 python3-venv installs it ({why})")
    })?;
    let python = directory.join("bin").join("python");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
    run(&python, install)
        .await
        .map_err(|why| format!("the Python package index is needed for {PACKAGE} ({why})"))?;
    Ok(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_works_by_the_base_url_alone() {
    let directory = TempDir::new().unwrap();
    let python = match python(directory.path()).await {
        Ok(python) => python,
        Err(why) => {
            // Past the test harness, which keeps what a test that passes prints.
            let name = "the_official_sdk_works_by_the_base_url_alone";
            writeln!(std::io::stderr(), "skipped: {name}: {why}").unwrap();
            return;
        }
    };
    let server = Server::with(Arc::new(WholeSeconds::default()), |_| {}).await;
    let key = server.key("acme").await;
    let url = server.base_url();
    // `-B`: no compiled Python beside the sources.
    let arguments =
        ["-B", SCRIPT, &url, &key, server.kaicalls.agent_id(), COMPLETED, NO_ANSWER, ELSEWHERE];
    let output = match run(&python, arguments).await {
        Ok(output) => output,
        Err(why) => panic!("{why}"),
    };
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let done = [
        "create",
        "wait",
        "failover",
        "repeat",
        "list",
        "pages",
        "content",
        "agents",
        "account",
        "errors",
        "not supported",
    ];
    assert_eq!(summary["done"], json!(done), "{summary}");
    // Each call rang once, and what was repeated or refused rang nobody.
    assert_eq!(json!(server.rings.len()), summary["placed"]);
    assert!(server.rings.duplicates().is_empty(), "{:?}", server.rings.duplicates());
    assert_eq!(server.kallyai.posts_to("/v1/calls"), 1);
}
