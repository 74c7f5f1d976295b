//! The model: the possible steps in each state, and the properties.

use stateright::{Model, Property};
use switchboard::{CallStatus, core::AttemptState};

use super::{
    action::{Action, Answer, Claim, Deed, Fate},
    ledger::Tried,
    setup::{Bounds, Fault, OnUnknown, Provider, Setup},
    world::{Doing, Health, Place, World},
};

/// A variant with its bounds.
#[derive(Debug, Clone)]
pub(super) struct Protocol {
    pub(super) setup: Setup,
    pub(super) bounds: Bounds,
    pub(super) fault: Option<Fault>,
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.setup.replicas, self.bounds)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for replica in 0..world.replicas.len() {
            self.deeds(world, replica, &mut |deed| actions.push(Action::Replica(replica, deed)));
        }
        for (index, request) in world.requests.iter().enumerate() {
            match request.at {
                Place::UnderWay => {
                    let fates = [Fate::Arrives, Fate::IsDeclined, Fate::IsLost, Fate::NeverLeaves];
                    actions.extend(fates.map(|fate| Action::Request(index, fate)));
                    if self.setup.drops {
                        actions.push(Action::Request(index, Fate::IsDropped));
                    }
                }
                Place::Rang if world.anybody_runs() => {
                    actions
                        .extend([false, true].map(|over| Action::Webhook { request: index, over }));
                }
                Place::Rang
                | Place::Dropped
                | Place::Lost
                | Place::Unsent
                | Place::Declined
                | Place::Known => {}
            }
        }
        if world.anybody_runs() {
            actions.extend([Claim::Ended, Claim::NotPlaced].map(Action::Forged));
        }
        if self.setup.opt_outs && !world.opted_out {
            actions.push(Action::OptOut);
        }
        if self.setup.on_unknown == OnUnknown::Replay
            && let Some(last) = world.last()
            && world.requests.iter().any(|request| request.attempt == last)
            && world.is_quiet(last)
        {
            actions.push(Action::KeyExpires);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.carry_out(&mut next, action);
        if next == *world {
            return None;
        }
        next.circled |= next.rank(self.bounds) <= world.rank(self.bounds);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties::all()
    }
}

impl Protocol {
    /// The possible steps of a process.
    fn deeds(&self, world: &World, replica: usize, may: &mut impl FnMut(Deed)) {
        let Some(one) = world.replicas.get(replica) else {
            return;
        };
        match one.health {
            Health::Crashed => return may(Deed::Restart),
            Health::Paused => may(Deed::Resume),
            Health::Running if world.pauses > 0 => may(Deed::Pause),
            Health::Running => {}
        }
        if world.crashes > 0 {
            may(Deed::Crash);
        }
        if matches!(one.doing, Doing::Ready { late: false, .. }) {
            may(Deed::MissDeadline);
        }
        if one.health == Health::Paused {
            return;
        }
        if one.epoch != world.ledger.epoch && !world.owner_runs() {
            may(Deed::TakeOver);
        }
        match one.doing {
            // It may have lost the call without noticing; the journal knows.
            Doing::Nothing if one.epoch > 0 => self.next_for_owner(world, may),
            Doing::Nothing => {}
            Doing::Intended(_) => may(Deed::Claim),
            Doing::Claimed(_) => may(Deed::MarkSent),
            Doing::Ready { held, late } => {
                let in_time = !late && held.epoch == world.ledger.epoch;
                may(if in_time || self.has(Fault::PausedSender) {
                    Deed::Send
                } else {
                    Deed::HoldBack
                });
            }
            Doing::Unwritten { .. } => may(Deed::WriteDown),
            Doing::Repeating { attempt, .. } => {
                let expired = world.ledger.attempts.get(attempt).is_some_and(|tried| tried.expired);
                let looks_away =
                    self.has(Fault::ReplayPastLifetime) || self.has(Fault::KeyCheckedEarly);
                may(if expired && !looks_away { Deed::DropReplay } else { Deed::SendReplay });
            }
            Doing::Waiting { request } => answers(world, request, |answer| may(Deed::Hear(answer))),
        }
    }

