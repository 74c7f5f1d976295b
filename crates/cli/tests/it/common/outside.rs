//! Programs of this machine that a test needs beside the binary.

use std::{fs, path::Path, process::Output};

use tokio::process::Command;

/// Runs it to its end; the error says what it printed.
pub(crate) async fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.output().await.map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    Err(format!("{name} ended with {}:\n{}", output.status, said.concat()))
}

/// A Node with these packages beside a copy of the script; the error says what is missing.
pub(crate) async fn node(
    directory: &Path,
    script: &str,
    packages: &[&str],
) -> Result<Command, String> {
    let new = "if (Number(process.versions.node.split('.')[0]) < 20) throw new Error('it is older than 20')";
    run(Command::new("node").args(["--eval", new]))
        .await
        .map_err(|why| format!("Node 20 or newer is needed ({why})"))?;
    let copy = directory.join(Path::new(script).file_name().unwrap());
    fs::copy(script, &copy).unwrap();
    fs::write(directory.join("package.json"), "{\"private\": true}").unwrap();
    let install = ["install", "--silent", "--no-audit", "--no-fund"];
    run(Command::new("npm").args(install).args(packages).current_dir(directory))
        .await
        .map_err(|why| format!("npm and its package index are needed ({why})"))?;
    let mut command = Command::new("node");
    command.arg(copy);
    Ok(command)
}
