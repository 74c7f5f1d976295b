//! The trace of a world: a hash of everything, and the end of the trace for display.

use std::{
    collections::VecDeque,
    fmt,
    hash::{Hash, Hasher},
};

use switchboard::Outcome;

use super::{fault::Fault, stage::Stage};

/// An entry of the trace. Calls are numbered, so it contains no phone numbers.
#[derive(Debug, Clone, Copy, Hash)]
pub(super) enum Happened {
    /// A fact was written, and the call is now in this state.
    Written(&'static str, Stage),
    /// The journal rejected a fact.
    NotWritten(&'static str, &'static str),
    /// A request arrived at the provider.
    Delivered(u64),
    /// A phone rings.
    Ring(u64),
    /// A phone call ended.
    Over(Outcome),
    /// A fault happened in this state.
    Fault(Fault, Stage),
    /// A process started.
    Start,
    /// A process ended.
    End,
    /// A paused process continued.
    Resumed,
    /// A call was accepted.
    Accepted,
    /// A webhook got a response.
    Webhook(bool),
    /// All faults were stopped.
    Calm,
}

#[derive(Debug, Clone, Copy, Hash)]
struct Line {
    at: u64,
    what: Happened,
    call: Option<usize>,
    process: Option<u32>,
}

/// The trace of one world.
#[derive(Debug)]
pub(super) struct Trace {
    hash: Fnv,
    tail: VecDeque<Line>,
    keep: usize,
}

impl Trace {
    pub(super) fn new(keep: usize) -> Self {
        Self { hash: Fnv::default(), tail: VecDeque::new(), keep }
    }

    pub(super) fn note(
        &mut self,
        at: u64,
        what: Happened,
        call: Option<usize>,
        process: Option<u32>,
    ) {
        let line = Line { at, what, call, process };
        line.hash(&mut self.hash);
        if self.tail.len() >= self.keep {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash.finish()
    }

    pub(super) fn tail(&self) -> Vec<String> {
        self.tail.iter().map(Line::to_string).collect()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6}.{:03}", self.at / 1000, self.at % 1000)?;
        match self.process {
            Some(process) => write!(f, " process {process:<3}")?,
            None => f.write_str("            ")?,
        }
        match self.call {
            Some(call) => write!(f, " call {call:<3}")?,
            None => f.write_str("         ")?,
        }
        match self.what {
            Happened::Written(fact, stage) => write!(f, " {fact}: {}", stage.name()),
            Happened::NotWritten(fact, why) => write!(f, " {fact} not written: {why}"),
            Happened::Delivered(id) => write!(f, " the provider has it as {id}"),
            Happened::Ring(id) => write!(f, " RING {id}"),
            Happened::Over(outcome) => write!(f, " hung up: {outcome}"),
            Happened::Fault(fault, stage) => {
                write!(f, " FAULT {} in {}", fault.name(), stage.name())
            }
            Happened::Start => f.write_str(" starts"),
            Happened::End => f.write_str(" is gone"),
            Happened::Resumed => f.write_str(" goes on"),
            Happened::Accepted => f.write_str(" taken in"),
            Happened::Webhook(true) => f.write_str(" webhook taken"),
            Happened::Webhook(false) => f.write_str(" webhook refused"),
            Happened::Calm => f.write_str(" every fault is off"),
        }
    }
}

/// FNV-1a: the same on every machine of one byte order and word length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
