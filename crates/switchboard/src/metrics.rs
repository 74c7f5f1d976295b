//! Counters and times of a program that embeds the library.

use std::collections::HashMap;

use jiff::Timestamp;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use switchboard_core::{CallId, Delivery, ProviderId};
use switchboard_engine::{AttemptCounts, CallEvent, CallEventKind};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::JoinHandle,
};

use crate::Switchboard;

const ATTEMPTS: &str = "switchboard_attempts_total";
const ALARMS: &str = "switchboard_alarms_total";
const MISSED: &str = "switchboard_events_missed_total";
const EVENTS: &str = "switchboard_events_total";
const WAITS: &str = "switchboard_waits_total";
const NOT_PLACED: &str = "switchboard_not_placed_total";
const REFUSED: &str = "switchboard_calls_refused_total";
const ENDED: &str = "switchboard_calls_ended_total";
const ACCEPT: &str = "switchboard_accept_seconds";
const CALL: &str = "switchboard_call_seconds";

impl Switchboard {
    /// From now on, counts what happens to the calls of this process with the crate `metrics`. Its
    /// recorder is the program's own, and has to be installed before, or what happened until then
    /// is not counted. Has to be called inside a tokio runtime, and once.
    ///
    /// | metric | what it says |
    /// |---|---|
    /// | `switchboard_attempts_total{provider,delivery,refusal}` | attempts by their first result, as at `/metrics` of the server |
    /// | `switchboard_alarms_total`, `switchboard_events_missed_total` | reports that contradict what was proven, and events that came too fast to be counted below; as at `/metrics` of the server |
    /// | `switchboard_events_total{event}` | everything that happened to calls, by [`CallEventKind::as_str`] |
    /// | `switchboard_waits_total{reason}` | calls that began to wait; the reasons are those of `switchboard_waiting` of the server |
    /// | `switchboard_not_placed_total{provider,next}` | attempts that reached no phone, by what came next: `next` and `next_unsent` are failovers ([`AfterFailure::as_str`](crate::engine::AfterFailure::as_str)) |
    /// | `switchboard_calls_refused_total{kind}` | calls that no provider took, by [`ErrorKind`](crate::ErrorKind) |
    /// | `switchboard_calls_ended_total{provider,outcome}` | phone calls that are over |
    /// | `switchboard_accept_seconds{provider}` | histogram: from the request to the provider's answer that it has the call; not of providers that answer when the phone call is over |
    /// | `switchboard_call_seconds{provider,outcome}` | histogram: from the request to the end of the phone call |
    ///
    /// No label has a number, a task, a tenant or anything that a provider or a caller wrote.
    ///
    /// The task ends when the switchboard was shut down and dropped, and everything is counted then.
    ///
    /// ```no_run
    /// use switchboard::{Config, process_environment};
    ///
    /// # async fn run() -> switchboard::Result<()> {
    /// // Install a recorder first, such as the one of metrics-exporter-prometheus.
    /// let switchboard = Config::from_file("switchboard.toml")?.open(process_environment).await?;
    /// switchboard.record_metrics();
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_metrics(&self) -> JoinHandle<()> {
        describe();
        let events = self.events();
        let recording = Recording::new(self.engine().attempt_counts());
        tokio::spawn(recording.follow(events))
    }
}

struct Recording {
    attempts: AttemptCounts,
    /// What of them is in the counters.
    counted: HashMap<(ProviderId, Delivery), u64>,
    /// When the request of each call that is not over was sent, and to whom.
    sent: HashMap<CallId, (ProviderId, Timestamp)>,
}

impl Recording {
    fn new(attempts: AttemptCounts) -> Self {
        let before = attempts.all();
        let counted = before.into_iter().map(|(provider, delivery, n)| ((provider, delivery), n));
        Self { attempts, counted: counted.collect(), sent: HashMap::new() }
    }

