//! The simulated providers, what their callees do, and a switchboard over them.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Clock, Config, ErrorKind, Ledger, PhoneNumber, ProviderId, Switchboard, SystemClock,
    journal::{OptOut, OptOutSource},
    router::BreakerState,
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKaiCalls, SimKallyAi,
    calls::Outcome as SimOutcome,
    fault::{After, Fault, Rule},
};
use tempfile::TempDir;

use crate::{
    commands::{
        demo::calls::{Callee, Row},
        simulated_rules,
    },
    failure::{Failure, Outcome},
};

/// A minute of a call takes half a second.
const SPEED: f64 = 120.0;
const CONFIGURATION: &str = include_str!("demo.toml");
/// The hours in which callees are called who asked for it hold in the demo too.
const HOURS_KEPT: &str = "P-HOURS-REQUESTED";
/// The provider that has the outage.
const FAILING: ProviderId = ProviderId::from_static("kaicalls");
/// The circuit breaker closes after a successful read, tried after one second, then after two.
const LONGEST_RECOVERY: Duration = Duration::from_secs(10);
const POLL_EVERY: Duration = Duration::from_millis(50);

/// Two simulated providers that share a ring ledger, and the switchboard over them.
pub(super) struct Simulation {
    pub(super) switchboard: Switchboard,
    /// The phones that rang, recorded by the simulators.
    pub(super) rings: RingLedger,
    /// The switchboard's own record of the calls.
    pub(super) ledger: Ledger,
    kaicalls: SimKaiCalls,
    // Kept so that they are not dropped early.
    _kallyai: SimKallyAi,
    _directory: Option<TempDir>,
}

impl Simulation {
    /// Starts everything on the loopback interface.
    pub(super) async fn start(rows: &[Row], seed: u64, file: Option<&Path>) -> Outcome<Self> {
        let (ledger, directory) = open_ledger(file).await?;
        let rings = RingLedger::in_memory();
        let problem = |error: std::io::Error| {
            Failure::local(format!("a simulated provider could not be started: {error}"))
        };
        let defaults = || SimConfig::default().seed(seed).speed(SPEED).ledger(rings.clone());
        let kallyai = SimKallyAi::start(with_callees(
            defaults().credits(10_000),
            rows,
            "suppression_violation",
        ))
        .await
        .map_err(problem)?;
        let kaicalls = SimKaiCalls::start(with_callees(defaults(), rows, "number_on_dnc"))
            .await
            .map_err(problem)?;
        for row in rows.iter().filter(|row| row.callee == Some(Callee::AnswerLost)) {
            kallyai.faults().add(
                Rule::on("POST", "/v1/calls", Fault::Reset).after(After::Ring).to(row.to.as_str()),
            );
        }
        let text = CONFIGURATION
            .replace("<kaicalls-url>", kaicalls.url())
            .replace("<kaicalls-agent>", kaicalls.agent_id())
            .replace("<kallyai-url>", kallyai.url());
        let secrets = |name: &str| match name {
            "DEMO_KAICALLS_KEY" => Some(kaicalls.credential().to_owned()),
            "DEMO_KALLYAI_TOKEN" => Some(kallyai.credential().to_owned()),
            _ => None,
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = Config::from_toml(&text)?;
        let engine = config
            .engine_builder(secrets, &clock)?
            .adjust(|policy| policy.timings.poll_every = Duration::from_secs(1))
            .rule_tables(simulated_rules::tables_but(HOURS_KEPT)?)
            .journal(ledger.journal())
            .build()?;
        opt_out(rows, &ledger, clock.now()).await?;
        Ok(Self {
            switchboard: Switchboard::new(engine, clock).with_ledger(ledger.clone()),
            rings,
            ledger,
            kaicalls,
            _kallyai: kallyai,
            _directory: directory,
        })
    }

    /// Starts the outage: connections are cut, and new ones refused.
    pub(super) async fn stop_kaicalls(&self) {
        self.kaicalls.refuse_connections().await;
    }

    /// Ends the outage, and returns once a read has succeeded.
    pub(super) async fn restart_kaicalls(&self) -> Outcome<()> {
        self.kaicalls.accept_connections().await;
        let engine = self.switchboard.engine();
        let at = engine.policy().index_of(&FAILING).unwrap_or_default();
        let recovered = async {
            while engine
                .readings()
                .get(at)
                .is_some_and(|reading| reading.breaker != BreakerState::Closed)
            {
                tokio::time::sleep(POLL_EVERY).await;
            }
        };
        tokio::time::timeout(LONGEST_RECOVERY, recovered).await.map_err(|_| {
            let message = format!(
                "no read at {FAILING} succeeded within {} s after its outage",
                LONGEST_RECOVERY.as_secs()
            );
            Failure::from(switchboard::Error::new(ErrorKind::Provider, message))
        })
    }
}

/// Opens an empty ledger: in the given file, or in a temporary directory.
async fn open_ledger(file: Option<&Path>) -> Outcome<(Ledger, Option<TempDir>)> {
    if let Some(file) = file {
        if file.exists() {
            let shown = file.display();
            return Err(Failure::input(
                "--ledger",
                format!("{shown} already exists, and the demo needs a new file"),
            ));
        }
        return Ok((Ledger::file(file, None).await?, None));
    }
    let directory = tempfile::tempdir().map_err(|error| {
        Failure::local(format!("a temporary directory could not be created: {error}"))
    })?;
    let ledger = Ledger::file(directory.path().join("demo.db"), None).await?;
    Ok((ledger, Some(directory)))
}

/// Records who asked not to be called again.
async fn opt_out(rows: &[Row], ledger: &Ledger, now: Timestamp) -> Outcome<()> {
    let rows = rows.iter().filter(|row| row.callee == Some(Callee::OptedOut));
    // A number that cannot be called is told when it is asked for.
    for to in rows.filter_map(|row| PhoneNumber::parse(&row.to).ok()) {
        let opt_out = OptOut::new(OptOutSource::Written, "demo", now);
        ledger.journal().opt_out(&to, &opt_out).await?;
    }
    Ok(())
}

/// Configures what the simulated callees do.
fn with_callees(config: SimConfig, rows: &[Row], do_not_call: &str) -> SimConfig {
    rows.iter().fold(config, |config, row| match row.callee {
        Some(Callee::Completed | Callee::AnswerLost) => {
            config.outcome(row.to.as_str(), SimOutcome::Completed)
        }
        Some(Callee::NoAnswer) => config.outcome(row.to.as_str(), SimOutcome::NoAnswer),
        Some(Callee::Busy) => config.outcome(row.to.as_str(), SimOutcome::Busy),
        Some(Callee::Voicemail) => config.outcome(row.to.as_str(), SimOutcome::Voicemail),
        Some(Callee::DoNotCall) => config.refuse(row.to.as_str(), do_not_call),
        Some(Callee::Asleep | Callee::OptedOut) | None => config,
    })
}
