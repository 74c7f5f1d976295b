//! Phone numbers that were read a moment ago.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use switchboard::{ProviderId, core::OwnedNumber};

/// The numbers of all accounts, and when they were read.
#[derive(Debug, Default)]
pub(super) struct ListedNumbers(pub(super) tokio::sync::Mutex<Read>);

#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) at: Option<Duration>,
    pub(super) of: BTreeMap<ProviderId, Vec<OwnedNumber>>,
    pub(super) all: Arc<Vec<OwnedNumber>>,
}
