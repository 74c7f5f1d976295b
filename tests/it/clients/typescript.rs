//! The client for TypeScript: its own tests and its example program.
//!
//! Needs Node 20.3 or newer with `npm`, and the package index of npm.
#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path};

use switchboard_tests::binary::root;
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    server::Server,
    tools::{assert_example, copy, run, skipped, text},
};

/// Builds the client in this folder; the error says what is missing.
async fn build(client: &Path) -> Result<(), String> {
    let new = "const [major, minor] = process.versions.node.split('.').map(Number); \
               if (major < 20 || (major === 20 && minor < 3)) throw new Error('it is older than 20.3')";
    run(Command::new("node").args(["--eval", new]))
        .await
        .map_err(|why| format!("Node 20.3 or newer is needed ({why})"))?;
    // A copy: a build leaves no file in the sources.
    copy(&root().join("clients/typescript"), client);
    let install = ["ci", "--silent", "--no-audit", "--no-fund"];
    run(Command::new("npm").args(install).current_dir(client))
        .await
        .map_err(|why| format!("npm and its package index are needed ({why})"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_client_places_follows_and_receives() {
    let directory = TempDir::new().unwrap();
    let client = directory.path().join("client");
    if let Err(why) = build(&client).await {
        return skipped("the_typescript_client_places_follows_and_receives", &why);
    }
    let server = Server::start().await;
    let tsc = client.join("node_modules/.bin/tsc");
    run(Command::new(&tsc).current_dir(&client)).await.unwrap_or_else(|why| panic!("{why}"));
    let tests = run(Command::new("npm")
        .args(["test", "--silent"])
        .current_dir(&client)
        .envs(server.environment()))
    .await
    .unwrap_or_else(|why| panic!("{why}"));
    let said = text(&tests);
    assert!(said.contains("fail 0") && !said.contains("pass 0"), "{said}");

    let server = Server::start().await;
    // The example, with the client where npm would link it.
    let example = directory.path().join("example");
    copy(&root().join("examples/http/typescript"), &example);
    fs::create_dir_all(example.join("node_modules/@types")).unwrap();
    symlink(&client, example.join("node_modules/switchboard-client")).unwrap();
    let types = "node_modules/@types/node";
    symlink(client.join(types), example.join(types)).unwrap();
    run(Command::new(&tsc).current_dir(&example)).await.unwrap_or_else(|why| panic!("{why}"));
    let example =
        run(Command::new("node").arg("call.js").current_dir(&example).envs(server.environment()))
            .await
            .unwrap_or_else(|why| panic!("{why}"));
    assert_example(&text(&example));
}
