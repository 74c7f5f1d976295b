//! The endpoints' secrets, encrypted under the server's secret.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use switchboard::journal::server::EndpointId;

use crate::Secrets;

/// The secret that signs what an endpoint is sent.
pub(crate) const ENDPOINT_SECRET: usize = 32;

/// Seals secrets for the ledger, and opens them. A sealed secret opens for its own endpoint only.
pub(crate) struct Seal {
    keys: Vec<LessSafeKey>,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

impl Seal {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        let key =
            |bytes: [u8; 32]| UnboundKey::new(&AES_256_GCM, &bytes).ok().map(LessSafeKey::new);
        let keys =
            secrets.all().filter_map(|secret| key(secret.derive("webhook/secret"))).collect();
        Self { keys }
    }

    /// The nonce and the encrypted secret. `None` if the machine gives no random bytes.
    pub(crate) fn seal(
        &self,
        endpoint: EndpointId,
        secret: &[u8; ENDPOINT_SECRET],
    ) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let mut text = secret.to_vec();
        let key = self.keys.first()?;
        let of = Aad::from(endpoint.as_bytes());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), of, &mut text).ok()?;
        Some([nonce.as_slice(), &text].concat())
    }

    /// `None` if it was sealed for another endpoint, or under a secret that is not known any more.
    pub(crate) fn open(
        &self,
        endpoint: EndpointId,
        sealed: &[u8],
    ) -> Option<[u8; ENDPOINT_SECRET]> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        self.keys.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut text = text.to_vec();
            let opened =
                key.open_in_place(nonce, Aad::from(endpoint.as_bytes()), &mut text).ok()?;
            (&*opened).try_into().ok()
        })
    }
}
