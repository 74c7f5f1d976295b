//! Chance that is no chance: draws made of what is known, so that a plan can be made again and a
//! person keeps his arm.

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

/// Sixty-four bits of a keyed-by-nothing SipHash over length-prefixed parts: stable over versions
/// and machines.
pub fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish128().h1
}

/// A point in `0..total`, each as likely as the next to within one part in 2^64 / total.
pub fn share(draw: u64, total: u64) -> Option<u64> {
    (total > 0).then(|| u64::try_from((u128::from(draw) * u128::from(total)) >> 64).unwrap_or(0))
}
