//! The experiments of the configuration, and what the ledger knows of them.

use std::path::PathBuf;

use switchboard::{
    Config, Journal, Ledger, Policy,
    config::LedgerConfig,
    experiments::Cohort,
    journal::Selection,
    process_environment,
    router::{AuditTopic, Experiment, ExperimentStates, experiment::ExperimentState},
};

use crate::{
    cli::Common,
    failure::{Failure, Outcome},
    setup,
};

/// Calls that are read at once.
const PAGE: u32 = 1_000;

/// The experiments of a configuration.
pub(super) struct Studies {
    config: Config,
    pub(super) policy: Policy,
    /// A ledger that is named has to be there.
    named: bool,
}

impl Studies {
    pub(super) fn read(common: &Common, file: Option<PathBuf>) -> Outcome<Self> {
        let mut config = setup::read(common)?;
        let policy = config.policy()?;
        let named = file.is_some();
        if let Some(file) = file {
            let file = std::path::absolute(&file).map_err(|error| {
                Failure::local(format!("{} cannot be found: {error}", file.display()))
            })?;
            config.ledger = Some(LedgerConfig::file(file));
        }
        Ok(Self { config: setup::with_ledger(config)?, policy, named })
    }

    /// The experiment of this name.
    pub(super) fn experiment(&self, name: &str) -> Outcome<&Experiment> {
        let known = &self.policy.experiments;
        known.iter().find(|experiment| experiment.name == name).ok_or_else(|| {
            let names: Vec<&str> =
                known.iter().map(|experiment| experiment.name.as_str()).collect();
            let fix = if names.is_empty() {
                "the configuration has none".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            Failure::input("NAME", format!("{name:?} is no experiment of the configuration: {fix}"))
        })
    }

    /// The ledger, made where it is not there yet.
    pub(super) async fn ledger(&self) -> Outcome<Ledger> {
        if self.named && !self.is_there() {
            return Err(Failure::input(
                "--ledger",
                "does not exist: no call was placed with this ledger yet",
            ));
        }
        let ledger = self.config.open_ledger(process_environment).await?;
        ledger.ok_or_else(|| Failure::local("the configuration names no ledger"))
    }

    /// The ledger where there is one: looking makes none.
    pub(super) async fn ledger_if_any(&self) -> Outcome<Option<Ledger>> {
        if self.named || self.is_there() {
            return self.ledger().await.map(Some);
        }
        Ok(None)
    }

    fn is_there(&self) -> bool {
        self.config.ledger_file().is_none_or(|file| file.exists())
    }
}

/// What was decided on experiments.
pub(super) async fn lives(journal: &dyn Journal) -> Outcome<ExperimentStates> {
    Ok(ExperimentStates::of(&journal.audit_entries(AuditTopic::Experiment, 0).await?))
}

/// The life of one experiment as it is configured now.
pub(super) fn life<'a>(
    lives: &'a ExperimentStates,
    experiment: &Experiment,
) -> Option<&'a ExperimentState> {
    lives.state(&experiment.name, experiment.version)
}

/// What the ledger's calls say of an experiment's people, and how many of its calls there are.
pub(super) async fn people(
    journal: &dyn Journal,
    experiment: &Experiment,
    policy: &Policy,
) -> Outcome<(Cohort, u64)> {
    let (mut people, mut calls) = (Cohort::new(experiment, policy.currency), 0);
    let mut selection = Selection { limit: Some(PAGE), ..Selection::default() };
    loop {
        let page = journal.select(&selection).await?;
        for call in &page {
            calls += u64::from(people.observe(call));
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => selection.after = Some(last.id),
            Some(_) | None => return Ok((people, calls)),
        }
    }
}
