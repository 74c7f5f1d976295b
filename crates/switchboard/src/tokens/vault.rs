//! The tokens of one account, wherever they are.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{StoreLock, TokenSet, TokenStore};
use url::Url;

use super::{SavedTokens, file, keyring, lock};
use crate::config::{TokenLocation, TokenStoreConfig};

/// The tokens of one account. Cheap to clone.
///
/// With the automatic location a login is saved in the keyring, or in the file if the keyring does
/// not accept it. The file is read first, because that never prompts the user; saving a login in
/// the keyring removes the file.
#[derive(Debug, Clone)]
pub struct Vault {
    account: String,
    base_url: Url,
    place: Place,
    lock: PathBuf,
}

#[derive(Debug, Clone)]
enum Place {
    Automatic(PathBuf),
    Keyring,
    File(PathBuf),
}

/// Where tokens are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the keyring.
    Keyring,
    /// In this file.
    File(PathBuf),
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kept::Keyring => f.write_str("the keyring"),
            Kept::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

impl Vault {
    /// The vault of an account whose API is at `base_url`. Nothing is read.
    ///
    /// # Errors
    /// `Configuration` where no directory for it is known.
    pub fn new(account: &str, base_url: &Url, location: &TokenLocation) -> Result<Self> {
        let own = location.state.as_ref().map(|state| state.join(format!("{account}.tokens.json")));
        let homeless = || {
            let message = "has no place: the environment names no home directory, so name a file with token_store = \"file:PATH\"";
            Error::new(ErrorKind::Configuration, message).with_field("token_store")
        };
        let (place, beside) = match &location.store {
            TokenStoreConfig::File(path) => {
                let path = location.directory.join(path);
                (Place::File(path.clone()), path)
            }
            TokenStoreConfig::Keyring => (Place::Keyring, own.ok_or_else(homeless)?),
            TokenStoreConfig::Automatic => {
                let path = own.ok_or_else(homeless)?;
                (Place::Automatic(path.clone()), path)
            }
        };
        let mut lock = beside.into_os_string();
        lock.push(".lock");
        Ok(Self {
            account: account.to_owned(),
            base_url: base_url.clone(),
            place,
            lock: lock.into(),
        })
    }

    /// Who issued what is in it.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The saved login and where it is kept; `None` without a login. It may query a keyring, which
    /// can take seconds.
    ///
    /// # Errors
    /// `Configuration` for a file that others can read, that a login did not write, or whose tokens
    /// another server issued.
    pub fn read(&self) -> Result<Option<(SavedTokens, Kept)>> {
        let found = match &self.place {
            Place::File(path) => from_file(path)?,
            Place::Keyring => from_keyring(&self.account)?,
            Place::Automatic(path) => match from_file(path)? {
                Some(found) => Some(found),
                // No keyring is no login.
                None => from_keyring(&self.account).unwrap_or_default(),
            },
        };
        let Some((text, kept)) = found else {
            return Ok(None);
        };
        let saved = SavedTokens::from_json(&text, &kept)?;
        if saved.base_url != self.base_url {
            let message = format!(
                "{kept} holds tokens of {} and the API of {} is {}: they are not sent there, log in again",
                saved.base_url, self.account, self.base_url
            );
            return Err(Error::new(ErrorKind::Configuration, message).with_field("base_url"));
        }
        Ok(Some((saved, kept)))
    }

    /// Keeps them, on disk when it returns. The first time, a keyring may ask somebody to unlock
    /// it.
    ///
    /// # Errors
    /// Where neither place takes them.
    pub fn write(&self, saved: &SavedTokens) -> Result<Kept> {
        let text = saved.to_json()?;
        match &self.place {
            Place::File(path) => to_file(path, &text),
            Place::Keyring => keyring::write(&self.account, &text).map(|()| Kept::Keyring),
            Place::Automatic(path) => match keyring::write(&self.account, &text) {
                Ok(()) => {
                    file::remove(path)?;
                    Ok(Kept::Keyring)
                }
                Err(_) => to_file(path, &text),
            },
        }
    }

    /// Takes them away, from wherever they may be; false where there was nothing.
    ///
    /// # Errors
    /// Where they are and cannot be removed.
    pub fn remove(&self) -> Result<bool> {
        match &self.place {
            Place::File(path) => file::remove(path),
            Place::Keyring => keyring::remove(&self.account),
            Place::Automatic(path) => {
                let in_file = file::remove(path)?;
                Ok(keyring::remove(&self.account).unwrap_or(false) || in_file)
            }
        }
    }

    /// Puts renewed tokens where the old ones are.
    fn replace(&self, tokens: TokenSet) -> Result<()> {
        let (text, kept) = match &self.place {
            Place::File(path) => (file::read(path)?, Kept::File(path.clone())),
            Place::Keyring => (keyring::read(&self.account)?, Kept::Keyring),
            Place::Automatic(path) => match file::read(path)? {
                Some(text) => (Some(text), Kept::File(path.clone())),
                None => (keyring::read(&self.account)?, Kept::Keyring),
            },
        };
        let Some(text) = text else {
            let message = "somebody logged out meanwhile, and what was renewed is not kept";
            return Err(Error::new(ErrorKind::Configuration, message).with_field("token_store"));
        };
        let saved = SavedTokens { tokens, ..SavedTokens::from_json(&text, &kept)? };
        match kept {
            Kept::File(path) => to_file(&path, &saved.to_json()?).map(drop),
            Kept::Keyring => self.write(&saved).map(drop),
        }
    }
}

fn from_file(path: &Path) -> Result<Option<(String, Kept)>> {
    Ok(file::read(path)?.map(|text| (text, Kept::File(path.to_owned()))))
}

fn from_keyring(account: &str) -> Result<Option<(String, Kept)>> {
    Ok(keyring::read(account)?.map(|text| (text, Kept::Keyring)))
}

fn to_file(path: &Path, text: &str) -> Result<Kept> {
    file::write(path, text).map(|()| Kept::File(path.to_owned()))
}

#[async_trait]
impl TokenStore for Vault {
    async fn load(&self) -> Result<Option<TokenSet>> {
        let vault = self.clone();
        lock::on_own_thread(move || Ok(vault.read()?.map(|(saved, _)| saved.tokens))).await
    }

    async fn save(&self, tokens: &TokenSet) -> Result<()> {
        let (vault, tokens) = (self.clone(), tokens.clone());
        lock::on_own_thread(move || vault.replace(tokens)).await
    }

    async fn lock(&self) -> Result<StoreLock> {
        lock::hold(self.lock.clone()).await
    }
}
