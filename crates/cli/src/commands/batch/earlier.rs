//! What the ledger knows of a row: whether it is a call already, or the repetition of one.

use jiff::Timestamp;
use switchboard::{
    Ledger, Policy, ValidCall,
    core::CallKey,
    journal::{DuplicateOf, server::CallsFilter},
};
use switchboard_batch::{Keys, is_worth_retrying};

use crate::failure::Outcome;

/// How many calls of one person are looked through at a time.
const PAGE: u32 = 100;

/// What a row would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earlier {
    /// A new call.
    None,
    /// The call that it became in an earlier run.
    SameRow,
    /// Held back: the person was called with the same task, at this time.
    Duplicate(Timestamp),
}

/// Looks for the row's call, and for the same task to the same person.
pub(super) async fn of(
    ledger: &Ledger,
    policy: &Policy,
    keys: &Keys,
    row: &ValidCall,
    now: Timestamp,
) -> Outcome<Earlier> {
    let own = row.key.clone().unwrap_or_else(|| CallKey::Derived(keys.key(row, 0)));
    let window = policy.duplicates.of(row);
    let mut duplicate = None;
    let mut filter = CallsFilter {
        tenant: Some(row.tenant.clone()),
        to: Some(row.to),
        limit: PAGE,
        ..CallsFilter::default()
    };
    let store = ledger.server();
    loop {
        let page = store.find(&filter).await?;
        for (call, asked) in page.calls {
            let Some(asked) = asked else {
                continue;
            };
            if asked.key.as_ref() == Some(&own) {
                let again = row.key.is_none() && is_worth_retrying(&call);
                return Ok(if again { Earlier::None } else { Earlier::SameRow });
            }
            if asked.task == row.task && DuplicateOf::counts(&call, now, window) {
                duplicate = Some(call.created_at);
            }
        }
        match page.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    Ok(match duplicate.filter(|_| !row.is_meant_again()) {
        Some(since) => Earlier::Duplicate(since),
        None => Earlier::None,
    })
}
