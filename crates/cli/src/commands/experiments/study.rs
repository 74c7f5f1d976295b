//! Reads the configured experiments, and their states and calls in the ledger.

use std::path::PathBuf;

use parking_lot::Mutex;
use switchboard::{
    Config, Journal, Ledger, Policy, config::LedgerConfig, experiments::Cohort, journal::Selection,
    process_environment, router::Experiment,
};

use crate::{
    cli::Common,
    failure::{Failure, Outcome},
    output::Output,
    progress::Progress,
    setup,
};

/// The experiments of a configuration.
pub(super) struct Studies {
    config: Config,
    pub(super) policy: Policy,
    /// True with `--ledger`: the file must exist.
    is_ledger_named: bool,
}

impl Studies {
    pub(super) fn read(common: &Common, file: Option<PathBuf>) -> Outcome<Self> {
        let mut config = setup::read(common)?;
        let policy = config.policy()?;
        let is_ledger_named = file.is_some();
        if let Some(file) = file {
            let file = std::path::absolute(&file).map_err(|error| {
                Failure::local(format!("{} cannot be found: {error}", file.display()))
            })?;
            config.ledger = Some(LedgerConfig::file(file));
        }
        Ok(Self { config: setup::with_ledger(config)?, policy, is_ledger_named })
    }

    /// The experiment of this name.
    pub(super) fn experiment(&self, name: &str) -> Outcome<&Experiment> {
        let known = &self.policy.experiments;
        known.iter().find(|experiment| experiment.name == name).ok_or_else(|| {
            let names: Vec<&str> =
                known.iter().map(|experiment| experiment.name.as_str()).collect();
            let fix = if names.is_empty() {
                "it has no experiments".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            Failure::input("NAME", format!("{name:?} is not in the configuration: {fix}"))
        })
    }

    /// Opens the ledger, and creates it if necessary.
    pub(super) async fn ledger(&self) -> Outcome<Ledger> {
        if self.is_ledger_named && !self.is_there() {
            return Err(Failure::input(
                "--ledger",
                "does not exist: no call was placed with this ledger yet",
            ));
        }
        let ledger = self.config.open_ledger(process_environment).await?;
        ledger.ok_or_else(|| Failure::local("the configuration names no ledger"))
    }

    /// Opens the ledger if it exists; reading never creates one.
    pub(super) async fn ledger_if_any(&self) -> Outcome<Option<Ledger>> {
        if self.is_ledger_named || self.is_there() {
            return self.ledger().await.map(Some);
        }
        Ok(None)
    }

    fn is_there(&self) -> bool {
        self.config.ledger_file().is_none_or(|file| file.exists())
    }
}

/// The participants of an experiment, and the number of its calls. Shows how far it is.
pub(super) async fn cohort(
    journal: &dyn Journal,
    experiment: &Experiment,
    policy: &Policy,
    output: Output,
) -> Outcome<(Cohort, u64)> {
    let progress = &Mutex::new(Progress::new(output, "reading the ledger"));
    let read = |selection: Selection| async move {
        let page = journal.select(&selection).await?;
        progress.lock().read(&page);
        Ok(page)
    };
    Ok(switchboard::study::cohort(experiment, policy.currency, read).await?)
}
