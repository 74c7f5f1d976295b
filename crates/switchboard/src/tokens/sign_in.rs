//! What a login needs to know of an account.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;
use switchboard_core::{Error, Result};
use switchboard_http::{TokenSet, TokenStore};
use switchboard_kallyai::KallyAiClient;
use url::Url;

use super::{Kept, SavedTokens, Vault, lock};

/// A login that may begin: the page to open, and the vault that its tokens go to.
#[derive(Clone)]
pub struct SignIn {
    client: KallyAiClient,
    vault: Vault,
}

/// What the provider's redirect brings.
#[derive(Debug)]
pub struct Granted {
    /// What requests carry.
    pub access: SecretString,
    /// What renews it.
    pub refresh: Option<SecretString>,
    /// How long it lasts.
    pub expires_in: Option<Duration>,
    /// What it allows.
    pub scope: Option<String>,
}

impl SignIn {
    pub(crate) fn new(client: KallyAiClient, vault: Vault) -> Self {
        Self { client, vault }
    }

    /// The page where a person logs in; it redirects to `http://127.0.0.1:PORT` with the tokens and
    /// `state`.
    ///
    /// # Errors
    /// `Configuration` for a base URL that cannot have a path.
    pub fn page(&self, port: u16, state: &str) -> Result<Url> {
        let redirect: Url = format!("http://127.0.0.1:{port}")
            .parse()
            .map_err(|_| Error::invalid("port", "cannot stand in an address"))?;
        self.client.auth().cli_url(self.vault.base_url(), &redirect, Some(state))
    }

    /// Keeps what was granted at `now`, on disk or in the keyring when it returns.
    ///
    /// # Errors
    /// If they cannot be saved. They are then not used at all.
    pub async fn keep(&self, granted: Granted, now: Timestamp) -> Result<(SavedTokens, Kept)> {
        let saved = SavedTokens {
            tokens: TokenSet {
                access: granted.access,
                refresh: granted.refresh,
                expires_at: granted.expires_in.and_then(|lasts| now.checked_add(lasts).ok()),
            },
            scope: granted.scope,
            base_url: self.vault.base_url().clone(),
            signed_in_at: now,
        };
        // A renewal of the old tokens that is under way would overwrite the new ones.
        let _alone = self.vault.lock().await?;
        let vault = self.vault.clone();
        lock::on_own_thread(move || vault.write(&saved).map(|kept| (saved, kept))).await
    }

    /// Takes the tokens away; false where there were none. They stay good at the provider, whose
    /// documents show no way to take them back.
    ///
    /// # Errors
    /// Where they are and cannot be removed.
    pub async fn forget(&self) -> Result<bool> {
        let _alone = self.vault.lock().await?;
        let vault = self.vault.clone();
        lock::on_own_thread(move || vault.remove()).await
    }

    /// What is kept, and where.
    ///
    /// # Errors
    /// As [`Vault::read`].
    pub async fn kept(&self) -> Result<Option<(SavedTokens, Kept)>> {
        let vault = self.vault.clone();
        lock::on_own_thread(move || vault.read()).await
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("vault", &self.vault).finish_non_exhaustive()
    }
}
