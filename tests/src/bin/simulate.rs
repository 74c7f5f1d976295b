//! Runs simulated worlds and reports which invariants were violated.
//!
//! `cargo run --release -p switchboard-tests --bin simulate -- [--seeds N] [--first-seed S]
//! [--replicas R] [--threads N] [--verify] [--trace] [--json]`. `--verify` runs each seed twice and
//! compares the traces; `--trace` shows the whole trace of a failing seed instead of its end. The
//! last line is a JSON object; with `--json` it is the only one. Exits with 1 if an invariant was
//! violated.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{process::ExitCode, sync::Mutex, thread};

use serde_json::json;
use switchboard_tests::simulate::{
    Counters, Fault, Kind, Property, Report, Settings, Stage, Tallies, simulate,
};

/// How many lines of the trace of a failing seed are shown.
const SHOWN: usize = 60;
/// How many failing seeds are shown.
const FAILURES: u64 = 5;

#[derive(Debug, Clone, Copy)]
struct Asked {
    seeds: u64,
    first: u64,
    threads: u64,
    verify: bool,
    json: bool,
    /// Show the whole trace of a failing seed.
    trace: bool,
    settings: Settings,
}

/// The accumulated results.
#[derive(Debug, Default)]
struct Sum {
    calls: u64,
    rings: u64,
    broken: [u64; 7],
    waiting: u64,
    after_closing: u64,
    failed: Vec<u64>,
    counters: Counters,
    tallies: Tallies,
    hashes: Vec<(u64, u64)>,
}

const PROPERTIES: [Property; 7] = [
    Property::DuplicateRings,
    Property::LostCalls,
    Property::FalseOutcomes,
    Property::Limits,
    Property::Invariants,
    Property::Budgets,
    Property::Rules,
];

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!(
                "{wrong}\nusage: simulate [--seeds N] [--first-seed S] [--replicas R] [--threads N] [--verify] [--trace] [--json]"
            );
            return ExitCode::from(2);
        }
    };
    let sum = Mutex::new(Sum::default());
    let mut differing = Vec::new();
    thread::scope(|scope| {
        let runs: Vec<_> = (0..asked.threads)
            .map(|thread| {
                let sum = &sum;
                scope.spawn(move || run(asked, thread, sum))
            })
            .collect();
        for run in runs {
            match run.join() {
                Ok(mut found) => differing.append(&mut found),
                Err(_) => differing.push(u64::MAX),
            }
        }
    });
    let Ok(mut sum) = sum.into_inner() else {
        return ExitCode::FAILURE;
    };
    if !asked.json {
        table(&sum.counters);
        kinds(&sum.tallies);
    }
    println!("{}", sum.object());
    for seed in &differing {
        eprintln!("seed {seed} gave two different traces");
    }
    if sum.broken.iter().any(|count| *count > 0) {
        sum.failed.sort_unstable();
        eprintln!("{} seeds broke a law: {:?}", sum.failed.len(), sum.failed);
    }
    if sum.failed.is_empty() && differing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs every `threads`th seed. Returns those that did not replay.
fn run(asked: Asked, thread: u64, sum: &Mutex<Sum>) -> Vec<u64> {
    let mut differing = Vec::new();
    for nth in (thread..asked.seeds).step_by(usize::try_from(asked.threads).unwrap_or(1)) {
        let seed = asked.first + nth;
        let report = simulate(seed, asked.settings);
        if asked.verify && simulate(seed, asked.settings).hash != report.hash {
            differing.push(seed);
        }
        let Ok(mut sum) = sum.lock() else {
            return differing;
        };
        if !report.breaches.is_empty() && (sum.failed.len() as u64) < FAILURES {
            show(&report, if asked.trace { usize::MAX } else { SHOWN });
        }
        sum.add(&report);
    }
    differing
}

fn show(report: &Report, most: usize) {
    eprintln!("seed {} after {} s:", report.seed, report.lasted.as_secs());
    for line in report.tail.iter().skip(report.tail.len().saturating_sub(most)) {
        eprintln!("  {line}");
    }
    for breach in &report.breaches {
        eprintln!("  {breach}");
    }
}

