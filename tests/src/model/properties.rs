//! The properties that must hold in every state, and those that must be reachable.
//!
//! The second kind is needed because a model that never places a call trivially never makes a phone
//! ring twice.

use stateright::{Model, Property};
use switchboard::{CallStatus, core::AttemptState};

use super::{
    protocol::Protocol,
    setup::{OnUnknown, Provider},
    world::{Doing, Place, Request, World},
};

/// At most one phone rings per requested ring, across both providers.
pub const ONE_RING: &str = "one ring";
/// What is reported as refused or considered not placed never rang.
pub const SILENCE: &str = "silence is true";
/// What is reported as closed did ring; what is reported as in progress or stalled did, or was at
/// least accepted.
pub const PLACED: &str = "placed is true";
/// No request that was sent after the callee opted out makes a phone ring.
pub const WISH: &str = "no ring past an opt-out";
/// No phone rings unless the journal says that it may.
pub const WRITTEN: &str = "written before";
/// States only move forward, and a final one never changes.
pub const FORWARD: &str = "forward only";
/// After a refusal that applies to every provider, no other provider is tried.
pub const BINDING: &str = "no shopping around";
/// The state machine calls for no operator, where no fault is sown and no fence may be wrong.
pub const ALARM: &str = "no alarm";
/// An accepted call that is not settled can always be advanced by our own processes.
pub const NO_DEAD_END: &str = "no dead end";
/// No step can repeat forever, so together with the previous property every accepted call ends.
pub const NO_CIRCLE: &str = "no circle";

pub(super) fn all() -> Vec<Property<Protocol>> {
    vec![
        always(ONE_RING, |_, world| (0..=world.ledger.ring).all(|ring| world.rings_of(ring) <= 1)),
        always(SILENCE, |_, world| silence_is_true(world)),
        always(PLACED, |_, world| placed_is_true(world)),
        always(WRITTEN, |_, world| {
            let mut rang = world.requests.iter().filter(|request| request.at == Place::Rang);
            rang.all(|request| world.ledger.may_have_left(request.attempt))
        }),
        always(WISH, |_, world| {
            !world.requests.iter().any(|request| request.at == Place::Rang && request.unwanted)
        }),
        always(FORWARD, |_, world| !world.ledger.regressed),
        always(BINDING, |_, world| {
            world.ledger.bound.is_none_or(|bound| bound + 1 == world.ledger.attempts.len())
        }),
        always(ALARM, |protocol, world| {
            protocol.fault.is_some()
                || protocol.setup.on_unknown == OnUnknown::AssumeNotPlaced
                || !world.ledger.alarmed
        }),
        always(NO_DEAD_END, can_go_on),
        always(NO_CIRCLE, |_, world| !world.circled),
        sometimes("a call is over", |_, world| {
            world.ledger.state.status == CallStatus::Closed && world.rings() > 0
        }),
        sometimes("a call fails over", |_, world| {
            let at_b =
                |request: &Request| request.provider == Provider::B && request.at == Place::Rang;
            world.ledger.state.status == CallStatus::InProgress && world.requests.iter().any(at_b)
        }),
        sometimes("a redial rings, where one may be asked for", |protocol, world| {
            protocol.setup.redials == 0 || (0..=1).all(|ring| world.rings_of(ring) == 1)
        }),
        sometimes(
            "a call that was never dialled fails over, where there may be one",
            |protocol, world| {
                let dropped = |request: &Request| request.at == Place::Dropped;
                !protocol.setup.drops
                    || (world.requests.iter().any(dropped) && world.rings_of(0) == 1)
            },
        ),
        sometimes("a call is refused", |_, world| world.ledger.state.status == CallStatus::Refused),
        sometimes("a call waits for approval", |_, world| {
            world.ledger.state.status == CallStatus::NeedsApproval
        }),
        sometimes("nobody ever knows that it rang", |_, world| {
            world.ledger.state.status == CallStatus::Indeterminate && world.rings() == 1
        }),
        sometimes("nobody ever knows that it did not ring", |_, world| {
            world.ledger.state.status == CallStatus::Indeterminate
                && world.requests.iter().all(|one| one.at == Place::Lost)
        }),
        sometimes("a successor follows a call that it did not send", |_, world| {
            world.ledger.state.status == CallStatus::InProgress
                && world.ledger.epoch > 1
                && world.requests.len() == 1
        }),
        sometimes("a request arrives after its sender is gone", |_, world| {
            world.ledger.epoch > 1
                && world
                    .requests
                    .iter()
                    .enumerate()
                    .any(|(index, one)| one.at == Place::Rang && is_deserted(world, index))
        }),
    ]
}

fn always(name: &'static str, condition: fn(&Protocol, &World) -> bool) -> Property<Protocol> {
    Property::always(name, condition)
}

fn sometimes(name: &'static str, condition: fn(&Protocol, &World) -> bool) -> Property<Protocol> {
    Property::sometimes(name, condition)
}

fn is_deserted(world: &World, request: usize) -> bool {
    let listens =
        |doing: Doing| matches!(doing, Doing::Waiting { request: held } if held == request);
    !world.replicas.iter().any(|one| listens(one.doing))
}

fn silence_is_true(world: &World) -> bool {
    let told_silent = match world.ledger.state.status {
        CallStatus::Refused | CallStatus::NeedsApproval => true,
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Indeterminate
        | CallStatus::Stalled => false,
    };
    let broken = |attempt: usize| world.ledger.is_silent(attempt) && world.rang(attempt);
    let told_wrong = told_silent && world.rings_of(world.ledger.ring) > 0;
    !told_wrong && !(0..world.ledger.attempts.len()).any(broken)
}

fn placed_is_true(world: &World) -> bool {
    match world.ledger.state.status {
        // The redial was not placed: the call ended with the previous ring.
        CallStatus::Closed if world.ledger.state.attempt == Some(AttemptState::NotPlaced) => {
            world.rings() > 0
        }
        CallStatus::Closed => world.last().is_some_and(|last| world.rang(last)),
        // It may have been accepted and never dialled.
        CallStatus::InProgress | CallStatus::Stalled => {
            world.last().is_some_and(|last| world.was_placed(last))
        }
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate => true,
    }
}

fn can_go_on(protocol: &Protocol, world: &World) -> bool {
    match world.ledger.state.status {
        CallStatus::Received
        | CallStatus::Scheduled
        | CallStatus::Admitted
        | CallStatus::Attempting => {
            let mut open = Vec::new();
            protocol.actions(world, &mut open);
            open.into_iter()
                .any(|action| action.is_ours() && protocol.next_state(world, action).is_some())
        }
        CallStatus::InProgress
        | CallStatus::Closed
        | CallStatus::Refused
        | CallStatus::NeedsApproval
        | CallStatus::Indeterminate
        | CallStatus::Stalled => true,
    }
}
