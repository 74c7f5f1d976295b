//! The course of a call at a provider whose record ends with a word of its own, and which accepts
//! calls that it then never dials.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{CallPlan, CallScript, Outcome, Reached};
use crate::SimConfig;
use crate::host::{Seed, Timeline};

/// What a provider's words for an end mean.
pub(crate) struct Words {
    /// How far a call gets that ends with this word, as the documents file it.
    pub(crate) reached: fn(&str) -> Reached,
    /// The word for the end of a call whose outcome was drawn or scripted.
    pub(crate) of: fn(Outcome) -> &'static str,
}

/// The state of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Accepted, not dialled.
    Queued,
    /// The phone is ringing.
    Ringing,
    /// A person or a machine answered.
    Talking,
    /// It has ended.
    Over,
}

/// A running or ended call.
#[derive(Debug)]
pub(crate) struct Course {
    /// How far the call gets if it is not cut short.
    pub(crate) reached: Reached,
    /// The provider's word for the end.
    pub(crate) word: String,
    /// When the phone began to ring: the ledger has the ring.
    pub(crate) dialled: Option<Timestamp>,
    start: Instant,
    queue: Duration,
    ring: Duration,
    talk: Duration,
    cut: Option<Instant>,
    moved: Arc<watch::Sender<bool>>,
}

impl Course {
    /// Draws the course of the `nth` call (from 0) to `number`.
    pub(crate) fn draw(
        seed: Seed,
        config: &SimConfig,
        words: &Words,
        number: &str,
        nth: usize,
        line: Timeline,
    ) -> Self {
        let script = config.script(number, nth);
        let ending = config.ending_of(number, nth);
        let reached =
            ending.map(|ending| ending.reached.unwrap_or_else(|| (words.reached)(&ending.word)));
        let script = match reached {
            None => script,
            Some(reached) => {
                let outcome = match reached {
                    Reached::Accepted | Reached::Dialled => Outcome::NoAnswer,
                    Reached::Answered => Outcome::Completed,
                };
                Some(CallScript { outcome, ..script.unwrap_or(CallScript::new(outcome)) })
            }
        };
        let plan = CallPlan::draw(seed, number, nth, script);
        Self {
            reached: reached.unwrap_or(match plan.outcome {
                Outcome::Completed | Outcome::Voicemail => Reached::Answered,
                Outcome::NoAnswer | Outcome::Busy | Outcome::Failed => Reached::Dialled,
            }),
            word: ending
                .map_or_else(|| (words.of)(plan.outcome).to_owned(), |ending| ending.word.clone()),
            dialled: None,
            start: line.now(),
            queue: config.queue.unwrap_or_default(),
            ring: plan.ring,
            talk: plan.talk,
            cut: None,
            moved: Arc::new(watch::channel(false).0),
        }
    }

    /// Makes it a call that is never dialled.
    pub(crate) fn never_dialled(&mut self, word: &str) {
        self.reached = Reached::Accepted;
        word.clone_into(&mut self.word);
    }

    /// Shortens the conversation.
    pub(crate) fn limit(&mut self, talk: Duration) {
        self.talk = self.talk.min(talk);
    }

    /// Lets the phone ring no longer than this. A call that would be answered later is not, and ends
    /// with this word.
    pub(crate) fn give_up(&mut self, ring: Duration, word: &str) {
        if self.reached == Reached::Answered && self.ring > ring {
            self.reached = Reached::Dialled;
            word.clone_into(&mut self.word);
        }
        self.ring = self.ring.min(ring);
    }

    /// Whether the conversation would last longer than this.
    pub(crate) fn talks_longer_than(&self, talk: Duration) -> bool {
        self.reached == Reached::Answered && self.talk > talk
    }

    /// Lets the call begin at another time, because it waits for something.
    pub(crate) fn begin(&mut self, start: Instant) {
        self.start = start;
    }

    /// True if the phone is dialled without a wait.
    pub(crate) fn dials_at_once(&self) -> bool {
        self.reached > Reached::Accepted && self.queue.is_zero()
    }

