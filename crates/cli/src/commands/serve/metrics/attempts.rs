//! Attempts and their results, counted by the engine, and alarms, counted from its events.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use switchboard::{CallEvent, CallEventKind, Delivery, Engine};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What is counted.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    all: Family<Attempt, Counter>,
    alarms: Counter,
    missed: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    provider: String,
    /// What it proves about the phone.
    delivery: &'static str,
    /// Whom a refusal binds; empty for everything else.
    refusal: &'static str,
}

impl Attempts {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let attempts =
            Self { all: Family::default(), alarms: Counter::default(), missed: Counter::default() };
        registry.register(
            "attempts",
            "Attempts of this process, by what they prove about the phone",
            attempts.all.clone(),
        );
        registry.register(
            "alarms",
            "Reports that contradict what was proven",
            attempts.alarms.clone(),
        );
        registry.register(
            "events_missed",
            "Events that came too fast to look for alarms among them",
            attempts.missed.clone(),
        );
        attempts
    }

    /// Reads what the engine has counted until now.
    pub(super) fn read(&self, engine: &Engine) {
        for (provider, delivery, count) in engine.attempts() {
            let provider = provider.as_str().to_owned();
            let label =
                Attempt { provider, delivery: delivery.as_str(), refusal: refusal(delivery) };
            let counter = self.all.get_or_create(&label);
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }

    /// Counts alarms until the engine is gone.
    pub(super) async fn follow(&self, mut events: Receiver<CallEvent>) {
        loop {
            match events.recv().await {
                Ok(event) if matches!(event.kind, CallEventKind::Alarm { .. }) => {
                    self.alarms.inc();
                }
                Ok(_) => {}
                Err(RecvError::Lagged(count)) => {
                    self.missed.inc_by(count);
                }
                Err(RecvError::Closed) => return,
            }
        }
    }
}

fn refusal(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Refused(refusal) => refusal.as_str(),
        Delivery::NotSent | Delivery::Placed | Delivery::Unknown => "",
    }
}
