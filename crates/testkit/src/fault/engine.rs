//! Applies the current fault script to each request.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{After, Fault, FaultScript, OutageMode, Rule};

/// A shared handle to the current fault script. Clones control the same simulator.
#[derive(Clone, Debug)]
pub struct FaultHandle {
    inner: Arc<Mutex<Engine>>,
    changed: Arc<watch::Sender<()>>,
}

#[derive(Debug)]
struct Engine {
    script: Arc<FaultScript>,
    since: Instant,
    matched: Vec<u64>,
    fired: u64,
    webhooks: u64,
}

impl Engine {
    fn of(script: FaultScript) -> Self {
        Self {
            matched: vec![0; script.rules.len()],
            script: Arc::new(script),
            since: Instant::now(),
            fired: 0,
            webhooks: 0,
        }
    }
}

/// The parts of a request that rules match on.
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) to: Option<&'a str>,
}

/// The fault that was chosen for a request.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) fault: Fault,
    pub(crate) after: After,
    pub(crate) delay: Duration,
}

/// What happens to one webhook delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebhookFate {
    pub(crate) copies: u8,
    pub(crate) forged: bool,
    pub(crate) unsigned: bool,
    pub(crate) delay: Duration,
}

impl FaultHandle {
    pub(crate) fn new(script: FaultScript) -> Self {
        let (changed, _) = watch::channel(());
        Self { inner: Arc::new(Mutex::new(Engine::of(script))), changed: Arc::new(changed) }
    }

    /// Replaces the script and resets its counters and clock.
    pub fn set(&self, script: FaultScript) {
        *self.inner.lock() = Engine::of(script);
        self.changed.send_replace(());
    }

    /// Adds a rule to the end of the current script. Counters and clock keep running.
    pub fn add(&self, rule: Rule) {
        let mut engine = self.inner.lock();
        Arc::make_mut(&mut engine.script).rules.push(rule);
        engine.matched.push(0);
    }

    /// Removes the script.
    pub fn clear(&self) {
        self.set(FaultScript::default());
    }

    /// How many requests a rule or an outage applied to since the script was set.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.inner.lock().fired
    }

    pub(crate) fn decide(&self, seen: &Seen<'_>) -> Option<Hit> {
        let mut engine = self.inner.lock();
        let age = engine.since.elapsed();
        let script = Arc::clone(&engine.script);
        if let Some(outage) =
            script.outages.iter().find(|outage| within(age, Some(outage.from_ms), outage.until_ms))
        {
            engine.fired += 1;
            let fault = match outage.mode {
                OutageMode::Unavailable => Fault::answer(503, "service_unavailable"),
                OutageMode::Refuse | OutageMode::Close => Fault::Close,
            };
            return Some(Hit { fault, after: After::Nothing, delay: Duration::ZERO });
        }
        for (index, rule) in script.rules.iter().enumerate() {
            if !applies(rule, seen, age) {
                continue;
            }
            engine.matched[index] += 1;
            let count = engine.matched[index];
            let chosen = (rule.nth.is_empty() || rule.nth.contains(&count))
                && (rule.every == 0 || count.is_multiple_of(rule.every));
            if chosen {
                engine.fired += 1;
                return Some(Hit {
                    fault: rule.fault.clone(),
                    after: rule.moment(),
                    delay: Duration::from_millis(rule.delay_ms),
                });
            }
        }
        None
    }

    /// True if a call to `to`, accepted at `accepted`, is currently missing from lists.
    pub(crate) fn hidden(&self, to: &str, accepted: Instant) -> bool {
        let script = Arc::clone(&self.inner.lock().script);
        script.list.omit.contains(to)
            || accepted.elapsed() < Duration::from_millis(script.list.lag_ms)
    }

    pub(crate) fn webhook(&self) -> WebhookFate {
        let mut engine = self.inner.lock();
        engine.webhooks += 1;
        let nth = engine.webhooks;
        let faults = &engine.script.webhooks;
        WebhookFate {
            copies: match (faults.lose.contains(&nth), faults.twice.contains(&nth)) {
                (true, _) => 0,
                (false, true) => 2,
                (false, false) => 1,
            },
            forged: faults.forge.contains(&nth),
            unsigned: faults.unsigned.contains(&nth),
            delay: Duration::from_millis(
                faults.delay_ms + if faults.late.contains(&nth) { faults.late_ms } else { 0 },
            ),
        }
    }

    /// Whether the listener should be closed now, and until when (`None`: until the script
    /// changes).
    pub(crate) fn refusing(&self) -> (bool, Option<Instant>) {
        let engine = self.inner.lock();
        let age = engine.since.elapsed();
        let windows =
            || engine.script.outages.iter().filter(|outage| outage.mode == OutageMode::Refuse);
        let refusing = windows().any(|outage| within(age, Some(outage.from_ms), outage.until_ms));
        let next = windows()
            .flat_map(|outage| [Some(outage.from_ms), outage.until_ms])
            .flatten()
            .map(Duration::from_millis)
            .filter(|at| *at > age)
            .min();
        (refusing, next.map(|at| engine.since + at))
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

fn within(age: Duration, from: Option<u64>, until: Option<u64>) -> bool {
    age >= Duration::from_millis(from.unwrap_or(0))
        && until.is_none_or(|until| age < Duration::from_millis(until))
}

fn applies(rule: &Rule, seen: &Seen<'_>, age: Duration) -> bool {
    let path = rule.path.as_deref().is_none_or(|path| match path.strip_suffix('*') {
        Some(prefix) => seen.path.starts_with(prefix),
        None => seen.path == path,
    });
    path && rule.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
        && rule.to.as_deref().is_none_or(|to| seen.to == Some(to))
        && within(age, rule.from_ms, rule.until_ms)
}
