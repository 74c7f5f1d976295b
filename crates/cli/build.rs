//! Finds the commit that is built, for `switchboard version`. Without git, or outside a repository,
//! there is none; `SWITCHBOARD_COMMIT` and `SWITCHBOARD_DATE` set both.

use std::{env, path::Path, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for (variable, arguments) in [
        ("SWITCHBOARD_COMMIT", &["rev-parse", "--short=12", "HEAD"][..]),
        ("SWITCHBOARD_DATE", &["log", "-1", "--format=%cs"]),
    ] {
        println!("cargo:rerun-if-env-changed={variable}");
        let given = env::var(variable).ok().filter(|given| !given.is_empty());
        if let Some(value) = given.or_else(|| git(arguments)) {
            println!("cargo:rustc-env={variable}={value}");
        }
    }
    // Each commit appends to this file, in a worktree too.
    if let Some(log) = git(&["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        println!("cargo:rerun-if-changed={log}");
    }
}

/// The answer of git about the repository of this crate; `None` if it has none, as in a package or
/// an archive that was unpacked within another repository.
fn git(arguments: &[&str]) -> Option<String> {
    let here = env::var("CARGO_MANIFEST_DIR").ok()?;
    let ask = |arguments: &[&str]| {
        let asked = Command::new("git").arg("-C").arg(&here).args(arguments).output().ok()?;
        let answer = String::from_utf8(asked.stdout).ok()?.trim().to_owned();
        (asked.status.success() && !answer.is_empty()).then_some(answer)
    };
    ask(&["ls-files", "--error-unmatch", "Cargo.toml"])?;
    ask(arguments)
}
