//! Two simulated providers, what their callees do, and a switchboard over them.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Clock, Config, ErrorKind, Ledger, PhoneNumber, ProviderId, Switchboard, SystemClock,
    journal::{JournalExt as _, OptOut, OptOutSource},
    router::BreakerState,
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKind, Simulator,
    calls::Outcome as SimOutcome,
    fault::{After, Fault, Rule},
};
use tempfile::TempDir;

use crate::{
    commands::{
        demo::{
            calls::{Callee, Row},
            configuration::{self, FIRST_KEY, SECOND_KEY},
        },
        simulated_rules,
    },
    failure::{Failure, Outcome},
};

/// A minute of a call takes half a second.
const SPEED: f64 = 120.0;
/// The hours in which callees are called who asked for it hold in the demo too.
const HOURS_KEPT: &str = "P-HOURS-REQUESTED";
/// What the simulated KallyAI starts with, so that no call is refused for want of credits.
const CREDITS: u32 = 10_000;
/// The circuit breaker closes after a successful read, tried after one second, then after two.
const LONGEST_RECOVERY: Duration = Duration::from_secs(10);
/// How long a request may take to a simulator on this machine.
const LONGEST_WAY: Duration = Duration::from_secs(2);
const POLL_EVERY: Duration = Duration::from_millis(50);

/// Two simulated providers that share a ring ledger, and the switchboard over them.
pub(super) struct Simulation {
    pub(super) switchboard: Switchboard,
    /// The phones that rang, recorded by the simulators.
    pub(super) rings: RingLedger,
    /// The switchboard's own record of the calls.
    pub(super) ledger: Ledger,
    /// The provider that is asked first, and has the outage.
    first: Simulator,
    // Kept so that they are not dropped early.
    _second: Simulator,
    _directory: Option<TempDir>,
}

impl Simulation {
    /// Starts everything on the loopback interface.
    pub(super) async fn start(
        (first, second): (SimKind, SimKind),
        rows: &[Row],
        seed: u64,
        file: Option<&Path>,
    ) -> Outcome<Self> {
        let (ledger, directory) = open_ledger(file).await?;
        let rings = RingLedger::in_memory();
        let first = simulator(first, rows, seed, &rings).await?;
        let second = simulator(second, rows, seed, &rings).await?;
        for row in rows.iter().filter(|row| row.callee == Some(Callee::AnswerLost)) {
            second.faults().add(
                Rule::on("POST", second.kind().place_path(), Fault::Reset)
                    .after(After::Ring)
                    .to(row.to.as_str()),
            );
        }
        let text = configuration::text(&first, &second);
        let secrets = |name: &str| match name {
            FIRST_KEY => Some(first.credential().to_owned()),
            SECOND_KEY => Some(second.credential().to_owned()),
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
            first,
            _second: second,
            _directory: directory,
        })
    }

    /// Starts the outage: connections are cut, and new ones refused. What was sent arrives before, so that
    /// its answers are lost, and no request on its way there leaves a doubt for ever.
    pub(super) async fn begin_outage(&self) -> Outcome<()> {
        let kind = self.first.kind();
        let calls = self.ledger.journal().list().await?;
        let attempts = calls.iter().flat_map(|call| &call.attempts);
        let sent = attempts
            .filter(|one| one.provider.as_str() == kind.id() && one.sent_at.is_some())
            .count();
        let arrived = self.first.wait_for_requests("POST", kind.place_path(), sent);
        let _ = tokio::time::timeout(LONGEST_WAY, arrived).await;
        self.first.refuse_connections().await;
        Ok(())
    }

    /// Ends the outage, and returns once a read has succeeded.
    pub(super) async fn end_outage(&self) -> Outcome<()> {
        self.first.accept_connections().await;
        let engine = self.switchboard.engine();
        let failing = self.first.kind().id();
        let at = engine.policy().index_of(&ProviderId::from_static(failing)).unwrap_or_default();
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
                "no read at {failing} succeeded within {} s after its outage",
                LONGEST_RECOVERY.as_secs()
            );
            Failure::from(switchboard::Error::new(ErrorKind::Provider, message))
        })
    }
}

/// Starts a simulator whose callees do what their rows say.
async fn simulator(
    kind: SimKind,
    rows: &[Row],
    seed: u64,
    rings: &RingLedger,
) -> Outcome<Simulator> {
    let config = SimConfig::default().seed(seed).speed(SPEED).ledger(rings.clone());
    let config = configuration::limits(kind, config.credits(CREDITS));
    kind.start(with_callees(config, rows, kind.do_not_call())).await.map_err(|error| {
        Failure::local(format!("a simulated provider could not be started: {error}"))
    })
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
fn with_callees(config: SimConfig, rows: &[Row], do_not_call: Option<&str>) -> SimConfig {
    rows.iter().fold(config, |config, row| match row.callee {
        Some(Callee::Completed | Callee::AnswerLost) => {
            config.outcome(row.to.as_str(), SimOutcome::Completed)
        }
        Some(Callee::NoAnswer) => config.outcome(row.to.as_str(), SimOutcome::NoAnswer),
        Some(Callee::Busy) => config.outcome(row.to.as_str(), SimOutcome::Busy),
        Some(Callee::Voicemail) => config.outcome(row.to.as_str(), SimOutcome::Voicemail),
        Some(Callee::DoNotCall) => match do_not_call {
            Some(code) => config.refuse(row.to.as_str(), code),
            None => config,
        },
        Some(Callee::Asleep | Callee::OptedOut) | None => config,
    })
}
