//! Which arm a person is in: a pure function of the experiment, its version, the tenant and the
//! person's number.
//!
//! It needs no counter, clock or table, so it is the same in every process and after every restart.
//! Four independent draws decide: which experiment of a group the person is in, whether the ramp
//! includes them, whether they are held out, and their arm. So raising the ramp only ever adds
//! people, and neither the ramp nor the holdout changes anybody's arm.

use switchboard_core::{Assignment, ProfileName, ProviderId, TenantId, ValidCall};

use crate::{
    experiment::{Arm, Experiment, ExperimentStates, HOLDOUT, Stage, Treatment},
    hash::{digest, share},
};

/// How a person is allocated by an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation<'a> {
    /// Not enrolled: the ramp does not include them yet, or they belong to another experiment of
    /// the group.
    Outside,
    /// Enrolled, but held out of every arm, for comparison.
    Holdout,
    /// Enrolled in this arm.
    Arm(&'a Arm),
}

impl Experiment {
    /// True if the person is in this experiment's share of its group. Without a group everybody is.
    pub fn claims(&self, tenant: &TenantId, person: &str) -> bool {
        let Some(group) = &self.group else {
            return true;
        };
        let draw = digest(&[
            b"experiment group",
            group.name.as_bytes(),
            tenant.as_str().as_bytes(),
            person.as_bytes(),
        ]);
        percent(draw)
            .checked_sub(group.range_start_percent)
            .is_some_and(|offset| offset < group.share_percent)
    }

    /// How a person is allocated while the ramp is at this percentage.
    pub fn allocation(&self, tenant: &TenantId, person: &str, ramp_percent: u32) -> Allocation<'_> {
        if !self.claims(tenant, person)
            || percent(self.digest_for("experiment ramp", tenant, person)) >= ramp_percent
        {
            return Allocation::Outside;
        }
        if percent(self.digest_for("experiment holdout", tenant, person)) < self.holdout_percent {
            return Allocation::Holdout;
        }
        self.arm(tenant, person).map_or(Allocation::Outside, Allocation::Arm)
    }

    /// The arm of an enrolled person. `None` only if all weights are zero.
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

    fn draw(&self, tenant: &TenantId, person: &str) -> u64 {
        let (name, tenant, person) =
            (self.name.as_bytes(), tenant.as_str().as_bytes(), person.as_bytes());
        match self.version {
            // The hash from before experiments had versions, so that nobody changes their arm.
            0 | 1 => digest(&[name, tenant, person]),
            later => digest(&[name, &later.to_le_bytes(), tenant, person]),
        }
    }

    fn digest_for(&self, what: &str, tenant: &TenantId, person: &str) -> u64 {
        digest(&[
            what.as_bytes(),
            self.name.as_bytes(),
            &self.version.to_le_bytes(),
            tenant.as_str().as_bytes(),
            person.as_bytes(),
        ])
    }
}

/// A number from 0 to 99, uniformly distributed.
fn percent(draw: u64) -> u32 {
    share(draw, 100).and_then(|point| u32::try_from(point).ok()).unwrap_or_default()
}

/// A call's enrollment in an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment<'a> {
    /// The assignment that is recorded with the call.
    pub assignment: Assignment,
    /// The arm whose treatment applies; `None` for the holdout and for a stopped arm, whose calls
    /// are routed as if there were no experiment.
    pub arm: Option<&'a Arm>,
}

impl Enrollment<'_> {
    /// The provider that is asked first, if the arm names one.
    pub fn provider(&self) -> Option<&ProviderId> {
        match &self.arm?.treatment {
            Treatment::Provider(provider) => Some(provider),
            Treatment::Agent(_) => None,
        }
    }

    /// The agent profile that handles the call, if the arm names one.
    pub fn agent(&self) -> Option<&ProfileName> {
        match &self.arm?.treatment {
            Treatment::Provider(_) => None,
            Treatment::Agent(profile) => Some(profile),
        }
    }
}

/// Enrolls a call in the experiment that it belongs to: the first whose conditions match the call
/// and whose share of the group includes the person. This ignores the ramp and whether the
/// experiment is running, so that starting, ramping or stopping one never moves anybody to another.
pub fn enroll<'a>(
    experiments: &'a [Experiment],
    states: Option<&ExperimentStates>,
    call: &ValidCall,
) -> Option<Enrollment<'a>> {
    let (tenant, person) = (&call.tenant, call.to.e164());
    let experiment = experiments
        .iter()
        .find(|experiment| experiment.when.matches(call) && experiment.claims(tenant, person))?;
    let state = states.and_then(|states| states.state(&experiment.name, experiment.version));
    match experiment.stage(state) {
        Stage::Running => {}
        Stage::Waiting | Stage::Stopped => return None,
    }
    match experiment.allocation(tenant, person, experiment.ramp(state)) {
        Allocation::Outside => None,
        Allocation::Holdout => {
            Some(Enrollment { assignment: experiment.assigned(HOLDOUT), arm: None })
        }
        Allocation::Arm(arm) => Some(Enrollment {
            assignment: experiment.assignment(arm),
            arm: Some(arm).filter(|arm| state.is_none_or(|state| !state.has_stopped(&arm.name))),
        }),
    }
}
