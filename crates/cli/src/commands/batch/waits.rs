//! Why the calls of a batch wait, and until when, on one line.

use std::collections::BTreeMap;

use jiff::Timestamp;
use switchboard::{CallEvent, CallEventKind, CallId, Engine, WaitReason, router::Scope};

use crate::local::Local;

/// The calls that wait for a time of their own: their window, the calling rules, or a redial.
#[derive(Debug, Default)]
pub(super) struct Scheduled(BTreeMap<CallId, Timestamp>);

impl Scheduled {
    /// Something happened to a call.
    pub(super) fn on_event(&mut self, event: &CallEvent) {
        match event.kind {
            CallEventKind::Scheduled { opens } => self.0.insert(event.call, opens),
            CallEventKind::RingsAgain { at, .. } => self.0.insert(event.call, at),
            _ => self.0.remove(&event.call),
        };
    }

    fn first(&self, now: Timestamp) -> Option<(usize, Timestamp)> {
        let later = || self.0.values().filter(|at| **at > now);
        later().min().map(|first| (later().count(), *first))
    }
}

/// What this process waits for: `12 wait: kallyai: its account is out of credit, until 14:20:05`.
/// `None` if no call waits.
pub(super) fn in_words(engine: &Engine, scheduled: &Scheduled) -> Option<String> {
    let local = Local::read();
    let (mut busy, mut limits, mut providers) = (0, BTreeMap::<String, usize>::new(), 0);
    for (_, reason) in engine.waits() {
        match reason {
            WaitReason::CalleeBusy => busy += 1,
            WaitReason::Limit(scope) => *limits.entry(named(&scope)).or_default() += 1,
            // Their own reason is that of the calls before them: no provider has capacity.
            _ => providers += 1,
        }
    }
    let mut parts = Vec::new();
    if providers > 0 {
        parts.push(format!("{providers} wait: {}", obstacles(engine, &local)));
    }
    for (limit, calls) in limits {
        parts.push(format!("{calls} wait for {limit}"));
    }
    if busy > 0 {
        parts.push(format!("{busy} wait for callees who are on another call"));
    }
    if let Some((calls, first)) = scheduled.first(local.now) {
        let until = local.clock(first);
        parts.push(format!("{calls} wait for their hours, the first until {until}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What keeps providers from calls now.
fn obstacles(engine: &Engine, local: &Local) -> String {
    let (policy, readings) = (engine.policy(), engine.readings());
    let each = policy.providers.iter().zip(&readings).filter(|(one, _)| one.enabled);
    let kept: Vec<String> = each
        .filter_map(|(one, reading)| {
            let rejection = reading.rejection(None, &[], local.now)?;
            let why = rejection.code().replace('_', " ");
            let until = rejection.clears_at().map(|at| format!(" until {}", local.clock(at)));
            Some(format!("{} {why}{}", one.info.id, until.unwrap_or_default()))
        })
        .collect();
    if kept.is_empty() { "for their turn".to_owned() } else { kept.join(", ") }
}

fn named(scope: &Scope) -> String {
    match scope {
        Scope::Tenant(tenant) => format!("the limit of the tenant {tenant}"),
        Scope::Profile(profile) => format!("the limit of the agent {profile}"),
        other => format!("the limit {other}"),
    }
}
