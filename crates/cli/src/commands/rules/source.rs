//! The tables that are asked, and what is known about callees.

use std::{path::Path, sync::Arc};

use switchboard::{
    Config, Currency, Journal, Ledger, MemoryJournal, Policy, RulesCheck, process_environment,
    rules::Tables,
};

use crate::{cli::Common, failure::Outcome, output::Output, setup};

/// The tables of the configuration, or those that are built in if there is none.
pub(crate) struct Source {
    pub(crate) config: Option<Config>,
    pub(crate) policy: Policy,
    pub(crate) tables: Tables,
}

/// Reads the configuration. Without one, the built-in tables are asked.
pub(crate) fn read(common: &Common) -> Outcome<Source> {
    if common.has_no_configuration() {
        let policy = Policy::new(Vec::new(), Currency::USD);
        return Ok(Source { config: None, policy, tables: Tables::builtin() });
    }
    of(setup::read(common)?)
}

/// The tables alone. Without a configuration, wherever it was looked for, the built-in ones.
pub(crate) fn tables(common: &Common) -> Outcome<Tables> {
    if common.config.exists() { Ok(read(common)?.tables) } else { Ok(Tables::builtin()) }
}

/// The tables of a configuration.
pub(crate) fn of(config: Config) -> Outcome<Source> {
    let (policy, tables) = (config.policy()?, config.rule_tables()?);
    Ok(Source { config: Some(config), policy, tables })
}

/// The rules, and the ledger that is asked too, if there is one.
pub(crate) struct Asking {
    pub(crate) rules: RulesCheck,
    pub(crate) ledger: Option<Ledger>,
}

impl Source {
    /// The rules with what the ledger knows about callees: the one of this file, or else the
    /// configured one if it is there and can be read.
    pub(crate) async fn asking(
        self,
        common: &Common,
        file: Option<&Path>,
        output: Output,
    ) -> Outcome<Asking> {
        let ledger = match (file, self.config) {
            (Some(file), _) => Some(setup::ledger(common, Some(file)).await?.0),
            (None, Some(config)) => configured(config, output).await?,
            (None, None) => None,
        };
        let journal = ledger
            .as_ref()
            .map_or_else(|| Arc::new(MemoryJournal::new()) as Arc<dyn Journal>, Ledger::journal);
        let rules = RulesCheck::new(Arc::new(self.policy), self.tables, journal).await?;
        Ok(Asking { rules, ledger })
    }
}

async fn configured(config: Config, output: Output) -> Outcome<Option<Ledger>> {
    let config = setup::with_ledger(config)
        .ok()
        .filter(|config| config.ledger_file().is_none_or(|file| file.exists()));
    let Some(config) = config else {
        return Ok(None);
    };
    match config.open_ledger(process_environment).await {
        Ok(ledger) => Ok(ledger),
        Err(error) => {
            output.note(format!(
                "the ledger cannot be read now, so nothing is known about callees: {error}"
            ));
            Ok(None)
        }
    }
}
