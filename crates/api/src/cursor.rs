//! Cursors: a position in a list, sealed for one list and its filters.
//!
//! A cursor says nothing to whoever reads it, and nobody can make one: a position in the feed would
//! tell a tenant how much the others call. The position is encrypted with a key stream that its own
//! MAC chooses, so that the same position always gives the same cursor.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{
    Secrets,
    problem::{Code, Problem, Result},
    secret::hmac,
};

const MAC: usize = 16;
/// The longest position: a UUID.
const LONGEST: usize = 16;

/// Seals and opens cursors.
#[derive(Clone)]
pub struct Cursors {
    /// For each secret, the key of the MAC and the key of the key stream.
    keys: Vec<([u8; 32], [u8; 32])>,
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursors").finish_non_exhaustive()
    }
}

impl Cursors {
    /// Cursors under these secrets.
    pub fn new(secrets: &Secrets) -> Self {
        let keys = secrets
            .all()
            .map(|secret| (secret.derive("cursor/mac"), secret.derive("cursor/stream")))
            .collect();
        Self { keys }
    }

    /// Seals a position of at most 16 bytes. `list` names the list, the tenant and the filters: the
    /// cursor opens with the same ones only.
    pub fn seal(&self, list: &[&[u8]], position: &[u8]) -> String {
        let Some(keys) = self.keys.first() else {
            return String::new();
        };
        let mac = mac(&keys.0, list, position);
        let mut cursor = mac.to_vec();
        cursor.extend(masked(&keys.1, &mac, position));
        URL_SAFE_NO_PAD.encode(cursor)
    }

    /// Opens a cursor of the same list.
    ///
    /// # Errors
    /// `cursor_invalid`.
    pub fn open(&self, list: &[&[u8]], cursor: &str) -> Result<Vec<u8>> {
        let invalid = || {
            Problem::new(
                Code::CursorInvalid,
                "the cursor is not one of this list with these filters",
            )
            .field("cursor")
            .fix("send the filters of the page that returned it, or leave the cursor out")
        };
        // Whatever is longer is not decoded.
        if cursor.len() > (MAC + LONGEST) * 4 / 3 + 1 {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (theirs, hidden) = bytes.split_at_checked(MAC).ok_or_else(invalid)?;
        let opened = self.keys.iter().find_map(|keys| {
            let position = masked(&keys.1, theirs, hidden);
            let is_ours: bool = mac(&keys.0, list, &position).ct_eq(theirs).into();
            is_ours.then_some(position)
        });
        opened.ok_or_else(invalid)
    }
}

fn mac(key: &[u8; 32], list: &[&[u8]], position: &[u8]) -> [u8; MAC] {
    // Each part with its length, so that no two lists are written alike.
    let lengths: Vec<[u8; 8]> = list.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
    let mut parts: Vec<&[u8]> = Vec::with_capacity(2 * list.len() + 1);
    for (length, part) in lengths.iter().zip(list) {
        parts.extend([&length[..], part]);
    }
    parts.push(position);
    let full = hmac(key, &parts);
    std::array::from_fn(|index| full.get(index).copied().unwrap_or_default())
}

fn masked(key: &[u8; 32], mac: &[u8], position: &[u8]) -> Vec<u8> {
    position.iter().zip(hmac(key, &[mac])).map(|(byte, mask)| byte ^ mask).collect()
}
