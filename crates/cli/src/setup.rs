//! From the common arguments to a configuration and its providers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::future::join_all;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard::{
    Config, Error, Ledger, Provider, ProviderId, Recovered, Retention, Switchboard, TakesUp,
    config::LedgerConfig, process_environment,
};

use crate::{
    cli::Common,
    credential::RefusedCredentials,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// The configuration file.
pub(crate) fn read(common: &Common) -> Outcome<Config> {
    if !common.config.exists() {
        return Err(Failure::input(
            "--config",
            format!(
                "{} does not exist: write it after switchboard.example.toml, or name another with --config or SWITCHBOARD_CONFIG",
                common.config.display()
            ),
        ));
    }
    Ok(Config::from_file(&common.config)?)
}

/// The configuration file, or where there is none, one with the documented KallyAI alone: who logs
/// in first has nothing to write yet.
pub(crate) fn read_to_sign_in(common: &Common, provider: &str) -> Outcome<Config> {
    if provider == "kallyai"
        && common.config == Path::new("switchboard.toml")
        && !common.config.exists()
    {
        return Ok(Config::from_toml("[providers.kallyai]\nkind = \"kallyai\"")?);
    }
    read(common)
}

/// The configuration with its credentials, started, for looking at accounts: no ledger is opened.
pub(crate) fn open(common: &Common) -> Outcome<Switchboard> {
    Ok(read(common)?.build(process_environment)?)
}

/// The configuration with its credentials and its ledger, started, for placing calls. Whoever
/// placed calls before and is gone is told of.
pub(crate) async fn place(common: &Common, output: Output) -> Outcome<Switchboard> {
    let config = with_ledger(read(common)?)?;
    warn(&config, output);
    let (switchboard, recovered) =
        config.open_with_report(TakesUp::Asked, process_environment).await?;
    tell(recovered, output);
    Ok(switchboard)
}

/// What works and is probably not meant, for whoever places calls by it.
pub(crate) fn warn(config: &Config, output: Output) {
    for warning in config.warnings() {
        output.note(format!("warning: {warning}"));
    }
}

/// The configuration with its credentials and its ledger, started, which leaves every call where it
/// is.
pub(crate) async fn beside(common: &Common, ledger: Option<&Path>) -> Outcome<Switchboard> {
    let mut config = read(common)?;
    if let Some(file) = ledger {
        config.ledger = Some(LedgerConfig::file(absolute(file)?));
    }
    let config = with_ledger(config)?;
    has_ledger(&config)?;
    Ok(config.attach(process_environment).await?)
}

/// The ledger alone, and for how long it keeps what. It needs no provider's credential, and with
/// `file` no configuration.
pub(crate) async fn ledger(common: &Common, file: Option<&Path>) -> Outcome<(Ledger, Retention)> {
    if let Some(file) = file {
        is_there(file, "--ledger")?;
        return Ok((Ledger::file(file, None).await?, Retention::default()));
    }
    let config = with_ledger(read(common)?)?;
    has_ledger(&config)?;
    match config.open_ledger(process_environment).await? {
        Some(ledger) => Ok((ledger, config.retention())),
        None => Err(Failure::local("the configuration names no ledger")),
    }
}

/// A program's calls outlive it, whether or not its configuration says where.
pub(crate) fn with_ledger(mut config: Config) -> Outcome<Config> {
    if config.ledger.is_none() {
        let usual = LedgerConfig::of_the_user(&process_environment);
        config.ledger = Some(usual.ok_or_else(|| {
            Failure::input(
                "ledger.path",
                "is missing, and the environment names no home directory: say where calls are kept, [ledger] with path = \"ledger.db\"",
            )
        })?);
    }
    Ok(config)
}

/// Reading makes no ledger: an empty one in the wrong place would look like one whose calls are
/// lost.
fn has_ledger(config: &Config) -> Outcome<()> {
    config.ledger_file().map_or(Ok(()), |file| is_there(&file, "ledger.path"))
}

fn is_there(file: &Path, field: &str) -> Outcome<()> {
    if file.exists() {
        return Ok(());
    }
    let shown = file.display();
    Err(Failure::input(
        field,
        format!(
            "{shown} does not exist: no call was placed with this ledger yet, or it is elsewhere"
        ),
    ))
}

/// Who decides: as said, or as the environment names the user.
pub(crate) fn operator(said: Option<String>) -> Outcome<String> {
    let user = || {
        let named = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(process_environment);
        named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty())
    };
    let by = said.map_or_else(user, |by| Some(by.trim().to_owned()).filter(|by| !by.is_empty()));
    by.ok_or_else(|| {
        Failure::input("--by", "is missing, and the environment names no user: say who decides")
    })
}

