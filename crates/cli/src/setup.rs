//! From the common options to a configuration, its ledger and its providers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::future::join_all;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard::{
    Config, Error, Ledger, Provider, ProviderId, Recovered, Retention, Switchboard, TakesUp,
    config::LedgerConfig, core::RuleOverride, process_environment,
};

use crate::{
    cli::{Common, OverrideArgs},
    config_file,
    credential::RefusedCredentials,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
};

/// Reads the configuration file.
pub(crate) fn read(common: &Common) -> Outcome<Config> {
    if common.has_no_configuration() {
        return Err(Failure::input(
            "--config",
            format!(
                "is missing, and there is none of {}: write a configuration with switchboard init, or name its file",
                config_file::list(&config_file::places())
            ),
        ));
    }
    if !common.config.exists() {
        return Err(Failure::input(
            "--config",
            format!(
                "{} does not exist: write it with switchboard init --config, or name another file with --config or SWITCHBOARD_CONFIG",
                common.config.display()
            ),
        ));
    }
    Ok(Config::from_file(&common.config)?)
}

/// Reads the configuration file. If there is none, a configuration with KallyAI alone is used, so
/// that a new user can log in first.
pub(crate) fn read_to_sign_in(common: &Common, provider: &str) -> Outcome<Config> {
    if provider == "kallyai" && common.has_no_configuration() {
        return Ok(Config::from_toml("[providers.kallyai]\nkind = \"kallyai\"")?);
    }
    read(common)
}

/// Opens the configuration with its credentials, to read accounts. No ledger is opened.
pub(crate) fn open(common: &Common) -> Outcome<Switchboard> {
    Ok(read(common)?.build(process_environment)?)
}

/// Opens the configuration with its credentials and its ledger, to place calls. Calls of a process
/// that ended early are resumed and reported.
pub(crate) async fn open_for_calls(common: &Common, output: Output) -> Outcome<Switchboard> {
    let config = with_ledger(read(common)?)?;
    warn(&config, output);
    let (switchboard, recovered) =
        config.open_with_report(TakesUp::Asked, process_environment).await?;
    report_recovered(recovered, output);
    Ok(switchboard)
}

/// Prints the configuration's warnings: settings that work but are probably mistakes.
pub(crate) fn warn(config: &Config, output: Output) {
    for warning in config.warnings() {
        output.note(format!("warning: {warning}"));
    }
}

/// Opens the configuration with its credentials and its ledger, without resuming any call.
pub(crate) async fn attach(common: &Common, ledger: Option<&Path>) -> Outcome<Switchboard> {
    let mut config = read(common)?;
    if let Some(file) = ledger {
        config.ledger = Some(LedgerConfig::file(absolute(file)?));
    }
    let config = with_ledger(config)?;
    require_ledger(&config)?;
    Ok(config.attach(process_environment).await?)
}

/// Opens the ledger alone, and returns its retention. It needs no provider credential, and with
/// `file` no configuration.
pub(crate) async fn ledger(common: &Common, file: Option<&Path>) -> Outcome<(Ledger, Retention)> {
    if let Some(file) = file {
        require_file(file, "--ledger")?;
        return Ok((Ledger::file(file, None).await?, Retention::default()));
    }
    let config = with_ledger(read(common)?)?;
    require_ledger(&config)?;
    match config.open_ledger(process_environment).await? {
        Some(ledger) => Ok((ledger, config.retention())),
        None => Err(Failure::local("the configuration names no ledger")),
    }
}

/// Opens the ledger alone, to list what is in it. `None` if the configured one is not there yet, which
/// is noted: a ledger in the wrong place would look as if its calls were lost.
pub(crate) async fn ledger_if_any(
    common: &Common,
    file: Option<&Path>,
    output: Output,
) -> Outcome<Option<Ledger>> {
    if file.is_none() {
        let missing = with_ledger(read(common)?)?.ledger_file().filter(|file| !file.exists());
        if let Some(missing) = missing {
            output.note(format!(
                "no call was placed with this ledger yet: {} does not exist",
                missing.display()
            ));
            return Ok(None);
        }
    }
    Ok(Some(ledger(common, file).await?.0))
}

/// Opens the ledger alone, and creates it if it is missing: the first API key is made, and the first
/// list imported, before anything else.
pub(crate) async fn ledger_or_new(common: &Common, file: Option<&Path>) -> Outcome<Ledger> {
    if let Some(file) = file {
        return Ok(Ledger::file(file, None).await?);
    }
    let config = with_ledger(read(common)?)?;
    let ledger = config.open_ledger(process_environment).await?;
    ledger.ok_or_else(|| Failure::local("the configuration names no ledger"))
}

/// The configuration with a ledger: the command line keeps calls even if no ledger is configured.
pub(crate) fn with_ledger(mut config: Config) -> Outcome<Config> {
    if config.ledger.is_none() {
        let default = LedgerConfig::of_the_user(&process_environment);
        config.ledger = Some(default.ok_or_else(|| {
            Failure::input(
                "ledger.path",
                "is missing, and the environment has no home directory: add [ledger] with path = \"ledger.db\"",
            )
        })?);
    }
    Ok(config)
}

