//! Compares the phones that rang with what the rules allowed.

use jiff::Timestamp;
use switchboard::ValidCall;

use super::{
    callees::callee,
    notes::Permit,
    reading::{Instant, Reading},
};
use crate::simulate::{
    check::Property,
    network::Ring,
    world::{State, World},
};

/// Checks every ring.
pub(in crate::simulate) fn judge(state: &mut State, world: &World) {
    let reading = world.plan.regime.reading();
    let mut wrong = Vec::new();
    for ring in &state.rings {
        let call = &world.plan.wishes[ring.wish].call;
        wrong.extend(opted_out(state, ring, call));
        wrong.extend(outside(state, reading, ring, call));
        wrong.extend(too_often(state, world, ring, call));
    }
    for what in wrong {
        state.breach(Property::Rules, what);
    }
}

fn opted_out(state: &State, ring: &Ring, call: &ValidCall) -> Option<String> {
    let permit = state.notes.permit(ring)?;
    let opt_out = state.notes.opt_outs.get(call.to.e164())?;
    (*opt_out < permit.order).then(|| {
        format!("call {}: rang after an opt-out that was durable before the permission", ring.wish)
    })
}

/// The rules stopped the call at every time at which they may have been asked.
fn outside(state: &State, reading: &Reading, ring: &Ring, call: &ValidCall) -> Option<String> {
    let callee = callee(call.to.e164());
    let mut last = Vec::new();
    for at in state.notes.readings(ring)?.iter().rev() {
        last = reading.objections(Instant { callee, call, at: *at });
        if last.is_empty() {
            return None;
        }
    }
    Some(format!("call {}: rang although {} stopped it", ring.wish, last.join(", ")))
}

fn too_often(state: &State, world: &World, ring: &Ring, call: &ValidCall) -> Option<String> {
    let permit = state.notes.permit(ring)?;
    let is_same = |other: &&Ring| world.plan.wishes[other.wish].call.to == call.to;
    let others = state.rings.iter().filter(is_same).filter_map(|other| state.notes.permit(other));
    let earlier = |other: &Permit| (other.order < permit.order).then_some(other.clock);
    let rings: Vec<Timestamp> = others.filter_map(earlier).collect();
    let now = Instant { callee: callee(call.to.e164()), call, at: permit.latest };
    let broken = world.plan.regime.reading().broken_limits(now, &rings);
    (!broken.is_empty())
        .then(|| format!("call {}: rang more often than {} allows", ring.wish, broken.join(", ")))
}

/// How many phones rang when the rules stopped that, because a provider was slow: it had the request
/// in time. With clocks that were wrong nothing can be said.
pub(in crate::simulate) fn after_closing(state: &State, world: &World) -> u64 {
    if state.turned {
        return 0;
    }
    let closed = |ring: &&Ring| {
        let call = &world.plan.wishes[ring.wish].call;
        let (callee, at) = (callee(call.to.e164()), world.truth.at(ring.at));
        !world.plan.regime.reading().objections(Instant { callee, call, at }).is_empty()
    };
    state.rings.iter().filter(closed).count() as u64
}