    async fn follow(mut self, mut events: Receiver<CallEvent>) {
        loop {
            match events.recv().await {
                Ok(event) => self.count(event),
                Err(RecvError::Lagged(missed)) => {
                    counter!(MISSED).increment(missed);
                    // The end of a call may be among them.
                    self.sent.clear();
                }
                Err(RecvError::Closed) => return self.count_attempts(),
            }
            self.count_attempts();
        }
    }

    /// Attempts that end their call are in no event of their own, so the engine counts them.
    fn count_attempts(&mut self) {
        for (provider, delivery, now) in self.attempts.all() {
            let label = provider.as_str().to_owned();
            let before = self.counted.entry((provider, delivery)).or_default();
            let more = now.saturating_sub(*before);
            *before = now;
            if more > 0 {
                let refusal = match delivery {
                    Delivery::Refused(refusal) => refusal.as_str(),
                    Delivery::NotSent | Delivery::Placed | Delivery::Unknown => "",
                };
                let delivery = delivery.as_str();
                counter!(ATTEMPTS, "provider" => label, "delivery" => delivery, "refusal" => refusal)
                    .increment(more);
            }
        }
    }

    fn count(&mut self, CallEvent { call, at, kind, .. }: CallEvent) {
        counter!(EVENTS, "event" => kind.as_str()).increment(1);
        match kind {
            CallEventKind::Sent { provider } => {
                self.sent.insert(call, (provider, at));
            }
            CallEventKind::Accepted { provider, .. } => {
                if let Some((_, since)) = self.sent.get(&call).filter(|(to, _)| *to == provider) {
                    histogram!(ACCEPT, "provider" => name(&provider)).record(seconds(*since, at));
                }
            }
            CallEventKind::Ended { provider, outcome } => {
                let outcome = outcome.as_str();
                let sent = self.sent.remove(&call).filter(|(to, _)| *to == provider);
                if let Some((_, since)) = sent {
                    histogram!(CALL, "provider" => name(&provider), "outcome" => outcome)
                        .record(seconds(since, at));
                }
                counter!(ENDED, "provider" => name(&provider), "outcome" => outcome).increment(1);
            }
            CallEventKind::NotPlaced { provider, next, .. } => {
                self.sent.remove(&call);
                counter!(NOT_PLACED, "provider" => name(&provider), "next" => next.as_str())
                    .increment(1);
            }
            CallEventKind::Refused(failure) => {
                self.sent.remove(&call);
                counter!(REFUSED, "kind" => failure.kind.as_str()).increment(1);
            }
            CallEventKind::Expired(_)
            | CallEventKind::Withdrawn
            | CallEventKind::GaveUp { .. }
            | CallEventKind::AssumedNotPlaced
            | CallEventKind::Overdue { .. }
            | CallEventKind::NotConfigured { .. } => {
                self.sent.remove(&call);
            }
            CallEventKind::Waiting(reason) => {
                counter!(WAITS, "reason" => reason.as_str()).increment(1);
            }
            CallEventKind::Alarm { .. } => counter!(ALARMS).increment(1),
            _ => {}
        }
    }
}

fn name(provider: &ProviderId) -> String {
    provider.as_str().to_owned()
}

/// A clock may be set back.
fn seconds(since: Timestamp, at: Timestamp) -> f64 {
    at.duration_since(since).as_secs_f64().max(0.0)
}

fn describe() {
    describe_counter!(ATTEMPTS, "Attempts of this process, by what they prove about the phone");
    describe_counter!(ALARMS, "Reports that contradict what was proven");
    describe_counter!(MISSED, "Events that came too fast to be counted");
    describe_counter!(EVENTS, "What happened to calls");
    describe_counter!(WAITS, "Calls that began to wait");
    describe_counter!(NOT_PLACED, "Attempts that reached no phone, by what came next");
    describe_counter!(REFUSED, "Calls that no provider took");
    describe_counter!(ENDED, "Phone calls that are over");
    describe_histogram!(ACCEPT, Unit::Seconds, "From the request to the provider's acceptance");
    describe_histogram!(CALL, Unit::Seconds, "From the request to the end of the phone call");
}
