//! The client for Python: its own tests and its example program.
//!
//! Needs `python3` 3.10 or newer with `venv`, and the Python package index.

use std::path::{Path, PathBuf};

use switchboard_tests::binary::root;
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    server::Server,
    tools::{assert_example, copy, run, skipped, text},
};

/// A Python with the client and what it needs; the error says what is missing.
async fn python(directory: &Path) -> Result<PathBuf, String> {
    let venv = directory.join("venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).await.map_err(|why| {
        format!("python3 with venv is needed, as apt-get install python3 python3-venv installs it ({why})")
    })?;
    let python = venv.join("bin").join("python");
    let new = "import sys; assert sys.version_info >= (3, 10), 'it is older than 3.10'";
    run(Command::new(&python).args(["-c", new])).await?;
    // A copy: a build leaves no file in the sources.
    let client = directory.join("client");
    copy(&root().join("clients/python"), &client);
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"];
    let constraint = client.join("constraints.txt");
    run(Command::new(&python).args(install).arg("--constraint").arg(constraint).arg(&client))
        .await
        .map_err(|why| format!("the Python package index is needed ({why})"))?;
    Ok(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_places_follows_and_receives() {
    let directory = TempDir::new().unwrap();
    let python = match python(directory.path()).await {
        Ok(python) => python,
        Err(why) => return skipped("the_python_client_places_follows_and_receives", &why),
    };
    let server = Server::start().await;
    let tests = run(Command::new(&python)
        .args(["-B", "-W", "error", "-m", "unittest", "discover", "--start-directory"])
        .arg(directory.path().join("client/tests"))
        .envs(server.environment()))
    .await
    .unwrap_or_else(|why| panic!("{why}"));
    let said = String::from_utf8(tests.stderr).unwrap();
    assert!(said.contains("\nOK"), "{said}");

    let server = Server::start().await;
    let example = run(Command::new(&python)
        .arg("-B")
        .arg(root().join("examples/http/python/call.py"))
        .envs(server.environment()))
    .await
    .unwrap_or_else(|why| panic!("{why}"));
    assert_example(&text(&example));
}
