//! Who is in which arm: a function of the experiment, its version, the tenant and the person, and
//! of nothing else.
//!
//! No counter, no clock, no process: it is the same in every replica and after every restart, with
//! no table to keep. Four draws that know nothing of each other decide: which experiment of a
//! group, whether the ramp has come to the person, whether he is held out, and the arm. So a ramp
//! that grows only ever adds people, and neither it nor the holdout changes anybody's arm.

use switchboard_core::{Assignment, ProfileName, ProviderId, TenantId, ValidCall};

use crate::{
    experiment::{Arm, Experiment, HOLDOUT, Lives, Stage, Way},
    hash::{digest, share},
};

/// Where a person stands in an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat<'a> {
    /// Not in it: the ramp has not come to him, or he belongs to another experiment of the group.
    Outside,
    /// Kept out of every arm, to be compared with.
    Holdout,
    /// In this arm.
    Arm(&'a Arm),
}

impl Experiment {
    /// True where the person is in this experiment's stretch of its group. Without a group
    /// everybody is.
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
        percent(draw).checked_sub(group.from_percent).is_some_and(|past| past < group.share_percent)
    }

    /// Where a person stands, with the ramp at so many percent.
    pub fn seat(&self, tenant: &TenantId, person: &str, ramp_percent: u32) -> Seat<'_> {
        if !self.claims(tenant, person)
            || percent(self.apart("experiment ramp", tenant, person)) >= ramp_percent
        {
            return Seat::Outside;
        }
        if percent(self.apart("experiment holdout", tenant, person)) < self.holdout_percent {
            return Seat::Holdout;
        }
        self.arm(tenant, person).map_or(Seat::Outside, Seat::Arm)
    }

    /// The arm of a person who is in it. `None` only where no arm has any weight.
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
            // As it was before there were versions: nobody moves.
            0 | 1 => digest(&[name, tenant, person]),
            later => digest(&[name, &later.to_le_bytes(), tenant, person]),
        }
    }

    fn apart(&self, what: &str, tenant: &TenantId, person: &str) -> u64 {
        digest(&[
            what.as_bytes(),
            self.name.as_bytes(),
            &self.version.to_le_bytes(),
            tenant.as_str().as_bytes(),
            person.as_bytes(),
        ])
    }
}

/// From 0 to 99, each as likely as the next.
fn percent(draw: u64) -> u32 {
    share(draw, 100).and_then(|point| u32::try_from(point).ok()).unwrap_or_default()
}

/// What an experiment makes of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// What is journaled.
    pub assignment: Assignment,
    /// What is done; `None` for the holdout and for an arm that was stopped: the call goes its
    /// ordinary way.
    pub arm: Option<&'a Arm>,
}

impl Part<'_> {
    /// Who is asked first.
    pub fn provider(&self) -> Option<&ProviderId> {
        match &self.arm?.way {
            Way::Provider(provider) => Some(provider),
            Way::Agent(_) => None,
        }
    }

    /// The agent profile that serves the call.
    pub fn agent(&self) -> Option<&ProfileName> {
        match &self.arm?.way {
            Way::Provider(_) => None,
            Way::Agent(profile) => Some(profile),
        }
    }
}

/// The part of a call in the experiment that it belongs to: the first that holds for the call and
/// has the person in its stretch of the group. It belongs there whatever the ramp, and whether or
/// not it runs, so that a start, a ramp or a stop never moves anybody between experiments.
pub fn part<'a>(
    experiments: &'a [Experiment],
    lives: Option<&Lives>,
    call: &ValidCall,
) -> Option<Part<'a>> {
    let (tenant, person) = (&call.tenant, call.to.e164());
    let experiment = experiments
        .iter()
        .find(|experiment| experiment.when.holds(call) && experiment.claims(tenant, person))?;
    let life = lives.and_then(|lives| lives.life(&experiment.name, experiment.version));
    match experiment.stage(life) {
        Stage::Running => {}
        Stage::Waiting | Stage::Stopped => return None,
    }
    match experiment.seat(tenant, person, experiment.ramp(life)) {
        Seat::Outside => None,
        Seat::Holdout => Some(Part { assignment: experiment.assigned(HOLDOUT), arm: None }),
        Seat::Arm(arm) => Some(Part {
            assignment: experiment.assignment(arm),
            arm: Some(arm).filter(|arm| life.is_none_or(|life| !life.has_stopped(&arm.name))),
        }),
    }
}
