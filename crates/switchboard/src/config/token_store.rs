//! `token_store`: where the tokens of a login are kept.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de::Error};

/// Where the tokens of `switchboard login` are, for accounts that sign in instead of naming a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TokenStoreConfig {
    /// Left out: the operating system's keyring where there is one, else a file in the user's state
    /// directory.
    #[default]
    Automatic,
    /// `"keyring"`: the keyring, and nothing where there is none.
    Keyring,
    /// `"file:PATH"`: this file, relative to the configuration file.
    File(PathBuf),
}

impl<'de> Deserialize<'de> for TokenStoreConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match (text.as_str(), text.strip_prefix("file:").map(str::trim)) {
            ("keyring", _) => Ok(Self::Keyring),
            (_, Some(path)) if !path.is_empty() => Ok(Self::File(path.into())),
            (_, _) => Err(D::Error::custom(
                "is no place for tokens: write \"keyring\", or \"file:PATH\", or leave it out",
            )),
        }
    }
}

/// What a [`TokenStoreConfig`] is read with: the configuration's directory and the user's.
#[derive(Debug, Clone, Default)]
pub struct TokenLocation {
    /// What the account says.
    pub store: TokenStoreConfig,
    /// What relative paths start from.
    pub directory: PathBuf,
    /// The user's directory for state; none where the environment names no home.
    pub state: Option<PathBuf>,
}

impl TokenLocation {
    /// Looks the user's directory up: `XDG_STATE_HOME`, else `~/.local/state`; on Windows
    /// `LOCALAPPDATA`.
    pub fn new(
        store: TokenStoreConfig,
        directory: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let absolute =
            |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = if cfg!(windows) {
            absolute("LOCALAPPDATA")
        } else {
            absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))
        };
        Self {
            store,
            directory: directory.to_owned(),
            state: state.map(|state| state.join("switchboard")),
        }
    }
}
