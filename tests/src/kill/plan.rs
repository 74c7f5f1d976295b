//! The plan of a loop. It follows from the seed, but the timing of threads does not, so a seed
//! reproduces a loop approximately.

use std::{collections::VecDeque, fmt::Write, time::Duration};

use switchboard_testkit::{SimKind, fault::FaultScript};

use crate::{
    callee,
    fuzz::Chance,
    kill::faults,
    loops::people::{self, CALL_BACK},
};

/// The kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A valid row with a unique number.
    Good,
    /// A row without a valid number, which must be rejected.
    Wrong,
    /// A duplicate of an earlier row, which must be rejected.
    Twin,
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The number as written in the table.
    pub to: String,
    /// The tag that selects the route; empty if both providers are allowed.
    pub tag: &'static str,
    /// The kind of the row.
    pub kind: RowKind,
}

/// When a process is killed or paused.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// This long after the start.
    Age(Duration),
    /// This long after this many rings since the start.
    Ring(usize, Duration),
}

/// How a process is killed or paused.
#[derive(Debug, Clone, Copy)]
pub enum Blow {
    /// SIGKILL.
    Kill,
    /// SIGSTOP, and SIGCONT after this duration.
    Pause(Duration),
    /// SIGSTOP, and SIGKILL after this duration, so that it never wakes.
    PauseAndKill(Duration),
}

/// One kill or pause. The time of the next one is counted from the next start, or from this start
/// after a pause.
#[derive(Debug, Clone, Copy)]
pub struct Strike {
    /// When it happens.
    pub at: Moment,
    /// What happens.
    pub blow: Blow,
}

/// The plan of one loop.
#[derive(Debug)]
pub struct Plan {
    /// The rows of the table.
    pub rows: Vec<Row>,
    /// The faults of each provider.
    pub faults: [FaultScript; 2],
    /// For each process, its kills and pauses in order.
    pub replicas: Vec<VecDeque<Strike>>,
    /// For each opt-out, how many rings it waits for, and how long after that.
    pub opt_outs: Vec<(usize, Duration)>,
    /// Run the command once more after it ended, which must find nothing to do.
    pub once_more: bool,
}

impl Plan {
    /// Draws the plan of a loop over these providers. With `pauses`, there are two processes, which are also paused.
    pub fn draw(seed: u64, number: u32, providers: [SimKind; 2], pauses: bool) -> Self {
        let mut chance = Chance::new(Chance::new(seed.rotate_left(32) ^ u64::from(number)).next());
        let rows = rows(&mut chance, providers);
        let good = rows.iter().filter(|row| row.kind == RowKind::Good).count();
        let replicas = if pauses { 2 } else { 1 };
        Self {
            faults: faults::draw(&mut chance, providers, &rows),
            replicas: (0..replicas).map(|_| strikes(&mut chance, good, pauses)).collect(),
            opt_outs: opt_outs(&mut chance, good),
            once_more: chance.below(4) == 0,
            rows,
        }
    }

    /// The content of the table file.
    pub fn table(&self) -> String {
        let mut people: VecDeque<_> = people::calls().collect();
        let each = people.len().div_ceil(self.rows.len());
        let until = people::not_after();
        let mut table = "to,task,tags,tenant,not_after,callback_number\n".to_owned();
        for row in &self.rows {
            let task = "Ask whether the shop is open on Sunday.";
            let _ = writeln!(table, "{},{task},{},,,{CALL_BACK}", row.to, row.tag);
            for call in people.drain(..each.min(people.len())) {
                let tenant = ["acme", "bolt"][call.tenant];
                let _ = writeln!(table, "{},{},,{tenant},{until},{CALL_BACK}", call.to, call.task);
            }
        }
        table
    }
}

fn rows(chance: &mut Chance, providers: [SimKind; 2]) -> Vec<Row> {
    let [one, other] = providers.map(SimKind::id);
    let good = 5 + chance.below(36);
    let first = chance.below(1900);
    let mut rows: Vec<Row> = (0..good)
        .map(|n| Row {
            to: callee(first + n),
            tag: [one, other, ""][chance.below(3)],
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

/// Around the first rings, when most calls are under way.
fn opt_outs(chance: &mut Chance, calls: usize) -> Vec<(usize, Duration)> {
    let mut draw = |below: usize| chance.below(below);
    (0..3).map(|_| (draw(calls.div_ceil(2)), Duration::from_millis(draw(1500) as u64))).collect()
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

/// At the start, while it continues what the last process left; around a ring; or at any time, even
/// after the end.
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

/// Mostly pauses of 1 to 20 s. Most are longer than the lease, so that the other process has taken
/// over the calls when it wakes.
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
