//! The lines for curl in the README, as they are there.
//!
//! Needs `bash` and `curl`.
#![cfg(unix)]

use std::{fs, process::Stdio, time::Duration};

use serde_json::Value;
use switchboard_tests::binary::root;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use super::{
    server::Server,
    tools::{run, skipped, text},
};

const SECTION: &str = "## Over HTTP: five minutes";
/// Where the README's server listens.
const ADDRESS: &str = "http://127.0.0.1:8080";
const PATIENCE: Duration = Duration::from_secs(60);

/// The commands of the section, in order, without comments.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let section = readme.split(SECTION).nth(1).unwrap();
    let block = section.split("```sh\nKEY=").nth(1).unwrap().split("```").next().unwrap();
    for line in block.lines() {
        assert!(line.len() <= 80, "too long for a terminal: {line}");
    }
    let mut commands = Vec::new();
    let mut command = String::new();
    for line in block.lines().skip(1).filter(|line| !line.starts_with('#')) {
        command.push_str(line);
        command.push('\n');
        let is_whole = !line.ends_with('\\') && command.matches('\'').count().is_multiple_of(2);
        if is_whole {
            commands.push(std::mem::take(&mut command).trim().to_owned());
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// A command at this server.
fn shell(command: &str, server: &Server, id: &str, has_jq: bool) -> Command {
    let mut command = command.replace(ADDRESS, server.url());
    if !has_jq {
        command = command.split(" | jq").next().unwrap().to_owned();
    }
    let mut shell = Command::new("bash");
    shell.args(["-o", "pipefail", "-c", &command]);
    shell.env("KEY", server.key()).env("ID", id);
    shell
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_the_readme_place_wait_read_stop_and_watch() {
    let name = "the_lines_of_the_readme_place_wait_read_stop_and_watch";
    if let Err(why) = run(Command::new("bash").args(["-c", "curl --version"])).await {
        return skipped(name, &format!("bash and curl are needed ({why})"));
    }
    let has_jq = run(Command::new("jq").arg("--version")).await.is_ok();
    let mut server = Server::start().await;
    let commands = commands();
    let (stream, others) = commands.split_last().unwrap();

    let mut answers: Vec<Value> = Vec::new();
    let mut id = String::new();
    for command in others {
        if command.starts_with("ID=") {
            let last = answers.last().unwrap();
            id = last["id"].as_str().unwrap_or_else(|| panic!("no id in {last}")).to_owned();
            continue;
        }
        let answer = run(&mut shell(command, &server, &id, has_jq)).await.unwrap();
        answers.push(serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| {
            panic!("{error}: {command}\nanswered {}", text(&answer));
        }));
    }
    let [placed, over, history, later, stopped] = answers.as_slice() else {
        panic!("the section has other commands now: {commands:#?}");
    };
    assert_eq!(over["id"], placed["id"]);
    assert_eq!(over["settled"], true, "{over}");
    assert!(history["data"].as_array().unwrap().len() > 3, "{history}");
    assert_eq!(later["settled"], false);
    let fault = if has_jq { stopped } else { &stopped["fault"] };
    assert_eq!(fault["code"], "withdrawn", "{stopped}");

    // Another call, while the stream is open.
    let mut watching = shell(stream, &server, &id, has_jq)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut next = async || timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    assert!(next().await.starts_with("retry: "));
    let another = others[0].replace("first-call", "another-call");
    let another = run(&mut shell(&another, &server, &id, has_jq)).await.unwrap();
    let another: Value = serde_json::from_slice(&another.stdout).unwrap();
    loop {
        let line = next().await;
        if line.contains("\"call.ended\"") && line.contains(another["id"].as_str().unwrap()) {
            break;
        }
    }
    assert!(server.ended().is_none());
}
