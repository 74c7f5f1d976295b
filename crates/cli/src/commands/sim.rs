//! `switchboard sim`: runs a simulated provider.

use std::{collections::BTreeMap, io::Write, path::Path, time::Duration};

use serde::Serialize;
use switchboard::Country;
use switchboard_testkit::{RingLedger, Shape, SimConfig, SimKind, Simulator, fault::FaultScript};

use crate::{
    cli::{SimArgs, SimShape},
    exit::Exit,
    failure::{Failure, Outcome},
    interrupt,
    output::Output,
};

const MINUTE: Duration = Duration::from_secs(60);
/// So many reads a minute that a limit on calls does not limit them.
const MANY_READS: usize = 1_000_000;

pub(crate) async fn run(args: SimArgs, output: Output) -> Outcome {
    let config = config(&args)?;
    // Signals are listened for before the ready line, so that one right after it is not missed.
    let mut end = interrupt::listen()?;
    let listen = args.listen;
    let problem = |error: std::io::Error| {
        Failure::local(format!("the simulator cannot listen on {listen}: {error}"))
    };
    let sim = args.provider.kind().start(config).await.map_err(problem)?;
    Ready::of(&sim).print(output);
    tokio::select! {
        _ = end.recv() => {}
        () = sim.closed() => {}
    }
    sim.shutdown().await;
    Ok(Exit::Done)
}

fn config(args: &SimArgs) -> Outcome<SimConfig> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::input(
            "--speed",
            "is not above zero: use 1 for real time, or 60 for a minute per second",
        ));
    }
    let shape = match args.shape {
        SimShape::February => Shape::February2026,
        SimShape::January => Shape::January2026,
        SimShape::Assistant => Shape::Assistant,
    };
    let mut config = SimConfig::default().listen(args.listen).speed(args.speed).shape(shape);
    if let Some(seed) = args.seed {
        config = config.seed(seed);
    }
    if !args.countries.is_empty() {
        config = config.countries(args.countries.iter().map(Country::as_str));
    }
    if let Some(lines) = args.lines {
        config = config.concurrency(lines);
    }
    if let Some(calls) = args.calls_per_minute {
        if args.provider.kind() == SimKind::KallyAi {
            return Err(Failure::input(
                "--calls-per-minute",
                "has no effect on KallyAI, which documents no limit: leave it out",
            ));
        }
        config = config.limits(calls, MANY_READS).limit_window(MINUTE);
    }
    if let Some(file) = &args.ring_ledger {
        let ledger = RingLedger::with_file(file).map_err(|error| {
            Failure::local(format!("the ring ledger {} cannot be opened: {error}", file.display()))
        })?;
        config = config.ledger(ledger);
    }
    if let Some(file) = &args.faults {
        config = config.faults(faults(file)?);
    }
    Ok(config)
}

fn faults(file: &Path) -> Outcome<FaultScript> {
    let wrong =
        |problem: String| Failure::input("--faults", format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let script = if json { FaultScript::from_json(&text) } else { FaultScript::from_toml(&text) };
    script.map_err(|error| wrong(error.to_string()))
}

/// The line that is printed when the simulator is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    provider: &'static str,
    url: &'a str,
    credential: &'a str,
    /// The seed that reproduces this run.
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<&'a str>,
    /// What else belongs to the account, under the provider's names.
    #[serde(flatten)]
    account: BTreeMap<&'static str, String>,
}

impl<'a> Ready<'a> {
    fn of(sim: &'a Simulator) -> Self {
        Self {
            provider: sim.kind().id(),
            url: sim.url(),
            credential: sim.credential(),
            seed: sim.seed(),
            agent_id: sim.agent_id(),
            account: sim.account().into_iter().collect(),
        }
    }

    /// Prints it on one line, and flushes it.
    fn print(&self, output: Output) {
        output.object_line(self);
        let _ = std::io::stdout().flush();
    }
}