    fn answered_at(&self, line: Timeline) -> Instant {
        self.start + line.real(self.queue + self.ring)
    }

    /// When the call ends, if it is not cut short.
    fn ends_at(&self, line: Timeline) -> Instant {
        let after = match self.reached {
            Reached::Accepted => Duration::ZERO,
            Reached::Dialled => self.ring,
            Reached::Answered => self.ring + self.talk,
        };
        self.start + line.real(self.queue + after)
    }

    /// Ends the call now, with this word. Has no effect on a call that has ended.
    pub(crate) fn cut(&mut self, word: &str, line: Timeline) {
        let line = line.frozen();
        if self.step(line) != Step::Over {
            word.clone_into(&mut self.word);
            if self.dialled.is_none() {
                self.reached = Reached::Accepted;
            } else if line.now() < self.answered_at(line) {
                self.reached = Reached::Dialled;
            }
            self.cut = Some(line.now());
            self.moved.send_replace(true);
        }
    }

    pub(crate) fn step(&self, line: Timeline) -> Step {
        let now = line.now();
        match (self.cut, self.dialled) {
            (Some(_), _) => Step::Over,
            (None, None) if self.reached == Reached::Accepted && now >= self.ends_at(line) => {
                Step::Over
            }
            (None, None) => Step::Queued,
            (None, Some(_)) if now >= self.ends_at(line) => Step::Over,
            (None, Some(_)) if now >= self.answered_at(line) => Step::Talking,
            (None, Some(_)) => Step::Ringing,
        }
    }

    pub(crate) fn is_over(&self, line: Timeline) -> bool {
        self.step(line) == Step::Over
    }

    /// The moment when the call ended; `None` if it has not.
    pub(crate) fn ended(&self, line: Timeline) -> Option<Instant> {
        self.is_over(line).then(|| self.cut.unwrap_or_else(|| self.ends_at(line)))
    }

    /// True once a person or a machine has answered.
    pub(crate) fn is_answered(&self, line: Timeline) -> bool {
        self.reached == Reached::Answered
            && self.dialled.is_some()
            && line.now() >= self.answered_at(line)
    }

    /// The length of the conversation so far, in call time.
    pub(crate) fn talked(&self, line: Timeline) -> Duration {
        if !self.is_answered(line) {
            return Duration::ZERO;
        }
        let end = self.cut.unwrap_or_else(|| line.now());
        line.call_time(end.saturating_duration_since(self.answered_at(line))).min(self.talk)
    }

    /// When the call was answered, and when it ended; `None` for what has not happened.
    pub(crate) fn times(&self, line: Timeline) -> (Option<Timestamp>, Option<Timestamp>) {
        let answered = self.is_answered(line).then(|| line.date_of(self.answered_at(line)));
        (answered, self.ended(line).map(|at| line.date_of(at)))
    }

    /// The moments to wait for.
    pub(crate) fn moments(&self, line: Timeline) -> Moments {
        Moments {
            rings_at: (self.reached > Reached::Accepted)
                .then(|| self.start + line.real(self.queue)),
            answered_at: (self.reached == Reached::Answered).then(|| self.answered_at(line)),
            ends_at: self.ends_at(line),
            cut: self.moved.subscribe(),
        }
    }
}

/// The moments of a call, to wait for.
pub(crate) struct Moments {
    pub(crate) rings_at: Option<Instant>,
    pub(crate) answered_at: Option<Instant>,
    pub(crate) ends_at: Instant,
    cut: watch::Receiver<bool>,
}

impl Moments {
    /// Waits for something else, or until the call is cut short: then it returns false.
    pub(crate) async fn unless_cut(&mut self, other: impl Future<Output = ()> + Send) -> bool {
        tokio::select! {
            biased;
            // The sender lives in the record of the call, which stays.
            _ = self.cut.wait_for(|cut| *cut) => false,
            () = other => true,
        }
    }

    /// Waits until `at`, or until the call is cut short: then it returns false.
    pub(crate) async fn reach(&mut self, at: Instant) -> bool {
        self.unless_cut(tokio::time::sleep_until(at)).await
    }
}
