//! `switchboard sim`: a simulated provider in a process of its own.

use std::{io::Write, path::Path};

use serde_json::{Value, json};
use switchboard_testkit::{RingLedger, Shape, SimConfig, SimHandle, SimKaiCalls, SimKallyAi, fault::FaultScript};

use crate::{
    cli::{SimArgs, SimProvider, SimShape},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

pub(crate) async fn run(args: SimArgs, output: Output) -> Outcome {
    let config = config(&args)?;
    let end = ended()?;
    let listen = args.listen;
    let problem = |error: std::io::Error| Failure::local(format!("the simulator cannot listen on {listen}: {error}"));
    match args.provider {
        SimProvider::KallyAi => {
            let sim = SimKallyAi::start(config).await.map_err(problem)?;
            announce(output, &json!({"provider": "kallyai", "url": sim.url(), "credential": sim.credential()}));
            serve(&sim, end).await;
            sim.shutdown().await;
        }
        SimProvider::KaiCalls => {
            let sim = SimKaiCalls::start(config).await.map_err(problem)?;
            announce(
                output,
                &json!({
                    "provider": "kaicalls", "url": sim.url(), "credential": sim.credential(),
                    "agent_id": sim.agent_id(), "business_id": sim.business_id(),
                }),
            );
            serve(&sim, end).await;
            sim.shutdown().await;
        }
    }
    Ok(Exit::Done)
}

fn config(args: &SimArgs) -> Outcome<SimConfig> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::input("--speed", "is not above zero: write 1 for real time, or 60 for a second a minute"));
    }
    let shape = match args.shape {
        SimShape::February => Shape::February2026,
        SimShape::January => Shape::January2026,
        SimShape::Assistant => Shape::Assistant,
    };
    let mut config = SimConfig::default().listen(args.listen).seed(args.seed).speed(args.speed).shape(shape);
    if let Some(file) = &args.ring_ledger {
        let ledger = RingLedger::with_file(file)
            .map_err(|error| Failure::local(format!("the ring ledger {} cannot be opened: {error}", file.display())))?;
        config = config.ledger(ledger);
    }
    if let Some(file) = &args.faults {
        config = config.faults(faults(file)?);
    }
    Ok(config)
}

fn faults(file: &Path) -> Outcome<FaultScript> {
    let wrong = |problem: String| Failure::input("--faults", format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let script = if json { FaultScript::from_json(&text) } else { FaultScript::from_toml(&text) };
    script.map_err(|error| wrong(error.to_string()))
}

/// The line that a starting program waits for: one line always, and not left in a buffer.
fn announce(output: Output, line: &Value) {
    output.object_line(line);
    let _ = std::io::stdout().flush();
}

async fn serve(sim: &SimHandle, end: impl Future<Output = ()>) {
    tokio::select! {
        () = end => {}
        () = sim.closed() => {}
    }
}

/// Ends at SIGINT or SIGTERM. Listening begins at once, so that a signal right after the ready line is not missed.
#[cfg(unix)]
fn ended() -> Outcome<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let problem = |error: std::io::Error| Failure::local(format!("signals cannot be received: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(problem)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(problem)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
fn ended() -> Outcome<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
