//! Finds the program `switchboard`. Cargo only tells a test where the binaries of its own package
//! are, so the program is looked for next to the test itself, in `target/debug` or
//! `target/release`. If it does not exist or is older than its sources, it is built with `cargo
//! build -p switchboard-cli`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the path of the program, which is up to date.
///
/// # Panics
/// If it cannot be built.
pub fn switchboard() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        // TARGET/PROFILE/deps/NAME-HASH
        let profile = test.parent().and_then(Path::parent).unwrap();
        let program = profile.join(format!("switchboard{}", std::env::consts::EXE_SUFFIX));
        let built = fs::metadata(&program).and_then(|found| found.modified()).ok();
        if built.is_none_or(|built| built < newest(&root().join("crates"))) {
            build(profile);
        }
        assert!(program.exists(), "cargo built no {}", program.display());
        program
    })
}

fn build(profile: &Path) {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["build", "--quiet", "-p", "switchboard-cli", "--target-dir"]);
    cargo.arg(profile.parent().unwrap()).current_dir(root());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.status().unwrap();
    assert!(built.success(), "the program could not be built: run cargo build -p switchboard-cli");
}

/// The time of the last change of a source below this directory.
fn newest(directory: &Path) -> SystemTime {
    let mut latest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let changed = if path.is_dir() {
            // Tests and examples of a crate are not part of the program.
            let source = !path.ends_with("tests") && !path.ends_with("examples");
            source.then(|| newest(&path))
        } else {
            let source = path.extension().is_some_and(|kind| kind == "rs" || kind == "toml");
            source.then(|| entry.metadata().and_then(|found| found.modified()).unwrap())
        };
        latest = latest.max(changed.unwrap_or(latest));
    }
    latest
}
