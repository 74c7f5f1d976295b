//! The program under test: as new as its sources, and the same one for all loops, whatever is built
//! meanwhile.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::binary::root;

/// Builds `switchboard` in the profile and target directory of this very program.
///
/// # Panics
/// Where it cannot be built.
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

/// A copy of the program in this directory, which no later build replaces.
///
/// # Panics
/// Where it cannot be copied.
pub fn kept(program: &Path, directory: &Path) -> PathBuf {
    let kept = directory.join("switchboard");
    // Cargo replaces a program and never writes into one, so that another name for the same file is
    // copy enough.
    fs::hard_link(program, &kept)
        .or_else(|_| fs::copy(program, &kept).map(|_| ()))
        .unwrap_or_else(|error| panic!("{} cannot be copied: {error}", program.display()));
    kept
}
