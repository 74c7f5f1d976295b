//! Attempts and their results, counted from the engine's events.

use std::collections::HashMap;

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use switchboard::{CallEvent, CallEventKind, CallId, ProviderId, engine::AfterFailure};
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
    delivery: Delivery,
}

/// What an attempt proves about the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "labels are lower case")]
enum Delivery {
    placed,
    not_sent,
    refused,
    unknown,
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
            "Events that came too fast to be counted here",
            attempts.missed.clone(),
        );
        attempts
    }

    /// Counts until the engine is gone.
    pub(super) async fn follow(&self, mut events: Receiver<CallEvent>) {
        // A doubt does not name its provider, the request before it does.
        let mut open: HashMap<CallId, ProviderId> = HashMap::new();
        loop {
            match events.recv().await {
                Ok(event) => self.see(event, &mut open),
                Err(RecvError::Lagged(count)) => {
                    self.missed.inc_by(count);
                    open.clear();
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn see(&self, event: CallEvent, open: &mut HashMap<CallId, ProviderId>) {
        let call = event.call;
        let (provider, delivery) = match event.kind {
            CallEventKind::Sent { provider } => {
                open.insert(call, provider);
                return;
            }
            CallEventKind::Accepted { provider, .. } => (Some(provider), Delivery::placed),
            CallEventKind::NotPlaced { provider, next, .. } => (Some(provider), failed(next)),
            CallEventKind::InDoubt { .. } => (None, Delivery::unknown),
            CallEventKind::Alarm { .. } => {
                self.alarms.inc();
                return;
            }
            _ => return,
        };
        let sent = open.remove(&call);
        if let Some(provider) = provider.or(sent) {
            let provider = provider.as_str().to_owned();
            self.all.get_or_create(&Attempt { provider, delivery }).inc();
        }
    }
}

fn failed(next: AfterFailure) -> Delivery {
    match next {
        AfterFailure::Retry | AfterFailure::NextUnsent => Delivery::not_sent,
        _ => Delivery::refused,
    }
}