fn table(counters: &Counters) {
    println!("{:<24} {:>7}  how often it met a call in each state", "fault", "times");
    for fault in Fault::ALL {
        let met = fault
            .can_meet()
            .iter()
            .map(|stage| format!("{} {}", stage.name(), counters.of(*fault, *stage)));
        println!(
            "{:<24} {:>7}  {}",
            fault.name(),
            counters.total(*fault),
            met.collect::<Vec<_>>().join(", ")
        );
        let beside = Stage::ALL
            .iter()
            .filter(|stage| !fault.can_meet().contains(stage) && counters.of(*fault, **stage) > 0);
        let beside: Vec<String> = beside
            .map(|stage| format!("{} {}", stage.name(), counters.of(*fault, *stage)))
            .collect();
        if !beside.is_empty() {
            println!("{:<24} {:>7}  beside the table: {}", "", "", beside.join(", "));
        }
    }
    if let Some((fault, stage, least)) = counters.least() {
        println!("least: {} in {}, {least} times", fault.name(), stage.name());
    }
}

fn kinds(tallies: &Tallies) {
    println!("{:<9} {:>7} {:>7}  how attempts in doubt were settled", "provider", "calls", "rings");
    for kind in Kind::ALL {
        let tally = tallies.of(kind);
        let settled: Vec<String> =
            tally.settled.iter().map(|(way, count)| format!("{} {count}", way.name())).collect();
        let (name, settled) = (kind.name(), settled.join(", "));
        println!("{name:<9} {:>7} {:>7}  {settled}", tally.calls, tally.rings);
    }
    if let Some((kind, way, least)) = tallies.least() {
        println!("least: {} at {}, {least} times", way.name(), kind.name());
    }
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.calls += report.calls;
        self.rings += report.rings;
        self.waiting += report.waiting;
        self.after_closing += report.after_closing;
        for (count, property) in self.broken.iter_mut().zip(PROPERTIES) {
            *count += report.count(property);
        }
        if !report.breaches.is_empty() {
            self.failed.push(report.seed);
        }
        self.counters.add(&report.counters);
        self.tallies.add(&report.tallies);
        self.hashes.push((report.seed, report.hash));
    }

    fn object(&mut self) -> serde_json::Value {
        self.hashes.sort_unstable();
        let whole = self.hashes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |whole, (_, hash)| {
            (whole ^ hash).wrapping_mul(0x0100_0000_01b3).rotate_left(17)
        });
        let [duplicate, lost, wrong, limits, invariants, budgets, rules] = self.broken;
        json!({
            "seeds": self.hashes.len(),
            "calls": self.calls,
            "rings": self.rings,
            "duplicate_rings": duplicate,
            "lost_calls": lost,
            "false_outcomes": wrong,
            "limits_exceeded": limits,
            "invariants_broken": invariants,
            "budgets_overshot": budgets,
            "rules_broken": rules,
            "calls_waiting": self.waiting,
            "rings_after_closing": self.after_closing,
            "fault_state_min": self.counters.least().map(|(_, _, least)| least),
            "settled_min": self.tallies.least().map(|(_, _, least)| least),
            "providers": self.tallies.object(),
            "trace_hash": format!("{whole:016x}"),
        })
    }
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        seeds: 100,
        first: 0,
        threads: 1,
        verify: false,
        json: false,
        trace: false,
        settings: Settings::default(),
    };
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let number = arguments.next().and_then(|text| text.parse::<u64>().ok());
            number.ok_or_else(|| format!("{argument} wants a number"))
        };
        match argument.as_str() {
            "--seeds" => asked.seeds = number()?,
            "--first-seed" => asked.first = number()?,
            "--threads" => asked.threads = number()?.max(1),
            "--replicas" => {
                asked.settings.replicas = Some(u32::try_from(number()?.clamp(1, 8)).unwrap_or(1))
            }
            "--verify" => asked.verify = true,
            "--json" => asked.json = true,
            "--trace" => asked.trace = true,
            unknown => return Err(format!("{unknown} is not known")),
        }
    }
    Ok(asked)
}
