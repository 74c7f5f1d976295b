//! The keyed hash of a number.

use std::{fmt, hash::Hasher};

use siphasher::sip::SipHasher24;
use switchboard_core::ListedNumber;

/// Hashes numbers of lists with SipHash-2-4 and a secret key. A plain hash would hide nothing: all
/// numbers of a country can be tried in a minute. `Debug` hides the key.
///
/// The lowest bit of a hash says nothing of the number, because lists need it (see
/// [`ListNumbers`](super::ListNumbers)). Two of ten million listed numbers and one that is looked
/// up have the same hash once in a trillion look-ups; a person is then not called.
#[derive(Clone, Copy)]
pub struct ListHasher {
    key: [u8; 16],
}

impl ListHasher {
    /// Hashes with this key.
    pub const fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    /// The hash of a number. Its lowest bit is 0.
    pub fn hash(&self, number: ListedNumber) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        hasher.write_u64(number.as_u64());
        hasher.finish() & !1
    }
}

impl fmt::Debug for ListHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListHasher(..)")
    }
}