    /// The steps of a process that believes it owns the call and has no current work: they depend
    /// on the journal only, after a start as at any other time.
    fn next_for_owner(&self, world: &World, may: &mut impl FnMut(Deed)) {
        match world.ledger.state.status {
            CallStatus::Received | CallStatus::Scheduled => may(Deed::Admit),
            CallStatus::Admitted => {
                may(Deed::Refuse);
                if self.has_attempts_left(world) && !world.opted_out {
                    may(self.begin(Provider::A));
                }
            }
            CallStatus::Attempting => match world.ledger.state.attempt {
                Some(AttemptState::Intent) => may(Deed::RecoverIntent),
                Some(AttemptState::Claimed | AttemptState::Sent) => {
                    may(if self.has(Fault::ResendAtRestart) {
                        Deed::Resend
                    } else {
                        Deed::RecoverSent
                    })
                }
                Some(AttemptState::Unknown) => may(Deed::Reconcile),
                Some(AttemptState::Reconciling) => self.evidence(world, may),
                Some(AttemptState::NotPlaced) => {
                    may(Deed::Refuse);
                    let may_ring = world.ledger.bound.is_none() && !world.opted_out;
                    if self.has_attempts_left(world) && may_ring {
                        may(self.begin(Provider::A));
                        may(self.begin(Provider::B));
                    }
                }
                Some(AttemptState::Placed) | None => {}
            },
            CallStatus::InProgress => {
                let Some(last) = world.last() else { return };
                if world.rang(last) {
                    may(Deed::SeeEnd);
                }
                if world.was_dropped(last) || (self.has(Fault::LyingRecord) && world.rang(last)) {
                    may(Deed::SeeNotDialled);
                }
                let first = world.ledger.attempts.first();
                let earlier = first.filter(|tried| last > 0 && tried.provider == Provider::A);
                if self.has(Fault::ReplayAfterFailover)
                    && earlier.is_some()
                    && world.requests.len() == world.ledger.attempts.len()
                {
                    may(Deed::ReplayFirst);
                }
                may(Deed::LoseSight);
            }
            CallStatus::Closed if world.ledger.ring < self.setup.redials => may(Deed::Redial),
            CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled => {}
        }
    }

    fn evidence(&self, world: &World, may: &mut impl FnMut(Deed)) {
        let Some(last) = world.last() else {
            return;
        };
        may(Deed::GiveUp);
        // A list that lags or omits the call is one in which it is not found.
        if world.was_placed(last) {
            may(Deed::FindInList);
        }
        if self.has(Fault::AbsenceIsProof) {
            may(Deed::MissInList);
        }
        match self.setup.on_unknown {
            OnUnknown::Park => {}
            OnUnknown::AssumeNotPlaced => {
                if world.is_quiet(last) && !world.was_placed(last) {
                    may(Deed::PassFence);
                }
            }
            OnUnknown::Replay => {
                let safe = |tried: &Tried| !tried.expired || self.has(Fault::ReplayPastLifetime);
                let once = |tried: &&Tried| tried.provider == Provider::A && !tried.replayed;
                let wanted = !world.opted_out || self.has(Fault::ReplayPastOptOut);
                if world.ledger.attempts.last().filter(once).is_some_and(safe) && wanted {
                    may(Deed::Replay);
                }
            }
        }
    }

    fn has_attempts_left(&self, world: &World) -> bool {
        world.ledger.attempts.len() < usize::from(self.bounds.attempts + self.setup.redials)
    }

    fn begin(&self, provider: Provider) -> Deed {
        if self.has(Fault::JournalAfterSend) {
            Deed::SendUnwritten(provider)
        } else {
            Deed::Attempt(provider)
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

/// The possible results for the sender. "No response" is always one of them.
fn answers(world: &World, request: usize, mut may: impl FnMut(Answer)) {
    let Some(sent) = world.requests.get(request) else {
        return;
    };
    match sent.at {
        Place::Unsent => return may(Answer::Unsent),
        Place::Rang => {
            may(Answer::Placed);
            if sent.provider == Provider::A {
                may(Answer::Over);
            }
        }
        Place::Known | Place::Dropped => may(Answer::Placed),
        Place::Declined => {
            may(Answer::Declined);
            may(Answer::DeclinedForAll);
            may(Answer::NeedsApproval);
        }
        Place::UnderWay | Place::Lost => {}
    }
    may(Answer::Nothing);
}
