//! The phone numbers of the account.

use crate::host::Seed;

/// The numbers of the account.
pub(crate) struct Numbers {
    pub(super) owned: Vec<Owned>,
    pub(super) targets: Vec<String>,
    pub(super) verifying: Vec<String>,
    pub(super) verified: Vec<String>,
    pub(super) made: usize,
}

pub(super) struct Owned {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) forwarding: Option<String>,
    pub(super) caller_id: Option<String>,
    pub(super) created_at: String,
}

impl Numbers {
    pub(crate) fn new(seed: Seed, now: String) -> Self {
        let first = Owned {
            id: seed.uuid("kallyai/number/0"),
            number: "+14155550100".to_owned(),
            forwarding: None,
            caller_id: None,
            created_at: now,
        };
        Self {
            owned: vec![first],
            targets: Vec::new(),
            verifying: Vec::new(),
            verified: Vec::new(),
            made: 1,
        }
    }
}
