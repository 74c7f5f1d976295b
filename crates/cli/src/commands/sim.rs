//! `switchboard sim`: runs a simulated provider.

use std::{io::Write, path::Path};

use serde::Serialize;
use switchboard_testkit::{
    RingLedger, Shape, SimConfig, SimHandle, SimKaiCalls, SimKallyAi, fault::FaultScript,
};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    cli::{SimArgs, SimProvider, SimShape},
    exit::Exit,
    failure::{Failure, Outcome},
    interrupt::{self, Signal},
    output::Output,
};

pub(crate) async fn run(args: SimArgs, output: Output) -> Outcome {
    let config = config(&args)?;
    // Signals are listened for before the ready line, so that one right after it is not missed.
    let end = interrupt::listen()?;
    let listen = args.listen;
    let problem = |error: std::io::Error| {
        Failure::local(format!("the simulator cannot listen on {listen}: {error}"))
    };
    match args.provider {
        SimProvider::KallyAi => {
            let sim = SimKallyAi::start(config).await.map_err(problem)?;
            Ready {
                provider: "kallyai",
                url: sim.url(),
                credential: sim.credential(),
                seed: sim.seed(),
                agent_id: None,
                business_id: None,
            }
            .print(output);
            serve(&sim, end).await;
            sim.shutdown().await;
        }
        SimProvider::KaiCalls => {
            let sim = SimKaiCalls::start(config).await.map_err(problem)?;
            Ready {
                provider: "kaicalls",
                url: sim.url(),
                credential: sim.credential(),
                seed: sim.seed(),
                agent_id: Some(sim.agent_id()),
                business_id: Some(sim.business_id()),
            }
            .print(output);
            serve(&sim, end).await;
            sim.shutdown().await;
        }
    }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<&'a str>,
}

impl Ready<'_> {
    /// Prints it on one line, and flushes it.
    fn print(&self, output: Output) {
        output.object_line(self);
        let _ = std::io::stdout().flush();
    }
}

async fn serve(sim: &SimHandle, mut end: UnboundedReceiver<Signal>) {
    tokio::select! {
        _ = end.recv() => {}
        () = sim.closed() => {}
    }
}
