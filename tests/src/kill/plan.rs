//! What one loop does. Everything that can be decided before it begins follows from its seed; when
//! the processes' threads meet which strike does not, so that a seed repeats a loop's shape and not
//! its every step.

use std::{collections::VecDeque, fmt::Write, time::Duration};

use crate::{
    callee,
    fuzz::Chance,
    kill::faults::{self, Faults},
};

/// What a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A call to somebody whom no other good row calls.
    Good,
    /// No number: it has to be rejected.
    Wrong,
    /// The number and task of an earlier row: it has to be rejected, and nobody is called twice.
    Twin,
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The number as it is written.
    pub to: String,
    /// What decides its route; empty: both providers may have it.
    pub tag: &'static str,
    /// What it is.
    pub kind: RowKind,
}

/// When a process is struck.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// So long after it was started.
    Age(Duration),
    /// So long after so many more phones rang since it was started.
    Ring(usize, Duration),
}

/// What strikes it.
#[derive(Debug, Clone, Copy)]
pub enum Blow {
    /// SIGKILL.
    Kill,
    /// SIGSTOP, and SIGCONT so much later.
    Pause(Duration),
    /// SIGSTOP, and SIGKILL so much later: it never wakes.
    PauseAndKill(Duration),
}

/// One strike. The next one is counted from the next start, or after a pause from this start again.
#[derive(Debug, Clone, Copy)]
pub struct Strike {
    /// When.
    pub at: Moment,
    /// What.
    pub blow: Blow,
}

/// One loop.
#[derive(Debug)]
pub struct Plan {
    /// The table.
    pub rows: Vec<Row>,
    /// What goes wrong at the providers.
    pub faults: Faults,
    /// For each process that works on the table, its strikes in order.
    pub replicas: Vec<VecDeque<Strike>>,
    /// The command is run once more when it has ended by itself: nothing may be left for it to do.
    pub once_more: bool,
}

impl Plan {
    /// The plan of one loop; with `pauses`, two processes that are also stopped.
    pub fn draw(seed: u64, number: u32, pauses: bool) -> Self {
        let mut chance = Chance::new(Chance::new(seed.rotate_left(32) ^ u64::from(number)).next());
        let rows = rows(&mut chance);
        let good = rows.iter().filter(|row| row.kind == RowKind::Good).count();
        let replicas = if pauses { 2 } else { 1 };
        Self {
            faults: faults::draw(&mut chance, &rows),
            replicas: (0..replicas).map(|_| strikes(&mut chance, good, pauses)).collect(),
            once_more: chance.below(4) == 0,
            rows,
        }
    }

    /// The table as a file.
    pub fn table(&self) -> String {
        let mut table = "to,task,tags\n".to_owned();
        for row in &self.rows {
            let _ =
                writeln!(table, "{},Ask whether the shop is open on Sunday.,{}", row.to, row.tag);
        }
        table
    }
}

fn rows(chance: &mut Chance) -> Vec<Row> {
    let good = 5 + chance.below(36);
    let first = chance.below(1900);
    let mut rows: Vec<Row> = (0..good)
        .map(|n| Row {
            to: callee(first + n),
            tag: ["kallyai", "kaicalls", ""][chance.below(3)],
            kind: RowKind::Good,
        })
        .collect();
    if chance.below(3) == 0 {
        let to = ["+15551234567", "911", "nobody"][chance.below(3)].to_owned();
        let row = Row { to, tag: "", kind: RowKind::Wrong };
        rows.insert(chance.below(rows.len() + 1), row);
    }
    if chance.below(3) == 0 {
        let of = chance.below(rows.len());
        if rows[of].kind == RowKind::Good {
            let row = Row { kind: RowKind::Twin, ..rows[of].clone() };
            rows.insert(of + 1 + chance.below(rows.len() - of), row);
        }
    }
    rows
}

fn strikes(chance: &mut Chance, calls: usize, pauses: bool) -> VecDeque<Strike> {
    let count = 1 + chance.below(5);
    (0..count)
        .map(|_| Strike {
            at: moment(chance, calls),
            blow: if pauses { blow(chance) } else { Blow::Kill },
        })
        .collect()
}

/// At the start, while it takes up what the last one left; around a ring; or at any time, after the
/// end too.
fn moment(chance: &mut Chance, calls: usize) -> Moment {
    let mut milliseconds = |below: usize| Duration::from_millis(chance.below(below) as u64);
    match milliseconds(10).as_millis() {
        0..3 => Moment::Age(milliseconds(250)),
        3..5 => Moment::Age(milliseconds(6000)),
        _ => {
            let jitter = milliseconds(40);
            Moment::Ring(1 + chance.below(calls.div_ceil(2)), jitter)
        }
    }
}

/// Mostly pauses, of 1 to 20 s: most of them longer than the lease, so that somebody else has the
/// calls when the process wakes.
fn blow(chance: &mut Chance) -> Blow {
    let seconds = match chance.below(10) {
        0..6 => 1 + chance.below(4),
        6..9 => 4 + chance.below(6),
        _ => 10 + chance.below(11),
    };
    let pause = Duration::from_secs(seconds as u64);
    match chance.below(8) {
        0..4 => Blow::Pause(pause),
        4 => Blow::PauseAndKill(pause),
        _ => Blow::Kill,
    }
}
