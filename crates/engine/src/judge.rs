//! What came of an attempt, told to all whom it concerns: the provider's breaker, that of what it
//! rides on, and the comparison with the others.

use std::{sync::Arc, time::Duration};

use switchboard_core::{CallId, PlaceError, ProviderId};

use crate::{
    events::CallEventKind,
    health::{Says, says},
    lane::Lane,
    probe,
    shared::Inner,
};

/// The provider took a call that was sent at `sent`, of the clock that only runs.
pub(crate) fn worked(inner: &Inner, lane: &Lane, sent: Duration, accepted_in: Option<Duration>) {
    lane.worked(sent, accepted_in);
    lane.domain.worked(sent);
    inner.world().outliers.lock().worked(&lane.id, sent, inner.clock.uptime());
}

/// An attempt that was sent at `sent` failed.
pub(crate) fn failed(
    inner: &Arc<Inner>,
    id: CallId,
    lane: &Arc<Lane>,
    failed: &PlaceError,
    sent: Duration,
) {
    let (says, now) = (says(failed), inner.clock.uptime());
    if lane.failed(says, sent, now) {
        inner.report(id, || CallEventKind::BreakerOpened { provider: lane.id.clone() });
        probe::start(inner, lane);
    }
    match says {
        Says::AgainstPlatform => {
            if lane.domain.failed(sent, now) {
                let domain = lane.domain.name.to_string();
                inner.report(id, || CallEventKind::DomainBreakerOpened { domain });
                probe::start_domain(inner, &lane.domain);
            }
            compare(inner, id, lane, sent, now);
        }
        Says::AgainstProvider => compare(inner, id, lane, sent, now),
        Says::Answered | Says::Nothing => {}
    }
}

fn compare(inner: &Inner, id: CallId, lane: &Lane, sent: Duration, now: Duration) {
    let world = inner.world();
    let others: Vec<&ProviderId> = world
        .policy
        .providers
        .iter()
        .zip(&world.lanes)
        .filter(|(one, other)| one.enabled && other.is_closed(now))
        .map(|(_, other)| &other.id)
        .collect();
    let mut outliers = world.outliers.lock();
    if let Some(pause) = outliers.failed(&lane.id, id, sent, now, others) {
        lane.eject(now.saturating_add(pause));
        drop(outliers);
        let provider = lane.id.clone();
        inner.report(id, || CallEventKind::Ejected { provider, lasts: pause });
    }
}
