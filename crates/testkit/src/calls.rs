//! The life of a simulated call: how it ends, and how long each part of it takes.
//!
//! How a call ends is a function of the simulator's seed, the number and how often that number was
//! called before, so that a failing test fails again. A test can script the outcome for a number.
//! Durations are in *call time*; the simulator's speed turns them into time on the clock.

mod course;
mod ending;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use course::{Course, Moments, Step, Words};
pub use ending::{Ending, Reached};

use crate::host::{Seed, Timeline};

/// How a simulated call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The call was answered and the task was done.
    Completed,
    /// The phone rang until the provider gave up.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// An answering machine picked up.
    Voicemail,
    /// The phone rang, and then the provider failed.
    Failed,
}

/// The script for calls to one number. What it leaves open is drawn from the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallScript {
    /// How the call ends.
    pub outcome: Outcome,
    /// How long the phone rings, in call time.
    pub ring: Option<Duration>,
    /// The length of the conversation, in call time. Ignored if the call is not answered.
    pub talk: Option<Duration>,
}

impl CallScript {
    /// A script that fixes the outcome and leaves the durations open.
    #[must_use]
    pub const fn new(outcome: Outcome) -> Self {
        Self { outcome, ring: None, talk: None }
    }

    /// Fixes how long the phone rings.
    #[must_use]
    pub const fn ringing_for(mut self, ring: Duration) -> Self {
        self.ring = Some(ring);
        self
    }

    /// Fixes the length of the conversation.
    #[must_use]
    pub const fn talking_for(mut self, talk: Duration) -> Self {
        self.talk = Some(talk);
        self
    }
}

impl From<Outcome> for CallScript {
    fn from(outcome: Outcome) -> Self {
        Self::new(outcome)
    }
}

/// The planned course of a call, if it is not stopped. Durations are in call time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPlan {
    /// How it ends.
    pub outcome: Outcome,
    /// The time from the first ring until the call is answered or given up.
    pub ring: Duration,
    /// The time from the answer to the end.
    pub talk: Duration,
}

impl CallPlan {
    /// Draws the plan of the `nth` call (from 0) to `number`. The same arguments always give the
    /// same plan.
    pub(crate) fn draw(seed: Seed, number: &str, nth: usize, script: Option<CallScript>) -> Self {
        let draw = |what: &str, below: u64| seed.below(&format!("{what}/{number}/{nth}"), below);
        let outcome = script.map_or_else(
            || match draw("outcome", 100) {
                0..70 => Outcome::Completed,
                70..82 => Outcome::NoAnswer,
                82..88 => Outcome::Busy,
                88..96 => Outcome::Voicemail,
                _ => Outcome::Failed,
            },
            |script| script.outcome,
        );
        let (ring, talk) = match outcome {
            Outcome::Completed => (3_000 + draw("ring", 12_000), 20_000 + draw("talk", 160_000)),
            Outcome::NoAnswer => (30_000, 0),
            Outcome::Busy => (1_500, 0),
            Outcome::Voicemail => (20_000, 10_000 + draw("talk", 20_000)),
            Outcome::Failed => (2_000, draw("talk", 10_000)),
        };
        Self {
            outcome,
            ring: script.and_then(|script| script.ring).unwrap_or(Duration::from_millis(ring)),
            talk: script.and_then(|script| script.talk).unwrap_or(Duration::from_millis(talk)),
        }
    }
}

/// The phase of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Accepted, not yet dialled.
    Queued,
    /// The phone is ringing.
    Ringing,
    /// A person or a machine answered.
    Talking,
    /// It ended as planned.
    Over(Outcome),
    /// It was cancelled before it rang, or stopped afterwards.
    Cut,
}

/// A running call. Its phase is computed from the clock and not stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    accepted: Instant,
    queue: Duration,
    plan: CallPlan,
    cut: Option<Instant>,
}

impl Life {
    pub(crate) fn begin(accepted: Instant, queue: Duration, plan: CallPlan) -> Self {
        Self { accepted, queue, plan, cut: None }
    }

    /// When the phone rings for the first time.
    pub(crate) fn rings_at(&self, line: Timeline) -> Instant {
        self.accepted + line.real(self.queue)
    }

    fn answered_at(&self, line: Timeline) -> Instant {
        self.accepted + line.real(self.queue + self.plan.ring)
    }

    /// When the call ends, if it is not cut short.
    pub(crate) fn ends_at(&self, line: Timeline) -> Instant {
        self.accepted + line.real(self.queue + self.plan.ring + self.plan.talk)
    }

    /// Ends the call now. Has no effect on a call that has ended.
    pub(crate) fn cut(&mut self, line: Timeline) {
        if !self.is_over(line) {
            self.cut = Some(line.now());
        }
    }

    pub(crate) fn is_over(&self, line: Timeline) -> bool {
        match self.phase(line) {
            Phase::Queued | Phase::Ringing | Phase::Talking => false,
            Phase::Over(_) | Phase::Cut => true,
        }
    }

    pub(crate) fn phase(&self, line: Timeline) -> Phase {
        let now = line.now();
        if self.cut.is_some() {
            Phase::Cut
        } else if now < self.rings_at(line) {
            Phase::Queued
        } else if now < self.answered_at(line) {
            Phase::Ringing
        } else if now < self.ends_at(line) {
            Phase::Talking
        } else {
            Phase::Over(self.plan.outcome)
        }
    }

    /// The length of the conversation so far, in call time, in tenths of a second as the providers
    /// count it.
    pub(crate) fn talked_tenths(&self, line: Timeline) -> u64 {
        let talked = match self.cut {
            None => self.plan.talk,
            Some(cut) => line
                .call_time(cut.saturating_duration_since(self.answered_at(line)))
                .min(self.plan.talk),
        };
        u64::try_from(talked.as_millis() / 100).unwrap_or(u64::MAX)
    }
}
