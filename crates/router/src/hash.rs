//! Deterministic pseudo-random draws, so that a plan can be reproduced and a person keeps their
//! arm.

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

/// 64 bits of an unkeyed SipHash over length-prefixed parts. Stable over versions and machines.
pub fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish128().h1
}

/// Maps a draw to a number in `0..total`, uniformly up to an error of total / 2^64; `None` if
/// `total` is zero.
pub fn share(draw: u64, total: u64) -> Option<u64> {
    (total > 0).then(|| u64::try_from((u128::from(draw) * u128::from(total)) >> 64).unwrap_or(0))
}
