//! Where the configuration is: named on the command line, or found in the usual folders.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// What the file is called in each folder.
pub(crate) const NAME: &str = "switchboard.toml";

/// The files that are looked for if none is named, in order: the working directory's, the user's,
/// the system's.
pub(crate) fn places() -> Vec<PathBuf> {
    let mut places = vec![PathBuf::from(NAME)];
    places.extend(of_the_user());
    places.extend(of_the_system().into_iter().map(|folder| folder.join("switchboard").join(NAME)));
    places
}

/// The user's file: `$XDG_CONFIG_HOME` or `~/.config`, on Windows the roaming application data.
/// `None` where the user has no home directory.
pub(crate) fn of_the_user() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("switchboard").join(NAME))
}

/// The first of them that exists; the working directory's if none does.
pub(crate) fn find() -> PathBuf {
    let found = places().into_iter().find(|file| file.exists());
    found.unwrap_or_else(|| PathBuf::from(NAME))
}

/// The places as a sentence names them.
pub(crate) fn list(places: &[PathBuf]) -> String {
    let shown: Vec<String> = places.iter().map(|file| file.display().to_string()).collect();
    shown.join(", ")
}

#[cfg(windows)]
fn of_the_system() -> Vec<PathBuf> {
    std::env::var_os("PROGRAMDATA").map(PathBuf::from).into_iter().collect()
}

#[cfg(not(windows))]
fn of_the_system() -> Vec<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_DIRS").filter(|named| !named.is_empty());
    let named = named.map_or_else(
        || vec![PathBuf::from("/etc/xdg")],
        |named| std::env::split_paths(&named).collect(),
    );
    let absolute = named.into_iter().filter(|folder| folder.is_absolute());
    absolute.chain([Path::new("/etc").to_owned()]).collect()
}
