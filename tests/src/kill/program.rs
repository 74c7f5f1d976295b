//! The program under test: up to date, and the same for all loops even if it is rebuilt meanwhile.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::binary::root;

/// Builds `switchboard` in the profile and target directory of this program.
///
/// # Panics
/// If it cannot be built.
pub fn built() -> PathBuf {
    let own = env::current_exe().unwrap();
    // TARGET/PROFILE/NAME
    let profile = own.parent().unwrap();
    let mut cargo = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args([
        "build",
        "--quiet",
        "-p",
        "switchboard-cli",
        "--features",
        "postgres",
        "--target-dir",
    ]);
    cargo.arg(profile.parent().unwrap()).current_dir(root());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.status().unwrap();
    assert!(built.success(), "the program could not be built: run cargo build -p switchboard-cli");
    profile.join(format!("switchboard{}", env::consts::EXE_SUFFIX))
}

/// Makes a copy of the program in this directory, which later builds do not replace.
///
/// # Panics
/// If it cannot be copied.
pub fn kept(program: &Path, directory: &Path) -> PathBuf {
    let kept = directory.join("switchboard");
    // Cargo replaces programs and never writes into them, so a hard link is enough.
    fs::hard_link(program, &kept)
        .or_else(|_| fs::copy(program, &kept).map(|_| ()))
        .unwrap_or_else(|error| panic!("{} cannot be copied: {error}", program.display()));
    kept
}
