//! The positions at which the power is lost: critical ones and random ones.

use std::collections::BTreeSet;

use super::{Deed, Log};
use crate::fuzz::Chance;

/// Chooses positions, as numbers of completed operations: all at which names change, and at most
/// `each` of every other kind: at the end of an unfinished sync, directly after a sync, while the
/// write-ahead log is copied into the ledger, and anywhere; directly after an acknowledgement,
/// twice as many.
pub fn moments(log: &Log, each: usize, chance: &mut Chance) -> BTreeSet<usize> {
    let (mut names, mut before_sync, mut after_sync, mut after_promise, mut copying) =
        (BTreeSet::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let ledger = log.files("db");
    for (done, deed) in log.deeds.iter().enumerate() {
        match deed {
            Deed::MakeDirectory(_) | Deed::Create { .. } | Deed::Unlink(_) => {
                names.extend([done, done + 1])
            }
            Deed::SyncBegins { .. } => {}
            Deed::SyncEnds { .. } => {
                before_sync.push(done);
                after_sync.push(done + 1);
            }
            Deed::Said(_) => after_promise.push(done + 1),
            Deed::Write { file, .. } if ledger.contains(file) => copying.push(done + 1),
            Deed::Write { .. } | Deed::Truncate { .. } => {}
        }
    }
    names.insert(log.deeds.len());
    let anywhere = (0..=log.deeds.len()).collect();
    for (mut kind, most) in [
        (before_sync, each),
        (after_sync, each),
        (after_promise, 2 * each),
        (copying, each),
        (anywhere, each),
    ] {
        for _ in 0..most.min(kind.len()) {
            names.insert(kind.swap_remove(chance.below(kind.len())));
        }
    }
    names
}
