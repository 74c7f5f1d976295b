//! Webhook addresses that cannot be guessed.
//!
//! Each attempt has its own address, `{provider}/{attempt}.{expires}.{kid}.{mac}`: only the
//! provider of that attempt is given it.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use switchboard_core::{AttemptId, Error, ErrorKind, ProviderId, Result};
use url::Url;

const SHORTEST_SECRET: usize = 32;
/// 160 bits.
const MAC_BYTES: usize = 20;

/// Where providers send webhooks, and the secret that signs the addresses.
#[derive(Debug, Clone)]
pub struct WebhookAddress {
    /// The public address of the receiver; the path `hooks/v1/…` is added.
    pub base: Url,
    /// At least 32 random characters.
    pub secret: SecretString,
    /// How long an address is valid.
    pub lifetime: Duration,
}

/// Makes and reads the addresses.
#[derive(Debug)]
pub(crate) struct WebhookAddresses {
    address: WebhookAddress,
}

impl WebhookAddresses {
    pub(crate) fn new(address: WebhookAddress) -> Result<Self> {
        if address.secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("is too short: use at least {SHORTEST_SECRET} random characters"),
            )
            .with_field("webhooks.secret"));
        }
        if address.base.cannot_be_a_base() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is not a web address: write it as https://calls.example.com",
            )
            .with_field("webhooks.base"));
        }
        Ok(Self { address })
    }

    /// An attempt's own address.
    pub(crate) fn address(
        &self,
        provider: &ProviderId,
        attempt: AttemptId,
        now: Timestamp,
    ) -> Option<Url> {
        let expires = now.checked_add(self.address.lifetime).ok()?.as_second();
        let mac = URL_SAFE_NO_PAD.encode(self.mac(provider.as_str(), attempt, expires)?);
        let mut url = self.address.base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend([
            "hooks",
            "v1",
            provider.as_str(),
            &format!("{attempt}.{expires}.1.{mac}"),
        ]);
        Some(url)
    }

    fn signer(&self, provider: &str, attempt: AttemptId, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.address.secret.expose_secret().as_bytes()).ok()?;
        mac.update(format!("{provider}/{attempt}.{expires}.1").as_bytes());
        Some(mac)
    }

    fn mac(&self, provider: &str, attempt: AttemptId, expires: i64) -> Option<[u8; MAC_BYTES]> {
        let full = self.signer(provider, attempt, expires)?.finalize().into_bytes();
        full.get(..MAC_BYTES)?.try_into().ok()
    }

    /// Parses and verifies `{provider}/{attempt}.{expires}.{kid}.{mac}`; the MAC is compared in
    /// constant time.
    pub(crate) fn read(&self, path: &str, now: Timestamp) -> Option<(ProviderId, AttemptId)> {
        let (provider, token) = path.trim_matches('/').split_once('/')?;
        let [attempt, expires, kid, mac] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
        let (attempt, expires): (AttemptId, i64) = (attempt.parse().ok()?, expires.parse().ok()?);
        let mac = URL_SAFE_NO_PAD.decode(mac).ok().filter(|mac| mac.len() == MAC_BYTES)?;
        self.signer(provider, attempt, expires)?.verify_truncated_left(&mac).ok()?;
        (kid == "1" && now.as_second() < expires)
            .then(|| (ProviderId::new(provider.to_owned()), attempt))
    }
}
