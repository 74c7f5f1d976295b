//! What is read when metrics are asked for: from the engine, the ledger and this process.

use std::{sync::atomic::AtomicU64, time::Duration};

use jiff::Timestamp;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use switchboard::{
    ProviderId, Switchboard,
    journal::server::{COUNTED, ServerStore},
    router::{BreakerState, Headroom, Reading},
};

use switchboard_api::{Service, WAIT_REASONS, waits_for_reason};

use crate::commands::serve::accept::Connections;

type Ratio = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Provider {
    provider: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BudgetName {
    budget: String,
}

/// The gauges.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    up: Family<Provider, Gauge>,
    headroom: Family<Provider, Ratio>,
    concurrency: Family<Provider, Gauge>,
    in_doubt: Family<Provider, Gauge>,
    accepts_in: Family<Provider, Ratio>,
    waiting: Family<Reason, Gauge>,
    calls: Family<Status, Gauge>,
    streams: Gauge,
    connections: Gauge,
    refused: Counter,
    lag: Ratio,
    position: Gauge,
    feed_lag: Ratio,
    due: Gauge,
    due_since: Ratio,
    disabled: Gauge,
    budgets: Family<BudgetName, Ratio>,
    ledger_up: Gauge,
}

impl Gauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let gauges = Self::default();
        let Self { up, headroom, concurrency, in_doubt, accepts_in, .. } = &gauges;
        registry.register("provider_up", "1 while the provider gets calls", up.clone());
        registry.register(
            "provider_headroom",
            "What is left of the provider's rate limit, from 0 to 1",
            headroom.clone(),
        );
        registry.register(
            "concurrency_free",
            "Calls that the provider may still have at the same time",
            concurrency.clone(),
        );
        registry.register("in_doubt", "Agents with a call that may have rung", in_doubt.clone());
        registry.register_with_unit(
            "provider_accept",
            "How long the provider lately took to accept a call",
            Unit::Seconds,
            accepts_in.clone(),
        );
        let Self { calls, waiting, streams, connections, refused, lag, .. } = &gauges;
        registry.register(
            "calls",
            "Calls in the ledger that are not over or need a person, at most 10000 of each status",
            calls.clone(),
        );
        registry.register("waiting", "Calls of this process that wait", waiting.clone());
        registry.register("streams", "Event streams of this process", streams.clone());
        registry.register("connections", "Open connections", connections.clone());
        registry.register("connections_refused", "Connections above the limits", refused.clone());
        registry.register_with_unit(
            "runtime_lag",
            "How late the event loop was",
            Unit::Seconds,
            lag.clone(),
        );
        let Self { position, feed_lag, due, due_since, disabled, budgets, ledger_up, .. } = &gauges;
        registry.register(
            "budget_ratio",
            "What is spent and held of a budget in its current period, from 0 to 1",
            budgets.clone(),
        );
        registry.register("feed_position", "The last position of the feed", position.clone());
        registry.register_with_unit(
            "feed_lag",
            "How long the oldest event has waited for its turn in the feed",
            Unit::Seconds,
            feed_lag.clone(),
        );
        registry.register("deliveries_due", "Webhooks that are due", due.clone());
        registry.register_with_unit(
            "deliveries_due_since",
            "How long the oldest webhook has been due",
            Unit::Seconds,
            due_since.clone(),
        );
        registry.register(
            "endpoints_disabled",
            "Webhook endpoints that are disabled",
            disabled.clone(),
        );
        registry.register("ledger_up", "1 if the ledger answers", ledger_up.clone());
        gauges
    }

    pub(super) fn connections(&self, connections: &Connections) {
        set(&self.connections, connections.open());
        let more = connections.refused().saturating_sub(self.refused.get());
        self.refused.inc_by(more);
    }

    pub(super) fn lag(&self, lag: Duration) {
        self.lag.set(lag.as_secs_f64());
    }

    pub(super) fn streams(&self, count: u32) {
        self.streams.set(count.into());
    }

    pub(super) fn engine(&self, switchboard: &Switchboard) {
        let engine = switchboard.engine();
        let (policy, readings) = (engine.policy(), engine.readings());
        for reason in WAIT_REASONS {
            self.waiting.get_or_create(&Reason { reason }).set(0);
        }
        for (_, waits) in engine.waits() {
            let (reason, _) = waits_for_reason(&waits);
            self.waiting.get_or_create(&Reason { reason }).inc();
        }
        // A provider that is not configured any more has no value.
        self.up.clear();
        self.headroom.clear();
        self.concurrency.clear();
        self.in_doubt.clear();
        self.accepts_in.clear();
        for (one, reading) in policy.providers.iter().zip(&readings) {
            self.provider(&one.info.id, one.enabled, reading);
        }
    }

    fn provider(&self, id: &ProviderId, enabled: bool, reading: &Reading) {
        let label = Provider { provider: id.as_str().to_owned() };
        let now = Timestamp::now();
        let closed = |breaker: &BreakerState| matches!(breaker, BreakerState::Closed);
        let up = enabled
            && closed(&reading.breaker)
            && closed(&reading.domain)
            && reading.ejected(now).is_none()
            && reading.out_of_credit(now).is_none()
            && reading.paused_until.is_none_or(|until| until <= now);
        self.up.get_or_create(&label).set(i64::from(up));
        if let Some(Headroom { free, of, .. }) = reading.headroom {
            self.headroom.get_or_create(&label).set(f64::from(free) / f64::from(of.max(1)));
        }
        if let Some(left) = reading.concurrency {
            self.concurrency.get_or_create(&label).set(i64::from(left.free));
        }
        set(&self.in_doubt.get_or_create(&label), reading.agents_in_doubt.len());
        if let Some(time) = reading.time_to_accept {
            self.accepts_in.get_or_create(&label).set(time.as_secs_f64());
        }
    }

    /// How far the budgets of the configuration are spent. One that is not configured any more has
    /// no value.
    pub(super) async fn spending(&self, service: &Service) {
        let Ok(shares) = service.budget_shares().await else {
            return;
        };
        self.budgets.clear();
        for (budget, share) in shares {
            self.budgets.get_or_create(&BudgetName { budget }).set(share);
        }
    }

    /// What the ledger does not answer keeps its last value, and `ledger_up` says so.
    pub(super) async fn store(&self, store: &dyn ServerStore) {
        let now = Timestamp::now();
        let read = async {
            let bounds = store.bounds().await?;
            let waits_since = store.waits_since().await?;
            let calls = store.count().await?;
            let (due, oldest) = store.due_deliveries(now).await?;
            let endpoints = store.endpoints(None).await?;
            Ok::<_, switchboard::Error>((bounds, waits_since, calls, due, oldest, endpoints))
        };
        let Ok((bounds, waits_since, calls, due, oldest, endpoints)) = read.await else {
            self.ledger_up.set(0);
            return;
        };
        self.ledger_up.set(1);
        self.position.set(i64::try_from(bounds.newest).unwrap_or(i64::MAX));
        self.due.set(i64::try_from(due).unwrap_or(i64::MAX));
        let age = |at: Option<Timestamp>| {
            at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0))
        };
        self.due_since.set(age(oldest));
        self.feed_lag.set(age(waits_since));
        for (status, count) in COUNTED.into_iter().zip(calls) {
            self.calls.get_or_create(&Status { status: status.as_str() }).set(count.into());
        }
        set(&self.disabled, endpoints.iter().filter(|one| one.disabled.is_some()).count());
    }
}

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}
