//! Splitting calls between arms, so that a person keeps the arm that he was given.
//!
//! An assignment is a function of the experiment, the tenant and the person, and of nothing else: no counter, no
//! clock, no process. It is the same in every replica and after every restart, with no table to keep.

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};
use switchboard_core::{Assignment, ProviderId, TenantId};

use crate::route::Match;

/// One way to make the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// Who is asked first.
    pub provider: ProviderId,
    /// Its share: this part of the sum of all weights. Zero takes nobody.
    pub weight: u32,
}

/// A split between arms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// Its name; another name is another split.
    pub name: String,
    /// Which calls are in it.
    pub when: Match,
    /// The arms.
    pub arms: Vec<Arm>,
}

impl Experiment {
    /// The arm of a person. `None` only where no arm has any weight.
    pub fn arm(&self, tenant: &TenantId, person: &str) -> Option<&Arm> {
        let total: u64 = self.arms.iter().map(|arm| u64::from(arm.weight)).sum();
        let mut point = share(self.draw(tenant, person), total)?;
        self.arms.iter().find(|arm| {
            let weight = u64::from(arm.weight);
            let here = point < weight;
            point = point.saturating_sub(weight);
            here
        })
    }

    /// The assignment as it is journaled.
    pub fn assignment(&self, arm: &Arm) -> Assignment {
        Assignment {
            experiment: self.name.clone(),
            arm: arm.name.clone(),
        }
    }

    fn draw(&self, tenant: &TenantId, person: &str) -> u64 {
        digest(&[self.name.as_bytes(), tenant.as_str().as_bytes(), person.as_bytes()])
    }
}

/// Sixty-four bits of a keyed-by-nothing SipHash over length-prefixed parts: stable over versions and machines.
pub(crate) fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish128().h1
}

/// A point in `0..total`, each as likely as the next to within one part in 2^64 / total.
pub(crate) fn share(draw: u64, total: u64) -> Option<u64> {
    (total > 0).then(|| u64::try_from((u128::from(draw) * u128::from(total)) >> 64).unwrap_or(0))
}
