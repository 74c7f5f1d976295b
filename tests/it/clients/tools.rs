//! Running other programs, and saying that a test was skipped.

use std::{fs, io::Write, path::Path, process::Output, time::Duration};

use tokio::{process::Command, time::timeout};

/// Longer than anything here takes, also on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a program to its end; the error is what it said.
pub(super) async fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let ended = timeout(PATIENCE, command.kill_on_drop(true).output()).await;
    let output = ended
        .map_err(|_| format!("{name} did not end within {PATIENCE:?}"))?
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    Err(format!("{name} ended with {}:\n{}", output.status, said.concat()))
}

/// Says so past the test harness, which keeps what a test that passes prints.
pub(super) fn skipped(test: &str, why: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "skipped: {test}: {why}").unwrap();
}

/// Copies a folder without what building left in it.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        let made = ["node_modules", "dist", "__pycache__"];
        if made.iter().any(|one| name == *one) {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// What a program printed.
pub(super) fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What an example program prints, in this order.
pub(super) fn assert_example(printed: &str) {
    let mut lines = printed.lines();
    let id = lines.next().unwrap().strip_prefix("placed    ").unwrap();
    for wanted in [
        "event     call.created",
        "event     call.ended",
        "outcome   ",
        "history   ",
        &format!("webhook   call.ended {id}"),
    ] {
        assert!(lines.any(|line| line.starts_with(wanted)), "{wanted} is missing in\n{printed}");
    }
}
