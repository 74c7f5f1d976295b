//! `switchboard demo --open`: the console over what was simulated.

#![cfg(unix)]

use serde_json::Value;
use tokio::io::AsyncBufReadExt;

use crate::common::server::exchange;

#[tokio::test(flavor = "multi_thread")]
async fn open_serves_the_console_over_the_calls() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("calls.csv");
    let table = "to,task,callee\n+442079460018,Ask for the opening hours.,completed\n+12125550123,Ask for a table.,busy\n";
    std::fs::write(&file, table).unwrap();
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_switchboard"))
        .args(["demo", "--open", "--calls"])
        .arg(&file)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = tokio::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        told.push(line.trim().to_owned());
        if told.last().is_some_and(|line| line.starts_with("Ctrl-C")) {
            break;
        }
    }
    let url = told.iter().find_map(|line| line.strip_prefix("http://")).unwrap();
    let address = url.strip_suffix("/console").unwrap_or_else(|| panic!("{told:?}"));
    let key = told.iter().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let page = exchange(address, "GET", "/console/sign-in", &[], &Value::Null).await.unwrap();
    assert!(page.status == 200 && page.body.contains("Simulated"), "{page:?}");
    let headers = [("Authorization", format!("Bearer {key}"))];
    let calls = exchange(address, "GET", "/v1/calls", &headers, &Value::Null).await.unwrap();
    assert_eq!(calls.json()["data"].as_array().unwrap().len(), 2, "{calls:?}");
    child.kill().await.unwrap();
}