fn absolute(file: &Path) -> Outcome<PathBuf> {
    std::path::absolute(file)
        .map_err(|error| Failure::local(format!("{} cannot be found: {error}", file.display())))
}

fn tell(recovered: Recovered, output: Output) {
    if recovered.calls > 0 {
        output.note(format!(
            "took up {} calls of a run that ended early: {} may have rung and are being looked for, {} are at their providers, {} go on",
            recovered.calls, recovered.uncertain, recovered.followed, recovered.resumed
        ));
        if recovered.left > 0 {
            output.note(format!(
                "{} were never sent and are not begun by this command: run their batch again, or take them back with switchboard calls cancel",
                recovered.left
            ));
        }
    }
}

/// The providers that are switched on, or the one that is named.
pub(crate) fn providers(
    switchboard: &Switchboard,
    named: Option<&str>,
) -> Outcome<Vec<Arc<dyn Provider>>> {
    let router = switchboard.engine();
    let known = &router.policy().providers;
    let wanted = known.iter().filter(|one| match named {
        Some(name) => one.info.id.as_str() == name,
        None => one.enabled,
    });
    let found: Vec<_> = wanted.filter_map(|one| router.provider(&one.info.id)).collect();
    match named {
        Some(name) if found.is_empty() => {
            let names: Vec<&str> = known.iter().map(|one| one.info.id.as_str()).collect();
            Err(Failure::input(
                "--provider",
                format!("{name:?} is not configured: name one of {}", names.join(", ")),
            ))
        }
        Some(_) | None => Ok(found),
    }
}

/// The error with the provider that was asked, where it does not say so itself.
pub(crate) fn of_provider(error: Error, asked: &ProviderId) -> Error {
    match error.provider() {
        Some(_) => error,
        None => error.with_provider(asked.clone()),
    }
}

/// The answers of several providers, the failed ones apart: one that fails hides nobody else's.
pub(crate) struct Answers<T> {
    /// What came, in the configuration's order.
    pub(crate) items: Vec<T>,
    failed: Vec<Error>,
}

/// Asks every provider at once.
pub(crate) async fn ask<T, F>(
    providers: &[Arc<dyn Provider>],
    question: impl Fn(Arc<dyn Provider>) -> F,
) -> Answers<T>
where
    F: Future<Output = Result<Vec<T>, Error>>,
{
    let mut answers = Answers { items: Vec::new(), failed: Vec::new() };
    let asked = providers.iter().map(|provider| question(Arc::clone(provider)));
    for (provider, answer) in providers.iter().zip(join_all(asked).await) {
        match answer {
            Ok(items) => answers.items.extend(items),
            Err(error) => answers.failed.push(of_provider(error, &provider.info().id)),
        }
    }
    answers
}

impl<T> Answers<T> {
    /// Says on stderr who failed, and what mends a credential that was refused.
    pub(crate) fn complain(&self, common: &Common, output: Output) {
        let mut refused = RefusedCredentials::default();
        for error in &self.failed {
            output.note(format!("error: {error}"));
            refused.extend(&RefusedCredentials::of_error(error));
        }
        refused.warn(common, output);
    }

    /// True where one of them failed.
    pub(crate) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }
}

impl<T: Serialize> Answers<T> {
    /// Prints the items as a table, or under their name as JSON; then the failures.
    pub(crate) fn show(
        self,
        common: &Common,
        output: Output,
        name: &str,
        header: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Exit {
        let failed = self.has_failed();
        self.complain(common, output);
        if output.json {
            let errors: Vec<Value> = self
                .failed
                .into_iter()
                .map(|error| json!({"provider": error.provider(), "error": Failure::from(error)}))
                .collect();
            output.object(&json!({name: self.items, "errors": errors}));
        } else if self.items.is_empty() {
            output.line(format!("no {name}"));
        } else {
            output.table(header, self.items.iter().map(row));
        }
        if failed { Exit::Failed } else { Exit::Done }
    }
}
