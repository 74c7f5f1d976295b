//! Names of those who have no key: what another server says about them.

use sha2::{Digest, Sha256};
use switchboard::{core::text::is_invisible, journal::server::KeyId};

/// What is shown of a name at most.
const LONGEST: usize = 120;

/// What they are counted and logged under. It says nothing about the parts of their name.
pub(crate) fn id(kind: &str, parts: &[&str]) -> KeyId {
    let mut hash = Sha256::new();
    for part in parts {
        // Each part with its length, so that no two names are written alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hash = hash.finalize();
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    KeyId::new(format!("{kind}-{digits}"))
}

/// A name on one line, without characters that are not seen, and not too long.
pub(crate) fn shown(name: &str) -> String {
    let seen = |one: char| match one {
        one if one.is_control() => Some(' '),
        one if is_invisible(one) => None,
        one => Some(one),
    };
    let name: String = name.chars().filter_map(seen).collect();
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name,
    }
}
