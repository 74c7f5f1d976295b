//! Splitting calls between arms, so that a person keeps the arm that he was given.
//!
//! An assignment is a function of the experiment, the tenant and the person, and of nothing else: no counter, no
//! clock, no process. It is the same in every replica and after every restart, with no table to keep.

use switchboard_core::{Assignment, ProviderId, TenantId};

use crate::{
    chance::{digest, share},
    route::Match,
};

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
