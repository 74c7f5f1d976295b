//! The simulated providers, what their callees do, and a router over them.

use std::{path::Path, sync::Arc, time::Duration};

use switchboard::{
    Clock, Config, ErrorKind, Ledger, ProviderId, Switchboard, SystemClock, router::BreakerState,
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKaiCalls, SimKallyAi,
    calls::Outcome as SimOutcome,
    fault::{After, Fault, Rule},
};
use tempfile::TempDir;

use crate::{
    commands::demo::calls::{Callee, Row},
    failure::{Failure, Outcome},
};

/// A minute of call takes half a second.
const SPEED: f64 = 120.0;
const CONFIGURATION: &str = include_str!("demo.toml");
/// What the outage strikes.
const STRUCK: ProviderId = ProviderId::from_static("kaicalls");
/// The outage ends with a read that works; one is tried after a second, then after two.
const LONGEST_RECOVERY: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Two simulated providers with one ledger, and the switchboard over them.
pub(super) struct World {
    pub(super) switchboard: Switchboard,
    /// Which phones rang, by the simulators.
    pub(super) rings: RingLedger,
    /// What became of the calls, by us.
    pub(super) ledger: Ledger,
    kaicalls: SimKaiCalls,
    // These only have to live.
    _kallyai: SimKallyAi,
    _directory: Option<TempDir>,
}

impl World {
    /// Starts it all on loopback.
    pub(super) async fn start(rows: &[Row], seed: u64, file: Option<&Path>) -> Outcome<Self> {
        let (ledger, directory) = keep(file).await?;
        let rings = RingLedger::in_memory();
        let problem = |error: std::io::Error| {
            Failure::local(format!("a simulated provider could not be started: {error}"))
        };
        let usual = || SimConfig::default().seed(seed).speed(SPEED).ledger(rings.clone());
        let kallyai =
            SimKallyAi::start(behave(usual().credits(10_000), rows, "suppression_violation"))
                .await
                .map_err(problem)?;
        let kaicalls =
            SimKaiCalls::start(behave(usual(), rows, "number_on_dnc")).await.map_err(problem)?;
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
        let router = config
            .router(secrets, &clock)?
            .adjust(|policy| policy.timings.poll_every = Duration::from_secs(1))
            .journal(ledger.journal())
            .build()?;
        Ok(Self {
            switchboard: Switchboard::new(router, clock).with_ledger(ledger.clone()),
            rings,
            ledger,
            kaicalls,
            _kallyai: kallyai,
            _directory: directory,
        })
    }

    /// From now on nobody listens at one provider, and what was open is cut.
    pub(super) async fn strike(&self) {
        self.kaicalls.refuse_connections().await;
    }

    /// It listens again; answers when a read has worked.
    pub(super) async fn recover(&self) -> Outcome<()> {
        self.kaicalls.accept_connections().await;
        let router = self.switchboard.engine();
        let at = router.policy().index_of(&STRUCK).unwrap_or_default();
        let recovered = async {
            while router
                .readings()
                .get(at)
                .is_some_and(|reading| reading.breaker != BreakerState::Closed)
            {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(LONGEST_RECOVERY, recovered).await.map_err(|_| {
            let message = format!(
                "no read at {STRUCK} worked within {} s of its return",
                LONGEST_RECOVERY.as_secs()
            );
            Failure::from(switchboard::Error::new(ErrorKind::Provider, message))
        })
    }
}

/// An empty ledger: in the file that is asked for, or in a directory that is gone when the
/// demonstration is over.
async fn keep(file: Option<&Path>) -> Outcome<(Ledger, Option<TempDir>)> {
    if let Some(file) = file {
        if file.exists() {
            let shown = file.display();
            return Err(Failure::input(
                "--ledger",
                format!("{shown} is there already, and the demonstration begins with an empty one"),
            ));
        }
        return Ok((Ledger::file(file, None).await?, None));
    }
    let directory = tempfile::tempdir().map_err(|error| {
        Failure::local(format!("no temporary directory could be made: {error}"))
    })?;
    let ledger = Ledger::file(directory.path().join("demo.db"), None).await?;
    Ok((ledger, Some(directory)))
}

/// Tells a simulator what the callees do.
fn behave(config: SimConfig, rows: &[Row], do_not_call: &str) -> SimConfig {
    rows.iter().fold(config, |config, row| match row.callee {
        Some(Callee::Completed | Callee::AnswerLost) => {
            config.outcome(row.to.as_str(), SimOutcome::Completed)
        }
        Some(Callee::NoAnswer) => config.outcome(row.to.as_str(), SimOutcome::NoAnswer),
        Some(Callee::Busy) => config.outcome(row.to.as_str(), SimOutcome::Busy),
        Some(Callee::Voicemail) => config.outcome(row.to.as_str(), SimOutcome::Voicemail),
        Some(Callee::DoNotCall) => config.refuse(row.to.as_str(), do_not_call),
        None => config,
    })
}