/// Commands that only read never create a ledger: an empty one in the wrong place would look as if
/// its calls were lost.
fn require_ledger(config: &Config) -> Outcome<()> {
    config.ledger_file().map_or(Ok(()), |file| require_file(&file, "ledger.path"))
}

fn require_file(file: &Path, field: &str) -> Outcome<()> {
    if file.exists() {
        return Ok(());
    }
    let shown = file.display();
    Err(Failure::input(
        field,
        format!(
            "{shown} does not exist: no call was placed with this ledger yet, or it is somewhere else"
        ),
    ))
}

/// Who makes a decision: the given name, or the user of the operating system.
pub(crate) fn operator(given: Option<String>) -> Outcome<String> {
    let user = || {
        let named = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(process_environment);
        named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty())
    };
    let by = given.map_or_else(user, |by| Some(by.trim().to_owned()).filter(|by| !by.is_empty()));
    by.ok_or_else(|| {
        Failure::input("--by", "is missing, and the environment names no user (USER, LOGNAME): give your name, as --by 'Ada Lovelace'")
    })
}

/// The policy rules that an operator lifts with these options.
pub(crate) fn overrides(args: OverrideArgs) -> Outcome<Vec<RuleOverride>> {
    let (Some(reason), Some(until)) = (args.override_reason, args.override_until) else {
        return Ok(Vec::new());
    };
    let by = operator(args.override_by)
        .map_err(|_| Failure::input("--override-by", "is missing, and the environment names no user (USER, LOGNAME): give your name, as --override-by 'Ada Lovelace'"))?;
    let lifted = args.overrides.into_iter().map(|rule| RuleOverride {
        rule,
        by: by.clone(),
        reason: reason.clone(),
        until,
    });
    Ok(lifted.collect())
}

fn absolute(file: &Path) -> Outcome<PathBuf> {
    std::path::absolute(file)
        .map_err(|error| Failure::local(format!("{} cannot be found: {error}", file.display())))
}

pub(crate) fn report_recovered(recovered: Recovered, output: Output) {
    let calls = |count: usize, are: &str, is: &str| match count {
        1 => format!("1 call {is}"),
        count => format!("{count} calls {are}"),
    };
    // A command that did not wait leaves these on purpose.
    if recovered.followed > 0 {
        output.note(format!(
            "of earlier commands, {} at a provider: followed to the end",
            calls(recovered.followed, "are", "is")
        ));
    }
    // What was not decided was left by a process that did not come to its end.
    if recovered.uncertain > 0 {
        output.note(format!(
            "of a process that ended early, {}: evidence is looked for",
            calls(recovered.uncertain, "may have rung", "may have rung")
        ));
    }
    if recovered.resumed > 0 {
        output.note(format!(
            "of a process that ended early, {} now",
            calls(recovered.resumed, "are placed", "is placed")
        ));
    }
    if recovered.not_resumed > 0 {
        output.note(format!(
            "{} never sent, and this command does not place them: run their batch again, or cancel them with switchboard calls cancel",
            calls(recovered.not_resumed, "were", "was")
        ));
    }
}

/// The enabled providers, or the named one.
pub(crate) fn providers(
    switchboard: &Switchboard,
    named: Option<&str>,
) -> Outcome<Vec<Arc<dyn Provider>>> {
    let engine = switchboard.engine();
    let known = &engine.policy().providers;
    let wanted = known.iter().filter(|one| match named {
        Some(name) => one.info.id.as_str() == name,
        None => one.enabled,
    });
    let found: Vec<_> = wanted.filter_map(|one| engine.provider(&one.info.id)).collect();
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

/// The error, with the provider that was asked unless it already names one.
pub(crate) fn with_provider(error: Error, asked: &ProviderId) -> Error {
    match error.provider() {
        Some(_) => error,
        None => error.with_provider(asked.clone()),
    }
}

/// The answers of several providers. Failures are separate, so that one hides no other answer.
pub(crate) struct Answers<T> {
    /// The items, in the order of the configuration.
    pub(crate) items: Vec<T>,
    failed: Vec<Error>,
}

/// Asks every provider concurrently.
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
            Err(error) => answers.failed.push(with_provider(error, &provider.info().id)),
        }
    }
    answers
}

impl<T> Answers<T> {
    /// Prints the errors on stderr, and how to fix refused credentials.
    pub(crate) fn report_errors(&self, common: &Common, output: Output) {
        let mut refused = RefusedCredentials::default();
        for error in &self.failed {
            output.note(format!("error: {error}"));
            refused.extend(&RefusedCredentials::of_error(error));
        }
        refused.warn(common, output);
    }

    /// True if a provider failed.
    pub(crate) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }
}

impl<T: Serialize> Answers<T> {
    /// Prints the errors, then the items as a table, or as JSON under `name`.
    pub(crate) fn show(
        self,
        common: &Common,
        output: Output,
        name: &str,
        header: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Exit {
        let failed = self.has_failed();
        self.report_errors(common, output);
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
